"""Asking the site for its own pages: as a new browser, and without a trace."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, override

from consent import page_promises
from consent.cookies import observations
from consent.wording import archive
from privacy.audit.models import AuditEntry
from privacy.files import spool
from privacy.promises import own_pages
from privacy.promises.checking import CheckRun
from privacy.visits import recording
from softnlabs.website import form_promises
from tests import policy_in_force

pytestmark = pytest.mark.django_db
Handler = Callable[[HttpRequest], HttpResponse]


def writing(get_response: Handler) -> Handler:
    """A page that writes."""

    def middleware(request: HttpRequest) -> HttpResponse:
        AuditEntry.objects.create(
            at=datetime.now(UTC), actor="system", source="test", action="privacy.test.done"
        )
        return get_response(request)

    return middleware


def scheduling(get_response: Handler) -> Handler:
    """A page that starts a task."""

    def middleware(request: HttpRequest) -> HttpResponse:
        transaction.on_commit(lambda: None)
        return get_response(request)

    return middleware


def kept() -> dict[str, object]:
    """All that the site keeps: rows, files, counts."""
    rows = {
        model._meta.label: model._base_manager.count() for model in apps.get_models() if model._meta.managed
    }
    roots = (settings.SPOOL_ROOT, settings.ERASURE_JOURNAL, settings.FILES_ROOT, settings.EMAIL_FILE_PATH)
    files = sorted(str(path) for root in roots for path in Path(root).rglob("*"))
    return {
        **rows,
        "files": files,
        "observations": [dict(observations._counts), dict(observations._reported_at)],
    }


def may_write() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_read_only")
        return cursor.fetchone() == ("off",)


def test_a_page_is_that_of_a_new_browser_in_either_language():
    english, french = own_pages.get("/contact/"), own_pages.get("/fr/contact/")
    assert (english.status, english.language, french.language) == (200, "en", "fr")
    assert may_write()
    assert english.cookies_kept().keys() == {"visitor", "csrf"}
    assert len(english.visits) == 1
    assert b"/contact/" in english.visits[0]
    assert [form["method"] for form in french.root.all("form")] == ["post", "post"]
    assert french.links_to("/fr/privacy/")
    assert not french.links_to("/privacy/")


def test_cookies_and_headers_are_sent():
    known = own_pages.get("/", cookies={"visitor": "1b4e28ba-2fa1-41d2-883f-0016d3cca427"})
    assert b"1b4e28ba-2fa1-41d2-883f-0016d3cca427" in known.visits[0]
    assert own_pages.get("/", headers={"Sec-Purpose": "prefetch"}).visits == ()


def test_what_is_no_page_is_not_shown():
    assert not own_pages.get("/nothing/here/").is_shown
    assert not own_pages.get("/account/").is_shown
    assert not own_pages.get("/.well-known/gpc.json").is_shown


def test_it_comes_by_the_address_of_the_site(settings):
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://portal.example", ["portal.example"]
    settings.SECURE_SSL_REDIRECT, settings.SECURE_PROXY_SSL_HEADER = True, ("HTTP_X_FORWARDED_PROTO", "https")
    own_pages._handler.cache_clear()  # the redirection is decided when the middleware is made
    try:
        assert own_pages.get("/").is_shown
    finally:
        own_pages._handler.cache_clear()


def test_looking_leaves_nothing_behind(acting, now):
    policy_in_force.publish(now=now)
    before = kept()
    found = [*page_promises.promises(), *form_promises.promises()]
    assert all(promise.check(CheckRun(now)).is_kept for promise in found)
    assert kept() == before


def test_the_question_of_earlier_days_breaks_no_promise(acting, now):
    """Its page shows the question as it was, and asks nothing."""
    policy_in_force.publish(now=now)
    archive.store_current(now=now)
    shown = [page.address for page in own_pages.public_pages() if page.address.endswith("/shown/")]
    assert len(shown) == len(settings.LANGUAGES)
    assert all(promise.check(CheckRun(now)).is_kept for promise in page_promises.promises())


def test_the_language_of_whoever_looks_stays():
    with override("fr"):
        own_pages.get("/contact/")
        assert get_language() == "fr"


def test_a_page_that_writes_is_refused_and_the_database_may_be_written_to_afterwards(
    settings, caplog, acting
):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.{writing.__name__}"]
    assert own_pages.get("/").status == 500
    assert "ReadOnlySqlTransaction" in caplog.text
    assert not AuditEntry.objects.exists()
    assert may_write()


def test_a_task_that_a_page_starts_is_not_run(settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.{scheduling.__name__}"]
    assert own_pages.get("/").is_shown
    assert connection.run_on_commit == []


def test_a_visit_of_somebody_else_is_recorded_meanwhile():
    """What is withheld is withheld from one thread alone."""
    with spool.withholding() as lines:
        other = threading.Thread(target=recording.spool().append, args=[b"theirs"])
        other.start()
        other.join()
        recording.spool().append(b"ours")
    assert lines == [b"ours"]
    assert list(recording.spool().lines()) == [b"theirs"]


def test_links_lead_to_the_public_pages_and_to_none_twice(acting, now):
    policy_in_force.publish(now=now)
    pages = [page.address for page in own_pages.public_pages()]
    assert {"/", "/contact/", "/privacy/", "/privacy/choices/", "/careers/apply/"} <= set(pages)
    assert {"/fr/", "/fr/contact/", "/fr/privacy/", "/fr/privacy/choices/"} <= set(pages)
    assert len(pages) == len(set(pages)) == 2 * len([page for page in pages if not page.startswith("/fr/")])
    assert not [page for page in pages if "admin" in page or page.endswith((".json", ".pdf"))]


def test_without_a_home_page_nothing_can_be_said(settings, acting):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.{writing.__name__}"]
    with pytest.raises(own_pages.NoPageError):
        own_pages.public_pages()


def test_pages_are_asked_for_once_in_a_run(now, monkeypatch):
    asked: list[int] = []
    check_run = CheckRun(now)

    def find() -> int:
        asked.append(1)
        return len(asked)

    assert (check_run.once(find), check_run.once(find), CheckRun(now).once(find)) == (1, 1, 2)
