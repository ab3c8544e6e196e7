"""What a new site starts with: the declared cookies and two notices. Existing rows are left alone."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.apps import apps as installed_apps
from django.apps.registry import Apps
from django.db import transaction
from django.db.models import Model

from consent.cookies.models import GroupDeclaration
from consent.notices.models import Campaign, Notice
from privacy.datamap.declarations import Purpose

Terms = GroupDeclaration.Terms


@dataclass(frozen=True)
class _Cookie:
    name: str
    english: str
    french: str
    months: int = 0
    days: int = 0


@dataclass(frozen=True)
class _Group:
    key: str
    terms: str
    purpose: str
    english: tuple[str, str]
    french: tuple[str, str]
    cookies: list[_Cookie] = field(default_factory=list)


GROUPS: Final = [
    _Group(
        "technical",
        Terms.ALWAYS,
        Purpose.BUSINESS,
        (
            "Needed for the site to work",
            "They keep you signed in, protect the forms against forgery and remember the choices made here.",
        ),
        (
            "Nécessaires au fonctionnement du site",
            "Ils maintiennent votre connexion, protègent les formulaires contre la falsification et retiennent les "
            "choix faits ici.",
        ),
        [
            _Cookie(
                "session",
                "Recognises you from one page to the next while you are signed in or fill in a form in several steps, "
                "and shows you the proof of a box that you ticked.",
                "Vous reconnaît d’une page à l’autre lorsque vous êtes connecté ou remplissez un formulaire en "
                "plusieurs étapes, et vous montre la preuve d’une case que vous avez cochée.",
                days=1,
            ),
            _Cookie(
                "csrf",
                "Makes sure that a form comes from this site.",
                "Garantit qu’un formulaire provient bien de ce site.",
            ),
            _Cookie(
                "choices",
                "Remembers your choices on this page, with a receipt number so that you can prove them.",
                "Retient vos choix sur cette page, avec un numéro de reçu qui vous permet de les prouver.",
                months=6,
            ),
            _Cookie(
                "device",
                "Set when you sign in. Marks this browser as one of yours, so that strangers who guess at your "
                "password do not slow down your own sign-in.",
                "Déposé lorsque vous vous connectez. Signale que ce navigateur est l’un des vôtres, pour que des "
                "inconnus qui essaient de deviner votre mot de passe ne ralentissent pas votre propre connexion.",
                months=6,
            ),
        ],
    ),
    _Group(
        "visits",
        Terms.UNTIL_OBJECTION,
        Purpose.VISITORS,
        (
            "Visits to this site",
            "A random number lets us count visits, for our own anonymous statistics alone. Nobody else receives it. "
            "You may object at any time: your visits are then deleted.",
        ),
        (
            "Visites de ce site",
            "Un numéro aléatoire nous permet de compter les visites, pour nos seules statistiques anonymes. Personne "
            "d’autre ne le reçoit. Vous pouvez vous y opposer à tout moment : vos visites sont alors supprimées.",
        ),
        [
            _Cookie(
                "visitor",
                "A random number, not renewed.",
                "Un numéro aléatoire, qui n’est pas prolongé.",
                months=6,
            ),
        ],
    ),
    _Group(
        "personal",
        Terms.CONSENT,
        Purpose.PERSONALISATION,
        (
            "Information chosen for you",
            "Remembers the sections you read and the interests you name.",
        ),
        (
            "Informations choisies pour vous",
            "Retient les rubriques lues et les centres d’intérêt indiqués.",
        ),
        [
            _Cookie(
                "topics",
                "How often you opened each section, and the interests that you named.",
                "Combien de fois vous avez ouvert chaque rubrique, et les centres d’intérêt que vous avez indiqués.",
                months=6,
            ),
        ],
    ),
    _Group(
        "frequency",
        Terms.CONSENT,
        Purpose.PERSONALISATION,
        (
            "Less repetition",
            "Remembers what we showed you, to repeat it less often.",
        ),
        (
            "Moins de répétitions",
            "Retient ce que nous vous avons montré, pour moins le répéter.",
        ),
        [
            _Cookie(
                "seen",
                "How often each piece of information was shown, with a random number that serves for one showing only.",
                "Combien de fois chaque information a été affichée, avec un nombre aléatoire qui ne sert qu’une fois.",
                months=1,
            ),
        ],
    ),
    _Group(
        "campaigns",
        Terms.CONSENT,
        Purpose.VISITORS,
        (
            "Measuring our campaigns",
            "Counts views and clicks, without identifying you.",
        ),
        (
            "Mesure de nos campagnes",
            "Compte les vues et les clics, sans vous identifier.",
        ),
        [
            _Cookie(
                "counted",
                "On which day a campaign was last counted, so that nobody counts twice a day.",
                "Quel jour une campagne a été comptée pour la dernière fois, afin de ne compter personne deux fois "
                "par jour.",
                months=1,
            ),
        ],
    ),
]


def declare(*, apps: Apps = installed_apps, **_signal: object) -> None:
    """Declare the groups and cookies that are missing. Receiver of `post_migrate`, which passes historical `apps`."""
    try:
        group_model = apps.get_model("cookie_consent.CookieGroup")
        declaration_model = apps.get_model("consent.GroupDeclaration")
    except LookupError:  # migrated back to before these tables existed
        return
    with transaction.atomic():
        for rank, group in enumerate(GROUPS):
            row, _made = group_model.objects.get_or_create(
                varname=group.key,
                defaults={
                    "name": group.english[0],
                    "description": group.english[1],
                    "is_required": group.terms != Terms.CONSENT,
                    "is_deletable": group.terms != Terms.ALWAYS,
                    "ordering": rank * 10,
                },
            )
            declaration_model.objects.get_or_create(
                group=row,
                defaults={
                    "terms": group.terms,
                    "purpose": group.purpose,
                    "name_fr": group.french[0],
                    "description_fr": group.french[1],
                },
            )
            for cookie in group.cookies:
                _declare(apps, row, cookie)


def _declare(apps: Apps, group: Model, cookie: _Cookie) -> None:
    row, _made = apps.get_model("cookie_consent.Cookie").objects.get_or_create(
        cookiegroup=group, name=cookie.name, domain="", defaults={"description": cookie.english, "path": "/"}
    )
    apps.get_model("consent.CookieDeclaration").objects.get_or_create(
        cookie=row, defaults={"description_fr": cookie.french, "months": cookie.months, "days": cookie.days}
    )


def load(*, now: datetime) -> None:
    """One general notice and one for readers of the careers section, in one campaign."""
    campaign, is_new = Campaign.objects.get_or_create(slug="welcome", defaults={"name": "Welcome"})
    if not is_new:
        return
    Notice.objects.create(
        title_en="A policy that keeps itself",
        title_fr="Une politique qui se tient elle-même",
        text_en="Every period and purpose in our privacy policy is the one that our software applies. Come and see.",
        text_fr="Chaque durée et chaque finalité de notre politique de confidentialité est celle que notre logiciel "
        "applique. Venez voir.",
        link="/privacy/",
        campaign=campaign,
        starts_at=now,
    )
    Notice.objects.create(
        title_en="Working with us",
        title_fr="Travailler avec nous",
        text_en="You may also write to us without waiting for an offer: every application is read.",
        text_fr="Vous pouvez aussi nous écrire sans attendre d’offre : chaque candidature est lue.",
        link="/careers/apply/",
        topic="careers",
        campaign=campaign,
        starts_at=now,
    )
