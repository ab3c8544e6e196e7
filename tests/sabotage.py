"""One way to break each promise: what somebody could do to the data, the rules or the files behind our back.

A new promise adds its line to :data:`SABOTEURS`, or is one of those that the data map makes. Each takes the stage of
the test and breaks the promise for as long as the test lasts.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from dateutil.relativedelta import relativedelta
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.utils.translation import override

from consent import ledger
from consent.models import Prospect, Suppression, Wording
from consent.prospecting import opt_in, suppress, withdraw
from privacy import audit, datamap, navigation, partitions, policy, seals, storage
from privacy.datamap import Basis, Category, Datum, Purpose, Recipient, holdings
from privacy.models import Mail, PurgeRun, StoredFile
from privacy.periods import Period
from recruitment.models import ArchiveOpening
from tests import holdings as made
from tests.dsr.factories import plain_request
from tests.recruitment.applications import make_application


@dataclass
class Stage:
    """What a saboteur may use."""

    now: datetime
    monkeypatch: pytest.MonkeyPatch
    settings: Any

    def person(self) -> made.Person:
        """Somebody about whom a row can be."""
        return made.person("alice", self.now)

    def declare(self, model: Any, **changes: Any) -> None:
        """Let ``model`` say something else of the people in it."""
        self.monkeypatch.setattr(model, "personal_data", replace(model.personal_data, **changes))
        datamap.holdings.cache_clear()


def tamper(table: str, statement: str, *arguments: object) -> None:
    """Change a ledger as the owner of the database could."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, arguments)
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_rows")


def another_controller(stage: Stage) -> None:
    stage.settings.CONTROLLER = {**settings.CONTROLLER, "name": "Somebody Else"}


def other_words(stage: Stage) -> None:
    Wording.objects.create(sha256="0" * 64, language="en", text="Other words", first_shown_at=stage.now)


def choice_without_version(stage: Stage) -> None:
    made.consent_event(stage.person(), stage.now)
    tamper("consent_consentevent", "UPDATE consent_consentevent SET policy_version = ''")


def choice_past_its_validity(stage: Stage) -> None:
    given = stage.now - timedelta(days=1)
    ledger.grant(
        "visits",
        holder=ledger.Holder(receipt=uuid4()),
        purpose="VISITORS",
        circumstance=ledger.Circumstance(ledger.Act.CHOICE, "May we?", "en", "/", given),
        valid_until=stage.now - timedelta(hours=2),
    )


def application_for_nobody(stage: Stage) -> None:
    make_application(at=stage.now, entity="")


def enquiry_for_nobody(stage: Stage) -> None:
    made.enquiry(stage.person(), stage.now)


def undeclared_field(stage: Stage) -> None:
    stage.declare(Mail, fields={"to": Datum(Category.EMAIL)})


def mail_that_waits(stage: Stage) -> None:
    made.mail(stage.person(), stage.now - timedelta(hours=1, seconds=1))


def another_recipient(stage: Stage) -> None:
    stage.declare(Prospect, recipients=(Recipient.CONTROLLER,))


def place_outside(stage: Stage) -> None:
    stage.settings.HOSTING_PLACES = [*settings.HOSTING_PLACES, "US Ashburn"]


def place_that_no_register_knows(stage: Stage) -> None:
    stage.settings.HOSTING_PLACES = [*settings.HOSTING_PLACES, "DE Falkenstein"]


def foreign_source(stage: Stage) -> None:
    directives = {
        **settings.CONTENT_SECURITY_POLICY["DIRECTIVES"],
        "img-src": ["'self'", "https://example.com"],
    }
    stage.settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": directives}


def entry_that_waits_for_its_seal(stage: Stage) -> None:
    audit.record("test.done", now=stage.now - timedelta(minutes=11))


