"""Making an account, choosing a forgotten password anew, changing the address: each by a link to the mailbox.

Nobody learns here whether an address has an account: each request mails one message, whichever it is, with the same
queries and the same work. Nothing is stored before the mailbox has confirmed, so an unconfirmed sign-up leaves nothing
but its mail.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from consent.ledger.ledger import Act
from consent.prospecting import prospecting
from privacy.audit import trail
from privacy.companies.collecting import CollectionFacts
from privacy.datamap import subjects
from privacy.mail import outbox
from privacy.web import rate_limits, signed_links
from softnlabs.website.accounts import links, mailboxes, notifications
from softnlabs.website.accounts.models import User

MAILS = rate_limits.RateLimit("website.account.mails", 5, timedelta(hours=1))


class AddressTakenError(Exception):
    """Another account has this address."""


@dataclass(frozen=True)
class SignUp:
    """What was asked for, as it waits in the mailed link: nothing of it is stored before the mailbox has confirmed.

    ``email`` is normalised. Anybody can ask with somebody else's address, so no consent is in it.
    """

    email: str
    language: str
    page: str
    entity: str
    policy_version: int | None

    @classmethod
    def of_link(cls, held: Mapping[str, Any]) -> "SignUp":
        """Links of before 30 November 2026 hold a ticked box as well: it is left out."""
        return cls(**{each.name: held[each.name] for each in fields(cls)})


@dataclass(frozen=True)
class Agreement:
    """The box for commercial mail, ticked on the page behind the mailed link: by whoever reads that mailbox."""

    sentence: str
    language: str
    page: str
    collection: CollectionFacts


@dataclass(frozen=True)
class NewAccount:
    """What the last step asks for."""

    password: str
    first_name: str
    surname: str


def request_account(sign_up: SignUp, *, now: datetime) -> None:
    """Mail the link to go on, or that there is an account already."""
    email, language = sign_up.email, sign_up.language
    with transaction.atomic():
        is_known = User.objects.filter(email=email).exists()
        link, until = links.make(links.SIGN_UP, asdict(sign_up), now=now)
        facts = {} if is_known else {"link": link, "until": until}
        message = "account_exists" if is_known else "account_confirm"
        _mail(message, email, language, facts, now, counted_as=_counted("sign up", email, is_known=is_known))


def make_account(
    sign_up: SignUp, new: NewAccount, *, agreement: Agreement | None = None, now: datetime
) -> User:
    """The mailbox has confirmed. Raises :class:`AddressTakenError`: the link was used before."""
    facts = {"entity": sign_up.entity, "policy_version": sign_up.policy_version, "joined_at": now}
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                sign_up.email, new.password, first_name=new.first_name, surname=new.surname, **facts
            )
            _record("made", user, now)
            if agreement:
                _opt_in(user.email, agreement, now)
    except IntegrityError as error:
        raise AddressTakenError from error
    return user


def request_reset(*, email: str, language: str, now: datetime) -> None:
    """Mail the link to choose another password, or that there is no account. `email` is normalised."""
    with transaction.atomic():
        user = User.objects.filter(email=email, is_active=True).first()
        value = [user.pk if user else 0, links.state_of(user, links.RESET)]
        link, until = links.make(links.RESET, value, now=now)
        facts = {"link": link, "until": until} if user else {}
        message = "account_reset" if user else "account_unknown"
        _mail(message, email, language, facts, now, counted_as=_counted("reset", email, is_known=bool(user)))


def reset(value: object, password: str, *, language: str, now: datetime) -> None:
    """Raises :class:`signed_links.BadLinkError`. Sessions of the account end with its old password."""
    with transaction.atomic():
        user = links.find_user(links.RESET, value, among=User.objects.select_for_update())
        user.set_password(password)
        user.save()
        note(user, "password_reset", language=language, now=now)


def request_address(user: User, *, email: str, language: str, now: datetime) -> None:
    """Mail the link to the new mailbox, or that its address is taken. `email` is normalised."""
    with transaction.atomic():
        is_taken = User.objects.filter(email=email).exists()
        value = [user.pk, links.state_of(user, links.NEW_ADDRESS), email]
        link, until = links.make(links.NEW_ADDRESS, value, now=now)
        facts = {} if is_taken else {"link": link, "until": until}
        message = "account_address_taken" if is_taken else "account_address_confirm"
        counted_as = _counted("address", email, is_known=is_taken)
        _mail(message, email, language, facts, now, counted_as=counted_as)


def change_address(user: User, value: list[str], *, language: str, now: datetime) -> None:
    """The new mailbox has confirmed, in a browser in which `user` is signed in.

    Raises :class:`signed_links.BadLinkError`, also when the link is of another account, and
    :class:`AddressTakenError`.
    """
    try:
        with transaction.atomic():
            found = links.find_user(links.NEW_ADDRESS, value, among=User.objects.select_for_update())
            if found.pk != user.pk:
                raise signed_links.BadLinkError
            old, found.email = found.email, value[2]
            found.save(update_fields=["email"])
            _record("address_changed", found, now)
            notifications.tell("address_changed", is_former=True, to=old, language=language, now=now)
            notifications.tell("address_changed", to=found.email, language=language, now=now)
    except IntegrityError as error:
        raise AddressTakenError from error


def note(user: User, change: str, *, is_first_factor: bool = False, language: str, now: datetime) -> None:
    """Write down a change of the account, and tell its mailbox. Call it in the transaction of the change.

    ``is_first_factor`` says that the first recovery codes were made with it, and all other sessions ended.
    """
    _record(change, user, now)
    if is_first_factor:
        _record("codes_made", user, now)
    notifications.tell(change, is_first_factor=is_first_factor, to=user.email, language=language, now=now)


def _counted(journey: str, email: str, *, is_known: bool) -> str:
    """By what mails are counted: strangers who ask for other mails, or write to other spellings of the mailbox, must
    not use up those that an account is reset by.
    """
    return f"{journey}, account {email}" if is_known else f"{journey}, {mailboxes.one_spelling(email)}"


def _mail(
    message: str, to: str, language: str, facts: dict[str, object], now: datetime, *, counted_as: str
) -> None:
    if MAILS.take(counted_as, now=now):
        outbox.send(message, to=to, language=language, context=facts, now=now)


def _record(change: str, user: User, now: datetime) -> None:
    trail.record(f"website.account.{change}", obj=user, about=subjects.fingerprint(user.email), now=now)


def _opt_in(email: str, agreement: Agreement, now: datetime) -> None:
    """The mailbox is proven: the link that led to the box went there."""
    prospecting.agree(
        email=email,
        sentence=agreement.sentence,
        language=agreement.language,
        page=agreement.page,
        now=now,
        entity=agreement.collection.entity.siren,
        policy_version=str(agreement.collection.policy_version or ""),
        act=Act.ACCOUNT,
    )
