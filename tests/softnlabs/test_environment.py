"""Production starts only whole: what is missing or weak is named, all at once, and no value is printed."""

import base64
import hashlib
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest
from cryptography.fernet import Fernet
from django.conf import settings as site
from hypothesis import given
from hypothesis import settings as generating
from hypothesis import strategies as st

from privacy.mail import providers, signing
from softnlabs import environment, secrets
from softnlabs import settings as of_the_site
from softnlabs.local.serve import ExitCode
from tests.site import free_port

NEEDED = {
    "SITE_URL", "SECRET_KEY", "PSEUDONYM_KEY", "FILE_KEYS", "DATABASE_URL", "REDIS_URL", "EMAIL_HOST",
    "TRUSTED_PROXIES", "HOSTING_PLACES",
}  # fmt: skip
COMMANDS = {
    "manage.py": ["manage.py", "check"],
    "web": ["-m", "gunicorn", "softnlabs.wsgi", "--no-control-socket"],
    "worker": ["-m", "celery", "-A", "softnlabs", "worker"],
    "beat": ["-m", "celery", "-A", "softnlabs", "beat"],
    "make run": ["-m", "softnlabs.local.serve"],
}
# Made from a word, so that each process that collects the tests names them alike.
FERNET_KEYS = [base64.urlsafe_b64encode(hashlib.sha256(word).digest()).decode() for word in (b"one", b"two")]
ANY_TEXT = {
    "SOFTNLABS_VAR", "ALLOWED_HOSTS", "ENTITY_STREET", "CONTROLLER_TELEPHONE", "ERASURE_JOURNAL", "EMAIL_HOST_USER",
    "EMAIL_HOST_PASSWORD", "STAFF_OPENID_NAME", "STAFF_OPENID_CLIENT_ID", "STAFF_OPENID_SECRET",
    "ENTITY_CAPITAL", "ENTITY_REGISTER", "ENTITY_VAT", "ENTITY_TELEPHONE", "PUBLICATION_DIRECTOR", "WEB_HOST_NAME",
    "WEB_HOST_ADDRESS", "WEB_HOST_TELEPHONE", "MAIL_PROCESSOR", "DKIM_SELECTOR", "DKIM_DOMAIN", "DKIM_PRIVATE_KEY",
    *(name for provider in providers.PROVIDERS.values() for name in provider.keys),
}  # fmt: skip
KNOWN = ANY_TEXT | {variable.name for variable in environment.VARIABLES}
PLAUSIBLE = [
    "", " ", "0", "1", " 8 ", "-1", "1.5", "1e3", "99999", "on", "true", "week", " week", "WEEK", "7,,1", "7, 3",
    "json", "https://a.example:x", "https://[::1", "http://a.example", "postgresql://u@h:x/db", "postgresql://u:p%@h/db",
    "redis://h:99999", "redis://[", "unix:///r", "tcp:h:1", "a,b", "٣", "1\n2", "*", "\x7f", "é",
]  # fmt: skip
VALUES = st.one_of(
    st.sampled_from(PLAUSIBLE),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60),
)
STRONG = "Wq7-zXn0Vt5yLb2_KdRj8sPfHg3mCuE1aQo6iTlNkYxJwMvBhrZ4"


def whole(**different: str) -> dict[str, str]:
    """A production environment in which nothing is missing, but for what is ``different``."""
    return {
        "SOFTNLABS_ENV": "production",
        "SITE_URL": "https://privacy.example.org",
        "DATABASE_URL": "postgresql://portal:phrase@db.example.org/portal",
        "REDIS_URL": "redis://redis.example.org:6379/0",
        "EMAIL_HOST": "mail.example.org",
        "MAIL_PROCESSOR": "own",
        "TRUSTED_PROXIES": "1",
        "HOSTING_PLACES": "FR Gan",
        **dict(secrets.fresh_keys()),
        **different,
    }


def found(values: dict[str, str], folder: Path = Path("/nonexistent")) -> list[str]:
    return list(environment.problems(values, local_secrets=folder))


def test_a_whole_environment_has_no_problem():
    for _key in range(50):  # of random keys, none is taken for a weak one
        assert found(whole()) == []


