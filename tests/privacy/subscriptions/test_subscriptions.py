"""Whoever asked, and confirmed from their mailbox, is told once of each new version, until they stop it."""

import re
import threading
from datetime import timedelta

import pytest
from django.db import close_old_connections, connection
from django.test import Client
from django.utils import timezone

from privacy.audit import trail
from privacy.audit.models import AuditEntry
from privacy.companies.collecting import by_controller
from privacy.datamap.subjects import Subject, fingerprint
from privacy.mail.models import Mail
from privacy.policy import publishing
from privacy.rights import restriction
from privacy.subscriptions import subscriptions
from privacy.subscriptions.models import Subscription, SubscriptionRequest
from tests.conftest import ALICE, BOB
from tests.privacy.conftest import write_policy

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "root")]


@pytest.fixture
def first(root, now):
    return publishing.publish(now=now)


def subscribe(
    email: str = ALICE, *, language: str = "en", notified_version: int = 1, confirmed_at=None
) -> Subscription:
    facts = {
        "language": language,
        "confirmed_at": confirmed_at or timezone.now(),
        "notified_version": notified_version,
    }
    return Subscription.objects.create(email=email, **facts)


def link_in(mail: Mail, part: str) -> str:
    """The path of the link in the text of a mail."""
    found = re.search(rf"https?://[^/\s]+(\S*/privacy/updates/{part}/\S+)", mail.text)
    assert found
    return found.group(1)


@pytest.mark.parametrize(("prefix", "language"), [("", "en"), ("/fr", "fr")])
def test_the_whole_way_from_the_policy_page_to_the_end(client: Client, root, now, prefix, language):
    publishing.publish(now=timezone.now())
    assert f'href="{prefix}/privacy/updates/"' in client.get(f"{prefix}/privacy/").content.decode()
    subscription_request = client.post(f"{prefix}/privacy/updates/", {"email": "Alice@Example.org"})
    assert subscription_request.headers["Location"] == f"{prefix}/privacy/updates/sent/"
    assert not Subscription.objects.exists()
    mail = Mail.objects.get(message="subscription_confirm")
    assert (mail.to, mail.language) == (ALICE, language)

    opened = client.get(link_in(mail, "confirm"))
    assert opened.headers["Location"] == f"{prefix}/privacy/updates/confirm/"
    assert ALICE in client.get(opened.headers["Location"]).content.decode()
    assert not Subscription.objects.exists(), "opening a link confirms nothing"
    assert client.post(f"{prefix}/privacy/updates/confirm/").status_code == 302
    assert not SubscriptionRequest.objects.exists()
    assert Subscription.objects.get().language == language
    assert subscriptions.notify(now=timezone.now()) == 0, "the version in force is known to them"

    write_policy(root, 2, updates="Other words.")
    publishing.publish(now=timezone.now())
    assert subscriptions.notify(now=timezone.now()) == 1
    news = Mail.objects.get(message="policy_news")
    assert f"{prefix}/privacy/versions/2/changes/" in news.text
    assert "updates" in news.text
    stop = link_in(news, "stop")
    assert news.headers["List-Unsubscribe"].endswith(f"{stop}>")
    assert news.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    assert client.get(stop).status_code == 200
    assert Subscription.objects.exists(), "opening a link stops nothing"
    one_click = Client(enforce_csrf_checks=True).post(stop, {"List-Unsubscribe": "One-Click"})
    assert one_click.status_code == 200
    assert not Subscription.objects.exists()
    assert client.post(stop).status_code == 200
    actions = ["requested", "confirmed", "cancelled"]
    for action in actions:
        assert AuditEntry.objects.get(action=f"privacy.subscription.{action}").about == fingerprint(ALICE)


def test_a_known_and_an_unknown_address_get_the_same_answer(client, django_assert_num_queries):
    subscribe(ALICE)
    answers = []
    for email in (ALICE, BOB):
        response = Client().post("/privacy/updates/", {"email": email})
        answers.append((response.status_code, response.headers["Location"], sorted(response.headers)))
    assert answers[0] == answers[1]
    assert set(Mail.objects.values_list("to", flat=True)) == {ALICE, BOB}


def test_nobody_fills_a_mailbox_by_pressing_again(client, now):
    for minute in range(10):
        subscriptions.request(
            collection=by_controller(), email=ALICE, language="en", now=now + timedelta(minutes=minute)
        )
    assert Mail.objects.count() == subscriptions.MAILBOX_LIMIT.times
    assert SubscriptionRequest.objects.count() == 1
    subscriptions.request(
        collection=by_controller(), email=ALICE, language="en", now=now + timedelta(minutes=70)
    )
    assert Mail.objects.count() == subscriptions.MAILBOX_LIMIT.times + 1


def test_too_often_from_one_network_is_said_and_sends_nothing(client):
    for number in range(subscriptions.CLIENT_LIMIT.times):
        assert client.post("/privacy/updates/", {"email": f"person{number}@example.org"}).status_code == 302
    assert client.post("/privacy/updates/", {"email": ALICE}).status_code == 429
    assert not Mail.objects.filter(to=ALICE).exists()


