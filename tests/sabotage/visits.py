"""Against the count of visits, which has to stay anonymous and by itself."""

from dataclasses import replace

from django.db import connection

from consent.ledger import ledger
from privacy.audit import trail
from privacy.datamap.declarations import Category
from privacy.visits import own_visits, recording
from privacy.visits.counting_models import DailyTotal, RecordingObjection
from privacy.visits.models import Visit
from tests import holdings as made
from tests import roles
from tests.sabotage.stage import Stage


def address_beside_each_visit(stage: Stage) -> None:
    with roles.owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE privacy_visit ADD COLUMN seen_from inet")


def address_in_a_line(stage: Stage) -> None:
    columns = (stage.now.isoformat(), "1", "3c523fb1-41fb-48fc-8198-9b0158aed0b6", "192.0.2.1", "/", "", "en")
    recording.spool().append("\t".join(columns).encode())


def address_that_is_declared(stage: Stage) -> None:
    fields = Visit.personal_data.fields
    stage.monkeypatch.setitem(fields, "path", replace(fields["path"], category=Category.IP_ADDRESS))


def number_in_the_consent_ledger(stage: Stage) -> None:
    person = stage.person()
    made.visit(person, stage.now)
    context = ledger.ConsentContext(ledger.Act.CHOICE, "May we?", "en", "/", stage.now)
    holder = ledger.Holder(receipt=person.visitor)
    ledger.refuse("visits", holder=holder, purpose="VISITORS", context=context)


def number_within_a_text(stage: Stage) -> None:
    person = stage.person()
    made.visit(person, stage.now)
    with trail.acting("system", f"browser:{person.visitor}"):
        trail.record("privacy.signin.address_looked_up", now=stage.now)


def number_in_the_detail_of_an_entry(stage: Stage) -> None:
    person = stage.person()
    made.visit(person, stage.now)
    with trail.acting("system", "test"):
        trail.record(
            "privacy.signin.address_looked_up", now=stage.now, detail={"who": f"browser {person.visitor}"}
        )


def visits_of_everybody_on_one_page(stage: Stage) -> None:
    made.visit(stage.person(), stage.now)
    stage.monkeypatch.setattr(
        own_visits, "of_browser", lambda _visitor, *, now: Visit.objects.order_by("-at")
    )


def total_of_one_browser(stage: Stage) -> None:
    DailyTotal.objects.create(day=stage.now.date(), path="/contact/", visits=1)


def page_that_only_robots_saw(stage: Stage) -> None:
    DailyTotal.objects.create(day=stage.now.date(), path="/contact/", visits=50, has_cookie=False)


def visit_after_an_objection(stage: Stage) -> None:
    person = stage.person()
    made.visit(person, stage.now)
    RecordingObjection.objects.create(visitor=person.visitor, at=stage.now)