@pytest.mark.parametrize("absent", [{}, dict.fromkeys(NEEDED, ""), dict.fromkeys(NEEDED, "  ")])
def test_all_that_is_missing_is_named_at_once_with_what_to_do(absent):
    lines = found(absent)
    assert {line.partition(" ")[0] for line in lines} == NEEDED
    assert all(" is not set. " in line and line.endswith((".", "0 without.")) for line in lines)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SITE_URL", "http://privacy.example.org", "https://"),
        ("SITE_URL", "https://", "https://"),
        ("SITE_URL", "https://[broken", "https://"),
        ("SITE_URL", "https://privacy.example.org/site", "more than a host name"),
        ("SITE_URL", "https://user@privacy.example.org", "more than a host name"),
        ("SITE_URL", "https://privacy.example.org?a=b", "more than a host name"),
        ("SECRET_KEY", STRONG[:49], "too short"),
        ("SECRET_KEY", "x" * 60, "too easy"),
        ("SECRET_KEY", "change-me-" * 6, "too easy"),
        ("SECRET_KEY", "0123456789" * 6, "too easy"),
        ("SECRET_KEY", f"django-insecure-{STRONG}", "too easy"),
        ("PSEUDONYM_KEY", "secret", "too short"),
        ("SECRET_KEY_FALLBACKS", f"{STRONG},short", "too short"),
        ("FILE_KEYS", "not a key", "no Fernet key"),
        ("FILE_KEYS", STRONG, "no Fernet key"),
        ("FILE_KEYS", base64.urlsafe_b64encode(bytes(32)).decode(), "too easy"),
        ("FILE_KEYS", f"{FERNET_KEYS[0]},", "no Fernet key"),
        ("DATABASE_URL", "sqlite:///db", "no such address"),
        ("DATABASE_URL", "postgresql://db.example.org", "no such address"),
        ("REDIS_URL", "http://redis.example.org", "no such address"),
        ("EMAIL_HOST", "smtp://mail", "no host name"),
        ("EMAIL_PORT", "smtp", "no port"),
        ("TRUSTED_PROXIES", "one", "no number"),
        ("TRUSTED_PROXIES", "-1", "no number"),
        ("ALLOWED_HOSTS", "*", "every host name"),
        ("ALLOWED_HOSTS", "other.example.org", "lacks the host"),
        ("VISIT_PARTITIONS", "year", "none of"),
        ("REQUESTS_REMIND_DAYS", "seven", "no list"),
        ("STAFF_OPENID_ISSUER", "http://login.example.org", "https://"),
        ("STAFF_OPENID_ISSUER", "https:///realm", "https://"),
        ("LOG_FORMAT", "xml", "not known"),
        ("MAIL_PROVIDER", "sendgrid", "none of mailjet, scaleway"),
        ("MAIL_PROCESSOR", "", "Name who carries the mail"),
        ("DKIM_PRIVATE_KEY_FILE", "/nonexistent", "no file"),
        ("MAIL_WEBHOOK_SECRET", "mailjet", "too short"),
        ("MAIL_WEBHOOK_SECRET", "mailjet:hunter2", "too short"),
        ("MAIL_WEBHOOK_SECRET", f"mailjet:{STRONG},hunter2", "too short"),
    ],
)
def test_what_is_weak_or_of_the_wrong_shape_is_named_without_its_value(name, value, words):
    (line,) = found(whole(**{name: value}))
    assert line.startswith(f"{name} ")
    assert words in line
    assert "://" in value or len(value) < 6 or value not in line


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRUSTED_PROXIES", "0"),
        ("SITE_URL", "https://privacy.example.org:8443/"),
        ("ALLOWED_HOSTS", "privacy.example.org,training.example.org"),
        ("SECRET_KEY", STRONG),
        ("SECRET_KEY_FALLBACKS", STRONG),
        ("DATABASE_URL", "postgresql:///portal?host=/run/postgresql"),
        ("REDIS_URL", "unix:///run/redis.sock"),
        ("FILE_KEYS", ", ".join(FERNET_KEYS)),
        ("STAFF_OPENID_ISSUER", "https://login.example.org/realm"),
        ("MAIL_WEBHOOK_SECRET", f"mailjet:{STRONG},before:{STRONG[:20]}"),
    ],
)
def test_what_is_said_and_good_is_taken(name, value):
    assert found(whole(**{name: value})) == []


def _settings(values: dict[str, str], tmp_path: Path) -> str:
    """What is said where nothing starts; empty where the settings are read to their end. Nothing else may happen."""
    given = {"SOFTNLABS_VAR": str(tmp_path), **values}
    with mock.patch.dict(os.environ, given, clear=True):
        try:
            runpy.run_path(str(Path(of_the_site.__file__)))
        except environment.NotWholeError as error:
            return str(error)
    return ""


