"""One spelling for what people type as their address, to count tries by: each spelling of it opens the same account."""

from privacy.datamap import subjects


def one_spelling(typed: str) -> str:
    """Never fails; what is no address is only folded. It is no address to write to.

    What stands behind a plus is left out, as mail servers do. Dots are not: for most servers those are other people.
    """
    try:
        local, _at, domain = subjects.normalise_email(typed).rpartition("@")
    except ValueError:
        return typed.strip().casefold()
    return f"{local.partition('+')[0] or local}@{domain}"
