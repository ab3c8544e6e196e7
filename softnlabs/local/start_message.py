"""The message that `make run` shows once everything is up: addresses, and how the controller signs in."""

import http.client
import time

from django.conf import settings

from softnlabs.local.supervisor import Console

HOST = "127.0.0.1"
HEALTHY_WITHIN = 90.0  # seconds


class StartMessage:
    """Shown once: when all is up, or after `HEALTHY_WITHIN` seconds with a warning."""

    def __init__(self, console: Console, sign_in: str) -> None:
        self.console = console
        self.sign_in = sign_in
        self.is_shown = False
        self.next_check_at = time.monotonic()
        self.late_at = time.monotonic() + HEALTHY_WITHIN

    def show_when_healthy(self) -> None:
        """Call it repeatedly: it checks twice a second until the message is shown."""
        now = time.monotonic()
        if self.is_shown or now < self.next_check_at:
            return
        self.next_check_at = now + 0.5
        is_healthy = _is_healthy()
        if is_healthy or now > self.late_at:
            self.is_shown = True
            self.console.raw(_text(self.sign_in, is_healthy=is_healthy))


def _is_healthy() -> bool:
    connection = http.client.HTTPConnection(HOST, settings.PORT, timeout=2)
    try:
        connection.request("GET", "/health/", headers={"X-Forwarded-Proto": "https"})
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


def _text(sign_in: str, *, is_healthy: bool) -> str:
    site = settings.SITE_URL
    mail = f"{site}/mail/  (kept in {settings.EMAIL_FILE_PATH})" if settings.LOCAL_MODE else "sent by SMTP"
    up = "The SoftNLabs privacy portal is running. / Le portail fonctionne."
    late = f"Not everything is up after {HEALTHY_WITHIN:.0f} seconds: {site}/health/ says what is missing."
    lines = [
        up if is_healthy else late,
        f"  English   {site}/",
        f"  Français  {site}/fr/",
        f"  Desk      {site}/admin/",
        f"  Sign in   {sign_in}",
        "            With it, a password of your own and a second step: an app for codes,",
        f"            or a passkey (browsers make one at http://localhost:{settings.PORT}/admin/ only)",
        f"  Mail      {mail}",
        "  Stop      Ctrl-C",
    ]
    rule = "─" * max(map(len, lines))
    return "\n".join(["", rule, *lines, rule, ""])
