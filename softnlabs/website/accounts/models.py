"""Accounts of clients and staff, who sign in by e-mail address."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.access.lock import TrainedPermissionsMixin
from privacy.companies.models import CollectedModel, own_company
from privacy.datamap import masks, subjects
from privacy.datamap.declarations import Basis, Category, Datum, Keep, PersonalData, Purpose, Recipient
from privacy.datamap.periods import Period

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from softnlabs.website.accounts.session_models import AccountSession


class UserManager(BaseUserManager["User"]):
    """Normalises addresses, so that an account is found under any spelling of its address."""

    def create_user(self, email: str, password: str | None = None, **facts: object) -> "User":
        """Without `password` nobody can sign in to it. Raises `ValueError` for an invalid address."""
        facts.setdefault("entity", own_company().siren)
        user = self.model(email=subjects.normalise_email(email), **facts)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **facts: object) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **facts)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Raises `User.DoesNotExist`, also for what is no address."""
        try:
            return self.get(email=subjects.normalise_email(username or ""))
        except ValueError as error:
            raise self.model.DoesNotExist from error


class User(CollectedModel, AbstractBaseUser, TrainedPermissionsMixin):
    email = models.EmailField(_("e-mail address"), unique=True, max_length=254)
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    surname = models.CharField(_("surname"), max_length=100, blank=True)
    is_staff = models.BooleanField(_("works at the desk"), default=False)
    is_active = models.BooleanField(_("may sign in"), default=True)
    must_change_password = models.BooleanField(_("must choose a password"), default=False)
    joined_at = models.DateTimeField(_("account made at"), default=timezone.now)
    active_at: Any = models.GeneratedField(
        verbose_name=_("last active at"),
        expression=Coalesce("last_login", "joined_at"),
        output_field=models.DateTimeField(),
        db_persist=True,
    )

    if TYPE_CHECKING:
        sessions: RelatedManager[AccountSession]

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    by_no_form = models.Q(policy_version=None)  # made at the desk, at the first start, or by an invitation

    personal_data = PersonalData(
        label=_("Your account"),
        subject={"accounts": "pk", "emails": "email"},
        purpose=Purpose.BUSINESS,
        basis=Basis.CONTRACT,
        keep=Keep(since="active_at", period=Period(years=3), since_label=_("your last sign-in")),
        recipients=(Recipient.CONTROLLER, Recipient.SECURITY, Recipient.HOST),
        fields={
            "email": Datum(Category.EMAIL, rectifiable=True),
            "first_name": Datum(Category.FIRST_NAME, rectifiable=True),
            "surname": Datum(Category.SURNAME, rectifiable=True),
            "password": Datum(Category.LOGIN, shown_as=_("kept as a one-way hash: nobody can read it")),
            "last_login": Datum(Category.LOGIN, provided=False),
            "joined_at": Datum(Category.LOGIN, provided=False),
            "active_at": Datum(Category.LOGIN, provided=False),
            "entity": Datum(Category.LOGIN, provided=False),
        },
        impersonal=("id", "policy_version", "is_staff", "is_active", "is_superuser", "must_change_password"),
    )

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def __str__(self) -> str:
        return masks.email(self.email)

    def clean(self) -> None:
        """Normalises the address; names the company where no form did. A missing address is its own field's."""
        self.entity = self.entity or own_company().siren
        if not self.email:
            return
        try:
            self.email = subjects.normalise_email(self.email)
        except ValueError as error:
            said = _("This does not look like an e-mail address, such as name@example.com.")
            raise ValidationError({"email": said}) from error

    def save(self, *args: Any, **named: Any) -> None:
        """Whoever may not sign in any more, or was hired or left, is signed out everywhere at once; and whoever has a
        new password, besides in the browser in which they chose it (``sessions.keep``).
        """
        has_new_password = getattr(self, "_password", None) is not None
        super().save(*args, **named)
        stays = self.is_active and not has_new_password
        self.sessions.exclude(**{"is_of_staff": self.is_staff} if stays else {"pk": None}).delete()

    def set_password(self, raw_password: str | None) -> None:
        """A password that the person chose replaces the one-time password."""
        super().set_password(raw_password)
        self.must_change_password = False

    def issue_one_time_password(self, password: str) -> None:
        """Saves. The password is only good for choosing another."""
        self.set_password(password)
        self.must_change_password = True
        self.save()

    def leave(self) -> None:
        """Saves. Whoever leaves may do nothing from their next request on: no session of theirs is good any more."""
        self.is_active = self.is_staff = self.is_superuser = False
        self.set_unusable_password()
        self.save()
        self.groups.clear()
        self.user_permissions.clear()

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.surname}".strip() or self.email

    def get_short_name(self) -> str:
        return self.first_name or self.email
