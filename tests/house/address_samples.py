"""Addresses of objects that exist: each part of an address stands for named objects of a sample site.

An address is written with the name of the object in braces, ``/admin/privacy/mail/{known}/change/``, so that a row of
the table of answers stays the same whatever number the object has. ``{unknown}`` is one that does not exist.
"""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID

from django.db.models import Model, UUIDField

from consent.ledger.models import Wording
from consent.mail_preferences import links as mail_links
from consent.mailings import clicks
from consent.notices.models import Notice
from consent.prospecting import prospecting
from dsr.after_death import instructions
from dsr.messages import emails
from dsr.requests.models import SubjectRequest
from privacy.policy import publishing
from privacy.subscriptions import subscriptions
from privacy.web import signed_links
from softnlabs.website.accounts import invitations, links
from softnlabs.website.accounts.journeys import SignUp
from tests.sample_site import SampleSite

Named = dict[str, str]  # what a part of an address may be, by the name that the table gives it
PART = re.compile(r"<[^>]+>|\(\?P<\w+>[^)]*\)\$?")
SIGN_UP = SignUp("carol@example.org", "en", "/account/sign-up/", "818 145 302", None)
NOBODY = str(UUID(int=7))


@dataclass(frozen=True)
class SampleAddress:
    """One address as the table writes it, and as it is asked for."""

    written: str
    asked: str


