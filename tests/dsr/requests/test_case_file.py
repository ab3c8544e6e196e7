"""The file of a request stays whole for five years after its closing, whoever asks otherwise, and then goes whole."""

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from dsr.lifecycle import notes
from dsr.requests.case_file import CLOSED_KEEP
from dsr.requests.models import SubjectRequest
from dsr.review import decisions
from privacy.datamap.registry import Holding, holdings
from privacy.files import storage
from privacy.files.models import StoredFile
from privacy.retention import purge
from privacy.rights import erasure
from tests import holdings as made
from tests import roles
from tests.dsr.factories import make_request

pytestmark = pytest.mark.usefixtures("acting")
# Not yet a request; instructions after death, which are none; a link asked for; a copy with days of its own; a card or
# passport destroyed at the decision; visits that the answer has taken over.
SHORTER = {
    "dsr.unconfirmedrequest",
    "dsr.unconfirmedinstructions",
    "dsr.instructions",
    "dsr.linkrequest",
    "dsr.accesspackage",
    "dsr.identityproof",
    "dsr.visitscopy",
}
FILE = {
    each.label: each for each in holdings() if each.label.startswith("dsr.") and each.label not in SHORTER
}


def left(rows: dict[str, object]) -> set[str]:
    return {label for label, row in rows.items() if FILE[label].rows().filter(pk=row.pk).exists()}


@pytest.mark.django_db(transaction=True)
def test_everything_of_it_stays_for_five_years_and_goes_at_once_with_a_certificate(now: datetime):
    alice = made.person("alice", now - timedelta(days=30))
    bob = made.person("bob", now - timedelta(days=30))
    rows = {label: made.MAKERS[label](alice, now) for label in FILE}
    end = CLOSED_KEEP.after(now)
    later = {label: made.MAKERS[label](bob, end) for label in FILE}
    paths = [storage.path_of(file.pk) for label, row in rows.items() for file in FILE[label].files(row)]
    assert paths
    erasure.erase(alice.subject(), now=now)
    assert left(rows) == set(FILE)
    purge.run(now=end - timedelta(seconds=1))
    assert left(rows) == set(FILE)
    assert all(path.exists() for path in paths)
    run = purge.run(now=end)
    assert left(rows) == set()
    assert left(later) == set(FILE)
    assert not any(path.exists() for path in paths)
    assert StoredFile.objects.filter(pk__in=[path.name for path in paths]).count() == 0
    told = {line.holding: line.count for line in run.lines.all()}
    assert told["dsr.subjectrequest"] >= 1
    assert not SubjectRequest.objects.filter(closed_at__lt=end).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("known", FILE.values(), ids=FILE)
def test_nobody_at_the_desk_can_delete_a_part_of_it(known: Holding, dpo_client: Client, now):
    row = made.MAKERS[known.label](made.person("alice", now - timedelta(days=30)), now)
    page = f"/admin/dsr/{known.model._meta.model_name}/"
    assert dpo_client.post(f"{page}{row.pk}/delete/", {"post": "yes"}).status_code in {403, 404}
    dpo_client.post(page, {"action": "delete_selected", "_selected_action": str(row.pk), "post": "yes"})
    assert known.rows().filter(pk=row.pk).exists()


@pytest.mark.django_db
def test_what_happens_after_the_closing_does_not_lengthen_the_five_years(now):
    subject_request = make_request(now)
    decisions.refuse(subject_request.pk, ground="UNFOUNDED", reason="No.", now=now)
    notes.add(subject_request.pk, text="Called again.", now=now + timedelta(days=90))
    subject_request.refresh_from_db()
    assert subject_request.closed_at == now


# Decided anew until the answer leaves.
REDECIDED = {"dsr.requestedcorrection", "dsr.exemption", "dsr.redaction"}
# Which reminders left: it keeps one from leaving twice, and proves nothing.
UNPROTECTED = {"dsr.reminder"}


@pytest.mark.django_db
@pytest.mark.parametrize("label", sorted(set(FILE) - REDECIDED - UNPROTECTED))
def test_no_code_of_ours_can_delete_a_part_of_it(label: str, now):
    """Only purge and erasure delete, and say so to the database."""
    row = made.MAKERS[label](made.person("alice", now - timedelta(days=30)), now)
    rows = FILE[label].rows().filter(pk=row.pk)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), roles.owner():
        rows._raw_delete(using="default")
    assert rows.exists()