def altered_entry(stage: Stage) -> None:
    audit.record("test.done", now=stage.now)
    cluster, _upto = seals.position()
    # A seal takes what transactions wrote that are over; this one is not, so the seal is told that it is.
    stage.monkeypatch.setattr(seals, "position", lambda: (cluster, 2**40))
    assert seals.seal(now=stage.now) is not None
    tamper("privacy_auditentry", "UPDATE privacy_auditentry SET verb = 'test.other' WHERE verb = 'test.done'")


def trigger_switched_off(stage: Stage) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE consent_consentevent DISABLE TRIGGER consent_consentevent_rows")


def file_in_clear(stage: Stage) -> None:
    made.draft(stage.person(), stage.now)
    storage.path_of(StoredFile.objects.get().pk).write_bytes(b"canary-alice")


def file_that_is_lost(stage: Stage) -> None:
    made.draft(stage.person(), stage.now)
    storage.path_of(StoredFile.objects.get().pk).unlink()


def prospect_without_proof(stage: Stage) -> None:
    made.prospect(stage.person(), stage.now)


def prospect_who_said_stop(stage: Stage) -> None:
    prospect = made.prospect(stage.person(), stage.now)
    suppress(prospect.email, now=stage.now)


def no_purge(stage: Stage) -> None:
    PurgeRun.objects.update(ended_at=stage.now - timedelta(hours=26, seconds=1))


def drop_the_place_of(day: date) -> None:
    (span,) = [span for span in partitions.standing() if span.first <= day < span.end]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {span.name}")


def no_place_for_tomorrow(stage: Stage) -> None:
    drop_the_place_of(stage.now.date() + timedelta(days=1))


def days_that_were_not_made(stage: Stage) -> None:
    drop_the_place_of(stage.now.date() + timedelta(days=10))


def visit_that_waits_for_its_day(stage: Stage) -> None:
    columns = (stage.now - timedelta(days=12), 1, uuid4(), r"\N", "/", "", "en")
    navigation.spool().append("\t".join(map(str, columns)).encode())


def day_that_could_not_be_dropped(stage: Stage) -> None:
    made.visit(stage.person(), stage.now - relativedelta(months=6, days=2))
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {partitions.TABLE} DETACH PARTITION {partitions.standing()[0].name}")


def opening_without_reason(stage: Stage) -> None:
    ArchiveOpening.objects.create(
        application=make_application(at=stage.now), opened_at=stage.now, opened_by="user:1", reason=""
    )


def late_answer(stage: Stage) -> None:
    plain_request("alice@example.org", "Alice", stage.now - timedelta(days=1), state="RECEIVED")


def recipient_not_told(stage: Stage) -> None:
    asked = plain_request("alice@example.org", "Alice", stage.now)
    asked.tellings.create(
        kind="ERASURE", recipient="Sender", is_processor=True, categories=["EMAIL"], opened_at=stage.now,
        due_on=stage.now.date() - timedelta(days=1),
    )  # fmt: skip


def another_cookie(stage: Stage) -> None:
    terms = {**apps.get_app_config("consent").policy_terms, "list.cookies": lambda: [["Technical", ["spy"]]]}
    stage.monkeypatch.setattr(apps.get_app_config("consent"), "policy_terms", terms)


def altered_version(stage: Stage) -> None:
    tamper("privacy_policytext", "UPDATE privacy_policytext SET source = source || ' '")


def another_period(stage: Stage) -> None:
    stage.declare(Mail, keep=replace(Mail.personal_data.keep, period=Period(years=40)))


def purge_in_the_future(stage: Stage) -> None:
    PurgeRun.objects.update(ended_at=stage.now + timedelta(days=400))


def purge_that_missed_its_hours(stage: Stage) -> None:
    PurgeRun.objects.update(ended_at=stage.now - timedelta(hours=2, seconds=1))


def table_made_by_hand(stage: Stage) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE accounts_before_the_move AS SELECT * FROM website_user")


def table_made_in_a_corner(stage: Stage) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA corner")
        cursor.execute("CREATE MATERIALIZED VIEW corner.privacy_mail AS SELECT * FROM privacy_mail")


