"""Against the register, its processors, who decides, and how the site is reached."""

from datetime import timedelta

from django.db import connection

from privacy.audit import trail
from privacy.companies.models import HostingPlace, Processor
from privacy.datamap.declarations import Category
from privacy.mail.models import Mail
from privacy.promises import about_processing
from privacy.recipients.models import Transmission
from privacy.register import activities
from privacy.register.models import Activity
from privacy.rights import holds
from privacy.rights.models import Hold
from privacy.security.models import SecurityEvent
from softnlabs.website.accounts.models import User
from tests import holdings as made
from tests import roles
from tests.privacy.factories import make_processor
from tests.sabotage.stage import Stage, tamper


def addresses_that_were_bought(stage: Stage) -> None:
    stage.declare(Mail, obtained_from="A broker of addresses")


def sensitive_activity(stage: Stage) -> None:
    activities.load(now=stage.now)
    Activity.objects.filter(purpose="RECRUITMENT").update(sensitive="Health")


def category_that_nobody_judged(stage: Stage) -> None:
    judged = about_processing.NOT_SENSITIVE - {Category.TELEPHONE}
    stage.monkeypatch.setattr(about_processing, "NOT_SENSITIVE", judged)


def refusal_by_a_machine(stage: Stage) -> None:
    with trail.acting("system", "task:test"):
        trail.record("dsr.request.refused", now=stage.now)


def refusal_at_once(stage: Stage) -> None:
    """While the form is sent: the visitor acts, but nobody decides."""
    with trail.acting("visitor", "web:POST"):
        trail.record("recruitment.application.answered", now=stage.now)


def automated_activity(stage: Stage) -> None:
    activities.load(now=stage.now)
    Activity.objects.filter(purpose="RECRUITMENT").update(automated="A score for each CV")


def browser_in_a_record_of_security(stage: Stage) -> None:
    who = stage.person()
    SecurityEvent.objects.create(
        at=stage.now, kind="FORM", page=f"/contact/?{who.visitor}", address="192.0.2.1"
    )


def browser_without_its_dashes(stage: Stage) -> None:
    page = f"/contact/{stage.person().visitor.hex}/"
    SecurityEvent.objects.create(at=stage.now, kind="FORM", page=page, address="192.0.2.1")


def column_for_a_browser(stage: Stage) -> None:
    made.sign_in(stage.person(), stage.now)
    with roles.owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE privacy_signin ADD COLUMN browser uuid DEFAULT gen_random_uuid()")


def hold_that_nobody_reviewed(stage: Stage) -> None:
    holds.place(
        email="alice@example.org", reason="A claim", review_on=stage.now.date() - timedelta(days=8), now=stage.now
    )  # fmt: skip


def hold_without_reason(stage: Stage) -> None:
    holds.place(email="alice@example.org", reason=" ", review_on=stage.now.date(), now=stage.now)


def hold_on_everybody(stage: Stage) -> None:
    Hold.objects.create(
        about="*", reason="A claim", placed_by="user:1", placed_at=stage.now, review_on=stage.now.date()
    )


def more_than_the_register_allows(stage: Stage) -> None:
    made.transmission(stage.person(), stage.now)
    tamper("privacy_transmission", "UPDATE privacy_transmission SET categories = '{EMAIL,TELEPHONE}'")


def sent_before_the_contract(stage: Stage) -> None:
    made.transmission(stage.person(), stage.now)
    Processor.objects.update(contract_on=stage.now.date() + timedelta(days=1))


def sent_after_the_contract(stage: Stage) -> None:
    made.transmission(stage.person(), stage.now)
    day = timedelta(days=1)
    Processor.objects.update(contract_on=stage.now.date() - 2 * day, until=stage.now.date() - day)
    assert Transmission.objects.exists()


def contract_without_safeguards(stage: Stage) -> None:
    make_processor(safeguards=" ")


def contract_without_task(stage: Stage) -> None:
    make_processor(task=" ")


def host_without_contract(stage: Stage) -> None:
    ended = make_processor(until=stage.now.date() - timedelta(days=1))
    HostingPlace.objects.update(processor=ended)


def weak_password(stage: Stage) -> None:
    """As the tests hash them."""
    User.objects.create_user("alice@example.org", "a long enough phrase")


def password_without_salt(stage: Stage) -> None:
    User.objects.create(email="alice@example.org", password="scrypt$16384$$8$5$" + "A" * 88)


def unencrypted_site(stage: Stage) -> None:
    stage.settings.SITE_URL = "http://privacy.example.org"


def unencrypted_site_in_production(stage: Stage) -> None:
    """Behind a proxy it would be reached, whatever address it was told."""
    stage.settings.LOCAL_MODE = False


def encrypted_site_that_redirects_nobody(stage: Stage) -> None:
    stage.settings.SITE_URL = "https://privacy.example.org"
    stage.settings.HTTPS = True
    stage.settings.SESSION_COOKIE_SECURE = stage.settings.CSRF_COOKIE_SECURE = True


def contract_without_a_clause(stage: Stage) -> None:
    make_processor(clauses=list("ABCDEFG"))
