"""Saving a visitor's choices: the ledger first, in one transaction, then the value that the browser keeps."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import transaction

from consent.cookies import choices_cookie
from consent.cookies.choices_cookie import Choices, CookieDecision, EvaluatedChoices
from consent.cookies.registry import Register
from consent.ledger import ledger
from consent.ledger.ledger import ConsentContext, Holder
from consent.wording import wording


@dataclass(frozen=True)
class SavedChoices:
    """`words_changed`: a yes was ignored, because the question shown is no longer the current one."""

    choices: Choices
    words_changed: bool


def save(
    *,
    evaluated: EvaluatedChoices,
    register: Register,
    answers: Mapping[str, bool],
    notice_key: str,
    context: ConsentContext,
) -> SavedChoices:
    """Save an answer, mixed or not: every group in `answers`, by key, yes or no.

    `notice_key` is the key of the question on the visitor's screen. A yes to an earlier wording does not count, since
    consent must be informed (GDPR article 4(11)); a no is always kept. Only what changed is written to the ledger.
    """
    prompt = wording.prompt_for(register)
    void = {
        key
        for key, is_yes in answers.items()
        if is_yes and key in register.consent_groups and notice_key != prompt.key
    }
    counted = {
        key: is_yes
        for key, is_yes in answers.items()
        if key not in void and key in register.consent_groups | register.opt_out_groups
    }
    before = evaluated.choices
    after = choices_cookie.revise(
        evaluated,
        counted,
        receipt=before.receipt or uuid.uuid4(),
        words=prompt.keys,
        now=context.now,
    )
    with transaction.atomic():
        for key, decision in after.decisions.items():
            if decision is not before.decisions.get(key):
                _record(
                    register=register,
                    key=key,
                    decision=decision,
                    previous=before.decisions.get(key),
                    receipt=after.receipt,
                    context=context,
                )
    return SavedChoices(after, words_changed=bool(void))


def _record(
    *,
    register: Register,
    key: str,
    decision: CookieDecision,
    previous: CookieDecision | None,
    receipt: uuid.UUID | None,
    context: ConsentContext,
) -> None:
    """Add one line to the ledger. A group that runs until somebody objects counts as given until it is refused."""
    group = register.by_key[key]
    moment = context.now.timestamp()
    was_given = previous.is_yes and previous.until > moment if previous else group.is_opt_out
    write = ledger.grant if decision.is_yes else ledger.withdraw if was_given else ledger.refuse
    write(
        key,
        holder=Holder(receipt=receipt),
        purpose=group.purpose,
        context=context,
        valid_until=None if group.is_opt_out else datetime.fromtimestamp(decision.until, UTC),
    )
