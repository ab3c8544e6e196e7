"""Against requests: how they are extended, refused, proved and carried out."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from dsr.identity import verification
from dsr.intake import submission
from dsr.lifecycle import disposal
from dsr.messages import emails
from dsr.messages.models import RequestMessage
from dsr.requests.item_models import Exemption, RequestItem
from dsr.requests.models import SubjectRequest
from dsr.review import decisions
from dsr.rules.rights import Right
from privacy.companies.collecting import by_controller
from privacy.rights import holds, objection
from tests import holdings
from tests.dsr import factories
from tests.dsr.factories import make_request, plain_request
from tests.sabotage.stage import Stage


def extension_told_to_nobody(stage: Stage) -> None:
    make_request(stage.now)
    SubjectRequest.objects.update(extended_at=stage.now)


def extension_without_reason(stage: Stage) -> None:
    decisions.extend(make_request(stage.now).pk, reason="Many requests.", now=stage.now)
    RequestMessage.objects.update(text=" ")


def extension_after_the_month(stage: Stage) -> None:
    """The day after the last one of the month, and told as it should be."""
    request = make_request(stage.now)
    decisions.extend(request.pk, reason="Many requests.", now=stage.now)
    SubjectRequest.objects.update(received_at=stage.now - relativedelta(months=1, days=1))


def form_that_nobody_was_reminded_of(stage: Stage) -> None:
    sent_at = stage.now - timedelta(days=6, hours=2)
    submission.submit(factories.make_form(), collection=by_controller(), language="en", now=sent_at)


def form_whose_link_never_left(stage: Stage) -> None:
    facts = {"collection": by_controller(), "language": "en", "now": stage.now - timedelta(days=2)}
    submission.submit(factories.make_form(), may_mail=False, **facts)


def proof_asked_for_without_reason(stage: Stage) -> None:
    verification.request_proof(make_request(stage.now).pk, reason=" ", now=stage.now)


def proof_asked_for_by_letter_without_reason(stage: Stage) -> None:
    """A letter that asks for it, and no question on record."""
    letter = factories.sent_letter(stage.person(), stage.now)
    type(letter).objects.filter(pk=letter.pk).update(message="request_identity")


def copy_of_a_card_after_the_check(stage: Stage) -> None:
    stage.monkeypatch.setattr(disposal, "destroy_proofs", lambda request: 0)
    proof = factories.identity_proof(stage.person(), stage.now)
    SubjectRequest.objects.update(state="RECEIVED", closed_at=None)
    verification.check(proof.check_made.request_id, method="UPLOAD", now=stage.now)


def copy_of_a_card_of_a_request_that_is_over(stage: Stage) -> None:
    factories.identity_proof(stage.person(), stage.now)


def mandate_of_a_request_that_is_over(stage: Stage) -> None:
    factories.mandate(stage.person(), stage.now)


def refusal_that_nobody_was_sent(stage: Stage) -> None:
    stage.monkeypatch.setattr(emails, "refused", lambda request, **facts: None)
    decisions.refuse(make_request(stage.now).pk, ground="EXCESSIVE", reason="Daily.", now=stage.now)


def record_kept_back_in_silence(stage: Stage) -> None:
    request = plain_request("alice@example.org", "Alice", stage.now, state="ANSWERED")
    item = RequestItem.objects.create(
        request=request, right="ACCESS", outcome="SATISFIED", decided_at=stage.now
    )
    Exemption.objects.create(
        item=item, holding="website.enquiry", ground="OTHERS", reason="Theirs.", made_at=stage.now
    )


def objection_that_was_not_carried_out(stage: Stage) -> None:
    """The answer says that the use is stopped, and nothing was done."""
    request = plain_request("alice@example.org", "Alice", stage.now, state="ANSWERED")
    RequestItem.objects.create(
        request=request, right=Right.OBJECTION, outcome="SATISFIED", decided_at=stage.now, done_at=stage.now,
        uses=["website.enquiry"],
    )  # fmt: skip


def record_left_after_an_objection(stage: Stage) -> None:
    """Nothing needs it any more: its hold ended a day ago."""
    person = stage.person()
    holdings.enquiry(person, stage.now - holdings.RECENT)
    held = holds.place(email=person.email, reason="Litigation", review_on=stage.now.date(), now=stage.now)
    objection.object_to(person.subject(), ["website.enquiry"], now=stage.now)
    holds.lift(held, now=stage.now - timedelta(days=1))


def objection_that_waits(stage: Stage) -> None:
    request = plain_request("alice@example.org", "Alice", stage.now, state="RECEIVED")
    RequestItem.objects.create(request=request, right=Right.NO_PROSPECTING)


def objection_carried_out_later(stage: Stage) -> None:
    make_request(stage.now, rights=[Right.NO_PROSPECTING])
    RequestItem.objects.update(done_at=stage.now + timedelta(minutes=1))


def objection_that_waits_after_its_mandate(stage: Stage) -> None:
    mandate = factories.mandate(stage.person(), stage.now)
    mandate.checked_at, mandate.checked_by = stage.now, "user:1"
    mandate.save()
    RequestItem.objects.create(request=mandate.request, right=Right.NO_PROSPECTING)
