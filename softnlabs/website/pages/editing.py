"""Saving a page, and what becomes of what it said before."""

import hashlib
import json
from datetime import datetime

from django.db import transaction

from privacy.audit import trail
from softnlabs.website.pages import published
from softnlabs.website.pages.models import Page, PageVersion

RESTORED = "website.page.restored"


def save(page: Page, *, now: datetime) -> PageVersion:
    """Save a page; if it says something else than before, as a new version. Returns the version that it shows."""
    with transaction.atomic():
        page.save()
        version = _version(page, now=now)
    transaction.on_commit(published.invalidate)
    return version


def state(page: Page) -> str:
    """A short sign of all that the row says; empty for a page that is not saved yet."""
    if not page.pk:
        return ""
    said = [str(getattr(page, field.attname)) for field in Page._meta.concrete_fields]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def state_now(page: Page) -> str:
    """The same of the row as it stands, which is locked until the caller's transaction ends; empty where none is."""
    with transaction.atomic():
        stored = Page.objects.select_for_update().filter(pk=page.pk).first()
    return state(stored) if stored else ""


def restore(version: PageVersion, *, now: datetime) -> PageVersion:
    """Let the page say again what it said in ``version``: a new version, the newest one."""
    with transaction.atomic():
        page = Page.objects.select_for_update().get(pk=version.page_id)
        page.take(version)
        saved = save(page, now=now)
        trail.record(RESTORED, now=now, obj=page, detail={"version": version.number})
    return saved


def _version(page: Page, *, now: datetime) -> PageVersion:
    """The lock lets two who save at once number their versions one after the other."""
    Page.objects.select_for_update().get(pk=page.pk)
    newest = page.versions.order_by("number").last()
    if newest is not None and newest.says_the_same(page):
        return newest
    version = PageVersion(
        page=page, number=newest.number + 1 if newest else 1, saved_at=now, saved_by=trail.actor()
    )
    version.take(page)
    version.save()
    return version
