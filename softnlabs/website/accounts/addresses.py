from collections.abc import Collection

from django.contrib.auth.base_user import AbstractBaseUser

from softnlabs.website.accounts.models import User


def confirmed(account: AbstractBaseUser) -> Collection[str]:
    """See :class:`privacy.plugins.ConfirmedAddresses`. An account has one address, and has it once it is confirmed: by
    a link that was mailed to it when the account was made, or when the address was changed.
    """
    assert isinstance(account, User)
    return (account.email,)
