from argparse import ArgumentParser
from email import message_from_bytes, policy
from email.utils import parseaddr
from functools import partial
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import utf8_charset_qp
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from privacy.mail import signing
from privacy.mail.signing import DnsLookup, Signer, Verification
from privacy.web import signed_links

LIST_HEADERS = "List-Unsubscribe and List-Unsubscribe-Post"
UNREADABLE = 2


class Command(BaseCommand):
    """Sends nothing. With `--message` the DNS is asked for the public key, unless `--public-key` gives it."""

    help = "Say who signs outgoing mail (DKIM), verify a sample, and print the DNS record. Exits with 1 if it fails."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--message", type=Path, metavar="FILE", help="a message as it arrived (.eml): verify it instead"
        )
        parser.add_argument(
            "--public-key", type=Path, metavar="FILE",
            help="the DNS record, or the public key as PEM, to verify with instead of asking the DNS",
        )  # fmt: skip

    def handle(
        self, *args: object, message: Path | None = None, public_key: Path | None = None, **options: object
    ) -> None:
        """Raises `CommandError`, and so exits with 1: what is wrong is the message. 2: a file cannot be read."""
        lookup = partial(_given, _record(_read(public_key))) if public_key else None
        if message is not None:
            self._verify_received(_read(message), lookup)
            return
        try:
            signer = signing.signer()
        except signing.UnusableKeyError as error:
            raise CommandError(str(error)) from error
        if signer is not None:
            self._verify_sample(signer, lookup)
        elif settings.MAIL_RELAY_SIGNS:
            self.stdout.write(
                "The relay signs (MAIL_RELAY_SIGNS=1). Send a test of a campaign to yourself, save it as it arrived, "
                "and verify it: manage.py check_mail_signature --message FILE"
            )
        else:
            raise CommandError(
                "Nobody signs: set DKIM_PRIVATE_KEY and DKIM_SELECTOR (manage.py make_keys makes a key), or "
                "MAIL_RELAY_SIGNS=1 where the relay does."
            )

    def _verify_sample(self, signer: Signer, lookup: DnsLookup | None) -> None:
        self.stdout.write(
            f"This site signs: selector {signer.selector}, domain {signer.domain}, {signer.key.key_size} bits."
        )
        at = int(timezone.now().timestamp())
        self._verify(signer.sign(_sample(), at=at), lookup or partial(_given, signer.record))
        self.stdout.write("This record has to stand in the DNS:")
        strings = " ".join(f'"{signer.record[at : at + 255]}"' for at in range(0, len(signer.record), 255))
        self.stdout.write(f"{signer.record_name}. IN TXT {strings}")

    def _verify_received(self, message: bytes, lookup: DnsLookup | None) -> None:
        if missing := set(signing.ONE_CLICK) - signing.present(message):
            raise CommandError(f"The message has no {' and no '.join(sorted(missing))}: is it of a campaign?")
        self._verify(message, lookup)

    def _verify(self, message: bytes, lookup: DnsLookup | None) -> None:
        """At least one signature has to hold for the domain of the sender, and to cover both headers."""
        sender = _domain_of_sender(message)
        found = signing.verify(message, lookup=lookup)
        for each in found:
            self.stdout.write(_says(each, sender))
        if not any(_serves(each, sender) for each in found):
            raise CommandError(
                f"No signature of {sender} holds and covers {LIST_HEADERS}."
                if found
                else "The message bears no signature."
            )
        self.stdout.write("Mailboxes that follow RFC 8058 can show their button to unsubscribe.")


def _serves(found: Verification, sender: str) -> bool:
    return found.is_valid and not found.uncovered and _is_of(found.domain, sender)


def _is_of(signed: str, sender: str) -> bool:
    """Whether mailboxes take the signature for the sender's (DMARC: the same domain, or one above it)."""
    return sender == signed or sender.endswith(f".{signed}")


def _says(found: Verification, sender: str) -> str:
    holds = "holds" if found.is_valid else "does not hold"
    covers = (
        f"does not cover {' and '.join(found.uncovered)}" if found.uncovered else f"covers {LIST_HEADERS}"
    )
    whose = "" if _is_of(found.domain, sender) else f", and is not of the sender's domain {sender}"
    return f"Signature of {found.domain} (selector {found.selector}): it {holds}, {covers}{whose}."


def _sample() -> bytes:
    """A message with the headers that each message of a campaign has, in letters that are not all ASCII."""
    address = signed_links.absolute("/privacy/mail/sample/unsubscribe/")
    message = EmailMultiAlternatives(
        subject="Échantillon",
        body="Échantillon.\n",
        to=["somebody@example.org"],
        headers={
            "List-Unsubscribe": f"<{address}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    message.encoding = utf8_charset_qp
    message.attach_alternative("<p>Échantillon.</p>", "text/html")
    return message.message().as_bytes().replace(b"\n", b"\r\n")


def _domain_of_sender(message: bytes) -> str:
    parsed = message_from_bytes(message, policy=policy.compat32)
    return parseaddr(str(parsed.get("From", "")))[1].rpartition("@")[2].lower()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}", returncode=UNREADABLE) from error


def _record(content: bytes) -> str:
    """A DNS record as it is, or one made of a public key in PEM."""
    text = content.decode("ascii", "replace").strip()
    if "-----BEGIN" not in text:
        return text.replace('" "', "").strip('"')
    return "v=DKIM1; k=rsa; p=" + "".join(line for line in text.splitlines() if not line.startswith("-----"))


def _given(record: str, _name: bytes, timeout: int = 5) -> bytes:
    return record.encode()
