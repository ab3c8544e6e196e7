"""Promises about the companies for which forms collect (clause 3 of the policy)."""

from collections.abc import Iterator
from typing import cast

from django.conf import settings
from django.db.models import Q
from django.template import Context, Template
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import override

from privacy import plugins
from privacy.companies import collecting
from privacy.companies.collecting import CollectionFacts
from privacy.companies.forms import CollectingForm
from privacy.companies.models import CollectedModel, Entity
from privacy.policy.models import PolicyVersion
from privacy.promises.checking import CheckRun, Evidence, Promise, none_among, none_of

NOTICE = "{% load information %}{% form_notice key %}"


def promises() -> Iterator[Promise]:
    yield Promise(
        "controller.collected",
        "controller",
        _("Each record that a form collects says for which company, and under which version of this policy."),
        _("records that do not"),
        _not_said,
    )
    yield Promise(
        "controller.named",
        "controller",
        _("Each form names the company for which it collects."),
        _("forms that do not"),
        _not_named,
    )


def _not_said(check_run: CheckRun) -> Evidence:
    """Records whose company is not in the register, or whose version was never published."""
    known, published = (
        Entity.objects.values("siren"),
        list(PolicyVersion.objects.values_list("number", flat=True)),
    )
    is_said = Q(entity__in=known, policy_version__in=published)
    found = [
        none_among(held.live(check_run.now), ~is_said & ~cast("type[CollectedModel]", held.model).by_no_form)
        for held in collecting.collected()
    ]
    return none_of(sum(each.figure for each in found), among=sum(each.among or 0 for each in found))


def _not_named(check_run: CheckRun) -> Evidence:
    """Each notice is rendered in each language for each company for which its form collects today."""
    day = localdate(check_run.now)
    pairs = [(key, company) for key in plugins.forms() for company in collecting.companies_of(key, day=day)]
    return none_of(sum(not _names(key, company) for key, company in pairs), among=len(pairs))


def _names(key: str, company: Entity) -> bool:
    form = CollectingForm(collection=CollectionFacts(company, None))
    for language, _name in settings.LANGUAGES:
        with override(language):
            notice = Template(NOTICE).render(Context({"key": key, "form": form}, autoescape=False))
        if company.name not in notice or company.siren not in notice:
            return False
    return True
