"""Recovery codes that exist go on working: they are hashed, and the seed from which they followed goes."""

import hashlib
import hmac
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import migrations


def hash_codes(apps: Any, _editor: object) -> None:
    rows = apps.get_model("mfa", "Authenticator").objects.filter(type="recovery_codes", data__has_key="seed")
    for row in rows:
        row.data = {"hashes": _hashes(row.data), "viewed_at": row.data.get("viewed_at")}
        row.save(update_fields=["data"])


def _hashes(data: dict[str, Any]) -> list[str]:
    """None where the key is lost: nobody could sign in by such a code either."""
    try:
        seed = MultiFernet([Fernet(key) for key in settings.FILE_KEYS]).decrypt(data["seed"].encode())
    except InvalidToken:
        return []
    used = data.get("used_mask", 0)
    return [make_password(code) for place, code in enumerate(_codes(seed)) if not used & (1 << place)]


def _codes(seed: bytes) -> list[str]:
    """As django-allauth 65 derives them: ten, of ten figures."""
    running, codes = hmac.new(seed, digestmod=hashlib.sha1), []
    for place in range(10):
        running.update(f"{place:3},".encode())
        codes.append(str(int.from_bytes(running.digest()[:5]) % 10**10).zfill(10))
    return codes


class Migration(migrations.Migration):
    dependencies = [
        ("website", "0007_pages"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [
        migrations.RunPython(hash_codes, migrations.RunPython.noop),
    ]
