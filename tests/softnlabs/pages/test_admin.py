"""Pages at the desk: written in both languages or not at all, looked at before they are saved, versions kept."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import DatabaseError, transaction
from django.test import Client

from privacy.access.groups import StaffGroup
from privacy.audit.models import AuditEntry
from softnlabs.website.accounts.models import User
from softnlabs.website.pages import published
from softnlabs.website.pages.models import Page, PageVersion
from tests import actors

pytestmark = pytest.mark.usefixtures("written")
ADD = "/admin/website/page/add/"
TYPED = {
    "slug": "prices", "place": "MENU", "position": "30", "published_from_0": "2026-01-01",
    "published_from_1": "00:00", "title_en": "Prices", "title_fr": "Tarifs", "description_en": "What it costs.",
    "description_fr": "Ce que cela coûte.", "text_en": "## By the day\n\nAsk *us*.",
    "text_fr": "## À la journée\n\nDemandez-*nous*.",
}  # fmt: skip


@pytest.fixture
def editor(db: None) -> User:
    return actors.make_member("editor@example.org", StaffGroup.SALES)


@pytest.fixture
def desk(client: Client, editor: User, django_capture_on_commit_callbacks: Any) -> "Desk":
    actors.sign_in(client, editor)
    return Desk(client, django_capture_on_commit_callbacks)


class Desk:
    """A browser at the desk, whose posts are committed."""

    def __init__(self, client: Client, committing: Any) -> None:
        self.client, self.committing = client, committing

    def post(self, address: str, **typed: str) -> Any:
        with self.committing(execute=True):
            return self.client.post(address, typed)

    def change(self, page: Page, **typed: str) -> Any:
        """The form of a page, with some of its fields typed anew."""
        form = self.client.get(f"/admin/website/page/{page.pk}/change/").context["adminform"].form
        said = {name: form[name].value() or "" for name in form.fields}
        for name in ("published_from", "published_until"):
            instant = said.pop(name)
            if instant:
                local = instant.astimezone()
                said |= {f"{name}_0": f"{local:%Y-%m-%d}", f"{name}_1": f"{local:%H:%M:%S}"}
        return self.post(f"/admin/website/page/{page.pk}/change/", **{**said, **typed})


def about() -> Page:
    return Page.objects.get(slug="about")


def test_a_page_is_written_at_the_desk_and_read_by_everybody(desk: Desk, editor: User) -> None:
    assert desk.post(ADD, **TYPED).status_code == 302
    assert "<h2>By the day</h2>\n<p>Ask <em>us</em>.</p>" in Client().get("/prices/").text
    assert "<h2>À la journée</h2>" in Client().get("/fr/prices/").text
    assert 'href="/prices/"' in Client().get("/contact/").text
    version = Page.objects.get(slug="prices").versions.get()
    assert (version.number, version.saved_by) == (1, f"user:{editor.pk}")
    assert AuditEntry.objects.filter(action="website.page.added").count() == 1


@pytest.mark.parametrize("name", [name for name in TYPED if name.endswith(("_en", "_fr"))])
def test_a_page_in_one_language_alone_is_refused(desk: Desk, name: str) -> None:
    for nothing in ("", " "):
        answer = desk.post(ADD, **{**TYPED, name: nothing})
        assert answer.status_code == 200
        assert list(answer.context["adminform"].form.errors) == [name]
    assert not Page.objects.filter(slug="prices").exists()


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("text_fr", "# Tarifs", "Headings begin with ##"),
        ("text_en", "{{ entity.price }}", "Nothing is known under this name: entity.price"),
        ("description_en", "{{ entity.price }}", "Nothing is known under this name: entity.price"),
        ("text_en", "![a](https://example.org/a.png)", "Images come from this site alone"),
        ("slug", "contact", "Another page of this site has this address"),
        ("slug", "privacy", "Another page of this site has this address"),
        ("slug", "sitemap", "Another page of this site has this address"),
        ("slug", "fr", "Another page of this site has this address"),
        ("slug", "fr-be", "Another page of this site has this address"),
        ("slug", "FR", "Another page of this site has this address"),
        ("slug", "about", "already exists"),
        ("place", "HOME", "There is a home page already."),
    ],
)
def test_what_cannot_be_shown_is_refused(desk: Desk, name: str, typed: str, words: str) -> None:
    answer = desk.post(ADD, **{**TYPED, name: typed})
    assert words in answer.content.decode()
    assert not Page.objects.filter(slug="prices").exists()


def test_a_page_cannot_end_before_it_begins(desk: Desk) -> None:
    until = {"published_until_0": "2025-12-31", "published_until_1": "23:59"}
    assert "The page ends before it starts." in desk.post(ADD, **TYPED, **until).text
    assert not Page.objects.filter(slug="prices").exists()


def test_an_hour_that_does_not_exist_is_refused_and_the_one_after_it_is_taken_as_it_is_in_paris(
    desk: Desk,
) -> None:
    """On 28 March 2027 the clocks go from 2 to 3 in the morning."""
    day = {"published_from_0": "2027-03-28"}
    assert desk.post(ADD, **{**TYPED, **day, "published_from_1": "02:30"}).status_code == 200
    assert not Page.objects.filter(slug="prices").exists()
    assert desk.post(ADD, **{**TYPED, **day, "published_from_1": "03:00"}).status_code == 302
    assert Page.objects.get(slug="prices").published_from == datetime(2027, 3, 28, 1, tzinfo=UTC)


def test_the_home_page_has_no_end(desk: Desk) -> None:
    home = Page.objects.get(slug="home")
    until = {"published_until_0": "2030-01-01", "published_until_1": "00:00"}
    assert "The home page is always shown" in desk.change(home, **until).text
    home.refresh_from_db()
    assert home.published_until is None


def test_a_preview_shows_what_is_typed_and_saves_nothing(desk: Desk) -> None:
    answer = desk.change(about(), title_fr="Nouveau titre", _preview="fr")
    assert answer.status_code == 200
    assert "<h1>Nouveau titre</h1>" in answer.text
    assert '<html lang="fr">' in answer.text
    assert "Ceci est un aperçu." in answer.text
    assert "noindex" in answer.text
    assert about().title_fr != "Nouveau titre"
    assert about().versions.count() == 1
    assert "<h1>Prices</h1>" in desk.post(ADD, **TYPED, _preview="en").text
    assert not Page.objects.filter(slug="prices").exists()
    assert Client().get("/prices/").status_code == 404


def test_a_preview_of_what_would_be_refused_says_why(desk: Desk) -> None:
    answer = desk.change(about(), text_en="# A", _preview="en")
    assert "Headings begin with ##" in answer.text
    assert "Facts are not typed" in answer.text
    assert about().versions.count() == 1


def test_nobody_undoes_what_a_colleague_saved_meanwhile(desk: Desk) -> None:
    """Whoever saves second is told, keeps what was typed, and may save it then."""
    begun = desk.client.get(f"/admin/website/page/{about().pk}/change/").context["adminform"].form
    desk.change(about(), text_en="## Hers")
    mine = {"seen": begun["seen"].value(), "text_en": "## Mine"}
    answer = desk.change(about(), **mine)
    assert "Somebody saved this page while you were writing." in answer.text
    assert "## Mine" in answer.text
    assert about().text_en == "## Hers"
    seen = answer.context["adminform"].form["seen"].value()
    assert desk.change(about(), text_en="## Mine", seen=seen).status_code == 302
    assert [each.text_en for each in about().versions.all()[:2]] == ["## Mine", "## Hers"]
    assert "Somebody saved" not in desk.change(about(), text_en="## Other", _preview="en").text


def test_each_text_that_was_saved_is_kept(desk: Desk) -> None:
    before = about().text_en
    desk.change(about(), text_en="## New\n\nOther words.")
    assert "<h2>New</h2>" in Client().get("/about/").text
    newest, oldest = about().versions.all()
    assert (newest.number, newest.text_en, oldest.number, oldest.text_en) == (
        2,
        "## New\n\nOther words.",
        1,
        before,
    )
    page = desk.client.get(f"/admin/website/pageversion/{newest.pk}/change/").text
    assert "<ins>" in page
    assert "Other words." in page
    assert "<del>" in page
    first = desk.client.get(f"/admin/website/pageversion/{oldest.pk}/change/").text
    assert "<ins>" not in first  # there was nothing before it
    desk.change(about(), position="50")  # no other text, no other version
    assert about().versions.count() == 2


def test_no_version_can_be_changed_or_deleted(desk: Desk) -> None:
    version = about().versions.get()
    for act in (
        lambda: PageVersion.objects.filter(pk=version.pk).update(text_en="x"),
        lambda: PageVersion.objects.filter(pk=version.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert desk.post(f"/admin/website/page/{version.page_id}/delete/", post="yes").status_code == 404
    assert about().versions.get() == version


def test_restoring_makes_a_new_version(desk: Desk) -> None:
    first = about().versions.get()
    desk.change(about(), title_en="Wrong", text_en="Wrong.")
    assert "<h1>Wrong</h1>" in Client().get("/about/").text
    answer = desk.post(f"/admin/website/pageversion/{first.pk}/restore/")
    assert answer.headers["Location"] == f"/admin/website/page/{first.page_id}/change/"
    assert "<h1>About us</h1>" in Client().get("/about/").text
    assert [each.number for each in about().versions.all()] == [3, 2, 1]
    assert about().versions.all()[0].says_the_same(first)
    entry = AuditEntry.objects.get(action="website.page.restored")
    assert (entry.key, entry.detail) == (str(first.page_id), {"version": 1})
    assert desk.client.get(f"/admin/website/pageversion/{first.pk}/restore/").status_code == 405
    assert desk.post("/admin/website/pageversion/999999/restore/").status_code == 404


def test_who_may_only_look_neither_saves_nor_restores(client: Client) -> None:
    reader = actors.train(actors.make_staff("reader@example.org"))
    reader.user_permissions.set(Permission.objects.filter(codename__in=["view_page", "view_pageversion"]))
    actors.sign_in(client, reader)
    version = about().versions.get()
    assert client.get(f"/admin/website/pageversion/{version.pk}/change/").status_code == 200
    assert "Restore this version" not in client.get(f"/admin/website/pageversion/{version.pk}/change/").text
    assert client.post(f"/admin/website/pageversion/{version.pk}/restore/").status_code in {403, 404}
    change = f"/admin/website/page/{version.page_id}/change/"
    for typed in (TYPED, {**TYPED, "_preview": "en"}):
        assert client.post(change, typed).status_code in {403, 404}
        assert client.post(ADD, typed).status_code in {403, 404}
    assert (about().title_en, PageVersion.objects.count()) == ("About us", 8)


def test_a_page_that_the_desk_ends_is_gone_at_once(desk: Desk) -> None:
    assert Client().get("/about/").status_code == 200
    desk.change(about(), published_until_0="2026-06-02", published_until_1="00:00")
    assert Client().get("/about/").status_code == 404
    assert published.at("/about/", now=datetime(2026, 6, 1, 12, tzinfo=UTC)) is not None
