"""Against what people were promised about breaches: the authority hears in time, and so do the persons at high risk."""

from datetime import datetime, timedelta

from privacy.breaches.models import Breach, BreachNotice, BreachNotification, Exemption, Means, Risk
from privacy.datamap.subjects import fingerprint
from tests.privacy.factories import make_breach
from tests.sabotage.stage import Stage

OVER = timedelta(hours=72, seconds=1)


def breach_that_nobody_notified(stage: Stage) -> None:
    make_breach(aware_at=stage.now - OVER)


def breach_notified_late_without_a_word(stage: Stage) -> None:
    breach = make_breach(aware_at=stage.now - OVER, risk=Risk.RISK, risk_reasons="Addresses")
    _notify(breach, at=stage.now, reasons=" ")


def breach_dated_in_the_future(stage: Stage) -> None:
    make_breach(aware_at=stage.now + timedelta(days=30))


def notice_dated_in_the_future(stage: Stage) -> None:
    breach = make_breach(aware_at=stage.now - OVER, risk=Risk.RISK, risk_reasons="Addresses")
    _notify(breach, at=stage.now + timedelta(days=1), reasons="Holidays")


def notice_before_we_knew(stage: Stage) -> None:
    breach = make_breach(aware_at=stage.now - OVER, risk=Risk.RISK, risk_reasons="Addresses")
    _notify(breach, at=stage.now - OVER - timedelta(days=1))


def breach_without_risk_and_without_reasons(stage: Stage) -> None:
    make_breach(aware_at=stage.now - OVER, risk=Risk.NONE, risk_reasons=" ")


def high_risk_of_which_nobody_was_told(stage: Stage) -> None:
    _notify(_at_high_risk(stage), at=stage.now - timedelta(hours=2))


def person_whose_mail_waits(stage: Stage) -> None:
    breach = _at_high_risk(stage)
    _notify(breach, at=stage.now - timedelta(hours=2))
    for told_at, email in ((stage.now, "alice@example.org"), (None, "carol@example.org")):
        BreachNotice.objects.create(
            breach=breach, about=fingerprint(email), means=Means.EMAIL, language="en", text="A breach", told_at=told_at,
            decided_at=stage.now, decided_by="user:1",
        )  # fmt: skip


def silence_with_blank_reasons(stage: Stage) -> None:
    _notify(
        _at_high_risk(stage, exemption=Exemption.EFFORT, exemption_reason=" "),
        at=stage.now - timedelta(hours=2),
    )


def _at_high_risk(stage: Stage, **facts: str) -> Breach:
    return make_breach(aware_at=stage.now - OVER, risk=Risk.HIGH, risk_reasons="Passwords", **facts)


def _notify(breach: Breach, *, at: datetime, reasons: str = "") -> None:
    BreachNotification.objects.create(
        breach=breach, sent_at=at, is_complete=True, text="A breach", delay_reasons=reasons, recorded_at=at,
        recorded_by="user:1",
    )  # fmt: skip
