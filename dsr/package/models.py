import secrets
from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from dsr.requests.case_file import case_file_data
from dsr.requests.models import ALPHABET, SubjectRequest
from dsr.rules.states import RequestState
from privacy.datamap.declarations import Category, Datum, Keep
from privacy.datamap.periods import Period
from privacy.datamap.registry import PersonalDataModel, PersonalDataQuerySet
from privacy.files.models import StoredFile

PACKAGE_KEEP = Period(days=14)
PACKAGE_LASTS = Period(days=7)  # at least: what ends sooner is left out of the copy, which says so


def new_code() -> str:
    """Twelve characters, 60 bits: under `dsr.follow_up.rate_limits` guessing is hopeless, so nobody is locked out."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(12))
    return "-".join((signs[:4], signs[4:8], signs[8:]))


class AccessPackageQuerySet(PersonalDataQuerySet):
    def waiting(self) -> Self:
        return self.filter(built_at=None, request__state=RequestState.GRANTED)

    def ready(self, now: datetime) -> Self:
        """Built and not past its period."""
        return self.filter(built_at__isnull=False).live(now)


class AccessPackage(PersonalDataModel):
    """The package of one request: waiting, then built, then deleted after its period."""

    request = models.OneToOneField(SubjectRequest, on_delete=models.CASCADE, related_name="package")
    asked_at = models.DateTimeField(_("asked for at"))
    tries = models.PositiveSmallIntegerField(_("failed tries"), default=0)
    built_at = models.DateTimeField(_("made at"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends with the first datum in it"), null=True, blank=True)
    file = models.OneToOneField(
        StoredFile, verbose_name=_("file"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    code = models.CharField(_("code"), max_length=14, default=new_code)
    links_used = models.PositiveIntegerField(_("mailed links used"), default=0)
    downloads = models.PositiveIntegerField(_("downloads"), default=0)
    downloaded_at = models.DateTimeField(_("last downloaded at"), null=True, blank=True)

    objects: ClassVar = AccessPackageQuerySet.as_manager()
    personal_data = case_file_data(
        "request",
        label=_("Copies of your data made for you"),
        keep=Keep(
            since="built_at",
            period=PACKAGE_KEEP,
            since_label=_("the making of the copy"),
            until="ends_at",
            until_label=_("a record in the copy is deleted"),
        ),
        fields={
            "asked_at": Datum(Category.REQUESTS, provided=False),
            "built_at": Datum(Category.REQUESTS, provided=False),
            "ends_at": Datum(Category.REQUESTS, provided=False),
            # A copy inside a copy would tell nothing new.
            "file": Datum(
                Category.REQUESTS,
                provided=False,
                shown_as=_("the copy itself, as you received it"),
                is_file=True,
            ),
            "downloads": Datum(Category.REQUESTS, provided=False),
            "downloaded_at": Datum(Category.REQUESTS, provided=False),
        },
        impersonal=("id", "request", "tries", "code", "links_used"),
        erasure_exemption=_(
            "The copy made for you before an erasure is yours to fetch, and is destroyed after its days."
        ),
    )

    class Meta:
        verbose_name = _("access package")
        verbose_name_plural = _("access packages")
        constraints = [
            models.CheckConstraint(
                name="dsr_accesspackage_built_has_file",
                condition=models.Q(built_at=None, file=None)
                | models.Q(built_at__isnull=False, file__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return str(self.request_id)

    def until(self, *, now: datetime) -> datetime:
        """When nobody gets it any more; made now, if it is not made yet."""
        return self.ends_at or PACKAGE_KEEP.after(self.built_at or now)
