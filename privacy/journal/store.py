"""The journal of erasures as a store: what it says of people, and for how long."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from privacy.datamap.declarations import Basis, Category, Purpose, Recipient
from privacy.datamap.stores import PersonalStore, Place, StoreData
from privacy.datamap.subjects import Subject
from privacy.journal import entries


class ErasureJournal(PersonalStore):
    name = "privacy.erasure_journal"
    data: ClassVar = StoreData(
        label=_("Journal of what must be done again after a backup is restored"),
        purpose=Purpose.BUSINESS,
        basis=Basis.LEGAL_OBLIGATION,
        period=entries.PERIOD,
        since_label=_("the entry"),
        contents={
            _("your address, or the number of your browser, as a keyed hash"): Category.EMAIL,
            _(
                "that you were erased, objected or withdrew a consent, or that your data are restricted or on hold"
            ): (Category.REQUESTS),
        },
        recipients=(Recipient.SECURITY, Recipient.HOST),
        erasure_exemption=_("Without it a restored backup would bring back what was erased."),
    )

    def places(self) -> Iterable[Place]:
        path = settings.ERASURE_JOURNAL
        return [Place(path.parent, re.compile(re.escape(path.name) + r"(\.new)?"))]

    def dates(self) -> list[datetime]:
        return [entry.at for entry in entries.all_lines()]

    def about(self, subject: Subject) -> list[datetime]:
        wanted = subject.pseudonyms
        return [entry.at for entry in entries.all_lines() if wanted & set(entry.facts.get("who", ()))]

    def purge(self, *, now: datetime) -> int:
        return entries.forget(until=now)
