"""Every message that leaves, with facts that fill it: in each text that a person typed stands `TYPED`."""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

from django.conf import settings
from django.utils.html import format_html

from dsr.after_death.models import Instructions
from dsr.messages import emails
from dsr.requests.mandate_models import Representative
from dsr.requests.models import SubjectRequest
from dsr.rules.after_death import Scope, Wish
from privacy.recipients.models import Disclosure
from privacy.recipients.notice_models import DisclosureNotice

TYPED = """<b>"It's" & more</b> <a href="https://evil.example">&lt;here&gt;</a></p></div><div>"""
WRITTEN = f"{TYPED}\r\n* {TYPED}\n\n# {TYPED}"
LINK = "https://example.org/follow/token/?a=1&b=2"
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
DAY = date(2026, 12, 23)
FRAMES = {"base", "to_controller", "request", "account_requested"}
PARTS = {"request_outcomes", "request_due_on"}


def templates() -> dict[str, Path]:
    """The templates of all e-mails, by the name of the message."""
    found = Path(settings.BASE_DIR).glob("*/**/templates/emails/*")
    return {path.stem: path for path in found if ".venv" not in path.parts}


def messages() -> list[str]:
    return sorted(templates().keys() - FRAMES - PARTS)


def letters() -> list[str]:
    """Those that are kept as letters too."""
    return re.findall(r'_send\("(\w+)"', Path(emails.__file__).read_text())


def facts(message: str) -> dict[str, object]:
    """What fills the template ``emails/<message>.html``."""
    request = SubjectRequest(
        id=UUID(int=7), reference="ABCD-EFGH", rights=["ACCESS", "ERASURE"], surname=TYPED, first_name="Alice",
        received_at=NOW, due_on=DAY, lifts_on=DAY, ground="EXCESSIVE", setback="CORRECTION",
    )  # fmt: skip
    everything = {
        "subject_request": request,
        "reader": request,
        "submitter": Representative(surname=TYPED, first_name="Bob"),
        "link": LINK,
        "page": "https://example.org/privacy/requests/7/",
        "until": NOW,
        "change": "password_changed",
        "at": NOW,
        "closes_at": NOW,
        "sentence": "I agree that SoftNLabs may write to me.",
        "source": TYPED,
        "asked": True,
        "count": 2,
        "reason": WRITTEN,
        "words": WRITTEN,
        "waits": True,
        "mandate": SimpleNamespace(is_resubmission_needed=True),
        "capacity": "HEIR",
        "instructions": _instructions(),
        "forms": [{"subject_request": request, "link": LINK, "until": NOW}],
        "more": 2,
        "is_partial": True,
        "items": _items(),
        "alone": _items()[:1],
        "recipient_notifications": [SimpleNamespace(recipient=TYPED, get_categories_display="surname")],
        "days": 3,
        "late": 2,
        "day": DAY,
        "names": [TYPED],
        "counts": {"open": 1, "overdue": 2, "near": 3, "suspended": 4, "behind": 5, "recipients": 6, "letters": 7},
        "received_at": NOW,
        "tag": "[SNL-ACDEFG]",
        "notice": LINK,
        "offer": SimpleNamespace(title=TYPED),
        "subject": TYPED,
        "text": WRITTEN,
        "version": SimpleNamespace(number=3, published_at=NOW),
        "changed": [TYPED],
        "stop_link": "https://example.org/stop/token/",
        "preferences": "https://example.org/privacy/mail/token/",
        "unsubscribe": "https://example.org/privacy/mail/token/unsubscribe/",
        "daily": SimpleNamespace(day=DAY, sha256="a" * 64, rows=5),
        "head": SimpleNamespace(number=9, sha256="b" * 64),
        "broke": [SimpleNamespace(statement="We keep it.", key="a.b")],
        "kept_again": [SimpleNamespace(statement="We keep that.", key="c.d")],
        "disclosure": _disclosure(),
        "explanation": WRITTEN,
        "may_object": True,
        "may_withdraw": True,
        "lines": [(_notice(), True)],
        "last_day": DAY,
        "last_days": [DAY],
        "breaches": [(7, NOW, True), (8, NOW, False)],
        "today": DAY,
        "coming": [SimpleNamespace(holding=SimpleNamespace(data=SimpleNamespace(label="Enquiries")), count=3)],
    }  # fmt: skip
    without_link = {
        "breach",
        "disclosure",
        "request_mandated",
        "request_withdrawn",
        "daily_seal",
        "application_received",
    }
    without_link |= {"account_exists", "account_unknown", "account_address_taken"}
    if message in without_link | {"application_reply", "enquiry_received", "enquiry_reply", "mailing"}:
        del everything["link"]
    if message == "mailing":  # its words were made of Markdown
        everything["words"] = format_html("<h2>{}</h2><ul><li>{}</li></ul>", TYPED, TYPED)
    return everything


def _disclosure() -> Disclosure:
    return Disclosure(
        id=7, recipient=TYPED, ground="LAW", provision=TYPED, categories=["SURNAME"], at=NOW, authorised_on=DAY,
        authorisation=WRITTEN,
    )  # fmt: skip


def _instructions() -> Instructions:
    return Instructions(
        surname=TYPED, first_name="Alice", email="alice@example.org", wish=Wish.HAND_OVER, scope=Scope.PARTICULAR,
        recipient=TYPED, executor=TYPED, details=WRITTEN,
    )  # fmt: skip


def _notice() -> DisclosureNotice:
    return DisclosureNotice(disclosure=_disclosure(), way="LATER", until=DAY, due_on=DAY, reason=WRITTEN)


class Rows(list):
    """What a related manager gives a template."""

    def all(self) -> list:
        return self


@dataclass(frozen=True)
class Item:
    """A right of a request, decided, as the template sees it."""

    title: str
    outcome: str
    ground: str = ""
    reason: str = ""
    until: date | None = None
    corrections: Rows = field(default_factory=Rows)
    exemptions: Rows = field(default_factory=Rows)
    redactions: Rows = field(default_factory=Rows)
    stopped: Rows = field(default_factory=Rows)

    def __str__(self) -> str:
        return self.title

    def get_outcome_display(self) -> str:
        return self.outcome

    def get_ground_display(self) -> str:
        return self.ground


def _items() -> list[Item]:
    correction = SimpleNamespace(title="Surname", was=TYPED, wished=TYPED, is_accepted=True, reason=WRITTEN)
    exemption = SimpleNamespace(title="Visits", get_ground_display="still needed", reason=WRITTEN, until=DAY)
    return [
        Item("Erasure", "not granted", "still needed", WRITTEN, DAY),
        Item(
            "Access",
            "granted",
            corrections=Rows([correction]),
            exemptions=Rows([exemption]),
            redactions=Rows([SimpleNamespace(title="Enquiries")]),
        ),
        Item(
            "Objection",
            "granted",
            stopped=Rows(
                [
                    SimpleNamespace(label="Enquiries", purpose="Visitors", state=state, resumed_at=NOW)
                    for state in ("deleted", "stored", "resumed")
                ]
            ),
        ),
    ]
