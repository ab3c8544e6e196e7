"""Bytes that a browser downloads for the first page, banner included, as compressed by a proxy.

Next to it, what published consent banners add to a page: the scripts and styles of their packages, compressed alike,
read and never run. Their requests to the server, and what a page has to contain for them (names, texts, templates), are
not counted, in their favour. Ours is the banner in the page and its script; its style is part of the site's. There is
only one size.
"""

import re
from http import HTTPStatus
from importlib import metadata
from pathlib import Path

import brotli
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest
from django.template import Context, Template
from django.test import Client

from benchmarks.measure import BenchmarkResult, Measurement, Target
from benchmarks.profiles import Profile
from consent.choices import guard
from consent.cookies import registry

MOST = 15 * 1024
QUALITY, BEST = 5, 11  # brotli's quality for a page on the fly, and for files compressed beforehand
PAGE, BANNER = "first page", "first page, consent alone"
PEERS = {
    "django-cookie-consent": (r"cookiebar\.module\.js$",),
    "django-cookie-optin": (r"static/.*klaro-[\d.]+\.js$", r"static/.*klaro-init\.js$", r"static/.*\.css$"),
    "djangocms-cookie-love": (r"static/.*\.js$", r"static/.*\.css$"),
}


def measure(profile: Profile) -> BenchmarkResult:
    """Bytes, which do not depend on time."""
    answer = Client(SERVER_NAME="127.0.0.1").get("/")
    assert answer.status_code == HTTPStatus.OK
    page = answer.content
    names = sorted(set(re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js|svg|woff2))"', page.decode())))
    weights = {"page": len(brotli.compress(page, quality=QUALITY))}
    weights |= {name: len(_best(Path(settings.STATIC_ROOT) / name)) for name in names}
    total, peers = sum(weights.values()), {name: _of_package(name) for name in PEERS}
    consent = {"ours": _ours(page), **{name: weight for name, weight in peers.items() if weight}}
    return BenchmarkResult(
        lines=[
            *(
                Measurement(PAGE, name, "bytes", [float(weight)], float(total))
                for name, weight in weights.items()
            ),
            *(
                Measurement(BANNER, name, "bytes", [float(weight)], consent["ours"])
                for name, weight in consent.items()
            ),
        ],
        facts={"first_page_bytes": total},
        targets=[
            Target("first page in all", f"at most {MOST} bytes", str(total), total <= MOST, is_timing=False)
        ],
        left_out=[
            f"{name}, which is not installed (make bench installs it)." for name in PEERS if not peers[name]
        ],
    )


def _best(path: Path) -> bytes:
    packed = path.with_name(f"{path.name}.br")
    return packed.read_bytes() if packed.exists() else path.read_bytes()


def _ours(page: bytes) -> float:
    """Bytes that the banner adds to the compressed page, and its script."""
    asked = _banner().encode()
    assert asked in page
    without = len(brotli.compress(page.replace(asked, b""), quality=QUALITY))
    script = Path(str(finders.find("choices/choices.js"))).read_bytes()
    added = len(brotli.compress(page, quality=QUALITY)) - without
    return float(added + len(brotli.compress(script, quality=BEST)))


def _banner() -> str:
    request = HttpRequest()
    request.method, request.path = "GET", "/"
    guard.read_choices(request, registry.current(), moment=0)
    return str(Template("{% load choices %}{% choices_banner %}").render(Context({"request": request})))


def _of_package(name: str) -> float:
    """Compressed bytes of the files that a page loads from a package; 0 where it is not installed."""
    try:
        files = metadata.distribution(name).files or []
    except metadata.PackageNotFoundError:
        return 0.0
    loaded = [file for file in files if any(re.search(wanted, str(file)) for wanted in PEERS[name])]
    assert loaded, f"{name} has none of the files it had"
    return float(sum(len(brotli.compress(file.read_binary(), quality=BEST)) for file in loaded))
