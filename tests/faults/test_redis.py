"""Redis has no room left, or the process dies before it told the worker: what a person sent is kept, and done later."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
import redis
from django.conf import settings
from django.test import Client
from django.utils import timezone

from privacy.mail import outbox, task_queue
from privacy.mail.models import Mail
from softnlabs.website.enquiries.models import Enquiry
from tests.faults.databases import address_of_the_test_database
from tests.softnlabs.enquiries.factories import TYPED

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]
# A request is answered up to the moment at which the worker would be told; there the process dies.
DIES = """
import os, signal, django
django.setup()
from django.conf import settings
settings.ALLOWED_HOSTS = ["testserver"]
from django.test import Client
from privacy.mail import task_queue
task_queue._send = lambda *facts: os.kill(os.getpid(), signal.SIGKILL)
from tests.softnlabs.enquiries.factories import TYPED
Client().post("/contact/", TYPED)
"""


@pytest.fixture
def full_redis() -> Iterator[None]:
    """The Redis of these tests takes nothing more."""
    with redis.from_url(os.environ["REDIS_URL"]) as server:
        before = {**server.config_get("maxmemory"), **server.config_get("maxmemory-policy")}
        server.config_set("maxmemory-policy", "noeviction")
        server.config_set("maxmemory", 1)
        yield
        for name, value in before.items():
            server.config_set(name, value)


def test_while_redis_is_full_a_form_is_taken_and_its_mail_leaves_by_the_sweep(
    full_redis, monkeypatch, caplog, mailoutbox
):
    monkeypatch.setattr(task_queue, "_paused_until", [0.0])
    client = Client()
    assert client.post("/contact/", TYPED).status_code == 302
    assert Enquiry.objects.count() == 1
    assert caplog.text.count("no wake-up") == 1
    assert client.post("/contact/", TYPED).status_code == 302
    assert caplog.text.count("no wake-up") == 1  # Redis is left alone for a while
    waiting = Mail.objects.filter(sent_at=None).count()
    assert waiting >= 1
    assert outbox.deliver_alone(now=timezone.now()) == waiting == len(mailoutbox)


def test_a_process_that_dies_between_commit_and_the_word_to_the_worker_loses_nothing(mailoutbox, tmp_path):
    environment = {
        **os.environ,
        "DATABASE_URL": address_of_the_test_database(),
        "DJANGO_SETTINGS_MODULE": "softnlabs.settings",
        "SOFTNLABS_VAR": str(tmp_path),
    }
    died = subprocess.run(
        [sys.executable, "-c", DIES], cwd=settings.BASE_DIR, env=environment, capture_output=True, check=False
    )
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    assert Enquiry.objects.get().email == TYPED["email"]
    waiting = Mail.objects.filter(sent_at=None).count()
    assert waiting >= 1
    assert outbox.deliver_alone(now=timezone.now()) == waiting == len(mailoutbox)
    assert outbox.deliver_alone(now=timezone.now()) == 0
