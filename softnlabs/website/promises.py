"""The promises about accounts: passwords, second factors, sessions, the page on which owners see their data; and about
how long enquiries are kept.
"""

from collections.abc import Iterator
from datetime import datetime
from http import HTTPStatus

from django.conf import settings
from django.contrib import admin
from django.contrib.sessions.backends.db import SessionStore
from django.db.models import CharField, DateTimeField, Exists, F, OuterRef, Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from dsr.my_data import held, panels
from privacy.audit.models import AuditEntry
from privacy.promises import own_pages
from privacy.promises.checking import CheckRun, Evidence, Promise, none_among, none_of
from privacy.web import signed_in
from softnlabs.website.accounts.models import User
from softnlabs.website.accounts.session_models import AccountSession
from softnlabs.website.enquiries.models import Enquiry, EnquiryMessage
from softnlabs.website.my_data import sections

# The first of PASSWORD_HASHERS, as a test makes sure. What another one hashed is hashed anew at the next sign-in.
STRONG = "scrypt$"
NO_SALT = "$$"  # the parts of a hash stand between dollars: algorithm, cost, salt and so on
UNUSABLE = "!"  # how Django stores that no password opens an account
LOOKED_AT = 3  # accounts: each is looked through as its owner would


def promises() -> Iterator[Promise]:
    yield Promise(
        "security.passwords",
        "security",
        _("Each password is kept only as a salted hash by a strong, current algorithm: nobody can read it."),
        _("passwords kept otherwise"),
        lambda _check_run: _weak(),
    )
    yield Promise(
        "data.my_page",
        "data",
        _(
            "Whoever signs in to an account sees each kind of record about them, as far as nobody has to look at it "
            "first; without signing in nobody sees that page."
        ),
        _("kinds of record that the page of an account lacks, and pages shown to strangers"),
        lambda check_run: _missing(check_run.now),
    )

    yield Promise(
        "security.second_factor",
        "security",
        _("Our desk opens to no member of our staff without a second factor."),
        _("accounts for which the desk opens without one"),
        lambda _check_run: _without_second_factor(),
    )
    yield Promise(
        "security.sessions",
        "security",
        _(
            "Sessions of our staff that nobody uses ask for a new sign-in, and no session lasts beyond its time."
        ),
        _("sessions that last longer"),
        lambda check_run: _lasting(check_run.now),
    )
    yield Promise(
        "storage.enquiries",
        "storage",
        _(
            "What somebody asks us is kept together with our answers, for a time that runs from the last message "
            "between us, not from later."
        ),
        _("enquiries counted otherwise"),
        _counted_from_another_day,
    )


def _counted_from_another_day(check_run: CheckRun) -> Evidence:
    """Nothing came, was written or noted at the instant of the last contact; or it is still to come.

    The audit trail knows it too: messages may be erased while a legal reason keeps the enquiry.
    """
    messages = EnquiryMessage.objects.filter(enquiry=OuterRef("pk"))
    at_that_instant = Q(Exists(messages.filter(at=OuterRef("last_contact_at")))) | _on_record()
    is_contact = Q(last_contact_at=F("received_at")) | at_that_instant
    newer = Q(Exists(messages.filter(at__gt=OuterRef("last_contact_at"))))
    is_to_come = Q(last_contact_at__gt=check_run.now)
    return none_among(Enquiry.objects.all(), ~is_contact | newer | is_to_come)


def _on_record() -> Q:
    """A reply counts from its entry; what was noted has its instant in the entry."""
    entries = AuditEntry.objects.filter(key=Cast(OuterRef("pk"), CharField()))
    noted_at = Cast(KeyTextTransform("contact_at", "detail"), DateTimeField())
    noted = entries.filter(action="website.enquiry.contacted").annotate(noted_at=noted_at)
    answered = entries.filter(action="website.enquiry.answered", at=OuterRef("last_contact_at"))
    return Q(Exists(answered)) | Q(Exists(noted.filter(noted_at=OuterRef("last_contact_at"))))


def _without_second_factor() -> Evidence:
    """Each is tried: the desk is asked for a page, by somebody who has just typed the right password and no more."""
    staff = User.objects.filter(is_staff=True, is_active=True)
    return none_of(sum(map(_opens_the_desk, staff)), among=len(staff))


def _opens_the_desk(account: User) -> bool:
    request = HttpRequest()
    request.method, request.path, request.user = "GET", reverse("admin:index"), account
    request.session = SessionStore()  # never saved
    return admin.site.admin_view(_page)(request).status_code == HTTPStatus.OK


def _page(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def _lasting(now: datetime) -> Evidence:
    rows = AccountSession.objects.live(now).select_related("account")
    unused = rows.filter(is_of_staff=True, used_at__lte=now - settings.IDLE_AT_DESK)
    is_wrong = [row.ends_at - row.started_at > settings.SESSION_LONGEST for row in rows]
    is_open = [not row.is_idle(now) for row in unused]
    return none_of(sum(is_wrong) + sum(is_open), among=len(is_wrong))


def _weak() -> Evidence:
    stored = User.objects.exclude(password="").exclude(password__startswith=UNUSABLE)
    return none_among(stored, ~Q(password__startswith=STRONG) | Q(password__contains=NO_SALT))


def _missing(now: datetime) -> Evidence:
    """On the pages of the accounts that were used last."""
    accounts = User.objects.filter(is_active=True).order_by("-active_at", "pk")[:LOOKED_AT]
    found = [is_there for account in accounts for is_there in _kinds_on_page(account, now)]
    is_open = own_pages.get(reverse("website:my-data")).is_shown
    return none_of(found.count(False) + is_open, among=len(found) + 1)


def _kinds_on_page(account: User, now: datetime) -> Iterator[bool]:
    """For each kind of record about the owner, whether their page has it."""
    request = HttpRequest()
    request.user = account
    person = signed_in.person(request)
    if held.is_in_doubt(person):
        return
    page = "".join(body for _section, body in sections.of(request, person, now=now))
    for kind in held.search_for(person, panels.account_names(request), now=now).kinds(most=1):
        yield f'id="{kind.section.information.anchor}"' in page