@pytest.mark.parametrize("wrong", ["", "alice", "alice@", "a b@example.org"])
def test_what_is_no_address_is_said_so(client, wrong):
    page = client.post("/privacy/updates/", {"email": wrong})
    assert page.status_code == 200
    assert page.context["form"].errors
    assert not Mail.objects.exists()


def test_a_link_confirms_once_and_within_its_days(client, first, now):
    subscriptions.request(
        collection=by_controller(), email=ALICE, language="en", now=timezone.now() - timedelta(days=8)
    )
    late = link_in(Mail.objects.get(), "confirm")
    assert client.get(late, follow=True).status_code == 410
    subscriptions.request(collection=by_controller(), email=ALICE, language="en", now=timezone.now())
    good = link_in(Mail.objects.latest("written_at"), "confirm")
    client.get(good)
    assert client.post("/privacy/updates/confirm/").status_code == 302
    client.get(good)
    assert client.post("/privacy/updates/confirm/").status_code == 410
    assert Client().get("/privacy/updates/confirm/not-a-token/", follow=True).status_code == 410
    assert Client().post("/privacy/updates/confirm/").status_code == 410
    assert Subscription.objects.count() == 1


def test_a_link_of_one_kind_is_no_link_of_another(client, first):
    subscription = subscribe()
    subscriptions.request(collection=by_controller(), email=BOB, language="en", now=timezone.now())
    token = link_in(Mail.objects.get(), "confirm").rstrip("/").rpartition("/")[2]
    assert client.post(f"/privacy/updates/stop/{token}/").status_code == 410
    assert Subscription.objects.get() == subscription


def test_each_is_told_once_whatever_is_published_in_between(root, first, now):
    for email in (ALICE, BOB):
        subscribe(email, confirmed_at=now)
    for number, words in ((2, "Other words."), (3, "Words again.")):
        write_policy(root, number, updates=words)
        publishing.publish(number, now=now)
    assert subscriptions.notify(now=now) == 2
    assert subscriptions.notify(now=now) == 0
    assert sorted(Mail.objects.values_list("to", flat=True)) == [ALICE, BOB]
    assert set(Subscription.objects.values_list("notified_version", flat=True)) == {3}


def test_whoever_is_past_the_period_is_not_told(root, first, now):
    subscribe(ALICE, confirmed_at=now.replace(year=now.year - 3))
    write_policy(root, 2, updates="Other words.")
    publishing.publish(now=now)
    assert subscriptions.notify(now=now) == 0


def test_whoever_is_under_restriction_is_told_once_it_is_lifted(root, first, now):
    subscribe(ALICE, confirmed_at=now)
    placed = restriction.restrict(Subject.of_email(ALICE), reason="Test", now=now)
    write_policy(root, 2, updates="Other words.")
    publishing.publish(now=now)
    assert subscriptions.notify(now=now) == 0
    restriction.lift(placed, now=now)
    assert subscriptions.notify(now=now) == 1


def test_confirming_again_renews_and_forgets_nothing(first, now):
    subscribe(ALICE, confirmed_at=now - timedelta(days=900), notified_version=0)
    subscriptions.request(collection=by_controller(), email=ALICE, language="fr", now=now)
    request = SubscriptionRequest.objects.get()
    token = link_in(Mail.objects.get(), "confirm").rstrip("/").rpartition("/")[2]
    assert subscriptions.find_request(token, now=now) == request
    subscriptions.confirm(token, now=now)
    again = Subscription.objects.get()
    assert (again.language, again.confirmed_at, again.notified_version) == ("fr", now, 0)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_tell_each_person_once(root, now):
    publishing.publish(now=now)
    for number in range(20):
        subscribe(f"person{number}@example.org", confirmed_at=now)
    write_policy(root, 2, updates="Other words.")
    publishing.publish(now=now)
    barrier = threading.Barrier(2)

    def work() -> None:
        try:
            barrier.wait()
            with trail.acting("system", "test"):
                subscriptions.notify(now=now)
        finally:
            close_old_connections()
            connection.close()

    workers = [threading.Thread(target=work) for _number in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    told = list(Mail.objects.values_list("to", flat=True))
    assert (len(told), len(set(told))) == (20, 20)


def test_nobody_is_dropped_over_the_limit_and_the_link_leaves_later(acting, now):
    for _number in range(subscriptions.MAILBOX_LIMIT.times):
        subscriptions.request(email=ALICE, language="fr", collection=by_controller(), now=now)
    SubscriptionRequest.objects.all().delete()  # confirmed, and cancelled again
    subscriptions.request(email=ALICE, language="fr", collection=by_controller(), now=now)
    waiting = SubscriptionRequest.objects.get()
    assert waiting.link_sent_at is None
    assert subscriptions.mail_waiting(now=now) == 0
    later = now + timedelta(hours=1)
    assert subscriptions.mail_waiting(now=later) == 1
    assert subscriptions.mail_waiting(now=later) == 0
    assert Mail.objects.filter(to=ALICE, language="fr").count() == subscriptions.MAILBOX_LIMIT.times + 1
