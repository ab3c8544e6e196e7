"""PostgreSQL dies while a page waits for it; a web process dies between its commit and its message to the worker."""

import os
import re
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from http.cookiejar import CookieJar

import psutil
import psycopg2
import pytest
from celery import current_app
from django.conf import settings

from privacy.mail.models import Mail
from softnlabs.local import embedded
from softnlabs.website.enquiries.models import Enquiry
from tests.conftest import ALICE
from tests.faults.databases import address_of_the_test_database
from tests.faults.workers import wait_for
from tests.site import Site, free_port, open_folder

pytestmark = pytest.mark.fault
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
COUNT = "from softnlabs.website.enquiries.models import Enquiry; print(Enquiry.objects.count())"


@pytest.fixture
def site() -> Iterator[Site]:
    with open_folder() as folder:
        site = Site(folder / "var", free_port())
        assert site.is_up(), site.log.read_text()
        yield site
        site.stop()


class Writer:
    """Somebody who fills in the contact form, and reads what comes back."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        form = self.browser.open(f"{site.url}/contact/").read().decode()
        found = TOKEN.search(form)
        assert found
        self.fields = {"csrfmiddlewaretoken": found[1], "first_name": "Alice", "surname": "Lasserre"}
        self.fields |= {"email": ALICE, "message": "A question of mine"}
        self.answers: list[tuple[int, str]] = []

    def send(self) -> None:
        data = urllib.parse.urlencode(self.fields).encode()
        try:
            with self.browser.open(f"{self.site.url}/contact/", data, timeout=60) as response:
                self.answers.append((response.status, response.url.removeprefix(self.site.url)))
        except urllib.error.HTTPError as error:
            self.answers.append((error.code, error.read().decode()))


def test_a_form_in_whose_middle_postgresql_dies_is_not_thanked_for_and_can_be_sent_again(site: Site):
    writer = Writer(site)
    with closing(psycopg2.connect(embedded.database_url(site.var))) as other, other.cursor() as cursor:
        cursor.execute("LOCK TABLE website_enquiry IN EXCLUSIVE MODE")
        sending = threading.Thread(target=writer.send)
        sending.start()
        wait_for(lambda: _somebody_waits(site))
        _postgres(site).send_signal(signal.SIGKILL)
        sending.join()
    ((status, page),) = writer.answers
    assert status == 503
    assert "Lasserre" not in page  # an error page repeats nothing that was typed
    wait_for(site.is_healthy)
    assert site.manage("shell", "-v", "0", "-c", COUNT).split()[-1] == "0"

    writer.send()
    assert writer.answers[1] == (200, "/contact/thanks/")
    assert site.manage("shell", "-v", "0", "-c", COUNT).split()[-1] == "1"


def _somebody_waits(site: Site) -> bool:
    waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%%website_enquiry%%'"
    with closing(psycopg2.connect(embedded.database_url(site.var))) as database, database.cursor() as cursor:
        cursor.execute(waits)
        return bool(cursor.fetchone()[0])  # type: ignore[index]


def _postgres(site: Site) -> psutil.Process:
    return next(part for part in site.child_processes() if "postgres" in " ".join(part.cmdline()))


WRITE_AND_DIE = """
import os, django
django.setup()
from django.test import Client
from privacy.mail import task_queue
task_queue._send = lambda *facts: os._exit(9)
fields = {"first_name": "Alice", "surname": "Lasserre", "email": "%s", "message": "A question"}
Client(headers={"host": "localhost"}).post("/contact/", fields)
"""


@pytest.mark.django_db(transaction=True)
def test_what_was_committed_before_a_process_died_is_found_by_the_sweep(start_worker):
    """The message to the worker is sent after the commit: a process that dies in between has sent none."""
    environment = {
        **os.environ,
        "DATABASE_URL": address_of_the_test_database(),
        "DJANGO_SETTINGS_MODULE": "softnlabs.settings",
    }
    command = [sys.executable, "-c", WRITE_AND_DIE % ALICE]
    died = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, check=False)
    assert died.returncode == 9, died.stderr
    assert Enquiry.objects.filter(email=ALICE).count() == 1
    waiting = Mail.objects.get(to=ALICE)
    assert waiting.sent_at is None

    start_worker()
    current_app.send_task(current_app.conf.beat_schedule["mail"]["task"])
    wait_for(lambda: Mail.objects.get(pk=waiting.pk).sent_at is not None)
    assert Mail.objects.filter(to=ALICE).count() == 1
