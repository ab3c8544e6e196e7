"""What a law forbids to tell does not leak through the answer to an access request."""

import io
import zipfile
from datetime import date, timedelta

import pytest

from dsr.package import archive, numbered_records
from privacy.audit.models import AuditEntry
from privacy.recipients import recipients
from privacy.recipients.notice_models import Way
from privacy.recipients.notices import NoticePlan
from tests import holdings as made
from tests.dsr import packages
from tests.privacy.factories import disclose

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]
REASON = "The investigating judge ordered secrecy on 20 November 2026."
LABELS = ("privacy.disclosure", "privacy.disclosurenotice")
HIDDEN = {
    "later": NoticePlan(Way.LATER, "en", until=date(2026, 12, 31), silence="INVESTIGATION", reason=REASON),
    "never": NoticePlan(Way.NOT, "en", silence="FORBIDDEN", reason=REASON),
}


def said(who: made.SamplePerson, now) -> str:
    subject_request = packages.granted(who, now)
    content = archive.compile_zip(subject_request, now=now).content
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return "\n".join(package.read(name).decode() for name in package.namelist() if "files/" not in name)


@pytest.mark.parametrize("plan", HIDDEN.values(), ids=HIDDEN)
def test_a_secret_disclosure_is_nowhere_in_the_answer(now, plan):
    alice = made.person("alice", now)
    disclose(alice.email, "Police of Pau", at=now, now=now, plan=plan)
    text = said(alice, now)
    for words in ("Police", REASON, "a disclosure was entered", "was postponed", "is not told"):
        assert words not in text
    assert "neither confirm nor deny" in text
    assert recipients.to_notify(alice.subject(), now=now) == []
    offered = dict(numbered_records.choices(alice.subject(), now=now))
    assert not {key.split()[0] for choices in offered.values() for key, _label in choices} & set(LABELS)
    assert AuditEntry.objects.filter(action="privacy.disclosure.entered").count() == 1


def test_it_is_told_of_once_the_date_of_the_law_is_over(now):
    alice, bob = made.person("alice", now), made.person("bob", now)
    disclose(alice.email, "Police of Pau", at=now, now=now, plan=HIDDEN["later"])
    later = now + timedelta(days=39)  # 1 January
    assert "Police" in said(alice, later)
    assert [each.name for each in recipients.to_notify(alice.subject(), now=later)] == ["Police of Pau"]
    assert "Police" not in said(bob, later)


def test_who_is_not_told_on_another_ground_reads_the_disclosure_and_the_reason(now):
    alice = made.person("alice", now)
    plan = NoticePlan(Way.NOT, "en", silence="UNREACHABLE", reason="Her address could not be found.")
    disclose(alice.email, "Court of Pau", at=now, now=now, plan=plan)
    text = said(alice, now)
    assert "Court of Pau" in text
    assert "Her address could not be found." in text


def test_an_answer_without_any_secret_says_the_same_sentence(now):
    assert "neither confirm nor deny" in said(made.person("bob", now), now)
