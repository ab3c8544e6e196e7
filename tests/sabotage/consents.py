"""Against consents, prospects and cookies."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from consent.cookies import choices_cookie, registry
from consent.cookies.choices_cookie import Choices, EvaluatedChoices
from consent.imports.models import ListedAddress
from consent.ledger import ledger
from consent.ledger.models import Wording
from consent.mailings.models import Delivery, Mailing
from consent.mailings.states import DeliveryState
from consent.prospecting.models import Prospect, Suppression
from consent.prospecting.prospecting import suppress, withdraw
from consent.undeliverable import undeliverable
from tests import holdings as made
from tests.prospects import confirmed as opt_in
from tests.sabotage.stage import Stage, tamper


def other_words(stage: Stage) -> None:
    Wording.objects.create(sha256="0" * 64, language="en", text="Other words", first_shown_at=stage.now)


def choice_without_version(stage: Stage) -> None:
    made.consent_event(stage.person(), stage.now)
    tamper("consent_consentevent", "UPDATE consent_consentevent SET policy_version = ''")


def choice_under_no_published_version(stage: Stage) -> None:
    made.consent_event(stage.person(), stage.now)
    tamper("consent_consentevent", "UPDATE consent_consentevent SET policy_version = '99'")


def choice_past_its_validity(stage: Stage) -> None:
    given = stage.now - timedelta(days=1)
    ledger.grant(
        "visits",
        holder=ledger.Holder(receipt=uuid4()),
        purpose="VISITORS",
        context=ledger.ConsentContext(ledger.Act.CHOICE, "May we?", "en", "/", given),
        valid_until=stage.now - timedelta(hours=2),
    )


def consent_by_silence(stage: Stage) -> None:
    _agree(stage, act=ledger.Act.CLOCK)


def consent_by_a_signal(stage: Stage) -> None:
    _agree(stage, act=ledger.Act.GPC)


def _agree(stage: Stage, *, act: str) -> None:
    context = ledger.ConsentContext(act, "May we?", "en", "/", stage.now)
    ledger.grant(
        "personal", holder=ledger.Holder(receipt=uuid4()), purpose="PERSONALISATION", context=context
    )


def prospect_sent_on_an_outdated_yes(stage: Stage) -> None:
    who = stage.person()
    opt_in(
        email=who.email, sentence="Write to me", language="en", page="/", now=stage.now, policy_version="0"
    )
    made.transmission(who, stage.now, holding="consent.prospect")


def yes_to_any_words(stage: Stage) -> None:
    evaluate = choices_cookie.evaluate

    def lenient(choices: Choices, **facts: Any) -> EvaluatedChoices:
        words = dict.fromkeys(facts["words"], "other words")
        return evaluate(choices, **{**facts, "words": words})

    stage.monkeypatch.setattr(choices_cookie, "evaluate", lenient)


def prospect_without_proof(stage: Stage) -> None:
    Prospect.objects.create(
        email=stage.person().email, language="en", agreed_at=stage.now, last_contact_at=stage.now
    )


def prospect_of_another_company(stage: Stage) -> None:
    opt_in(email=stage.person().email, sentence="Write to me", language="en", page="/", now=stage.now)
    Prospect.objects.update(entity="732 829 320")


def prospect_who_did_not_confirm(stage: Stage) -> None:
    """A box was ticked, and the question to its mailbox was left out."""
    email = stage.person().email
    context = ledger.ConsentContext(ledger.Act.BOX, "Write to me", "en", "/contact/", stage.now)
    ledger.grant("prospecting", holder=ledger.Holder(email=email), purpose="PROSPECTS", context=context)
    Prospect.objects.create(
        email=email, language="en", agreed_at=stage.now, confirmed_at=stage.now, last_contact_at=stage.now
    )


def listed_address_without_source(stage: Stage) -> None:
    ListedAddress.objects.filter(pk=made.listed_address(stage.person(), stage.now).pk).update(source="")


def prospect_who_said_stop_under_another_spelling(stage: Stage) -> None:
    opt_in(email="alice.martin@gmail.com", sentence="Write to me", language="en", page="/", now=stage.now)
    suppress("a.licemartin+news@googlemail.com", now=stage.now)


def prospect_who_said_stop(stage: Stage) -> None:
    prospect = made.prospect(stage.person(), stage.now)
    suppress(prospect.email, now=stage.now)


def prospect_written_to_after_the_mailbox_refused(stage: Stage) -> None:
    who = stage.person()
    made.prospect(who, stage.now)
    undeliverable.stop(who.email, reason="PERMANENT", now=stage.now - timedelta(hours=1))
    delivery = made.delivery(who, stage.now)
    Delivery.objects.filter(pk=delivery.pk).update(state="SENT", sent_at=stage.now)


def prospect_whose_mailbox_refused_and_who_was_not_stopped(stage: Stage) -> None:
    who = stage.person()
    made.prospect(who, stage.now - timedelta(hours=1))
    made.mail_return(who, stage.now)


def prospect_whose_stop_was_forgotten(stage: Stage) -> None:
    email = stage.person().email
    opt_in(email=email, sentence="Write to me", language="en", page="/", now=stage.now)
    withdraw(email=email, act=ledger.Act.LINK, words="Stop", language="en", page="/", now=stage.now)
    Suppression.objects.all().delete()
    Prospect.objects.create(email=email, language="en", agreed_at=stage.now, last_contact_at=stage.now)


def another_cookie(stage: Stage) -> None:
    found = registry.reload()
    spy = replace(found.groups[0].cookies[0], name="spy")
    groups = (replace(found.groups[0], cookies=(*found.groups[0].cookies, spy)), *found.groups[1:])
    stage.monkeypatch.setattr(registry, "reload", lambda: replace(found, groups=groups))


def mailed_without_consent(stage: Stage) -> None:
    _mailed(stage, stage.person().email)


def mailed_after_a_stop(stage: Stage) -> None:
    who = stage.person()
    made.prospect(who, stage.now - timedelta(days=2))
    withdraw(
        email=who.email, act=ledger.Act.LINK, words="Stop", language="en", page="/",
        now=stage.now - timedelta(days=1),
    )  # fmt: skip
    _mailed(stage, who.email)


def _mailed(stage: Stage, email: str) -> None:
    mailing = Mailing.objects.create(written_by="user:1", written_at=stage.now)
    Delivery.objects.create(
        mailing=mailing, email=email, language="en", added_at=stage.now, next_try_at=stage.now,
        state=DeliveryState.SENT, sent_at=stage.now,
    )  # fmt: skip
