"""What each shipped group may do, spelled out once more; and that the page of the desk says it."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client

from privacy.access import groups, lock, matrix
from privacy.access.groups import StaffGroup
from privacy.datamap import masks
from tests import actors

pytestmark = pytest.mark.django_db
PAGE = "/admin/auth/group/overview/"
ANSWERING = {
    "website.view_enquiry", "website.change_enquiry",
    "website.view_replytemplate", "website.add_replytemplate", "website.change_replytemplate",
}  # fmt: skip
MAY = {
    StaffGroup.RECRUITER: {
        "recruitment.view_application", "recruitment.change_application", "recruitment.view_exchange",
        "recruitment.view_offer", "recruitment.add_offer", "recruitment.change_offer",
    },
    StaffGroup.SALES: {
        *ANSWERING,
        "website.view_page", "website.add_page", "website.change_page", "website.view_pageversion",
        "consent.view_mailing", "consent.add_mailing", "consent.change_mailing", "consent.send_mailing",
        "consent.view_delivery", "consent.view_mailingpicture", "consent.add_mailingpicture",
        "consent.view_mailreturn", "consent.add_mailreturn", "consent.view_stoppedaddress",
        "consent.view_prospectlist", "consent.add_prospectlist", "consent.view_listedaddress",
        "consent.add_listedaddress",
        "consent.view_prospect", "consent.view_campaignday",
        "consent.view_campaign", "consent.add_campaign", "consent.change_campaign",
        "consent.view_notice", "consent.add_notice", "consent.change_notice",
    },
    StaffGroup.SUPPORT: ANSWERING,
    StaffGroup.SECURITY: {
        "privacy.view_signin", "privacy.view_securityevent", "privacy.see_address", "privacy.view_promiseresult",
        "privacy.view_seal", "privacy.view_dailyseal", "privacy.view_removal", "privacy.view_verification",
    },
    StaffGroup.SERVICE_COMPANY: {
        "privacy.view_promiseresult", "privacy.view_purgerun", "privacy.view_dailyseal", "privacy.view_verification",
    },
}  # fmt: skip
# What the controller alone may do: it touches everybody, or decides about people.
CONTROLLER_ALONE = {
    "recruitment.open_archive", "privacy.open_journal", "privacy.export_processor", "privacy.look_up_person",
    "privacy.run_purge", "privacy.view_restriction", "privacy.add_training", "dsr.change_subjectrequest",
    "website.change_user", "privacy.view_mail", "privacy.view_auditentry", "privacy.view_breach",
}  # fmt: skip


@pytest.mark.parametrize("group", MAY)
def test_each_group_may_what_its_task_needs(group: StaffGroup):
    assert groups.given_to(group.value) == MAY[group]


def test_the_controller_may_everything_and_some_of_it_alone():
    everything = {f"{each.content_type.app_label}.{each.codename}" for each in Permission.objects.all()}
    assert groups.given_to("controller") == everything
    assert everything >= CONTROLLER_ALONE
    assert CONTROLLER_ALONE & set().union(*MAY.values()) == set()


def test_what_the_service_company_may_is_about_nobody():
    assert [each for each in MAY[StaffGroup.SERVICE_COMPANY] if lock.needs_training(each)] == []


def test_a_member_of_the_controllers_group_is_no_stranger_to_the_archive():
    member = actors.make_member("second@example.org", StaffGroup.CONTROLLER)
    clerk = actors.make_staff("clerk@example.org")
    for person in (member, clerk):
        person.user_permissions.add(Permission.objects.get(codename="open_archive"))
    assert list(groups.beyond_controller("recruitment.open_archive")) == [clerk]


def test_the_page_says_what_each_group_may_and_who_is_in_it(dpo_client: Client):
    actors.make_member("sam@example.org", StaffGroup.SALES)
    odd = actors.make_staff("odd@example.org")
    odd.user_permissions.add(Permission.objects.get(codename="view_offer"))
    page = dpo_client.get(PAGE).text
    for words in (
        "Computer security",
        "Can see IP addresses, for security",
        masks.email("sam@example.org"),
        masks.email("odd@example.org"),
    ):
        assert words in page
    assert "Prospects*" in page
    assert "Campaigns<" in page
    french = dpo_client.get(f"/fr{PAGE}").text
    assert "Sécurité informatique" in french
    assert "consulter, traiter" in french


def test_names_stand_there_for_who_may_see_accounts_alone(client: Client):
    actors.make_member("sam@example.org", StaffGroup.SALES)
    clerk = actors.make_staff("clerk@example.org")
    actors.sign_in(client, clerk)
    assert client.get(PAGE).status_code == 403
    clerk.user_permissions.add(Permission.objects.get(codename="view_group"))
    page = client.get(PAGE)
    assert page.status_code == 200
    assert "sam@example.org" not in page.text


def test_each_permission_of_a_group_stands_on_the_page_in_words():
    for group, permissions in MAY.items():
        said = [word for line in matrix.lines(permissions) for word in line.may]
        assert len(said) == len(permissions), group


def test_a_shipped_group_says_that_it_is_set_back(dpo_client: Client):
    shipped, own = Group.objects.get(name="sales"), Group.objects.create(name="Trainees")
    words = "set back at the next update"
    assert words in dpo_client.get(f"/admin/auth/group/{shipped.pk}/change/").text
    assert words not in dpo_client.get(f"/admin/auth/group/{own.pk}/change/").text
