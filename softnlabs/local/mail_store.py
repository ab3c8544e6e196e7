"""Local mode's mail files as a store. In production mail is sent and not kept, so there it is not declared."""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from privacy.datamap.declarations import Basis, Category, Purpose
from privacy.datamap.stores import PersonalStore, Place, StoreData
from privacy.datamap.subjects import Subject
from privacy.mail.models import Mail
from softnlabs.local import mailbox


class MailFiles(PersonalStore):
    name = "local.mail_files"
    data: ClassVar = StoreData(
        label=_("E-mails that this machine keeps instead of sending them"),
        purpose=Purpose.BUSINESS,
        basis=Basis.LEGITIMATE_INTEREST,
        period=Mail.personal_data.keep.period,
        since_label=_("their writing"),
        contents={_("sent to"): Category.EMAIL, _("text"): Category.MESSAGES},
    )

    def places(self) -> Iterable[Place]:
        return [Place(Path(settings.EMAIL_FILE_PATH), re.compile(r"[0-9]+-[0-9]+-[0-9]+\.log"))]

    def dates(self) -> list[datetime]:
        return [at for _path, at in self._files()]

    def about(self, subject: Subject) -> list[datetime]:
        return [at for path, at in self._files() if mailbox.is_to(path, subject.emails)]

    def purge(self, *, now: datetime) -> int:
        over = [path for path, at in self._files() if self.data.period.is_over(at, now)]
        return _remove(over)

    def erase(self, subject: Subject, *, now: datetime) -> None:
        theirs = [path for path, _at in self._files() if mailbox.is_to(path, subject.emails)]
        transaction.on_commit(partial(_remove, theirs))

    def _files(self) -> Iterator[tuple[Path, datetime]]:
        for place in self.places():
            for path in place.folder.glob("*.log"):
                with suppress(FileNotFoundError):
                    yield path, datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _remove(paths: list[Path]) -> int:
    for path in paths:
        path.unlink(missing_ok=True)
    return len(paths)
