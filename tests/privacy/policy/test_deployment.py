"""A site whose rules are not those of the policy in force does not start: ``make run`` says so and ends."""

import io
import shutil
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from privacy.checks import MOST_SHOWN
from privacy.database import owner
from privacy.datamap import explanations, registry
from privacy.datamap.explanations import HoldingExplanation
from privacy.datamap.periods import Period
from privacy.mail.models import Mail
from privacy.policy import drift, publishing
from softnlabs import assets, translations
from softnlabs.local import serve
from softnlabs.local.supervisor import Console
from tests import roles
from tests.privacy.conftest import write_policy
from tests.sabotage.stage import tamper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "root")]


@pytest.fixture(autouse=True)
def _declared_again() -> Iterator[None]:
    """Whatever a test declared otherwise is forgotten."""
    yield
    registry.holdings.cache_clear()


@pytest.fixture(autouse=True)
def _prepared_already(monkeypatch) -> None:
    """Translations, assets, tables and content stand: what is left of the start are its checks."""
    monkeypatch.setattr(translations, "compile_stale", lambda folder: None)
    monkeypatch.setattr(assets, "collect_stale", lambda: None)
    monkeypatch.setattr(serve.connections, "close_all", lambda: None)
    monkeypatch.setattr(owner, "connected", roles.owner)  # within the transaction of the test


def start() -> None:
    serve._prepare(Console(io.StringIO()))


def test_a_site_in_good_order_starts(now):
    publishing.publish(now=now)
    start()


def test_a_changed_period_without_a_new_version_does_not_start(now, keep_mail):
    publishing.publish(now=now)
    keep_mail(Period(months=9))
    with pytest.raises(SystemCheckError, match=r"privacy\.E007") as refused:
        start()
    for word in ("3 months", "9 months", "3 mois", "9 mois"):
        assert word in str(refused.value)
    assert "the visit" not in str(refused.value), "what is as published is not repeated"


def test_what_the_refusal_says_is_the_way_out(now, keep_mail, root, capsys):
    publishing.publish(now=now)
    keep_mail(Period(months=9))
    with pytest.raises(SystemCheckError) as refused:
        start()
    for step in ("cp -r policy/1 policy/2", "start again", "manage.py publish_policy"):
        assert step in str(refused.value)
    shutil.copytree(root / "1", root / "2")
    start()
    assert "privacy.W002" in capsys.readouterr().err
    call_command("publish_policy", stdout=io.StringIO())
    start()
    assert "privacy.W002" not in capsys.readouterr().err


def test_a_word_changed_in_every_period_starts_with_a_warning(now, monkeypatch, capsys):
    """A release may mend a label or a punctuation mark: what people read is still true."""
    publishing.publish(now=now)
    monkeypatch.setattr(HoldingExplanation, "retention_phrase", property(lambda told: f"{told.keep.period}!"))
    start()
    said = capsys.readouterr().err
    assert "privacy.W003" in said
    assert "privacy.E007" not in said
    assert f"and {len(explanations.explain_all()) - MOST_SHOWN} more" in said
    assert len(said.splitlines()) < 35
    assert drift.of(publishing.in_force()) == []


def test_a_period_that_starts_elsewhere_does_not_start_though_it_reads_the_same(now, monkeypatch):
    publishing.publish(now=now)
    declared = Mail.personal_data
    keep = replace(declared.keep, since="sent_at")
    monkeypatch.setattr(Mail, "personal_data", replace(declared, keep=keep))
    registry.holdings.cache_clear()
    with pytest.raises(SystemCheckError, match=r"privacy\.E007"):
        start()


def test_a_version_published_without_its_facts_is_compared_to_the_letter(now, monkeypatch):
    """As those of 0.2.0 were."""
    publishing.publish(now=now)
    tamper("privacy_policytext", "UPDATE privacy_policytext SET facts = '{}'")
    monkeypatch.setattr(publishing, "is_intact", lambda version: True)
    monkeypatch.setattr(HoldingExplanation, "retention_phrase", property(lambda told: f"{told.keep.period}!"))
    with pytest.raises(SystemCheckError, match=r"privacy\.E007"):
        start()


def test_altered_facts_do_not_start(now):
    publishing.publish(now=now)
    tamper("privacy_policytext", "UPDATE privacy_policytext SET facts = '{}'")
    with pytest.raises(SystemCheckError, match=r"privacy\.E006"):
        start()


def test_with_a_newer_version_that_cannot_be_published_it_says_what_is_wrong_with_it(now, keep_mail, root):
    publishing.publish(now=now)
    keep_mail(Period(months=9))
    write_policy(root, 2, storage="We keep them for 3 months.")
    with pytest.raises(
        SystemCheckError, match=r"privacy\.E007[^$]*would be refused[^$]*2/en.md:49: “3” is typed"
    ):
        start()


def test_an_altered_version_does_not_start(now):
    publishing.publish(now=now)
    tamper("privacy_policytext", "UPDATE privacy_policytext SET source = source || ' '")
    with pytest.raises(SystemCheckError, match=r"privacy\.E006"):
        start()
