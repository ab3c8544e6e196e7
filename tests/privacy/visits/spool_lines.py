"""Lines of the spool."""

from datetime import datetime
from uuid import UUID, uuid4

from privacy.visits import recording


def line(at: datetime, visitor: UUID | None = None, path: str = "/", number: int | None = None) -> bytes:
    columns = (at.isoformat(), number or uuid4().int >> 65, visitor or uuid4(), "t", path, "", "en")
    return "\t".join(map(str, columns)).encode()


def wait(*lines: bytes) -> None:
    for one in lines:
        recording.spool().append(one)
