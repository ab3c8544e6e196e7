import re
from datetime import timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.db import DatabaseError, connection, transaction
from django.test import Client

from privacy import checks
from privacy.audit.models import AuditEntry
from privacy.datamap.periods import Period
from privacy.mail.models import Mail
from privacy.policy import drift, lint, publishing
from privacy.policy.markdown import KEYS
from privacy.policy.models import PolicyText, PolicyVersion
from tests import roles
from tests.privacy.conftest import CONTACT, ENOUGH, WITHOUT_PROMISE, write_policy

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "root")]


@pytest.fixture
def published(now) -> PolicyVersion:
    return publishing.publish(now=now)


def test_publishing_freezes_every_language(published, now):
    assert (published.number, published.published_at) == (1, now)
    texts = {text.language: text for text in published.texts.all()}
    assert texts.keys() == {"en", "fr"}
    assert [clause.key for clause in publishing.clauses_of(texts["fr"])] == list(KEYS)
    assert texts["en"].placeholders["controller.email"] == "estelle.gelet@softnlabs.com"
    assert texts["en"].placeholders["list.cookies"] == [["Technical", ["session", "csrf_x"]]]
    assert "{{ list.cookies }}" in texts["en"].source
    assert publishing.is_intact(published)


def test_publishing_is_recorded(published):
    entry = AuditEntry.objects.get(action="privacy.policy.published")
    assert entry.detail == {"number": 1}


@pytest.mark.parametrize("table", ["privacy_policyversion", "privacy_policytext"])
def test_the_database_refuses_to_alter_a_version(published, table):
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        roles.owner(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE {table} SET sha256 = 'other'")


def test_an_altered_text_is_noticed(published):
    with roles.owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE privacy_policytext DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE privacy_policytext SET clauses = replace(clauses::text, 'Words', 'Lies')::jsonb"
        )
        cursor.execute("ALTER TABLE privacy_policytext ENABLE TRIGGER USER")
    assert not publishing.is_intact(PolicyVersion.objects.get())


def test_a_policy_that_changed_nothing_is_refused(published, root, now):
    with pytest.raises(publishing.NothingChangedError):
        publishing.publish(now=now)
    write_policy(root, 2)
    with pytest.raises(publishing.NothingChangedError, match="since version 1"):
        publishing.publish(now=now)


def test_a_number_is_used_once(published, root, now):
    for language in ("en", "fr"):
        path = root / "1" / f"{language}.md"
        path.write_text(path.read_text().replace("Words of cookies", "Other words"))
    with pytest.raises(publishing.AlreadyPublishedError):
        publishing.publish(now=now)


def test_a_second_version_takes_over(published, root, now):
    write_policy(root, 2, cookies="Other words.")
    second = publishing.publish(now=now + timedelta(days=1))
    assert publishing.in_force() == second
    assert publishing.previous(second) == published
    changed = [change.key for change in publishing.compare(published, second, "fr") if change.is_changed]
    assert changed == ["cookies"]


def test_there_must_be_a_folder(root, now):
    with pytest.raises(publishing.NothingToPublishError, match="version 7"):
        publishing.publish(7, now=now)


def test_a_changed_period_is_seen(published, keep_mail, now):
    assert drift.of(published) == []
    keep_mail(Period(months=7))
    found = drift.of(published)
    assert {(each.language, each.name) for each in found} == {
        ("en", "list.periods"),
        ("fr", "list.periods"),
    }
    assert [str(item).count("7 months") for item in found[0].current] == [1]
    with pytest.raises(publishing.AlreadyPublishedError):
        publishing.publish(now=now)


def test_a_changed_period_is_enough_for_a_new_version(published, keep_mail, root, now):
    write_policy(root, 2)
    keep_mail(Period(months=7))
    second = publishing.publish(now=now)
    assert drift.of(second) == []
    assert drift.of(published) != []


