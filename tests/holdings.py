"""One maker per holding: how a row about a person comes to be. A new model adds its line here.

``make(person, since)`` returns a row about ``person`` whose period began at ``since``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from allauth.mfa.models import Authenticator
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.sessions.models import Session
from django.db import models

from consent.imports.models import ListedAddress, ProspectList
from consent.ledger import ledger
from consent.ledger.models import ConsentTerm
from consent.mailings.models import Delivery, Mailing
from consent.prospecting.models import Prospect, Suppression
from consent.prospecting.spellings import mailbox_fingerprint
from consent.undeliverable.models import MailReturn, StoppedAddress
from privacy.access.models import Training
from privacy.audit.models import AuditEntry
from privacy.breaches.models import Breach, BreachNotice, Means
from privacy.companies.models import Processor
from privacy.datamap.models import Objection, Restriction
from privacy.datamap.subjects import Subject, fingerprint
from privacy.files import storage
from privacy.files.models import Draft
from privacy.mail.models import Mail, MailAttachment
from privacy.oversight.models import FIGURES, LookCount, LookReport
from privacy.recipients.models import Disclosure, Transmission
from privacy.recipients.notice_models import DisclosureNotice, Silence, Way
from privacy.rights.models import Hold
from privacy.security.models import SecurityEvent, SignIn
from privacy.subscriptions.models import Subscription, SubscriptionRequest
from privacy.visits import recording
from privacy.visits.counting_models import RecordingObjection
from privacy.visits.models import Visit
from privacy.web.models import Bucket
from recruitment.applications.models import Application, ArchiveOpening, Exchange
from softnlabs.website.accounts.invitation_models import Invitation
from softnlabs.website.accounts.models import User
from softnlabs.website.accounts.session_models import AccountSession
from softnlabs.website.enquiries.models import Enquiry, EnquiryAttachment, EnquiryMessage
from tests import prospects
from tests.dsr import factories as requests
from tests.privacy.factories import make_breach
from tests.recruitment.factories import make_application


@dataclass(frozen=True)
class SamplePerson:
    """Somebody with every key a person can have; ``canary`` is a word that only their data hold.

    ``visitor`` is no key: it is the number of their browser, by which nobody is looked up.
    """

    email: str
    canary: str
    visitor: UUID
    receipt: UUID
    session: str
    account: int

    def subject(self) -> Subject:
        """This person as the data map knows people."""
        return Subject(
            emails=frozenset({self.email}),
            receipts=frozenset({self.receipt}),
            accounts=frozenset({self.account}),
            sessions=frozenset({self.session}),
        )


def person(name: str, joined_at: datetime) -> SamplePerson:
    """A new person called ``name``, with an account."""
    account = User.objects.create_user(
        f"{name}@example.org", first_name=f"canary-{name}", joined_at=joined_at
    )
    return SamplePerson(account.email, f"canary-{name}", uuid4(), uuid4(), f"session-{name}", account.pk)


def audit_entry(who: SamplePerson, since: datetime) -> models.Model:
    return AuditEntry.objects.create(
        at=since, actor="system", source="test", action=who.canary, about=fingerprint(who.email)
    )


def mail(who: SamplePerson, since: datetime) -> models.Model:
    return Mail.objects.create(
        message="test", to=who.email, language="en", subject=who.canary, written_at=since
    )


def mail_attachment(who: SamplePerson, since: datetime) -> models.Model:
    file = storage.store(
        who.canary.encode(), name=f"{who.canary}.pdf", media_type="application/pdf", now=since
    )
    return MailAttachment.objects.create(mail_id=mail(who, since).pk, file=file)


def draft(who: SamplePerson, since: datetime) -> models.Model:
    file = storage.store(
        who.canary.encode(), name=f"{who.canary}.pdf", media_type="application/pdf", now=since
    )
    return Draft.objects.create(file=file, email=who.email, kept_at=since)


def account(who: SamplePerson, since: datetime) -> models.Model:
    User.objects.filter(pk=who.account).update(last_login=since)
    return User.objects.get(pk=who.account)


def invitation(who: SamplePerson, since: datetime) -> models.Model:
    return Invitation.objects.create(
        email=who.email, groups=["recruiter"], language="en", invited_by=who.canary, invited_at=since
    )


def account_session(who: SamplePerson, since: datetime) -> models.Model:
    return AccountSession.objects.create(
        account_id=who.account,
        started_at=since,
        used_at=since,
        ends_at=since,
        browser=who.canary,
        is_of_staff=False,
    )


def second_factor(who: SamplePerson, since: datetime) -> models.Model:
    User.objects.filter(pk=who.account).update(last_login=since)
    return Authenticator.objects.create(user_id=who.account, type="webauthn", data={"name": who.canary})


def session(who: SamplePerson, since: datetime) -> models.Model:
    return Session.objects.create(session_key=who.session, session_data=who.canary, expire_date=since)


def log_entry(who: SamplePerson, since: datetime) -> models.Model:
    entry = LogEntry.objects.create(user_id=who.account, action_flag=CHANGE, object_repr=who.canary)
    LogEntry.objects.filter(pk=entry.pk).update(action_time=since)
    return LogEntry.objects.get(pk=entry.pk)


def consent_event(who: SamplePerson, since: datetime) -> models.Model:
    context = ledger.ConsentContext(ledger.Act.CHOICE, "May we?", "en", f"/{who.canary}/", since)
    return ledger.refuse(
        "visits", holder=ledger.Holder(receipt=who.receipt), purpose="VISITORS", context=context
    )


def delivery(who: SamplePerson, since: datetime) -> models.Model:
    mailing = Mailing.objects.create(subject_en="News for everybody", written_by="user:1", written_at=since)
    return Delivery.objects.create(
        mailing=mailing, email=who.email, language="en", added_at=since, next_try_at=since
    )


def prospect(who: SamplePerson, since: datetime) -> models.Model:
    prospects.confirmed(email=who.email, sentence="Write to me", language="en", page="/", now=since)
    ConsentTerm.objects.filter(consentevent__email=who.email).update(ended_at=since)
    return Prospect.objects.get(email=who.email)


def listed_address(who: SamplePerson, since: datetime) -> models.Model:
    brought_in = ProspectList.objects.create(title="Fair", read_at=since, entity="818 145 302")
    return ListedAddress.objects.create(
        list=brought_in, number=2, email=who.email, mailbox=mailbox_fingerprint(who.email), language="en",
        source=f"Fair {who.canary}", obtained_on=since.date(), proof="Register", state="WAITING", kept_from=since,
    )  # fmt: skip


def suppression(who: SamplePerson, since: datetime) -> models.Model:
    return Suppression.objects.create(fingerprint=fingerprint(who.email), added_at=since)


def mail_return(who: SamplePerson, since: datetime) -> models.Model:
    return MailReturn.objects.create(
        digest=fingerprint(who.canary), fingerprint=fingerprint(who.email), kind="PERMANENT", status="5.1.1",
        source="DESK", returned_at=since,
    )  # fmt: skip


def stopped_address(who: SamplePerson, since: datetime) -> models.Model:
    return StoppedAddress.objects.create(
        fingerprint=fingerprint(who.email), reason="PERMANENT", stopped_at=since
    )


def bucket(who: SamplePerson, since: datetime) -> models.Model:
    return Bucket.objects.create(limit="test", about=fingerprint(who.email), full_at=since)


def visit(who: SamplePerson, since: datetime) -> models.Model:
    recording.prepare_partitions(now=since)
    return Visit.objects.create(
        at=since,
        number=who.account,
        visitor=who.visitor,
        has_cookie=True,
        path=f"/{who.canary}/",
        language="en",
    )


def hold(who: SamplePerson, since: datetime) -> models.Model:
    return Hold.objects.create(
        about=fingerprint(who.email),
        reason=who.canary,
        placed_by="system",
        placed_at=since,
        review_on=since.date(),
        lifted_at=since,
    )


def restriction(who: SamplePerson, since: datetime) -> models.Model:
    return Restriction.objects.create(
        about=fingerprint(who.email), reason=who.canary, placed_by="system", placed_at=since, lifted_at=since
    )


def objection(who: SamplePerson, since: datetime) -> models.Model:
    return Objection.objects.create(
        about=fingerprint(who.email), holding="website.enquiry", reason=who.canary, placed_by="system",
        objected_at=since, ended_at=since,
    )  # fmt: skip


def recording_objection(who: SamplePerson, since: datetime) -> models.Model:
    return RecordingObjection.objects.create(visitor=who.visitor, at=since)


def sign_in(who: SamplePerson, since: datetime) -> models.Model:
    return SignIn.objects.create(
        at=since, account=who.account, about=fingerprint(who.email), address="192.0.2.1", is_accepted=True
    )


def security_event(who: SamplePerson, since: datetime) -> models.Model:
    return SecurityEvent.objects.create(
        at=since, kind="REFUSED", page="/admin/", status=403, account=who.account, address="192.0.2.1"
    )


def training(who: SamplePerson, since: datetime) -> models.Model:
    proof = storage.store(who.canary.encode(), name="proof.pdf", media_type="application/pdf", now=since)
    return Training.objects.create(
        proof=proof, account=who.account, kind="COURSE", held_on=since.date(), expires_at=since, reference=who.canary,
        entered_at=since, entered_by="system",
    )  # fmt: skip


def look_count(who: SamplePerson, since: datetime) -> models.Model:
    report, _is_new = LookReport.objects.get_or_create(
        month=since.date().replace(day=1), defaults={"written_at": since}
    )
    figures = dict.fromkeys(FIGURES, 3)
    return LookCount.objects.create(report=report, account=who.account, is_unusual=False, **figures)


def enquiry(who: SamplePerson, since: datetime) -> Enquiry:
    made: Enquiry = Enquiry.objects.create(
        email=who.email, surname=who.canary, message="Hello", received_at=since, last_contact_at=since,
        waiting_since=since,
    )  # fmt: skip
    return made


def enquiry_message(who: SamplePerson, since: datetime) -> EnquiryMessage:
    about = Enquiry.objects.filter(email=who.email, received_at=since).first() or enquiry(who, since)
    made: EnquiryMessage = EnquiryMessage.objects.create(
        enquiry=about, direction="IN", channel="EMAIL", at=since, text=who.canary, by="user:1"
    )
    return made


def enquiry_attachment(who: SamplePerson, since: datetime) -> models.Model:
    file = storage.store(
        who.canary.encode(), name=f"{who.canary}.pdf", media_type="application/pdf", now=since
    )
    return EnquiryAttachment.objects.create(message=enquiry_message(who, since), file=file)


def application(who: SamplePerson, since: datetime) -> Application:
    return make_application(who.email, at=since, surname=who.canary)


def exchange(who: SamplePerson, since: datetime) -> models.Model:
    return Exchange.objects.create(
        application=application(who, since), direction="IN", at=since, text=who.canary
    )


def archive_opening(who: SamplePerson, since: datetime) -> models.Model:
    return ArchiveOpening.objects.create(
        application=application(who, since), opened_at=since, opened_by="user:1", reason=who.canary
    )


def disclosure(who: SamplePerson, since: datetime) -> models.Model:
    return Disclosure.objects.create(
        about=fingerprint(who.email),
        recipient=who.canary,
        ground=Disclosure.Ground.LAW,
        provision="Order 12",
        categories=["EMAIL"],
        at=since,
        decided_by="user:1",
    )


def disclosure_notice(who: SamplePerson, since: datetime) -> models.Model:
    return DisclosureNotice.objects.create(
        disclosure=disclosure(who, since),
        way=Way.LATER,
        email=who.email,
        language="en",
        until=since.date() - timedelta(days=1),
        silence=Silence.INVESTIGATION,
        reason=who.canary,
        due_on=since.date() + timedelta(days=6),
        decided_at=since,
        decided_by="user:1",
    )


def breach(who: SamplePerson, since: datetime) -> models.Model:
    notice: Any = breach_notice(who, since)
    return Breach.objects.get(pk=notice.breach_id)


def breach_notice(who: SamplePerson, since: datetime) -> models.Model:
    about = make_breach(aware_at=since, closed_at=since, title=who.canary, facts=who.canary)
    return BreachNotice.objects.create(
        breach=about,
        about=fingerprint(who.email),
        means=Means.EMAIL,
        email=who.email,
        language="en",
        text=who.canary,
        decided_at=since,
        decided_by="user:1",
        told_at=since,
    )


def transmission(who: SamplePerson, since: datetime, holding: str = "privacy.mail") -> models.Model:
    processor = Processor.objects.create(
        name=f"Sender {who.account}",
        task="Sending",
        country="DE",
        purposes=["BUSINESS"],
        categories=["EMAIL"],
        contract_on=since.date(),
        safeguards="Contract",
        clauses=list(Processor.Clause.values),
    )
    return Transmission.objects.create(
        about=fingerprint(who.email),
        processor=processor,
        holding=holding,
        categories=["EMAIL"],
        at=since,
        decided_by="user:1",
    )


def subscription_request(who: SamplePerson, since: datetime) -> models.Model:
    return SubscriptionRequest.objects.create(email=who.email, language="en", requested_at=since)


def subscription(who: SamplePerson, since: datetime, **facts: Any) -> models.Model:
    return Subscription.objects.create(
        email=who.email, language="en", confirmed_at=since, notified_version=1, **facts
    )


Maker = Callable[[SamplePerson, datetime], models.Model]
# In this order all can stand together: whoever confirms as a prospect takes mail again.
MAKERS: dict[str, Maker] = {
    "admin.logentry": log_entry,
    "consent.consentevent": consent_event,
    "consent.prospect": prospect,
    "consent.delivery": delivery,
    "consent.mailreturn": mail_return,
    "consent.listedaddress": listed_address,
    "consent.stoppedaddress": stopped_address,
    "consent.suppression": suppression,
    "mfa.authenticator": second_factor,
    "privacy.auditentry": audit_entry,
    "privacy.breach": breach,
    "privacy.breachnotice": breach_notice,
    "privacy.bucket": bucket,
    "privacy.disclosure": disclosure,
    "privacy.disclosurenotice": disclosure_notice,
    "privacy.draft": draft,
    "privacy.hold": hold,
    "privacy.lookcount": look_count,
    "privacy.mail": mail,
    "privacy.mailattachment": mail_attachment,
    "privacy.objection": objection,
    "privacy.recordingobjection": recording_objection,
    "privacy.signin": sign_in,
    "privacy.securityevent": security_event,
    "privacy.restriction": restriction,
    "privacy.subscription": subscription,
    "privacy.subscriptionrequest": subscription_request,
    "privacy.transmission": transmission,
    "privacy.training": training,
    "privacy.visit": visit,
    "recruitment.application": application,
    "recruitment.archiveopening": archive_opening,
    "recruitment.exchange": exchange,
    "sessions.session": session,
    "website.accountsession": account_session,
    "website.enquiry": enquiry,
    "website.enquiryattachment": enquiry_attachment,
    "website.enquirymessage": enquiry_message,
    "website.invitation": invitation,
    "website.user": account,
    **requests.MAKERS,
}
# Rows made for a test begin their period a little before the test's clock.
RECENT = timedelta(minutes=5)
