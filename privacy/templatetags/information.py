"""Template tags that read the data map: `{% load information %}`."""

from django import template
from django.conf import settings
from django.forms import BaseForm
from django.template import Context

from privacy.datamap import explanations, registry
from privacy.datamap.explanations import HoldingExplanation

register = template.Library()


class UnknownHoldingError(template.TemplateSyntaxError):
    """A template names a model that holds no personal data."""


@register.inclusion_tag("privacy/datamap/form_notice.html", takes_context=True)
def form_notice(context: Context, *labels: str) -> dict[str, object]:
    """The notice of article 13 GDPR beside a form that fills these holdings: `{% form_notice "website.enquiry" %}`.

    Which fields are optional is read from the `form` in the context.
    """
    return {
        "explanations": [_explained(label) for label in labels],
        "entity": settings.ENTITY,
        "controller": settings.CONTROLLER,
        "optional": _optional(context.get("form")),
    }


@register.simple_tag
def kept_for(label: str) -> str:
    """The retention period of a holding as a phrase: `{% kept_for "recruitment.application" as sentence %}`."""
    return _explained(label).retention_phrase


def _explained(label: str) -> HoldingExplanation:
    for holding in registry.holdings():
        if holding.label == label:
            return explanations.explain(holding)
    raise UnknownHoldingError(label)


def _optional(form: BaseForm | None) -> list[str]:
    """Without checkboxes, which are questions of their own, and without fields that are needed in some cases."""
    visible = form.visible_fields() if form is not None else []
    return [
        str(bound.label)
        for bound in visible
        if not (bound.field.required or getattr(bound, "is_needed", False) or bound.widget_type == "checkbox")
    ]
