"""Which pages of the desk delete, and what goes with a record that they delete."""

from collections.abc import Callable

import pytest
from django.contrib import admin
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils import timezone

from privacy.audit.models import AuditEntry
from privacy.files import storage
from privacy.files.models import StoredFile
from privacy.rights.deleting_admin import DeletingAdmin
from recruitment.applications.models import Application
from softnlabs.website.accounts.models import User
from tests import holdings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]
# Written by hand on purpose: that a page of the desk deletes is decided, not inherited.
DELETING = {
    "auth.group",
    "consent.campaign",
    "consent.mailing",
    "consent.mailingpicture",
    "consent.notice",
    "recruitment.offer",
    "website.invitation",
    "website.replytemplate",
    "website.user",
}
Deletion = Callable[[DeletingAdmin, HttpRequest, Application], None]


@pytest.fixture
def request_of_controller(dpo: User) -> HttpRequest:
    request = RequestFactory().post("/admin/")
    request.user = dpo
    return request


def test_these_pages_delete_and_no_other(request_of_controller: HttpRequest):
    deleting = {
        model._meta.label_lower
        for model, page in admin.site._registry.items()
        if page.has_delete_permission(request_of_controller)
    }
    assert deleting == DELETING


def one(page: DeletingAdmin, request: HttpRequest, row: Application) -> None:
    page.delete_model(request, row)


def several(page: DeletingAdmin, request: HttpRequest, row: Application) -> None:
    page.delete_queryset(request, Application.objects.filter(pk=row.pk))


@pytest.mark.parametrize("delete", [one, several])
def test_the_files_of_a_record_and_what_depends_on_it_go_along(
    request_of_controller: HttpRequest, delete: Deletion, django_capture_on_commit_callbacks
):
    now = timezone.now()
    alice, bob = (
        holdings.MAKERS["recruitment.application"](holdings.person(name, now), now)
        for name in ("alice", "bob")
    )
    page = DeletingAdmin(Application, admin.site)
    with django_capture_on_commit_callbacks(execute=True):
        delete(page, request_of_controller, alice)
    assert list(Application.objects.all()) == [bob]
    assert list(StoredFile.objects.values_list("pk", flat=True)) == [bob.cv_id]
    assert not storage.path_of(alice.cv_id).exists()
    assert storage.path_of(bob.cv_id).exists()


def test_a_deletion_by_the_desk_is_recorded_without_the_record(request_of_controller: HttpRequest, dpo: User):
    page = admin.site.get_model_admin(User)
    page.log_deletions(request_of_controller, User.objects.filter(pk=dpo.pk))
    entry = AuditEntry.objects.get(action="website.user.deleted")
    assert entry.about
    assert dpo.email not in str(vars(entry))
