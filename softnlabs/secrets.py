"""Where the keys come from: the environment, or, in local mode, files made once under ``var/secrets``."""

import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet


class MissingSecretError(RuntimeError):
    """A secret is neither in the environment nor may it be made here: better not to start at all."""


class Secrets:
    """Reads secrets by name.

    ``folder`` is where local mode keeps the ones it makes; ``None`` means that each must be given.
    """

    def __init__(self, *, folder: Path | None) -> None:
        self.folder = folder

    def value(self, name: str) -> str:
        """The secret called ``name``. Raises :class:`MissingSecretError` when it can be found nowhere."""
        return os.environ.get(name) or self._kept(name, secrets.token_urlsafe(50))

    def fernet_keys(self, name: str) -> list[str]:
        """The keys that wrap file keys, newest first; further ones, after commas, still open old files."""
        given = os.environ.get(name) or self._kept(name, Fernet.generate_key().decode())
        return [key.strip() for key in given.split(",")]

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
                os.link(scratch, path)  # whoever comes second reads what the first one wrote
            except FileExistsError:
                pass
            finally:
                scratch.unlink()
        return path.read_text().strip()
