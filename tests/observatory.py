"""The rules by which Mozilla's HTTP Observatory grades a site, as far as they concern one response of ours.

Each rule gives points or takes some from 100. Points are only added where 90 are left once all is taken. 135 is what a
site can reach whose cookies are guarded, without a place on the browsers' preload list (5 more), which nobody here can
give, and without integrity hashes on scripts of its own server (5 more), which guard against other servers.

Rules and points are those of `mdn/mdn-http-observatory` as of 2026: `src/grader/charts.js`, `src/analyzer/tests`.
"""

import re
from collections.abc import Callable, Mapping
from http.cookies import Morsel

from django.http import HttpResponse

BEGIN, ENOUGH_FOR_BONUS = 100, 90
HALF_A_YEAR = 15_768_000  # seconds
BROAD = {"ftp:", "http:", "https:", "*", "http://*", "http://*.*", "https://*", "https://*.*"}
INLINE = {"'unsafe-inline'", "data:"}
PRIVATE_REFERRERS = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
Cookies = Mapping[str, "Morsel[str]"]


def points(response: HttpResponse, cookies: Cookies) -> dict[str, int]:
    """What each rule gives or takes; ``cookies`` are all that the browser holds of this site."""
    found = {name: rule(response) for name, rule in RULES.items()}
    return {**found, "cookies": _cookies(cookies, is_strict=found["hsts"] == 0)}


def score(response: HttpResponse, cookies: Cookies) -> int:
    found = points(response, cookies).values()
    kept = BEGIN + sum(each for each in found if each < 0)
    return max(kept + sum(each for each in found if each > 0) if kept >= ENOUGH_FOR_BONUS else kept, 0)


def _policy(response: HttpResponse) -> dict[str, set[str]]:
    parts = (part.split() for part in response.headers.get("Content-Security-Policy", "").split(";"))
    return {part[0]: set(part[1:]) for part in parts if part}


def _content(response: HttpResponse) -> int:
    """What a page may load: the worst thing that it allows counts."""
    policy = _policy(response)
    if not policy:
        return -25
    script, style, objects = (
        policy.get(name, policy.get("default-src", {"*"}))
        for name in ("script-src", "style-src", "object-src")
    )
    passive = policy.get("img-src", set()) | policy.get("media-src", set())
    active = set().union(
        *(sources for name, sources in policy.items() if name not in {"img-src", "media-src"})
    )
    if script & (BROAD | INLINE) or objects & BROAD or any(map(_is_plain, active)):
        return -20
    if "'unsafe-eval'" in script | style or any(map(_is_plain, passive)):
        return -10
    if style & (BROAD | INLINE):
        return 0
    return 10 if policy.get("default-src") == {"'none'"} else 5


def _is_plain(source: str) -> bool:
    return source.startswith(("http:", "ftp:"))


def _frames(response: HttpResponse) -> int:
    if not _policy(response).get("frame-ancestors", {"*"}) & BROAD:
        return 5
    return 0 if response.headers.get("X-Frame-Options", "").upper() in {"DENY", "SAMEORIGIN"} else -20


def _referrer(response: HttpResponse) -> int:
    said = response.headers.get("Referrer-Policy")
    if said is None:
        return 0
    return 5 if said.split(",")[-1].strip().lower() in PRIVATE_REFERRERS else -5


def _sniffing(response: HttpResponse) -> int:
    return 0 if response.headers.get("X-Content-Type-Options", "").lower() == "nosniff" else -5


def _hsts(response: HttpResponse) -> int:
    found = re.search(r"max-age=(\d+)", response.headers.get("Strict-Transport-Security", ""))
    if not found:
        return -20
    return 0 if int(found[1]) >= HALF_A_YEAR else -10


def _other_origins(response: HttpResponse) -> int:
    """Anything that lets another site read with this site's cookies."""
    is_shared = "Access-Control-Allow-Origin" in response.headers
    return -50 if is_shared and response.headers.get("Access-Control-Allow-Credentials") == "true" else 0


def _resource(response: HttpResponse) -> int:
    said = response.headers.get("Cross-Origin-Resource-Policy")
    return {"same-origin": 10, "same-site": 10, "cross-origin": 0, None: 0}.get(said, -5)


def _scripts(response: HttpResponse) -> int:
    """Scripts of other servers need a hash and TLS; those of our own need neither."""
    if response.streaming or not response.headers.get("Content-Type", "").startswith("text/html"):
        return 0
    found = re.findall(r"<script\b[^>]*>", response.content.decode())
    foreign = [tag for tag in found if re.search(r"""src=["']?(https?:)?//""", tag)]
    if any('"https://' not in tag for tag in foreign):
        return -50
    if foreign:
        return 5 if all("integrity=" in tag for tag in foreign) else -5
    return 5 if any("integrity=" in tag for tag in found) else 0


def _redirection(response: HttpResponse) -> int:
    target = response.headers.get("Location", "")
    return -20 if target.startswith("http://") else 0


def _cookies(cookies: Cookies, *, is_strict: bool) -> int:
    if not cookies:
        return 0
    worst = min(_cookie(name.lower(), cookie, is_strict=is_strict) for name, cookie in cookies.items())
    has_origin = all(cookie["samesite"] for cookie in cookies.values())
    return worst or (5 if has_origin else 0)


def _cookie(name: str, cookie: "Morsel[str]", *, is_strict: bool) -> int:
    """What one cookie takes; ``is_strict``: HSTS keeps it from travelling in clear."""
    is_session = "sess" in name or "login" in name
    taken = [0]
    if not cookie["secure"]:
        taken += [-10 if is_strict else -40] if is_session else [-5 if is_strict else -20]
    if is_session and not cookie["httponly"]:
        taken.append(-30)
    if "csrf" in name and not cookie["samesite"]:
        taken.append(-20)
    if cookie["samesite"] and cookie["samesite"].lower() not in {"lax", "strict"}:
        taken.append(-20)
    return min(taken)


RULES: dict[str, Callable[[HttpResponse], int]] = {
    "content-security-policy": _content,
    "frames": _frames,
    "referrer-policy": _referrer,
    "content-type-options": _sniffing,
    "hsts": _hsts,
    "cross-origin-sharing": _other_origins,
    "resource-policy": _resource,
    "scripts": _scripts,
    "redirection": _redirection,
}
