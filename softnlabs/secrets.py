"""Secrets: from the environment or, in local mode, from files generated once under `var/secrets`."""

import base64
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


class MissingSecretError(RuntimeError):
    """A secret is not in the environment, and may not be generated here."""


def fresh_keys() -> Iterator[tuple[str, str]]:
    """New keys, each with the name of its variable."""
    yield "SECRET_KEY", secrets.token_urlsafe(50)
    yield "PSEUDONYM_KEY", secrets.token_urlsafe(50)
    yield "FILE_KEYS", Fernet.generate_key().decode()


def fresh_mail_key() -> str:
    """A key for signatures over mail (DKIM), as one line of base64."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    content = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return base64.b64encode(content).decode()


class Secrets:
    """`folder`: where local mode keeps generated secrets. None: every secret must be in the environment."""

    def __init__(self, *, folder: Path | None) -> None:
        self.folder = folder

    def value(self, name: str) -> str:
        """Raises `MissingSecretError`."""
        return os.environ.get(name) or self._kept(name, secrets.token_urlsafe(50))

    def fernet_keys(self, name: str) -> list[str]:
        """Keys that encrypt file keys, newest first. Further ones, after commas, still decrypt old files."""
        given = os.environ.get(name) or self._kept(name, Fernet.generate_key().decode())
        return [key.strip() for key in given.split(",")]

    def kept(self, name: str) -> str:
        """From the folder alone, whatever the environment says."""
        return self._kept(name, secrets.token_urlsafe(50))

    def _kept(self, name: str, fresh: str) -> str:
        if self.folder is None:
            raise MissingSecretError(name)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / name.lower()
        scratch = self.folder / f".{path.name}.{os.getpid()}"
        if not path.exists():
            scratch.write_text(fresh)
            scratch.chmod(0o600)
            try:
                os.link(scratch, path)  # atomic: of two processes, the second reads what the first wrote
            except FileExistsError:
                pass
            finally:
                scratch.unlink()
        return path.read_text().strip()
