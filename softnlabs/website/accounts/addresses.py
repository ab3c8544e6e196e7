from collections.abc import Collection

from django.contrib.auth.base_user import AbstractBaseUser

from softnlabs.website.accounts.models import User


def confirmed(account: AbstractBaseUser) -> Collection[str]:
    """See :class:`privacy.plugins.ConfirmedAddresses`. An account has one address, and has it once it is confirmed."""
    assert isinstance(account, User)
    return (account.email,)
