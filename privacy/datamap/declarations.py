"""The words of a declaration: what a model can say about the people in it.

Apart from :mod:`privacy.datamap.registry`, because an ``AppConfig`` uses them before any model is loaded.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.db.models import Q, TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privacy.datamap.periods import Period
from privacy.datamap.purging import PurgeMethod, Rows

Text = str | Promise


class Purpose(TextChoices):
    """The five purposes of clause 5 of the policy: there are no others."""

    BUSINESS = "BUSINESS", _("Business relations")
    PERSONALISATION = "PERSONALISATION", _("Personalised services")
    VISITORS = "VISITORS", _("Visitors of the Website")
    PROSPECTS = "PROSPECTS", _("Prospects")
    RECRUITMENT = "RECRUITMENT", _("Recruitment")


class Basis(TextChoices):
    """Legal bases, GDPR article 6(1)."""

    CONSENT = "CONSENT", _("your consent")
    CONTRACT = "CONTRACT", _("a contract with you, or steps you asked for before one")
    LEGAL_OBLIGATION = "LEGAL_OBLIGATION", _("a legal obligation")
    LEGITIMATE_INTEREST = "LEGITIMATE_INTEREST", _("our legitimate interest")


class Category(TextChoices):
    """What kind of datum it is: clause 4 of the policy, and what the exercise of rights adds."""

    SURNAME = "SURNAME", _("surname")
    FIRST_NAME = "FIRST_NAME", _("first name")
    POSTCODE = "POSTCODE", _("postcode")
    EMAIL = "EMAIL", _("e-mail address")
    TELEPHONE = "TELEPHONE", _("telephone number")
    IP_ADDRESS = "IP_ADDRESS", _("IP address")
    LOGIN = "LOGIN", _("login details")
    NAVIGATION = "NAVIGATION", _("navigation data")
    QUALIFICATIONS = "QUALIFICATIONS", _("qualifications")
    EXPERIENCE = "EXPERIENCE", _("experience")
    POSTAL_ADDRESS = "POSTAL_ADDRESS", _("postal address")
    IDENTITY_PROOF = "IDENTITY_PROOF", _("proof of identity")
    MESSAGES = "MESSAGES", _("messages exchanged")
    CHOICES = "CHOICES", _("consents and choices")
    REQUESTS = "REQUESTS", _("requests to exercise rights")


class Recipient(TextChoices):
    """Who may see a datum inside the company and at its host (clauses 6 and 8)."""

    CONTROLLER = "CONTROLLER", _("the data controller")
    CUSTOMER_SERVICE = "CUSTOMER_SERVICE", _("customer service")
    HUMAN_RESOURCES = "HUMAN_RESOURCES", _("human resources")
    MARKETING = "MARKETING", _("marketing")
    SECURITY = "SECURITY", _("computer security")
    HOST = "HOST", _("our host, in the European Union")


@dataclass(frozen=True)
class Datum:
    """One personal field. ``None`` means: as the model says.

    ``provided`` is whether the person gave it themselves (portability, GDPR article 20); ``rectifiable`` whether they
    may have it corrected (article 16); ``shown_as`` replaces the value in the access package, where the value would
    mean nothing to the person or give somebody access to something; ``is_file`` is whether the field points at an
    encrypted file, which is exported and deleted with its row.
    """

    category: Category
    rectifiable: bool = False
    provided: bool = True
    purpose: Purpose | None = None
    basis: Basis | None = None
    recipients: tuple[Recipient, ...] | None = None
    shown_as: Text | None = None
    is_file: bool = False


@dataclass(frozen=True)
class Keep:
    """How long rows stay: ``period`` from the instant under the lookup ``since``.

    ``active`` is the part of it in daily use; after that the row is in the archive, where the controller alone looks,
    for a reason on record. A row whose ``since`` is null has not begun its period. ``since_label`` names that
    instant, as the end of "counted from …": its French begins with "de", for "à compter de …". ``until`` is the lookup
    of a stored instant at which a row ends though its period still runs, null where none was set; ``until_label`` says
    when that is, as the end of "sooner if …". ``archive`` is the legal basis of the archive where it is another one
    than that of the active phase, with its reason in words.
    """

    since: str
    period: Period
    active: Period | None = None
    since_label: Text = ""
    until: str = ""
    until_label: Text = ""
    archive: "ArchiveUse | None" = None


@dataclass(frozen=True)
class ArchiveUse:
    """On what, and what for, rows stay in the archive. ``reason`` is a phrase such as "to answer for …"."""

    basis: Basis
    reason: Text


@dataclass(frozen=True)
class PersonalData:
    """What one model says of the people in it.

    ``subject`` maps an attribute of :class:`~privacy.datamap.subjects.Subject` to a lookup on the model: a row is
    about a person when any of them matches. Where it is empty, nobody is looked up: only the browser that the rows
    came from finds them again, on the page of the right ``found_on`` (``served_rights`` in :mod:`privacy.plugins`).
    Every concrete field stands in ``fields`` or in ``impersonal``. With an
    ``erasure_exemption`` (the reason in words, GDPR article 17(3)) rows survive an erasure. ``obtained_from`` names
    whoever else gave the data than the person, their browser and our own work with them (article 14(2)(f)), ``told_in``
    the e-mail that tells each of them.
    ``may_leave`` says which rows may be sent to a processor, called each time; ``None`` where none ever is.

    What rests on our legitimate interest can be objected to (article 21(1)), unless ``not_objectable`` says why not:
    compelling grounds, or where else it is objected to. ``given_at`` is the lookup of the instant at which the person
    gave the record by an act of their own: an objection does not concern what they give after it.
    """

    label: Text
    subject: Mapping[str, str]
    purpose: Purpose
    basis: Basis
    keep: Keep
    fields: Mapping[str, Datum]
    recipients: tuple[Recipient, ...] = (Recipient.CONTROLLER, Recipient.HOST)
    impersonal: tuple[str, ...] = ()
    erasure_exemption: Text = ""
    obtained_from: Text = ""
    told_in: str = ""
    found_on: str = ""
    not_objectable: Text = ""
    given_at: str = ""
    may_leave: Callable[[], Q] | None = Q
    purged_by: PurgeMethod = field(default_factory=Rows)


@dataclass(frozen=True)
class NotPersonal:
    """What a model without personal data says instead, with the reason.

    ``columns`` has a reason for each column whose name or type looks like personal data all the same
    (:mod:`privacy.datamap.likely_personal`).
    """

    reason: Text
    columns: Mapping[str, str] = field(default_factory=dict)


Declaration = PersonalData | NotPersonal
