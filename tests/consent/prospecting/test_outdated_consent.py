"""A yes to commercial mail holds as long as the policy says the same of that purpose, and no longer."""

from datetime import timedelta

import pytest

from consent.prospecting import prospecting
from consent.prospecting.models import Prospect
from privacy.companies.models import Processor
from privacy.datamap.registry import holding
from privacy.datamap.subjects import fingerprint
from privacy.policy import publishing
from privacy.promises.checking import Evidence
from privacy.recipients import processors
from privacy.recipients.models import Transmission
from tests import prospects
from tests.conftest import ALICE, BOB
from tests.evidence import evidence
from tests.privacy.conftest import root, write_policy  # noqa: F401 - the fixture
from tests.privacy.factories import make_processor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "root")]
OTHERS = "* **{{ purpose.visitors }}**: to answer.\n"
SAID = "* **{{ purpose.prospects }}**: sending\n  commercial material. Basis: {{ basis.prospects }}.\n"


def publish(settings, now, number: int, purposes: str, **bodies: str) -> None:
    write_policy(settings.POLICY_ROOT, number, purposes=purposes, **bodies)
    publishing.publish(now=now)


def opt_in(email: str, now, **options: str) -> None:
    prospects.confirmed(email=email, sentence="Yes", language="en", page="/", now=now, **options)


def test_who_agreed_before_the_purpose_changed_is_not_written_to_until_asked_again(settings, now):
    publish(settings, now, 2, OTHERS + SAID)
    opt_in(ALICE, now)
    opt_in(BOB, now)
    assert prospecting.may_write(ALICE, now=now)
    publish(settings, now, 3, OTHERS + SAID.replace("material", "material, also of our partners"))
    assert not prospecting.may_write(ALICE, now=now)
    assert Prospect.objects.filter(email=ALICE).exists(), "a form may ask again"
    opt_in(BOB, now)
    assert prospecting.may_write(BOB, now=now)
    assert not prospecting.may_write(ALICE, now=now)


@pytest.mark.parametrize(
    ("purposes", "bodies"),
    [
        (OTHERS.replace("answer", "answer and to improve") + SAID, {}),
        (SAID + OTHERS, {}),
        (OTHERS + SAID.replace("\n  ", " "), {"updates": "Come back."}),
        (OTHERS + SAID, {"consent": "Other words of another clause."}),
    ],
    ids=["another purpose", "their order", "how lines are broken", "another clause"],
)
def test_a_version_that_says_the_same_of_this_purpose_asks_nobody_again(settings, now, purposes, bodies):
    publish(settings, now, 2, OTHERS + SAID)
    opt_in(ALICE, now)
    publish(settings, now, 3, purposes, **(bodies or {"updates": "Look again."}))
    assert prospecting.may_write(ALICE, now=now)


def test_words_that_changed_and_came_back_do_not_bring_back_the_old_yes(settings, now):
    for number, said in ((2, SAID), (3, SAID.replace("sending", "selling")), (4, SAID)):
        publish(settings, now, number, said)
        if number == 2:
            opt_in(ALICE, now)
    assert not prospecting.may_write(ALICE, now=now)


def test_the_version_that_counts_is_the_one_that_the_form_showed(settings, now):
    publish(settings, now, 2, SAID)
    publish(settings, now, 3, SAID.replace("sending", "selling"))
    opt_in(ALICE, now, policy_version="2")
    assert not prospecting.may_write(ALICE, now=now)


def test_a_change_in_one_language_is_a_change(settings, now):
    publish(settings, now, 2, SAID)
    opt_in(ALICE, now)
    folder = write_policy(settings.POLICY_ROOT, 3, purposes=SAID)
    path = folder / "fr.md"
    path.write_text(path.read_text().replace("sending", "vendre"))
    publishing.publish(now=now)
    assert not prospecting.may_write(ALICE, now=now)


def export(processor: Processor, now) -> list[object]:
    taken = processors.export(processor, holding(Prospect), reason="Letter", now=now)
    return [row["email"] for row in taken.rows]


def test_no_processor_gets_who_agreed_to_an_earlier_text(settings, now):
    publish(settings, now, 2, SAID)
    opt_in(ALICE, now)
    opt_in(BOB, now)
    processor = make_processor()
    assert export(processor, now) == [ALICE, BOB]
    publish(settings, now, 3, SAID.replace("sending", "selling"))
    opt_in(BOB, now)
    assert export(processor, now) == [BOB]


def test_the_promise_looks_at_what_was_sent_since_the_text_changed(settings, now):
    groups = 3  # that need consent
    publish(settings, now, 2, SAID)
    opt_in(ALICE, now)
    opt_in(BOB, now)
    processor = make_processor()
    export(processor, now)
    later = now + timedelta(days=1)
    publish(settings, later, 3, SAID.replace("sending", "selling"))
    opt_in(BOB, later)
    export(processor, later)
    assert evidence("updates.asked_again", later) == Evidence(is_kept=True, figure=0, among=2 + groups)
    Transmission(
        about=fingerprint(ALICE), processor=processor, holding="consent.prospect", categories=["EMAIL"], at=later,
        decided_by="user:1",
    ).save()  # fmt: skip
    assert evidence("updates.asked_again", later) == Evidence(is_kept=False, figure=1, among=2 + groups)
