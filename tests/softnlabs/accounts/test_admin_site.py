import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.test import Client

from privacy.audit.models import AuditEntry
from privacy.files.models import StoredFile
from softnlabs.website.accounts.models import User
from tests import actors

pytestmark = pytest.mark.django_db
PHRASE = "a phrase of one's own, long"


@pytest.fixture
def one_time_client(dpo: User) -> Client:
    dpo.issue_one_time_password("one-time-phrase")
    client = Client()
    assert client.login(email="CONTROLLER@Example.ORG", password="one-time-phrase")
    return client


@pytest.mark.parametrize("page", ["/admin/", "/admin/website/user/", "/fr/admin/", "/admin/jsi18n/"])
def test_a_one_time_password_opens_nothing_but_the_choice_of_another(one_time_client: Client, page: str):
    answer = one_time_client.get(page)
    assert answer.status_code == 302
    assert answer.url.endswith("/admin/password_change/")


def test_after_choosing_a_password_the_desk_is_open_and_the_old_one_is_dead(
    one_time_client: Client, dpo: User
):
    answer = one_time_client.post(
        "/admin/password_change/",
        {"old_password": "one-time-phrase", "new_password1": PHRASE, "new_password2": PHRASE},
    )
    assert answer.status_code == 302
    assert one_time_client.get("/admin/").url == "/account/second-step/"
    actors.show_second_factor(one_time_client, dpo)
    assert one_time_client.get("/admin/").status_code == 200
    dpo.refresh_from_db()
    assert not dpo.must_change_password
    assert not Client().login(email=dpo.email, password="one-time-phrase")
    assert Client().login(email=dpo.email, password=PHRASE)


def test_the_one_time_password_itself_cannot_be_chosen_again(one_time_client: Client, dpo: User):
    one_time_client.post(
        "/admin/password_change/",
        {
            "old_password": "one-time-phrase",
            "new_password1": "one-time-phrase",
            "new_password2": "one-time-phrase",
        },
    )
    dpo.refresh_from_db()
    assert dpo.must_change_password


def test_an_account_is_added_at_the_desk_and_it_is_on_record_without_its_address(dpo_client: Client):
    answer = dpo_client.post(
        "/admin/website/user/add/",
        {
            "email": "Clerk@Example.org",
            "usable_password": "true",
            "password1": PHRASE,
            "password2": PHRASE,
        },
    )
    assert answer.status_code == 302
    clerk = User.objects.get(email="clerk@example.org")
    entry = AuditEntry.objects.get(action="website.user.added")
    assert entry.key == str(clerk.pk)
    assert "clerk" not in repr(entry.detail)
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("role", [None, "clerk"])
def test_the_desk_shows_nobody_to_those_who_may_not_look(role, request: pytest.FixtureRequest, dpo: User):
    client = Client()
    if role:
        actors.sign_in(client, request.getfixturevalue(role))
    answer = client.get(f"/admin/website/user/{dpo.pk}/change/")
    assert answer.status_code in {302, 403, 404}
    assert dpo.email not in answer.content.decode()


def test_the_desk_has_no_way_from_a_kind_and_a_number_to_a_record(dpo_client: Client):
    kind = ContentType.objects.get_for_model(StoredFile)  # its keys are no numbers
    assert dpo_client.get(f"/admin/r/{kind.pk}/57/").status_code == 404
