"""Template tags that read the data map: `{% load information %}`."""

from django import template
from django.conf import settings
from django.forms import BaseForm
from django.template import Context

from privacy import plugins
from privacy.companies import collecting
from privacy.companies.collecting import CollectionFacts
from privacy.datamap import explanations, registry
from privacy.datamap.explanations import HoldingExplanation
from privacy.policy import placeholders
from privacy.policy.markdown import PlaceholderValue

register = template.Library()


class UnknownHoldingError(template.TemplateSyntaxError):
    """A template names a model that holds no personal data."""


class UnknownFormError(template.TemplateSyntaxError):
    """A template names a form that no app declares."""


class UnknownPlaceholderError(template.TemplateSyntaxError):
    """A template names a placeholder that no app declares."""


@register.inclusion_tag("privacy/datamap/form_notice.html", takes_context=True)
def form_notice(context: Context, key: str, note: str = "") -> dict[str, object]:
    """The notice of article 13 GDPR beside a form: `{% form_notice "website.contact" %}`.

    The `form` in the context says for which company it collects, and which of its fields are optional. ``note`` is one
    more sentence, of this form alone.
    """
    form = context.get("form")
    collection: CollectionFacts = getattr(form, "collection", None) or collecting.by_controller()
    return {
        "explanations": [_explained(label) for label in _form(key).holdings],
        "collection": collection,
        "entity": settings.ENTITY,
        "controller": settings.CONTROLLER,
        "optional": _optional(form),
        "note": note,
    }


@register.simple_tag
def placeholder(name: str) -> PlaceholderValue:
    """What an app gives the policy under this name: `{% placeholder "deadline.answer" as time_to_answer %}`."""
    for config in plugins.installed():
        if name in config.policy_placeholders:
            return config.policy_placeholders[name]()
    raise UnknownPlaceholderError(name)


@register.simple_tag
def authority_postal() -> str:
    """Where one writes to the CNIL: `{% authority_postal as postal %}`."""
    return placeholders.authority_postal()


@register.simple_tag
def kept_for(label: str) -> str:
    """The retention period of a holding as a phrase: `{% kept_for "recruitment.application" as sentence %}`."""
    return _explained(label).retention_phrase


def _form(key: str) -> plugins.PublicForm:
    form = plugins.forms().get(key)
    if form is None:
        raise UnknownFormError(key)
    return form


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
