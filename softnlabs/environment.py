"""What production has to be told. All of it is looked at before anything starts, and all that is wrong is said at once.

Local mode needs nothing of this (`softnlabs.secrets`), but what it is told has to be of a shape that it can use.
A value is never printed, since most of them are secrets.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from privacy.mail import providers
from privacy.visits.partition_ranges import Granularity

KEYS = ("SECRET_KEY", "PSEUDONYM_KEY", "FILE_KEYS")
MAKE_KEYS = "`manage.py make_keys` prints good ones."
KEY_LENGTH, KEY_SIGNS = 50, 12  # of text; Django warns below 50
FERNET_BYTES, FERNET_VALUES = 32, 16  # of 32 random bytes, 30 differ
MOST_PROXIES = 9
NUMBER = r"[0-9]{1,6}(\.[0-9]{1,3})?"
ABOVE_NOTHING = rf"(?=.*[1-9]){NUMBER}"
OWN_MACHINE = ("localhost", "127.0.0.1", "::1")
Environment = Mapping[str, str]


class NotWholeError(SystemExit):
    """The message says all that is missing or weak. Where nobody catches it, Python prints it and exits with 1."""


@dataclass(frozen=True)
class Variable:
    """One variable; `wrong` says what is wrong with a value, or nothing."""

    name: str
    todo: str
    wrong: Callable[[str], str | None]
    is_needed: bool = True


def said(environment: Environment) -> Environment:
    """Without spaces around a value, and without what says nothing: it counts as left out."""
    return {name: value.strip() for name, value in environment.items() if value.strip()}


def require(environment: Environment, *, local_secrets: Path, is_local: bool) -> None:
    """`local_secrets`: the folder in which local mode keeps the keys that it made. Raises `NotWholeError`."""
    found = list(shapes(environment) if is_local else problems(environment, local_secrets=local_secrets))
    if found:
        lines = "\n".join(f"  * {line}" for line in found)
        why = (
            "what it holds has to be of use"
            if is_local
            else "with SOFTNLABS_ENV=production it has to be whole"
        )
        raise NotWholeError(
            f"Nothing was started. docs/operations.md lists the environment, and {why}.\n{lines}"
        )


def shapes(environment: Environment) -> Iterator[str]:
    """The same of what local mode is told: it is as strict about numbers and addresses of servers, and no more."""
    for variable in VARIABLES:
        value = environment.get(variable.name, "").strip()
        wrong = variable.wrong(value) if value and variable.name not in STRICT_IN_PRODUCTION else None
        if wrong:
            yield f"{variable.name} {wrong}. {variable.todo}"


def problems(environment: Environment, *, local_secrets: Path) -> Iterator[str]:
    """One sentence for each variable that is missing or wrong, with what to do."""
    for variable in VARIABLES:
        value = environment.get(variable.name, "").strip()
        wrong = variable.wrong(value) if value else "is not set" if variable.is_needed else None
        if wrong:
            yield f"{variable.name} {wrong}. {variable.todo}"
    yield from _shared_keys(environment)
    yield from _local_keys(environment, local_secrets)
    yield from _unserved_host(environment)
    yield from _unsaid_of_mail(environment)


def keys_of(environment: Environment, name: str) -> list[str]:
    """The keys that a variable holds; several stand between commas."""
    return [key.strip() for key in environment.get(name, "").split(",") if key.strip()]


def given_or_in_file(environment: Environment, name: str) -> str:
    """The value of a variable, or of the file that `<name>_FILE` names; empty where neither is given."""
    path = environment.get(f"{name}_FILE", "")
    return environment.get(name, "") or (Path(path).read_text() if path else "")


def site_host(environment: Environment) -> str:
    """The host name of `SITE_URL`; empty where that is none."""
    return _split(environment.get("SITE_URL", "")).hostname or ""


def _split(address: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError:
        return SplitResult("", "", "", "", "")


def _weak_keys(value: str) -> str | None:
    return next(filter(None, map(_weak_key, value.split(","))), None)


def _weak_key(value: str) -> str | None:
    """Length and variety: what somebody typed, repeated or copied from an example has less of one of them."""
    key = value.strip()
    if len(key) < KEY_LENGTH:
        return f"is too short: {len(key)} signs of at least {KEY_LENGTH}"
    triples = {key[at : at + 3] for at in range(len(key) - 2)}
    if len(set(key)) < KEY_SIGNS or len(triples) < 0.8 * (len(key) - 2) or key.startswith("django-insecure"):
        return "is too easy to guess"
    return None


def _wrong_file_keys(value: str) -> str | None:
    keys = [key.strip() for key in value.split(",")]
    if len(set(keys)) < len(keys):
        return "names the same key twice"
    return next(filter(None, map(_wrong_file_key, keys)), None)


def _wrong_file_key(key: str) -> str | None:
    try:
        content = base64.b64decode(key, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        content = b""
    if len(content) != FERNET_BYTES:
        return "holds something that is no Fernet key (32 bytes as 44 signs of base64)"
    return "holds a key that is too easy to guess" if len(set(content)) < FERNET_VALUES else None


def _wrong_site(value: str) -> str | None:
    address = _split(value)
    if address.scheme != "https" or not address.hostname or not _has_a_port_or_none(address):
        return "does not begin with https:// and a host name"
    more = address.path.strip("/") or address.query or address.fragment or "@" in address.netloc
    return "holds more than a host name" if more else None


def _wrong_issuer(value: str) -> str | None:
    """What the provider says is believed because it came from there: without https anybody on the way says it."""
    address = _split(value)
    return (
        None
        if address.scheme == "https" and address.hostname
        else "does not begin with https:// and a host name"
    )


def _server(*schemes: str, needs_path: bool) -> Callable[[str], str | None]:
    def wrong(value: str) -> str | None:
        address = _split(value)
        is_address = address.scheme in schemes and bool(address.netloc or address.query or address.path)
        is_address &= _has_a_port_or_none(address)
        return None if is_address and (address.path.strip("/") or not needs_path) else "is no such address"

    return wrong


def _has_a_port_or_none(address: SplitResult) -> bool:
    try:
        return address.port is None or address.port > 0
    except ValueError:
        return False


def _port(value: str) -> str | None:
    return None if re.fullmatch(r"[0-9]{1,5}", value) and 0 < int(value) < 65536 else "is no port"


def _matches(pattern: str, words: str) -> Callable[[str], str | None]:
    return lambda value: None if re.fullmatch(pattern, value) else words


def _shared_keys(environment: Environment) -> Iterator[str]:
    """One key for two purposes: whoever learns of one has both."""
    owners: dict[str, str] = {}
    for name in (*KEYS, "SECRET_KEY_FALLBACKS", "EMAIL_HOST_PASSWORD"):
        for key in keys_of(environment, name):
            if owners.setdefault(key, name) != name:
                yield f"{name} holds the same as {owners[key]}. Each needs a key of its own: {MAKE_KEYS}"


def _local_keys(environment: Environment, folder: Path) -> Iterator[str]:
    for name in KEYS:
        path = folder / name.lower()
        if path.is_file() and path.read_text().strip() in keys_of(environment, name):
            yield f"{name} is the key that local mode made in {folder}. Take another: {MAKE_KEYS}"


def _unserved_host(environment: Environment) -> Iterator[str]:
    hosts, own = environment.get("ALLOWED_HOSTS", "").split(","), site_host(environment)
    if any(hosts) and "*" in hosts:
        yield "ALLOWED_HOSTS allows every host name. Name them, or leave it out: then it is the host of SITE_URL."
    elif any(hosts) and own and own not in hosts:
        yield "ALLOWED_HOSTS lacks the host of SITE_URL. Add it, or leave ALLOWED_HOSTS out."


def _unsaid_of_mail(environment: Environment) -> Iterator[str]:
    """How mail leaves, and by whom: who carries it is a processor, unless the mail server is our own."""
    provider = environment.get("MAIL_PROVIDER", "").strip()
    host = environment.get("EMAIL_HOST", "").strip()
    if not provider and not host:
        yield "EMAIL_HOST is not set. Give the host name of the mail server, or name a MAIL_PROVIDER."
    elif host not in OWN_MACHINE and not environment.get("MAIL_PROCESSOR", "").strip():
        yield (
            "MAIL_PROCESSOR is not set. Name who carries the mail as the register of processors does, "
            f"or write {providers.OWN} where the mail server is the company's."
        )
    for name in providers.keys_of(provider):
        if not environment.get(name, "").strip():
            yield f"{name} is not set. The provider {provider} asks for it."


# What only production is strict about: local mode makes its keys, and people try it with http.
STRICT_IN_PRODUCTION = {*KEYS, "SECRET_KEY_FALLBACKS", "SITE_URL", "STAFF_OPENID_ISSUER"}
VARIABLES = (
    Variable("SITE_URL", "Give the address of the site, such as https://privacy.example.org.", _wrong_site),
    Variable("SECRET_KEY", MAKE_KEYS, _weak_key),
    Variable("SECRET_KEY_FALLBACKS", "Leave old keys out that are weak.", _weak_keys, is_needed=False),
    Variable("PSEUDONYM_KEY", MAKE_KEYS, _weak_key),
    Variable("FILE_KEYS", MAKE_KEYS, _wrong_file_keys),
    Variable(
        "DATABASE_URL",
        "Give the address of PostgreSQL: postgresql://user:password@host/name.",
        _server("postgres", "postgresql", needs_path=True),
    ),
    Variable(
        "DATABASE_OWNER_URL",
        "Give the address of PostgreSQL with the role that owns the tables: only `manage.py migrate` needs it.",
        _server("postgres", "postgresql", needs_path=True),
        is_needed=False,
    ),
    Variable(
        "REDIS_URL",
        "Give the address of Redis: redis://host:6379/0.",
        _server("redis", "rediss", "unix", needs_path=False),
    ),
    Variable(
        "EMAIL_HOST",
        "Give the host name of the mail server.",
        _matches(r"[\w.:-]+", "is no host name"),
        is_needed=False,
    ),
    Variable(
        "MAIL_PROVIDER",
        "Leave it out to send by SMTP.",
        _matches("|".join(providers.PROVIDERS), f"is none of {', '.join(providers.PROVIDERS)}"),
        is_needed=False,
    ),
    Variable(
        "DKIM_PRIVATE_KEY_FILE",
        "Name the file with the key, or leave it out.",
        lambda path: None if Path(path).is_file() else "is no file that can be read",
        is_needed=False,
    ),
    Variable(
        "MAIL_WEBHOOK_SECRET",
        "Write a name, a colon and at least 20 signs that nobody can guess, or leave it out.",
        _matches(r"[^:,\s]+:[^:,\s]{20,}(,[^:,\s]+:[^:,\s]{20,})*", "is too short, or is no name:password"),
        is_needed=False,
    ),
    Variable("EMAIL_PORT", "Leave it out for 25.", _port, is_needed=False),
    Variable("PORT", "Leave it out for 8000.", _port, is_needed=False),
    Variable(
        "TRUSTED_PROXIES",
        "Say how many proxies stand before the site and add to X-Forwarded-For: 1 behind one, 0 without.",
        _matches(rf"[0-{MOST_PROXIES}]", f"is no number from 0 to {MOST_PROXIES}"),
    ),
    Variable(
        "HOSTING_PLACES", "Say where the data lie, such as: FR Gan, DE Falkenstein.", lambda _value: None
    ),
    Variable(
        "VISIT_PARTITIONS",
        "Leave it out for week.",
        _matches("|".join(Granularity), f"is none of {', '.join(Granularity)}"),
        is_needed=False,
    ),
    Variable(
        "REQUESTS_REMIND_DAYS",
        "Write numbers of days: 7,3,1,0.",
        _matches(r"[0-9]{1,4}( *, *[0-9]{1,4})*", "is no list of numbers"),
        is_needed=False,
    ),
    Variable(
        "STAFF_OPENID_ISSUER",
        "Give the https address of the company's sign-in service, or leave it out.",
        _wrong_issuer,
        is_needed=False,
    ),
    *(
        Variable(
            name, "Write a number, or leave it out.", _matches("[0-9]{1,15}", "is no number"), is_needed=False
        )
        for name in (
            "DRAFTS_MOST",
            "DRAFTS_MOST_BYTES",
            "UPLOADS_MOST",
            "UPLOADS_MOST_BYTES",
            "DISK_FREE_BYTES",
        )
    ),
    *(
        Variable(
            name,
            "Leave it out for 1.",
            _matches("[1-9][0-9]?", "is no number from 1 to 99"),
            is_needed=False,
        )
        for name in ("EXAMINATIONS_AT_ONCE", "MAILINGS_LINES")
    ),
    Variable(
        "SCANNER",
        "Write unix:/run/clamav/clamd.ctl or tcp:host:3310, or leave it out.",
        _matches(r"unix:/.+|tcp:.+:[0-9]{1,5}", "names no socket"),
        is_needed=False,
    ),
    *(
        Variable(name, "Write 1, or leave it out.", _matches("[01]", "is neither 1 nor 0"), is_needed=False)
        for name in ("REQUESTS_FOUR_EYES", "EMAIL_USE_TLS", "MAIL_RELAY_SIGNS")
    ),
    *(
        Variable(
            name,
            "Write a number such as 5 or 0.5, or leave it out.",
            _matches(pattern, said),
            is_needed=False,
        )
        for name, pattern, said in (
            ("FORM_LEAST_SECONDS", NUMBER, "is no number"),
            ("MAILINGS_PER_SECOND", ABOVE_NOTHING, "is no number above 0"),
            ("MAILINGS_PER_SECOND_OF_PROVIDER", ABOVE_NOTHING, "is no number above 0"),
        )
    ),
    Variable(
        "SOFTNLABS_ENV",
        "Write production, or leave it out for local mode.",
        _matches("local|production", "is not known"),
        is_needed=False,
    ),
    Variable("LOG_FORMAT", "Write json, or leave it out.", _matches("json", "is not known"), is_needed=False),
)
