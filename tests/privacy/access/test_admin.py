"""The page of one's own training, the register, and the first page of the desk without a training."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from privacy.access import expiry
from privacy.access.groups import StaffGroup
from privacy.access.models import Training
from privacy.audit.models import AuditEntry
from privacy.datamap import masks
from softnlabs.website.accounts.models import User
from softnlabs.website.enquiries.models import Enquiry
from tests import actors
from tests.conftest import ALICE, BOB
from tests.documents import image
from tests.dsr.factories import make_request
from tests.privacy.factories import make_breach
from tests.recruitment.factories import make_application
from tests.softnlabs.enquiries.factories import make_enquiry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]
REGISTER = "/admin/privacy/training/"
MINE = f"{REGISTER}mine/"
NAMES = (ALICE, BOB, "Alice", "Bob", "Martin")


@pytest.fixture
def locked(db) -> tuple[User, Client]:
    """The only controller, whose training is not entered."""
    user, client = User.objects.create_superuser("dpo@example.org", actors.PHRASE), Client()
    actors.sign_in(client, user)
    return user, client


def course(**facts: object) -> dict[str, object]:
    today = expiry.day_of(timezone.now())
    return {"held_on": today, "last_day": today + timedelta(days=365), "reference": "Certificate 7", **facts}


def test_reading_and_confirming_opens_the_desk_at_once(locked):
    user, client = locked
    assert client.get("/admin/website/enquiry/").status_code == 403
    assert MINE in client.get("/admin/").text
    assert client.post(f"{MINE}confirm/").status_code == 422
    assert not Training.objects.exists()
    answer = client.post(f"{MINE}confirm/", {"is_read": "on"})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert client.get("/admin/website/enquiry/").status_code == 200
    training = Training.objects.get()
    assert (training.account, training.kind, training.reading) == (user.pk, "READING", "1")
    assert AuditEntry.objects.get(action="privacy.training.entered_own").actor == f"user:{user.pk}"


def test_the_controller_enters_their_own_training_on_record(locked):
    user, client = locked
    assert client.post(f"{MINE}enter/", course()).status_code == 302
    assert client.get("/admin/website/enquiry/").status_code == 200
    assert Training.objects.get().is_own
    assert AuditEntry.objects.get(action="privacy.training.entered_own").actor == f"user:{user.pk}"


def test_others_read_and_confirm_and_enter_nothing(client: Client):
    member = actors.make_member("sales@example.org", StaffGroup.SALES)
    actors.sign_in(client, member)
    assert "enter/" not in client.get(MINE).text
    assert client.post(f"{MINE}enter/", course()).status_code == 403
    assert client.get(f"{REGISTER}add/").status_code == 403
    assert client.post(f"{MINE}confirm/", {"is_read": "on"}).status_code == 302


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"reference": ""}, "reference"),
        ({"held_on": "2099-01-01", "last_day": "2099-02-01"}, "held_on"),
        ({"last_day": "2020-01-01"}, "last_day"),
        ({"last_day": "2062-01-01"}, "last_day"),
        ({"last_day": ""}, "last_day"),
    ],
)
def test_a_training_without_proof_or_with_impossible_days_is_refused(locked, wrong, field):
    _user, client = locked
    answer = client.post(f"{MINE}enter/", course(**wrong))
    assert answer.status_code == 422
    assert list(answer.context["course_form"].errors) == [field]
    assert not Training.objects.exists()


def test_the_controller_enters_the_training_of_somebody_with_a_document(dpo_client: Client, clerk: User):
    asked = dpo_client.get(f"{REGISTER}add/").text
    assert f"{masks.email(clerk.email)} ({clerk.pk})</option>" in asked
    assert clerk.email not in asked
    sent = course(person=clerk.pk, reference="", proof=SimpleUploadedFile("proof.jpg", image()))
    assert dpo_client.post(f"{REGISTER}add/", sent).status_code == 302
    training = Training.objects.get(account=clerk.pk)
    assert not training.is_own
    listed, opened = dpo_client.get(REGISTER).text, dpo_client.get(f"{REGISTER}{training.pk}/change/").text
    assert f"{masks.email(clerk.email)} ({clerk.pk})" in listed
    assert clerk.email not in listed
    assert clerk.email in opened
    assert training.proof.name in opened
    assert dpo_client.get(f"{REGISTER}{training.pk}/proof/").status_code == 200
    assert AuditEntry.objects.filter(action="privacy.training.proof_opened").count() == 1
    assert AuditEntry.objects.filter(action="privacy.training.entered").count() == 1


def test_a_training_that_is_ended_counts_no_more(dpo_client: Client, clerk: User):
    actors.train(clerk)
    training = Training.objects.get(account=clerk.pk)
    dpo_client.post(REGISTER, {"action": "end", "_selected_action": [training.pk]})
    assert not User.objects.get(pk=clerk.pk).is_trained(now=timezone.now())
    assert AuditEntry.objects.filter(action="privacy.training.ended").count() == 1


@pytest.mark.parametrize("language", ["", "/fr"])
def test_who_is_locked_out_sees_the_work_that_waits_without_names(locked, language: str):
    now = timezone.now()
    _user, client = locked
    make_request(now - timedelta(days=40), ALICE)
    make_request(now, BOB)
    make_enquiry(ALICE, received_at=now)
    make_application(BOB, at=now - timedelta(days=1))
    make_breach(aware_at=now - timedelta(hours=80), title="Alice lost")
    page = client.get(f"{language}/admin/")
    works = {work.permission: (work.count, work.late) for work in page.context["works"]}
    assert works == {
        "privacy.view_breach": (1, 1),
        "recruitment.view_application": (1, 0),
        "dsr.view_subjectrequest": (2, 1),
        "website.view_enquiry": (1, 0),
    }
    assert [name for name in NAMES if name in page.text] == []


def test_work_is_counted_for_whose_task_it_is(client: Client):
    make_enquiry(ALICE, received_at=timezone.now())
    make_request(timezone.now(), BOB)
    member = actors.make_member("support@example.org", StaffGroup.SUPPORT)
    Training.objects.all().delete()
    actors.sign_in(client, member)
    assert [work.permission for work in client.get("/admin/").context["works"]] == ["website.view_enquiry"]


def test_whoever_is_trained_is_told_in_time_and_not_before(dpo_client: Client):
    assert MINE not in dpo_client.get("/admin/").text
    Training.objects.update(expires_at=timezone.now() + timedelta(days=6))
    assert MINE in dpo_client.get("/admin/").text


@pytest.mark.parametrize(
    "page", ["website/enquiry/", "website/enquiry/{known}/change/", "website/enquiry/7777/change/"]
)
def test_a_page_refused_for_want_of_a_training_leads_to_it_and_back(locked, page: str):
    _user, client = locked
    enquiry = make_enquiry(ALICE, received_at=timezone.now())
    address = f"/fr/admin/{page.format(known=enquiry.pk)}"
    refused = client.get(address)
    assert refused.status_code == (403 if page.endswith("enquiry/") else 404)
    assert [name for name in NAMES if name in refused.text] == []
    assert "n’est pas saisie, ou a pris fin" in refused.text
    confirm = re.search(r'action="(/fr/admin/privacy/training/mine/confirm/[^"]+)"', refused.text)
    assert confirm
    assert client.post(confirm[1]).status_code == 422
    answer = client.post(confirm[1], {"is_read": "on"})
    assert (answer.status_code, answer["Location"]) == (302, address)


def test_whoever_is_trained_is_refused_as_before(client: Client):
    actors.sign_in(client, actors.make_member("recruiter@example.org", StaffGroup.RECRUITER))
    refused = client.get("/admin/website/enquiry/")
    assert refused.status_code == 403
    assert "confirm/" not in refused.text


@pytest.mark.parametrize(
    "way", ["https://example.org/", "//example.org/", "/privacy/", "javascript:alert(1)", ""]
)
def test_the_way_back_leads_to_the_desk_alone(locked, way: str):
    _user, client = locked
    answer = client.post(f"{MINE}confirm/", {"is_read": "on"}, query_params={"next": way})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")


def test_whose_training_ends_while_they_type_loses_nothing(dpo_client: Client):
    """The form is sent on once they have confirmed; one that forgets to tick the box has it still."""
    now = timezone.now()
    enquiry = make_enquiry(ALICE, received_at=now - timedelta(days=3))
    Training.objects.update(expires_at=now)
    address = f"/admin/website/enquiry/{enquiry.pk}/contacted/"
    typed = {
        "direction": "IN", "kind": "EMAIL", "on": expiry.day_of(now).isoformat(), "text": "A call.",
        "more": ["<1>", "2"],
    }  # fmt: skip
    page = dpo_client.post(address, typed)
    assert page.status_code == 404
    for _time in range(2):
        form = dict.fromkeys(re.findall(r'name="([^"]+)" value="', page.text))
        assert list(form)[-7:] == ["csrfmiddlewaretoken", "training-carries", *typed]
        assert '<input type="hidden" name="more" value="&lt;1&gt;">' in page.text
        page = dpo_client.post(
            f"{MINE}confirm/", {**typed, "training-carries": "1"}, query_params={"next": address}
        )
        assert page.status_code == 422
    sent = {**typed, "training-carries": "1", "is_read": "on"}
    answer = dpo_client.post(f"{MINE}confirm/", sent, query_params={"next": address})
    assert (answer.status_code, answer["Location"]) == (307, address)
    assert dpo_client.post(answer["Location"], sent).status_code == 302
    assert Enquiry.objects.get(pk=enquiry.pk).last_contact_at.date() == now.date()
