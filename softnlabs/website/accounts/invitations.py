"""Staff are invited: by a mailed link, behind which they choose their own password. Nobody else ever knows it."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import Group
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from privacy.audit import trail
from privacy.datamap.registry import holding
from privacy.mail import outbox
from privacy.web import signed_links
from softnlabs.website.accounts.invitation_models import Invitation
from softnlabs.website.accounts.models import User

LINK = "website.invitation"


class HasAccountError(ValueError):
    """There is an account with this address: it gets its groups on its own page."""


class OverError(ValueError):
    """The invitation was used, withdrawn, replaced, or its time is over."""


@transaction.atomic
def invite(*, email: str, groups: Iterable[str], language: str, now: datetime) -> Invitation:
    """Mail the link; `email` is normalised. Whoever is invited again gets a new link, and the old one is dead."""
    if User.objects.filter(email=email).exists():
        raise HasAccountError
    Invitation.objects.filter(email=email).delete()
    invitation = Invitation.objects.create(
        email=email, groups=sorted(groups), language=language, invited_by=trail.actor(), invited_at=now
    )
    until = Invitation.PERIOD.after(now)
    token = signed_links.sign(LINK, invitation.pk, until=until)
    with translation.override(language):
        link = signed_links.absolute(reverse("website:invitation-link", args=[token]))
    context = {"link": link, "until": until}
    outbox.send("invitation", to=email, language=language, context=context, now=now)
    _record("website.account.invited", invitation, now=now)
    return invitation


def find(token: str, *, now: datetime) -> Invitation:
    """What the link was made for. Raises OverError."""
    try:
        key = signed_links.read(LINK, token, now=now)
        found: Invitation = Invitation.objects.live(now).get(pk=key)
    except (signed_links.BadLinkError, Invitation.DoesNotExist) as error:
        raise OverError from error
    return found


@transaction.atomic
def join(token: str, *, password: str, first_name: str, surname: str, now: datetime) -> User:
    """Make the account, with the groups that exist. Raises OverError, also for the slower of two."""
    invitation = find(token, now=now)
    if not Invitation.objects.filter(pk=invitation.pk).delete()[0]:
        raise OverError
    if User.objects.filter(email=invitation.email).exists():
        raise OverError
    account = User.objects.create_user(
        invitation.email, password, first_name=first_name, surname=surname, is_staff=True, joined_at=now
    )
    account.groups.set(Group.objects.filter(name__in=invitation.groups))
    trail.record("website.account.joined", obj=account, about=holding(User).pseudonym(account), now=now)
    return account


@transaction.atomic
def withdraw(invitation: Invitation, *, now: datetime) -> None:
    _record("website.account.invitation_withdrawn", invitation, now=now)
    invitation.delete()


def _record(action: str, invitation: Invitation, *, now: datetime) -> None:
    about = holding(Invitation).pseudonym(invitation)
    trail.record(
        action, obj=invitation, about=about, detail={"groups": ", ".join(invitation.groups)}, now=now
    )
