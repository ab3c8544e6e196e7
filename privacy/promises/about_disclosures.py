"""Promises about data that left the company (clause 7 of the policy)."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from privacy.promises.checking import CheckRun, Evidence, Promise, none_among
from privacy.recipients.models import NEEDS_AUTHORISATION, UNAUTHORISED, Disclosure
from privacy.recipients.notice_models import Way

BLANK = r"^\s*$"


def promises() -> Iterator[Promise]:
    yield Promise(
        "communication.disclosures",
        "communication",
        _("Each disclosure of data is written in a register with its legal ground."),
        _("disclosures without it"),
        _have_grounds,
    )
    yield Promise(
        "communication.told",
        "communication",
        _("Whoever’s data we disclosed has been told, or the reason why not is written down."),
        _("disclosures about which nobody was told within a week"),
        _are_told,
    )
    yield Promise(
        "communication.authorised",
        "communication",
        _(
            "Nothing about a client is disclosed without their authorisation, unless a law or an authority demands it"
            " or a claim depends on it."
        ),
        _("disclosures without authorisation"),
        _are_authorised,
    )


def _have_grounds(check_run: CheckRun) -> Evidence:
    wrong = ~Q(ground__in=Disclosure.Ground.values) | Q(provision__regex=BLANK) | Q(decided_by__regex=BLANK)
    return none_among(Disclosure.objects.live(check_run.now), wrong)


def _are_told(check_run: CheckRun) -> Evidence:
    """Told, or waiting within their date, or with a reason."""
    silent = Q(notice__way=Way.NOT)
    late = Q(notice__told_at=None, notice__due_on__lt=timezone.localdate(check_run.now))
    wrong = Q(notice=None) | silent & Q(notice__reason__regex=BLANK) | ~silent & late
    return none_among(Disclosure.objects.live(check_run.now), wrong)


def _are_authorised(check_run: CheckRun) -> Evidence:
    wrong = UNAUTHORISED | NEEDS_AUTHORISATION & Q(authorisation__regex=BLANK)
    return none_among(Disclosure.objects.live(check_run.now), wrong)
