"""The tables of the seals: what was sealed, and which sealed rows were lawfully deleted.

Of a sealed row only its number and a salted hash are kept, so that the seal still verifies after the row was erased,
and the hash reveals nothing of it.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from privacy.audit.ledger import AppendOnlyModel
from privacy.datamap.declarations import NotPersonal


class Seal(AppendOnlyModel):
    """One batch of rows: the Merkle root of their hashes, chained to the seal before.

    ``upto`` is the number of the first transaction that this seal did not wait for, in the database system
    ``cluster``. A restored dump is in another one, where such numbers mean nothing: then a new ``epoch`` begins.
    """

    is_sealed = False

    number = models.PositiveBigIntegerField(_("number"), primary_key=True)
    at = models.DateTimeField(_("sealed at"), db_index=True)
    epoch = models.PositiveIntegerField(_("epoch"))
    cluster = models.CharField(_("database system"), max_length=20)
    upto = models.BigIntegerField(_("transactions before"))
    rows = models.PositiveBigIntegerField(_("rows"))
    columns = models.JSONField(_("columns that the hashes cover"))
    root = models.CharField(_("Merkle root"), max_length=64)
    previous = models.CharField(_("digest of the seal before"), max_length=64)
    sha256 = models.CharField(_("digest"), max_length=64)

    personal_data = NotPersonal(
        _("Hashes and dates."),
        columns={
            "root": "a hash of salted hashes",
            "previous": "a hash of salted hashes",
            "sha256": "a hash of salted hashes",
        },
    )

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        ordering = ("-number",)

    def __str__(self) -> str:
        return str(_("seal %(number)d") % {"number": self.number})


class SealedRow(AppendOnlyModel):
    """The salted hash of one row of a ledger when it was sealed.

    As little as possible is written for each row, because it costs those who write ledgers processor time: no id of
    its own, and no foreign key constraint. No seal is ever deleted, and the verification reports a hash without one.
    """

    is_sealed = False

    pk = models.CompositePrimaryKey("seal_id", "position")  # enforced by the unique constraint below
    seal = models.ForeignKey(
        Seal,
        on_delete=models.PROTECT,
        related_name="leaves",
        db_index=False,
        db_constraint=False,
        verbose_name=_("seal"),
    )
    position = models.PositiveBigIntegerField(_("position"))
    ledger = models.CharField(_("ledger"), max_length=100)
    key = models.CharField(_("number of the record"), max_length=64)
    leaf = models.BinaryField(_("hash of the row"))

    personal_data = NotPersonal(
        _("Salted hashes, which tell nothing once their rows are gone."),
        columns={
            "ledger": "the name of a table",
            "key": "the number of a record, which leads to nobody once the record is gone",
            "leaf": "a salted hash",
        },
    )

    class Meta:
        verbose_name = _("sealed row")
        verbose_name_plural = _("sealed rows")
        ordering = ("seal", "position")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["seal", "position"], name="privacy_sealedrow_one_a_position"),
            models.UniqueConstraint(fields=["ledger", "key"], name="privacy_sealedrow_sealed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.ledger} {self.key}"


class Removal(AppendOnlyModel):
    """Rows that purge or erasure deleted from a ledger, or from a table that is kept: the only lawful way.

    Written by the functions of the database that delete them, and sealed like any ledger. ``certificate`` is the
    line of the purge (``purge:12``) or the entry of the erasure (``erasure:34``); empty in rows from before it was
    recorded.
    """

    is_written_by_functions = True
    dated_by = "at"

    at = models.DateTimeField(_("removed at"), db_default=Now())
    ledger = models.CharField(_("ledger"), max_length=100, db_index=True)
    keys = ArrayField(models.CharField(max_length=64), verbose_name=_("numbers of the records"))
    actor = models.CharField(_("done by"), max_length=40)
    source = models.CharField(_("source"), max_length=100)
    certificate = models.CharField(_("certificate"), max_length=40, blank=True, default="", db_index=True)

    personal_data = NotPersonal(
        _("Numbers of records that are gone."),
        columns={
            "ledger": "the name of a table",
            "keys": "the numbers of records that are gone lead to nobody",
            "actor": "the number of an account at the desk, which names nobody once the account is gone",
            "source": "the part of our software that acted",
            "certificate": "the number of a line of a purge, or of an entry of the journal",
        },
    )

    class Meta:
        verbose_name = _("removal from a ledger")
        verbose_name_plural = _("removals from ledgers")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.ledger} ({len(self.keys)})"


class DailySeal(AppendOnlyModel):
    """The seals of a day in one document, to be kept outside this database. ``sha256`` is the document's."""

    is_sealed = False

    day = models.DateField(_("day"), unique=True)
    first = models.PositiveBigIntegerField(_("first seal"))
    head = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="+", verbose_name=_("last seal"))
    rows = models.PositiveBigIntegerField(_("rows"))
    previous = models.CharField(_("digest of the day before"), max_length=64)
    sha256 = models.CharField(_("digest"), max_length=64)

    personal_data = NotPersonal(
        _("Hashes and dates."),
        columns={
            "previous": "a hash of salted hashes",
            "sha256": "a hash of salted hashes",
        },
    )

    class Meta:
        verbose_name = _("daily seal")
        verbose_name_plural = _("daily seals")
        ordering = ("-day",)

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"


class Verification(AppendOnlyModel):
    """What a verification of everything found. ``head`` is the last seal that it covered, 0 if there was none.

    Every transaction below the number ``upto`` had ended when it began, in the database system ``cluster``: what was
    written since has a greater one.
    """

    dated_by = "at"

    at = models.DateTimeField(_("verified at"), db_index=True)
    cluster = models.CharField(_("database system"), max_length=20)
    upto = models.BigIntegerField(_("transactions before"))
    head = models.PositiveBigIntegerField(_("last seal"))
    sha256 = models.CharField(_("digest of the last seal"), max_length=64, blank=True)
    rows = models.PositiveBigIntegerField(_("rows"))
    removed = models.PositiveBigIntegerField(_("removed lawfully"))
    faults = models.PositiveBigIntegerField(_("faults found"))

    personal_data = NotPersonal(_("Numbers and dates."), columns={"sha256": "a hash of salted hashes"})

    class Meta:
        verbose_name = _("verification of all ledgers")
        verbose_name_plural = _("verifications of all ledgers")
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
