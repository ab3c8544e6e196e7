"""The spool of visits as a store: what waits there, and for how long."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from privacy.datamap.declarations import Basis, Category, Purpose, Recipient
from privacy.datamap.stores import PersonalStore, Place, StoreData
from privacy.datamap.subjects import Subject
from privacy.files.stores import SPOOL_NAMES
from privacy.visits import recording
from privacy.visits.counting_models import WAITING


class VisitSpool(PersonalStore):
    name = "privacy.visit_spool"
    data: ClassVar = StoreData(
        label=_("Pages you saw, in the seconds before they are stored, or where a line cannot be read"),
        purpose=Purpose.VISITORS,
        basis=Basis.LEGITIMATE_INTEREST,
        period=WAITING,
        since_label=_("your visit"),
        contents={
            _("number of your browser, page, site that led there, language, time"): Category.NAVIGATION,
        },
        recipients=(Recipient.HOST,),
        found_on="visits",
    )

    def places(self) -> Iterable[Place]:
        return [Place(recording.spool().folder, SPOOL_NAMES)]

    def dates(self) -> list[datetime]:
        return [last_line_at for _path, last_line_at in recording.spool().files()]

    def about(self, subject: Subject) -> list[datetime]:
        """Nobody is looked up by the number of a browser."""
        return []

    def purge(self, *, now: datetime) -> int:
        return recording.sweep(now=now)