@pytest.mark.parametrize(
    ("bodies", "problem", "place"),
    [
        ({"cookies": ""}, lint.MissingClauseError, "en.md: the clause “cookies”"),
        ({"cookies": "Kept {{ period.nothing }}."}, lint.UnknownPlaceholderError, "period.nothing"),
        ({"cookies": "{{ open"}, lint.UnknownPlaceholderError, "{{ open"),
        ({"cookies": "Kept 6 months."}, lint.HardCodedValueError, "“6” is typed by hand"),
        ({"cookies": "Kept six months."}, lint.HardCodedValueError, "“six months” is typed by hand"),
        ({"preamble": ENOUGH}, lint.MissingPlaceholderError, "controller.email"),
        ({"preamble": CONTACT}, lint.MissingPlaceholderError, "list.periods"),
        ({"cookies": "A.\n\n## B {#cookies}\n\nB."}, lint.UnexpectedClauseError, "stands twice"),
        ({"cookies": "A.\n\n## B {#extra}\n\nB."}, lint.UnexpectedClauseError, "extra"),
        ({"cookies": "A.\n\n## B\n\nB."}, lint.StrayTextError, "## B"),
    ],
)
def test_an_unsound_text_is_refused_with_its_place(root, now, bodies, problem, place):
    write_policy(root, 2, **bodies)
    with pytest.raises(publishing.InvalidPolicyError) as refusal:
        publishing.publish(now=now)
    assert any(isinstance(found, problem) for found in refusal.value.problems)
    assert place in str(refusal.value)
    assert not PolicyVersion.objects.exists()


def test_a_problem_names_file_line_and_placeholder(root, now):
    folder = write_policy(root, 2, updates="One line.\nKept {{ period.nothing }}.")
    line = (folder / "fr.md").read_text().splitlines().index(
        f"Kept {{{{ period.nothing }}}}.{WITHOUT_PROMISE}"
    ) + 1
    with pytest.raises(publishing.InvalidPolicyError, match=re.escape(f"{folder / 'fr.md'}:{line}: no rule")):
        publishing.publish(now=now)


def test_a_list_without_items_is_refused(root, now, monkeypatch):
    monkeypatch.setattr(apps.get_app_config("consent"), "policy_placeholders", {"list.cookies": list})
    with pytest.raises(publishing.InvalidPolicyError, match=r"list\.cookies. has no value"):
        publishing.publish(now=now)


def test_every_language_must_be_there(root, now):
    (root / "1" / "fr.md").unlink()
    with pytest.raises(publishing.InvalidPolicyError) as refusal:
        publishing.publish(now=now)
    assert [type(found) for found in refusal.value.problems] == [lint.MissingLanguageError]


def test_the_starting_content_brings_the_first_policy_and_never_another(root):
    call_command("load_content", stdout=StringIO())
    assert publishing.in_force().number == 1
    write_policy(root, 2, cookies="Other words.")
    call_command("load_content", stdout=StringIO())
    assert publishing.in_force().number == 1


def test_the_command_publishes_and_says_why_not(db):
    out = StringIO()
    call_command("publish_policy", stdout=out)
    assert "Version 1 is published" in out.getvalue()
    with pytest.raises(CommandError, match="Nothing changed"):
        call_command("publish_policy", stdout=out)
    call_command("publish_policy", "--first", stdout=out)
    assert "Version 1 is in force" in out.getvalue()


def found_by_the_check() -> list[str]:
    return [message.id for message in checks.check_policy(None, databases=["default"])]


def test_the_check_sees_a_period_that_changed_without_a_new_version(published, keep_mail, root):
    assert found_by_the_check() == []
    keep_mail(Period(months=7))
    assert found_by_the_check() == ["privacy.E007"]
    (root / "2").mkdir()
    (empty,) = checks.check_policy(None, databases=["default"])
    assert empty.id == "privacy.E007"  # an empty folder is no newer version, and that is said
    assert "2/en.md: there is no text in this language" in str(empty.hint)
    (root / "2").rmdir()
    write_policy(root, 2)
    assert found_by_the_check() == ["privacy.W002"]


def test_the_check_needs_a_database_and_a_policy(root, keep_mail):
    keep_mail(Period(months=7))
    assert found_by_the_check() == []
    assert checks.check_policy(None) == []


def test_migrate_refuses_a_changed_period(published, keep_mail):
    keep_mail(Period(months=7))
    with pytest.raises(SystemCheckError, match="E007"):
        call_command("migrate", verbosity=0, skip_checks=False)


