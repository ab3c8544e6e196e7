"""What a person can object to (GDPR article 21(1)): a kind of record, or only that it is kept in the archive."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext

from privacy.datamap.declarations import Basis
from privacy.datamap.registry import Holding, holdings

ARCHIVE = ":archive"


@dataclass(frozen=True)
class Use:
    """One use of the kind ``known``: all that is done with it, or the archive alone."""

    known: Holding
    is_archive: bool = False

    @property
    def label(self) -> str:
        """Its stable name, in the objection and in the decision: ``app.model``, or ``app.model:archive``."""
        return self.known.label + (ARCHIVE if self.is_archive else "")

    @property
    def title(self) -> str:
        kind = self.known.data.label
        return gettext("%(kind)s, in the archive") % {"kind": kind} if self.is_archive else str(kind)

    @property
    def rests_on_interest(self) -> bool:
        if self.is_archive:
            archive = self.known.data.keep.archive
            return archive is not None and archive.basis == Basis.LEGITIMATE_INTEREST
        bases = {datum.basis or self.known.data.basis for datum in self.known.data.fields.values()}
        return Basis.LEGITIMATE_INTEREST in bases

    @property
    def is_objectable(self) -> bool:
        """The archive of a row ends by its own stored instant (``Keep.until``), or with the row that it belongs to."""
        data = self.known.data
        may_end = not self.is_archive or (bool(data.keep.until) and "__" not in data.keep.until)
        return may_end and not data.not_objectable and not data.erasure_exemption


def uses() -> Iterator[Use]:
    for known in holdings():
        yield Use(known)
        if known.data.keep.archive:
            yield Use(known, is_archive=True)


def called(label: str) -> Use | None:
    """``None`` when there is no such use any more."""
    return next((use for use in uses() if use.label == label), None)
