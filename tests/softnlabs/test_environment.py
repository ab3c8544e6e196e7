"""Production starts only whole: what is missing or weak is named, all at once, and no value is printed."""

import base64
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.conf import settings as site

from privacy.mail import signing
from softnlabs import environment, secrets
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