def test_the_check_sees_an_altered_text(published, monkeypatch):
    monkeypatch.setattr(publishing, "is_intact", lambda version: False)
    assert found_by_the_check() == ["privacy.E006"]


# Pages ---------------------------------------------------------------------------------------------------


def test_without_a_policy_there_is_no_page(client: Client):
    assert client.get("/privacy/").status_code == 404
    assert client.get("/privacy/versions/").status_code == 200


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/privacy/", ["Version 1, last updated on 23 November 2026", "Clause cookies", 'href="#cookies"']),
        ("/fr/privacy/", ["Version 1, dernière mise à jour le 23 novembre 2026", "Article cookies"]),
        ("/privacy/versions/", ["Version 1", "in force"]),
        ("/fr/privacy/versions/", ["Version 1", "en vigueur"]),
        ("/privacy/versions/1/", ["Words of cookies."]),
        ("/privacy/versions/1/changes/", ["This is the first version"]),
    ],
)
def test_the_pages_read_well(published, client: Client, address, words):
    page = client.get(address)
    assert page.status_code == 200
    for word in words:
        assert word in page.content.decode()


def test_each_clause_has_its_anchor_and_its_number(published, client: Client):
    page = client.get("/privacy/").content.decode()
    for number, key in enumerate(KEYS, start=1):
        assert f'<h2 id="{key}">{number}. Clause {key}</h2>' in page


@pytest.mark.parametrize(
    "address", ["/privacy/versions/2/", "/privacy/versions/99999999999/", "/privacy/versions/2/changes/"]
)
def test_a_version_that_never_was_is_not_found(published, client: Client, address):
    assert client.get(address).status_code == 404


def test_an_earlier_version_says_so_and_stays(published, root, now, client: Client):
    before = client.get("/privacy/versions/1/").content.decode()
    assert "no longer in force" not in before
    write_policy(root, 2, cookies="Other words.")
    publishing.publish(now=now)
    page = client.get("/privacy/versions/1/").content.decode()
    assert "no longer in force" in page
    assert "Words of cookies." in page
    assert "Other words." in client.get("/privacy/").content.decode()


@pytest.mark.parametrize("asked", ["", "?from=1", "?from=2", "?from=x", "?from=-1", "?from=" + "9" * 40])
def test_the_differences_are_marked(published, root, now, client: Client, asked):
    write_policy(root, 2, cookies="Words of <b>biscuits</b>.")
    publishing.publish(now=now)
    page = client.get(f"/privacy/versions/2/changes/{asked}").content.decode()
    assert re.search(r"<del>.*cookies\..*</del>", page)
    assert re.search(r"<ins>.*biscuits.*</ins>", page)
    assert "1 clause changed." in page
    assert "<b>" not in page


def test_the_feed_tells_of_each_version(published, root, now, client: Client, settings):
    write_policy(root, 2, cookies="Other words.")
    publishing.publish(now=now)
    feed = client.get("/fr/privacy/feed/")
    assert feed["Content-Type"].startswith("application/atom+xml")
    body = feed.content.decode()
    assert body.count("<entry>") == 2
    assert "Articles modifiés\u00a0: Article cookies" in body
    assert f"{settings.SITE_URL}/fr/privacy/versions/2/" in body


def test_a_page_asks_few_queries(published, client: Client, django_assert_max_num_queries):
    client.get("/privacy/")  # the first one after a start also reads what a process keeps
    with django_assert_max_num_queries(3):
        client.get("/privacy/")


def test_pages_are_only_read(published, client: Client):
    assert client.post("/privacy/").status_code == 405


def test_the_period_on_the_page_is_the_one_that_runs(keep_mail, now, client: Client):
    keep_mail(Period(months=11))
    publishing.publish(now=now)
    assert "11 months" in client.get("/privacy/").content.decode()
    assert "11 mois" in client.get("/fr/privacy/").content.decode()
    assert Mail.personal_data.keep.period == Period(months=11)


def test_the_text_in_a_language_added_later_is_the_first_one(published):
    assert publishing.text_of(published, "de") == PolicyText.objects.get(language="en")
