"""What a mail that came back says, and what a code means."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from consent.returns import reports
from consent.returns.reports import Kind, NoReportError, Report
from tests.conftest import ALICE
from tests.consent.returns.factories import bounce, complaint


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("5.1.1", Kind.PERMANENT),
        ("5.1.10", Kind.PERMANENT),
        ("5.2.1", Kind.PERMANENT),
        ("5.0.0", Kind.PERMANENT),
        ("5.2.2", Kind.TEMPORARY),  # full
        ("5.7.1", Kind.TEMPORARY),  # what they think of us
        ("5.4.4", Kind.TEMPORARY),
        ("4.4.7", Kind.TEMPORARY),
        ("", Kind.TEMPORARY),
    ],
)
def test_only_what_a_code_says_of_the_mailbox_is_for_good(status, kind):
    assert reports.kind_of(status) == kind


@pytest.mark.parametrize("headers_alone", [False, True])
def test_a_bounce_names_recipient_code_and_message(headers_alone):
    mail = bounce(ALICE, "5.1.1", original="<1@softnlabs.com>", headers_alone=headers_alone)
    assert reports.read_mail(mail) == [Report(Kind.PERMANENT, "<1@softnlabs.com>", ALICE, "5.1.1")]
    assert reports.read_mail(mail.replace(b"\n", b"\r\n")) == reports.read_mail(mail)


def test_a_message_that_is_late_is_no_bounce():
    for action in ("delayed", "delivered", "relayed", "expanded"):
        with pytest.raises(NoReportError):
            reports.read_mail(bounce(ALICE, "4.2.0", action=action))


def test_the_address_that_we_wrote_to_comes_before_that_to_which_it_was_passed_on():
    mail = bounce("elsewhere@example.net", "5.1.1").replace(
        b"Final-Recipient", b"Original-Recipient: rfc822;alice@example.org\nFinal-Recipient"
    )
    assert reports.read_mail(mail)[0].recipient == ALICE


@pytest.mark.parametrize(
    ("said", "kind"), [("abuse", Kind.COMPLAINT), ("fraud", Kind.COMPLAINT), ("opt-out", Kind.UNSUBSCRIBED)]
)
def test_a_complaint_names_recipient_and_message(said, kind):
    mail = complaint(ALICE, original="<1@softnlabs.com>", kind=said)
    assert reports.read_mail(mail) == [Report(kind, "<1@softnlabs.com>", ALICE)]


def test_a_complaint_that_says_it_is_none_is_none():
    with pytest.raises(NoReportError):
        reports.read_mail(complaint(ALICE, kind="not-spam"))


@pytest.mark.parametrize(
    "mail", [b"", b"Subject: Hello\n\nGood day.", b"\x00\xff", b"Content-Type: multipart/report\n\n"]
)
def test_another_mail_reports_nothing(mail):
    with pytest.raises(NoReportError):
        reports.read_mail(mail)


@given(some.binary(max_size=400), some.integers(0, 800))
def test_whatever_is_pasted_never_fails_otherwise(noise, at):
    mail = bounce(ALICE, "5.1.1", original="<1@softnlabs.com>")
    try:
        found = reports.read_mail(mail[:at] + noise + mail[at:])
    except NoReportError:
        return
    assert len(found) <= reports.MOST_RECIPIENTS
