"""What a visitor's browser fetches for the first page, banner included, as a proxy would compress it."""

import re
from pathlib import Path

import brotli
from django.conf import settings
from django.test import Client

from benchmarks.measure import Line, Outcome, Target
from benchmarks.profiles import Profile

MOST = 15 * 1024
QUALITY = 5  # of a page made on the spot; files are compressed beforehand, as well as can be


def measure(profile: Profile) -> Outcome:
    """Bytes, which do not depend on time."""
    page = Client().get("/").content
    names = sorted(set(re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js|svg|woff2))"', page.decode())))
    weights = {"page": len(brotli.compress(page, quality=QUALITY))}
    weights |= {name: len(_best(Path(settings.STATIC_ROOT) / name)) for name in names}
    total = sum(weights.values())
    return Outcome(
        lines=[
            Line("first page", name, "bytes", [float(weight)], float(total))
            for name, weight in weights.items()
        ],
        targets=[Target("first page in all", f"at most {MOST}", str(total), total <= MOST, is_timing=False)],
    )


def _best(path: Path) -> bytes:
    packed = path.with_name(f"{path.name}.br")
    return packed.read_bytes() if packed.exists() else path.read_bytes()
