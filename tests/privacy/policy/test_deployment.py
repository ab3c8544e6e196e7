"""A site whose rules are not those of the policy in force does not start: ``make run`` says so and ends."""

import io
import shutil

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from privacy.checks import MOST_SHOWN
from privacy.datamap import explanations
from privacy.datamap.explanations import HoldingExplanation
from privacy.datamap.periods import Period
from privacy.policy import publishing
from softnlabs import assets, translations
from softnlabs.local import serve
from softnlabs.local.supervisor import Console
from tests.privacy.conftest import write_policy
from tests.sabotage.stage import tamper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "root")]


@pytest.fixture(autouse=True)
def _prepared_already(monkeypatch) -> None:
    """Translations, assets, tables and content stand: what is left of the start are its checks."""
    monkeypatch.setattr(translations, "compile_stale", lambda folder: None)
    monkeypatch.setattr(assets, "collect_stale", lambda: None)
    monkeypatch.setattr(serve.connections, "close_all", lambda: None)


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


def test_a_word_changed_in_every_period_does_not_fill_the_screen(now, monkeypatch):
    publishing.publish(now=now)
    monkeypatch.setattr(HoldingExplanation, "retention_phrase", property(lambda told: f"{told.keep.period}!"))
    with pytest.raises(SystemCheckError) as refused:
        start()
    assert f"and {len(explanations.explain_all()) - MOST_SHOWN} more" in str(refused.value)
    assert len(str(refused.value).splitlines()) < 35


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
