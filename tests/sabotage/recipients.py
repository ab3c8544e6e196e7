"""Against what people were promised about disclosures: a ground, to be told, the client's authorisation."""

from datetime import timedelta

from django.db import connection

from privacy.recipients.models import Disclosure
from privacy.recipients.notice_models import DisclosureNotice, Way
from tests import holdings as made
from tests import roles
from tests.sabotage.stage import Stage


def disclosure_without_ground(stage: Stage) -> None:
    row = made.disclosure(stage.person(), stage.now)
    Disclosure.objects.create(
        about=row.about, recipient="Somebody", ground="", provision="", categories=["EMAIL"], at=stage.now,
        decided_by="user:1",
    )  # fmt: skip


def person_who_was_not_told(stage: Stage) -> None:
    notice = made.disclosure_notice(stage.person(), stage.now)
    DisclosureNotice.objects.filter(pk=notice.pk).update(
        way=Way.NOW, due_on=stage.now.date() - timedelta(days=1)
    )


def disclosure_that_nobody_decided_on(stage: Stage) -> None:
    made.disclosure(stage.person(), stage.now)


def ban_that_ended_unnoticed(stage: Stage) -> None:
    notice = made.disclosure_notice(stage.person(), stage.now)
    DisclosureNotice.objects.filter(pk=notice.pk).update(due_on=stage.now.date() - timedelta(days=1))


def silence_without_reason(stage: Stage) -> None:
    notice = made.disclosure_notice(stage.person(), stage.now)
    _drop("privacy_disclosurenotice", "privacy_disclosurenotice_silence_has_reason")
    DisclosureNotice.objects.filter(pk=notice.pk).update(way=Way.NOT, due_on=None, reason="")


def disclosure_with_a_blank_provision(stage: Stage) -> None:
    row = made.disclosure(stage.person(), stage.now)
    Disclosure.objects.create(
        about=row.about, recipient="Somebody", ground="LAW", provision=" ", categories=["EMAIL"], at=stage.now,
        decided_by="user:1",
    )  # fmt: skip


def silence_with_a_blank_reason(stage: Stage) -> None:
    notice = made.disclosure_notice(stage.person(), stage.now)
    DisclosureNotice.objects.filter(pk=notice.pk).update(way=Way.NOT, due_on=None, reason=" ")


def client_with_a_blank_authorisation(stage: Stage) -> None:
    row = made.disclosure(stage.person(), stage.now)
    Disclosure.objects.create(
        about=row.about, recipient="A partner", ground="TERMS", provision="Contract 3", categories=["EMAIL"],
        at=stage.now, is_about_client=True, decided_by="user:1", authorised_on=stage.now.date(), authorisation=" ",
    )  # fmt: skip


def client_who_did_not_authorise(stage: Stage) -> None:
    _drop("privacy_disclosure", "privacy_disclosure_is_authorised")
    row = made.disclosure(stage.person(), stage.now)
    Disclosure.objects.create(
        about=row.about, recipient="A partner", ground="TERMS", provision="Contract 3", categories=["EMAIL"],
        at=stage.now, is_about_client=True, decided_by="user:1",
    )  # fmt: skip


def _drop(table: str, constraint: str) -> None:
    with roles.owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
