import json
from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import translation

from privacy.datamap import explanations, registry, stores
from privacy.datamap.explanations import HoldingExplanation

ROW = "{:<34}  {:<16}  {:<22}  {:<8}  {}"


class Command(BaseCommand):
    """One line for each holding, with its fields below it, and for each store; or the holdings as JSON."""

    help = "Print the data map, read from the declarations beside the models."

    def add_arguments(self, parser: ArgumentParser) -> None:
        languages = [code for code, _name in settings.LANGUAGES]
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument(
            "--language", choices=languages, default=settings.LANGUAGE_CODE, help="language of the labels"
        )

    def handle(self, *args: object, language: str, **options: object) -> None:
        with translation.override(language):
            if options["json"]:
                self.stdout.write(
                    json.dumps([*map(_as_data, registry.holdings())], ensure_ascii=False, indent=1)
                )
                return
            self.stdout.write(ROW.format("HOLDING", "PURPOSE", "BASIS", "KEPT", "FROM"))
            for holding in registry.holdings():
                self._print(holding)
            for store in stores.declared():
                self._print_store(store)

    def _print(self, holding: registry.Holding) -> None:
        data, explained = holding.data, explanations.explain(holding)
        self.stdout.write(
            ROW.format(holding.label, data.purpose, data.basis, data.keep.period.iso, data.keep.since)
        )
        self.stdout.write(f"    {explained.title}")
        for category, fields in explained.by_category:
            self.stdout.write(f"    {category.value}: {', '.join(field.name for field in fields)}")
        self.stdout.write(f"    -> {', '.join(explained.recipients)}\n")

    def _print_store(self, store: stores.Store) -> None:
        """What is kept outside the database, with where it lies."""
        data = store.data if isinstance(store, stores.PersonalStore) else None
        facts = (data.purpose, data.basis, data.period.iso, "") if data else ("-", "-", "-", "")
        self.stdout.write(ROW.format(store.name, *facts))
        for place in store.places():
            self.stdout.write(f"    {place.folder}/ {place.names.pattern}")


def _as_data(holding: registry.Holding) -> dict[str, object]:
    explained: HoldingExplanation = explanations.explain(holding)
    keep = holding.data.keep
    return {
        "holding": holding.label,
        "title": explained.title,
        "purpose": holding.data.purpose,
        "basis": holding.data.basis,
        "keep": {
            "since": keep.since,
            "period": keep.period.iso,
            "active": keep.active.iso if keep.active else None,
        },
        "subject": dict(holding.data.subject),
        "recipients": explained.recipients,
        "fields": [_field(holding, name) for name in holding.data.fields],
        "impersonal": list(holding.data.impersonal),
    }


def _field(holding: registry.Holding, name: str) -> dict[str, object]:
    datum = holding.data.fields[name]
    return {
        "name": name,
        "label": str(holding.field_label(name)),
        "category": datum.category,
        "purpose": datum.purpose or holding.data.purpose,
        "basis": datum.basis or holding.data.basis,
        "recipients": list(holding.data.recipients if datum.recipients is None else datum.recipients),
        "rectifiable": datum.rectifiable,
        "provided": datum.provided,
    }