def test_whatever_is_in_the_environment_the_settings_start_whole_or_name_what_is_wrong(tmp_path):
    @generating(max_examples=300)
    @given(
        name=st.sampled_from(sorted(KNOWN - {"SOFTNLABS_VAR", "SOFTNLABS_ENV"})),
        value=VALUES,
        is_local=st.booleans(),
    )
    def settings_of(name: str, value: str, is_local: bool) -> None:
        said = _settings(
            {**whole(), **({"SOFTNLABS_ENV": "local"} if is_local else {}), name: value}, tmp_path
        )
        assert not said or f"  * {name} " in said or f" as {name}." in said
        assert len(value.strip()) < 12 or value.strip() not in said

    settings_of()


def test_every_variable_that_the_settings_read_is_looked_at_or_takes_any_text():
    text = Path(of_the_site.__file__).read_text()
    read = set(re.findall(r'ENVIRONMENT\.get\(\s*"(\w+)"', text))
    assert text.count("os.environ") == 1, "all others come through what was looked at"
    assert read | set(environment.KEYS) <= KNOWN


def test_a_misspelt_mode_is_no_local_mode(tmp_path):
    assert "SOFTNLABS_ENV is not known" in _settings(whole(SOFTNLABS_ENV="Production"), tmp_path)


def test_mail_leaves_by_a_server_or_by_a_provider_that_has_its_keys():
    keys = {"SCALEWAY_SECRET_KEY": STRONG, "SCALEWAY_PROJECT_ID": "1"}
    chosen = {"EMAIL_HOST": "", "MAIL_PROVIDER": "scaleway", "MAIL_PROCESSOR": "Scaleway SAS"}
    assert found(whole(**chosen, **keys)) == []
    assert [line.split()[0] for line in found(whole(**chosen))] == list(keys)
    assert found(whole(EMAIL_HOST="localhost", MAIL_PROCESSOR="")) == []


def test_one_key_serves_one_purpose():
    (line,) = found(whole(SECRET_KEY=STRONG, PSEUDONYM_KEY=STRONG))
    assert line.startswith("PSEUDONYM_KEY holds the same as SECRET_KEY")
    assert STRONG not in line
    twice = Fernet.generate_key().decode()
    (line,) = found(whole(FILE_KEYS=f"{twice},{twice}"))
    assert "twice" in line


def test_a_key_of_local_mode_is_refused(tmp_path):
    (tmp_path / "secret_key").write_text(f"{STRONG}\n")
    (line,) = found(whole(SECRET_KEY=STRONG), tmp_path)
    assert "local mode" in line


def _run(command: list[str], tmp_path: Path, values: dict[str, str]) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    given = {"SOFTNLABS_VAR": str(tmp_path / "var"), "PORT": str(free_port()), **kept, **values}
    return subprocess.run(
        [sys.executable, *command], env=given, cwd=site.BASE_DIR, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("part", COMMANDS)
def test_no_part_starts_and_each_says_the_same(part, tmp_path):
    (tmp_path / "var").mkdir()
    weak = {"SOFTNLABS_ENV": "production", "SECRET_KEY": "hunter2-hunter2", "SITE_URL": "http://example.org"}
    done = _run(COMMANDS[part], tmp_path, weak)
    said = done.stdout + done.stderr
    assert done.returncode == (ExitCode.BAD_SETTINGS if part == "make run" else 1)
    assert all(f"  * {name} " in said for name in NEEDED)
    assert "Traceback" not in said
    assert "hunter2" not in said
    assert list((tmp_path / "var").iterdir()) == []


def test_a_whole_environment_passes_the_checks_of_the_start(tmp_path):
    done = _run(["manage.py", "check"], tmp_path, whole())
    assert done.returncode == 0, done.stderr


def test_keys_are_made_before_any_setting_exists(tmp_path):
    done = _run(["manage.py", "make_keys"], tmp_path, {"SOFTNLABS_ENV": "production"})
    made = dict(line.split("=", 1) for line in done.stdout.splitlines())
    assert set(made) == {*environment.KEYS, "DKIM_PRIVATE_KEY"}
    assert signing.read_key(made.pop("DKIM_PRIVATE_KEY")).key_size == signing.LEAST_BITS
    assert found(whole(**made)) == []
    assert made != dict(secrets.fresh_keys())


@pytest.mark.django_db
def test_somebody_who_is_signed_in_stays_so_over_a_change_of_the_key(dpo_client, settings):
    old = settings.SECRET_KEY
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [old], STRONG
    assert dpo_client.get("/admin/").status_code == 200
    settings.SECRET_KEY_FALLBACKS = []  # by now the session is under the new key
    assert dpo_client.get("/admin/").status_code == 200
    settings.SECRET_KEY = old
    assert dpo_client.get("/admin/").status_code == 302