class AddressSamples:
    """What stands for each part of each address on one sample site."""

    def __init__(self, site: SampleSite, *, now: datetime) -> None:
        self.site, self.until = site, now + timedelta(days=1)
        self.requests = {name: str(each.pk) for name, each in site.requests.items()} | {"unknown": NOBODY}

    def of(self, route: str) -> Iterator[SampleAddress]:
        """The addresses of ``route``: one for each object, the first known one first."""
        parts = PART.findall(route)
        text = PART.split(route.replace("^", "").replace("/$", "/"))
        for names in product(*(self._named(route, part).items() for part in parts)):
            if len({name for name, _value in names}) > 1:
                continue  # several parts of one object: each known, or each unknown
            written = "".join(
                f"{before}{{{name}}}" for before, (name, _value) in zip(text, names, strict=False)
            )
            asked = "".join(before + value for before, (_name, value) in zip(text, names, strict=False))
            yield SampleAddress(written + text[-1], asked + text[-1])

    def _named(self, route: str, part: str) -> Named:
        """What ``part`` of ``route`` may be. Raises ``KeyError`` for a part of a new kind: give it a sample here."""
        if found := re.match(r"/admin/(\w+)/(\w+)/", route):
            return self._at_the_desk(f"{found[1]}.{found[2]}", route, part)
        if route.startswith("/privacy/requests/<uuid:pk>/letters/"):
            return self._of_child("dsr.sentletter", part)
        if route.startswith("/account/second-step/passkeys/"):
            return {"known": _pk(self.site.rows["mfa.authenticator"]), "unknown": "999999"}
        if route.startswith("/account/sessions/"):
            return {"known": _pk(self.site.rows["website.accountsession"]), "unknown": "999999"}
        if route.startswith("/privacy/requests/mine/correct/"):
            return self._own_field(part)
        if part == "<str:token>":
            return self._tokens(route)
        if part.startswith("(?P<app_label>"):
            return {"known": "privacy", "unknown": "x"}
        return {
            "<uuid:pk>": self.requests,
            "<slug:slug>": self._words(route),
            "<word:slug>": {"known": "about", "unknown": "no-page"},
            "<int:pk>": {"known": _pk(Notice.objects.first()), "unknown": "999999"},
            "<int:number>": {"known": publishing.version_stamp(), "unknown": "999999"},
            "<slug:sha256>": {
                "known": _pk(Wording.objects.exclude(markup="").first(), "sha256"),
                "unknown": "0" * 64,
            },
            "<str:key>": {"unknown": "no-key"},
            "<slug:provider>": {"unknown": "no-provider"},
            **self._of_mailing(),
            r"(?P<url>.*)$": {"unknown": "x"},
        }[part]

    def _words(self, route: str) -> Named:
        """Of a service, or of an offer."""
        if route.startswith("/services/"):
            return {"known": "systems", "unknown": "no-page"}
        return {"known": _pk(self.site.rows["recruitment.offer"], "slug"), "unknown": "no-offer"}

    def _own_field(self, part: str) -> Named:
        """Of the account that is signed in as a client, and of one that is not."""
        client = self.site.staff["client"]
        known = {"<str:holding>": "website.user", "<str:key>": str(client.pk), "<str:field>": "email"}
        return {"client": known[part], "unknown": _unknown(part)}

    def _of_mailing(self) -> dict[str, Named]:
        link = next(iter(clicks.wrap(self.site.rows["consent.mailing"], "en").values()))
        known = {
            "<str:link>": link.split("/")[-3],
            "<str:person>": mail_links.token("alice@example.org"),
            "<slug:key>": _pk(self.site.rows["consent.mailingpicture"]),
        }
        return {part: {"known": value, "unknown": "unknown"} for part, value in known.items()}

    def _at_the_desk(self, label: str, route: str, part: str) -> Named:
        if label == "dsr.subjectrequest":
            return self._of_request(route, part)
        if label == "website.enquiry" and "/files/" in route:
            return self._of_attachment(part)
        if part == "<str:label>":
            return {"known": "privacy.mail", "unknown": "no.holding"}
        if part in {"<slug:language>", "<slug:look>"}:
            return {"known": {"<slug:language>": "en", "<slug:look>": "dark"}[part], "unknown": "unknown"}
        if label == "privacy.breach" and part == "<int:number>":
            return self._notice_of_breach()
        model = self._model(label)
        is_uuid = isinstance(model._meta.pk, UUIDField)
        return {"known": _pk(self._row(label)), "unknown": NOBODY if is_uuid else "999999"}

    def _of_attachment(self, part: str) -> Named:
        """A file of an enquiry: the enquiry of that file, and its own number."""
        row: Any = self._row("website.enquiryattachment")
        known = row.message.enquiry_id if part == "<int:pk>" else row.pk
        return {"known": str(known), "unknown": "999999"}

    def _notice_of_breach(self) -> Named:
        breach: Any = self._row("privacy.breach")
        return {"known": str(breach.notices.get().pk), "unknown": "999999"}

    def _of_request(self, route: str, part: str) -> Named:
        children = {
            "letters": "dsr.sentletter",
            "scans": "dsr.incomingletter",
            "papers": "dsr.enclosure",
        }
        if found := re.search(r"<uuid:pk>/(\w+)/<", route):
            if found[1] in children:
                return self._of_child(children[found[1]], part)
            enquiry = _pk(self.site.rows["website.enquiry"])
            known = {"<str:holding>": "website.enquiry", "<str:key>": enquiry, "<str:field>": "message"}
            return {"received": known.get(part, self.requests["received"]), "unknown": _unknown(part)}
        return self.requests

    def _of_child(self, label: str, part: str) -> Named:
        """A file of a request: the request of that file, and its own number."""
        row: Any = self.site.rows[label]
        request: SubjectRequest = row.request
        number = row.file.pk if part == "<str:key>" else row.pk
        return {"known": str(request.pk if part == "<uuid:pk>" else number), "unknown": _unknown(part)}

    def _tokens(self, route: str) -> Named:
        rows, requests = self.site.rows, self.site.requests
        if route.startswith("/privacy/mail/<str:token>/"):
            return {"known": mail_links.token("alice@example.org"), "unknown": "not-a-token"}
        kind, value = {
            "/privacy/mail/confirm/": (prospecting.CONFIRM, str(rows["consent.consentevent"].record)),
            "/privacy/requests/confirm/": (emails.CONFIRM, _pk(rows["dsr.unconfirmedrequest"])),
            "/privacy/requests/follow/": (
                emails.FOLLOW,
                [self.requests["received"], requests["received"].links_used],
            ),
            "/privacy/requests/download/": (emails.PACKAGE, [self.requests["answered"], 0]),
            "/privacy/instructions/confirm/": (
                instructions.CONFIRM,
                _pk(rows["dsr.unconfirmedinstructions"]),
            ),
            "/privacy/updates/confirm/": (subscriptions.CONFIRM, _pk(rows["privacy.subscriptionrequest"])),
            "/account/invitation/": (invitations.LINK, rows["website.invitation"].pk),
            "/account/sign-up/link/": (links.SIGN_UP, asdict(SIGN_UP)),
            "/account/password/link/": (links.RESET, [0, ""]),
            "/account/address/link/": (links.NEW_ADDRESS, [0, "", SIGN_UP.email]),
            "/privacy/updates/stop/": (subscriptions.UNSUBSCRIBE, _pk(rows["privacy.subscription"])),
        }[route.removesuffix("<str:token>/")]
        return {"known": signed_links.sign(kind, value, until=self.until), "unknown": "not-a-token"}

    def _model(self, label: str) -> type[Model]:
        return type(self._row(label))

    def _row(self, label: str) -> Model:
        return self.site.rows[label]


def _pk(row: Model | None, field: str = "pk") -> str:
    assert row is not None
    return str(getattr(row, field))


def _unknown(part: str) -> str:
    return {
        "<uuid:pk>": NOBODY,
        "<int:number>": "999999",
        "<str:key>": "no-key",
        "<str:holding>": "no.holding",
        "<str:field>": "no-field",
    }[part]
