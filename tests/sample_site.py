"""A site with something in every table: the starting content, and Alice's and Bob's data from months of use."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db.models import Model

from consent.cookies import registry
from consent.cookies.observation_models import CookieObservation
from consent.notices import notices
from consent.notices.models import Campaign, CampaignDay
from consent.prospecting import prospecting
from consent.wording import archive
from dsr.answer import delivery
from dsr.follow_up import follow_up
from dsr.identity import verification
from dsr.requests.identity_models import IdentityCheckMethod
from dsr.requests.models import SubjectRequest
from dsr.review import decisions
from privacy.access.groups import StaffGroup
from privacy.audit import trail
from privacy.audit.models import AuditEntry
from privacy.companies.models import FormAssignment
from privacy.files import storage
from privacy.promises.models import PromiseResult
from privacy.register.models import ClientWork
from privacy.retention.models import PurgeLine, PurgeRun
from privacy.rights import holds, restriction
from privacy.seals import recheck, sealing
from privacy.visits.counting_models import DailyTotal
from softnlabs.website.accounts.models import User
from softnlabs.website.health.models import Heartbeat
from softnlabs.website.pages import published
from tests import actors, certificates, holdings
from tests.consent.mailings.factories import make_mailing, make_picture
from tests.dsr.factories import make_request
from tests.privacy.factories import make_processor, the_company
from tests.recruitment.factories import make_offer


@dataclass
class SampleSite:
    """What stands there, by name: one row of each holding, and requests by their state."""

    rows: dict[str, Any] = field(default_factory=dict)
    requests: dict[str, SubjectRequest] = field(default_factory=dict)
    staff: dict[str, User] = field(default_factory=dict)


def forget() -> None:
    """Drop what this process remembers of the rows of another database."""
    registry.invalidate()
    notices.invalidate()
    published.invalidate()


def fill(*, now: datetime) -> SampleSite:
    """Fill an empty database; call it while somebody acts."""
    site = SampleSite()
    forget()
    call_command("load_content", verbosity=0)
    archive.store_current(now=now)
    since = now - timedelta(days=2)
    alice, bob = (holdings.person(name, since) for name in ("alice", "bob"))
    for label, make in holdings.MAKERS.items():
        make(bob, since)
        site.rows[label] = make(alice, since)
    for component in Heartbeat.Component:
        Heartbeat.record(component, now=now)
    site.staff = _staff()
    with trail.acting(f"user:{site.staff['controller'].pk}", "test"):
        site.requests = _requests(now)
    site.rows |= {row._meta.label_lower: row for row in _company_rows(now)}
    for model in admin.site._registry:  # the rest comes with the starting content
        site.rows.setdefault(model._meta.label_lower, model._base_manager.order_by("pk")[0])
    prospecting.suppress("carol@example.org", now=now)
    follow_up.request_link(site.requests["received"].pk, now=now)
    holds.place(
        email="carol@example.org", reason="A claim", review_on=now.date() + timedelta(days=90), now=now
    )
    restriction.restrict(holdings.person("dora", since).subject(), reason="She contests it", now=now)
    return site


def _staff() -> dict[str, User]:
    """By role: one of each shipped group, who may nothing (clerk), and who may everything once trained (untrained)."""
    people = {
        group.value: actors.make_member(f"{group.value.replace(' ', '-')}@example.org", group)
        for group in StaffGroup
        if group != StaffGroup.CONTROLLER
    }
    people["clerk"] = actors.make_staff("clerk@example.org")
    people["client"] = User.objects.create_user("client@example.org", actors.PHRASE)
    people["controller"] = actors.make_controller()
    people["untrained"] = User.objects.create_superuser("untrained@example.org", actors.PHRASE)
    return people


def _requests(now: datetime) -> dict[str, SubjectRequest]:
    """One request in each state that a page looks different in."""
    made = {
        name: make_request(now, f"{name}@example.org", surname=name.title())
        for name in ("received", "checked", "granted", "answered", "refused", "closed")
    }
    for name in ("checked", "granted", "answered"):
        verification.check(made[name].pk, method=IdentityCheckMethod.EMAIL, now=now)
    for name in ("answered", "granted"):
        decisions.grant(made[name].pk, now=now)
        if name == "answered":
            delivery.build_packages(now=now)
    decisions.refuse(made["refused"].pk, ground="EXCESSIVE", reason="Daily.", now=now)
    verification.request_proof(made["closed"].pk, reason="Doubt.", now=now)
    decisions.close(made["closed"].pk, reason="No proof came.", now=now)
    for each in made.values():
        each.refresh_from_db()
    return made


def _company_rows(now: datetime) -> list[Model]:
    """What is nobody's: sums, seals, certificates."""
    today = now.date()
    campaign = Campaign.objects.create(slug="spring", name="Spring")
    gone = AuditEntry.objects.create(at=now, actor="system", source="test", action="privacy.test.done")
    seal = sealing.seal(now=now - timedelta(days=1))
    assert seal
    daily = sealing.close_day(now=now)
    assert daily
    certificates.purge(AuditEntry.objects.filter(pk=gone.pk))
    kept = CookieObservation.ObservationKind.SET
    CookieObservation.objects.add("choices", kept, 3, now=now)
    purge_run = PurgeRun.objects.create(
        state=PurgeRun.State.FINISHED, requested_at=now, started_at=now, ended_at=now
    )
    PurgeLine.objects.create(
        run=purge_run, holding="privacy.mail", since="written_at", period="P3M", cut_off=now, count=2
    )
    return [
        make_offer(published_at=now - timedelta(days=1)),
        make_processor(name="Post office"),
        make_mailing(now=now),
        make_picture(now=now),
        ClientWork.objects.create(
            client="A client", contact="1 rue X", kinds="Hosting", measures=["NEED"], since=today
        ),
        FormAssignment.objects.create(form="website.contact", entity=the_company()),
        campaign,
        CampaignDay.objects.create(campaign=campaign, day=today, views=3, clicks=1),
        CookieObservation.objects.get(),
        DailyTotal.objects.create(day=today - timedelta(days=30), path="/careers/", visits=7),
        Group.objects.create(name="Recruitment"),
        PromiseResult.objects.create(key="privacy.purge", is_kept=True, since=now, checked_at=now, figure=0),
        purge_run,
        seal,
        daily,
        recheck.verify_everything(now=now),
        storage.store(b"a draft", name="draft.pdf", media_type="application/pdf", now=now),
    ]