def column_made_by_hand(stage: Stage) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE website_enquiry ADD COLUMN remarks text")


def trigger_that_lets_all_pass(stage: Stage) -> None:
    body = "BEGIN RETURN coalesce(NEW, OLD); END"
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "CREATE OR REPLACE FUNCTION privacy_refuse_change() RETURNS trigger LANGUAGE plpgsql AS %s",
            [body],
        )


def trigger_that_looks_elsewhere(stage: Stage) -> None:
    table = "privacy_auditentry"
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"DROP TRIGGER {table}_rows ON {table}")
        cursor.execute(
            f"CREATE TRIGGER {table}_rows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW"
            " WHEN (OLD.id < 0) EXECUTE FUNCTION privacy_refuse_change()"
        )
        cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_rows")


def no_policy_for_content(stage: Stage) -> None:
    stage.settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {}}


def policy_for_content_that_nobody_sends(stage: Stage) -> None:
    stage.settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != "privacy.middleware.headers"]


def file_in_clear_of_the_right_length(stage: Stage) -> None:
    made.draft(stage.person(), stage.now)
    file = StoredFile.objects.get()
    storage.path_of(file.pk).write_bytes(b"%PDF-" + b"x" * (file.size + 23))


def file_beside_the_folders(stage: Stage) -> None:
    place = Path(settings.FILES_ROOT) / "cv of somebody.pdf"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(b"x")
    long_ago = (stage.now - timedelta(days=1)).timestamp()
    os.utime(place, (long_ago, long_ago))


def prospect_whose_stop_was_forgotten(stage: Stage) -> None:
    email = stage.person().email
    opt_in(email=email, sentence="Write to me", language="en", page="/", now=stage.now)
    withdraw(email=email, act=ledger.Act.LINK, words="Stop", language="en", page="/", now=stage.now)
    Suppression.objects.all().delete()
    Prospect.objects.create(email=email, language="en", agreed_at=stage.now, last_contact_at=stage.now)


def sealed_version(stage: Stage) -> None:
    cluster, _upto = seals.position()
    stage.monkeypatch.setattr(seals, "position", lambda: (cluster, 2**40))
    assert seals.seal(now=stage.now) is not None


def version_with_another_date(stage: Stage) -> None:
    sealed_version(stage)
    tamper("privacy_policyversion", "UPDATE privacy_policyversion SET published_at = '2020-01-01'")


def version_altered_with_its_digest(stage: Stage) -> None:
    sealed_version(stage)
    version = policy.in_force()
    assert version is not None
    tamper("privacy_policytext", "UPDATE privacy_policytext SET source = source || ' '")
    digests = {}
    for text in version.texts.all():
        draft = policy.Draft(text.language, text.source, text.terms, tuple(policy.clauses_of(text)))
        digests[text.language] = policy._digest(version.number, draft)
    for language, digest in digests.items():
        tamper(
            "privacy_policytext",
            "UPDATE privacy_policytext SET sha256 = %s WHERE language = %s",
            digest,
            language,
        )
    whole = seals.digest(digests)
    tamper("privacy_policyversion", "UPDATE privacy_policyversion SET sha256 = %s", whole)
    altered = policy.in_force()
    assert altered is not None
    assert policy.is_intact(altered)


def version_taken_away(stage: Stage) -> None:
    sealed_version(stage)
    tamper("privacy_policytext", "DELETE FROM privacy_policytext")
    tamper("privacy_policyversion", "DELETE FROM privacy_policyversion")


