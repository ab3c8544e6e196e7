"""Keeping a visitor's choice: the ledger first, in one transaction, then the value that the browser keeps."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import transaction

from consent.cookies import choices_cookie
from consent.cookies.choices_cookie import Choices, Decision, Standing
from consent.cookies.registry import Register
from consent.ledger import ledger
from consent.ledger.ledger import Circumstance, Holder
from consent.wording import wording


@dataclass(frozen=True)
class Saved:
    """The choices as they now stand. `words_changed`: a yes was left out, because its question is no longer ours."""

    choices: Choices
    words_changed: bool


def save(
    *,
    standing: Standing,
    register: Register,
    wishes: Mapping[str, bool],
    answered: str,
    circumstance: Circumstance,
) -> Saved:
    """Keep a whole answer, mixed or not, at once: every group in `wishes`, by key, yes or no.

    `answered` is the key of the notice that was on the visitor's screen: a yes to other words than those in force
    does not count, a no needs no words and is always kept. Only what changed is written to the ledger.
    """
    notice = wording.of(register)
    void = {key for key, wish in wishes.items() if wish and key in register.asked and answered != notice.key}
    counted = {
        key: wish
        for key, wish in wishes.items()
        if key not in void and key in register.asked | register.objectable
    }
    before = standing.choices
    after = choices_cookie.revise(
        standing,
        counted,
        receipt=before.receipt or uuid.uuid4(),
        words=notice.keys,
        now=circumstance.now,
    )
    with transaction.atomic():
        for key, decision in after.decisions.items():
            if decision is not before.decisions.get(key):
                _note(
                    register=register,
                    key=key,
                    decision=decision,
                    previous=before.decisions.get(key),
                    receipt=after.receipt,
                    circumstance=circumstance,
                )
    return Saved(after, words_changed=bool(void))


def _note(
    *,
    register: Register,
    key: str,
    decision: Decision,
    previous: Decision | None,
    receipt: uuid.UUID | None,
    circumstance: Circumstance,
) -> None:
    """One line of the ledger. What ran without being asked (an objection's group) is given until it is refused."""
    group = register.by_key[key]
    moment = circumstance.now.timestamp()
    was_given = previous.is_yes and previous.until > moment if previous else group.is_objectable
    verb = ledger.grant if decision.is_yes else ledger.withdraw if was_given else ledger.refuse
    verb(
        key,
        holder=Holder(receipt=receipt),
        purpose=group.purpose,
        circumstance=circumstance,
        valid_until=None if group.is_objectable else datetime.fromtimestamp(decision.until, UTC),
    )