Saboteur = Callable[[Stage], None]
SABOTEURS: dict[str, Saboteur] = {
    "preamble.company": another_controller,
    "consent.words": other_words,
    "consent.version": choice_without_version,
    "controller.applications": application_for_nobody,
    "controller.enquiries": enquiry_for_nobody,
    "data.declared": undeclared_field,
    "data.mail": mail_that_waits,
    "data.answered": late_answer,
    "data.recipients-told": recipient_not_told,
    "security.sealed": entry_that_waits_for_its_seal,
    "security.verified": altered_entry,
    "security.protected": trigger_switched_off,
    "security.encrypted": file_in_clear,
    "communication.recipients": another_recipient,
    "hosting.places": place_outside,
    "hosting.own_server": foreign_source,
    "forms.prospects": prospect_without_proof,
    "forms.stopped": prospect_who_said_stop,
    "storage.files": file_that_is_lost,
    "storage.purge": no_purge,
    "storage.days": no_place_for_tomorrow,
    "storage.oldest_visit": day_that_could_not_be_dropped,
    "storage.archive": opening_without_reason,
    "cookies.lapsed": choice_past_its_validity,
    "cookies.listed": another_cookie,
    "updates.intact": altered_version,
    "updates.true": another_period,
}


# More ways to break some of them, each found by somebody who tried.
OTHER_WAYS: list[tuple[str, Saboteur]] = [
    ("storage.purge", purge_in_the_future),
    ("storage.purge", purge_that_missed_its_hours),
    ("storage.days", days_that_were_not_made),
    ("storage.days", visit_that_waits_for_its_day),
    ("data.declared", table_made_by_hand),
    ("data.declared", table_made_in_a_corner),
    ("data.declared", column_made_by_hand),
    ("security.protected", trigger_that_lets_all_pass),
    ("security.protected", trigger_that_looks_elsewhere),
    ("security.encrypted", file_in_clear_of_the_right_length),
    ("storage.files", file_beside_the_folders),
    ("hosting.places", place_that_no_register_knows),
    ("hosting.own_server", no_policy_for_content),
    ("hosting.own_server", policy_for_content_that_nobody_sends),
    ("forms.prospects", prospect_whose_stop_was_forgotten),
    ("updates.intact", version_with_another_date),
    ("updates.intact", version_altered_with_its_digest),
    ("updates.intact", version_taken_away),
]


def unnamed_category(category: Category) -> Saboteur:
    """Hold it where the policy in force does not list it."""

    def sabotage(stage: Stage) -> None:
        fields = {**Mail.personal_data.fields, "to": Datum(category)}
        stage.declare(Mail, fields=fields)
        with override("en"):
            label = str(category.label)
        tamper(
            "privacy_policytext",
            "UPDATE privacy_policytext SET terms = jsonb_set(terms, '{list.categories}',"
            " (terms -> 'list.categories') - %s) WHERE language = 'en'",
            label,
        )

    return sabotage


def unnamed_basis(purpose: Purpose) -> Saboteur:
    """Use data for it on a basis that the policy in force does not name."""

    def sabotage(stage: Stage) -> None:
        version = policy.in_force()
        assert version is not None
        named = policy.text_of(version, "en").terms[f"basis.{purpose.lower()}"]
        with override("en"):
            other = next(basis for basis in Basis if str(basis.label) not in named)
        stage.declare(Mail, purpose=purpose, basis=other)
        terms = dict(apps.get_app_config("consent").policy_terms)
        terms.pop(f"basis.{purpose.lower()}", None)
        stage.monkeypatch.setattr(apps.get_app_config("consent"), "policy_terms", terms)

    return sabotage


def row_past_its_period(label: str) -> Saboteur:
    """Leave a row that nobody purged."""

    def sabotage(stage: Stage) -> None:
        made.MAKERS[label](stage.person(), stage.now - relativedelta(years=30))

    return sabotage


def everybody() -> dict[str, Saboteur]:
    """The saboteur of each promise, those of the data map included."""
    return {
        **SABOTEURS,
        **{f"data.{category.lower()}": unnamed_category(category) for category in Category},
        **{f"purposes.{purpose.lower()}": unnamed_basis(purpose) for purpose in Purpose},
        **{f"storage.{holding.label}": row_past_its_period(holding.label) for holding in holdings()},
    }
