"""Scanners against the running site: wapiti, signed in and not, and sqlmap. Each has to find planted flaws first.

They reach this machine alone: modules that ask for an answer from a server of their makers are not among those named.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from softnlabs import settings
from tests.site import Site, free_port, open_folder

BIN = settings.BASE_DIR / ".venv-scanners/bin"
MODULES = "crlf,exec,file,permanentxss,redirect,sql,timesql,upload,xss"
LEAVE = ("sign-out", "logout", "planted")  # the first two end the session that signs the scanner in
LONGEST_SCAN, LONGEST_ATTACK = "180", "60"  # seconds: of reading the site, and of each module
PLANTED = "/planted/?name=x"
# Pages with forms and with parameters in their addresses, for sqlmap, which asks each field hundreds of times.
ASKED = (
    "/contact/", "/careers/apply/", "/privacy/requests/new/", "/privacy/versions/1/changes/?from=1",
    "/account/sign-in/", "/privacy/choices/", "/privacy/subscribe/",
)  # fmt: skip


@dataclass(frozen=True)
class Scanned:
    """A site that is up, and the session of each role."""

    site: Site
    sessions: dict[str, str]
    folder: Path


def run() -> int:
    """0 when each scanner found what is planted, and nothing else."""
    with _site() as scanned:
        found = [*_wapiti(scanned), *_sqlmap(scanned)]
    sys.stdout.writelines(f"{line}\n" for line in found)
    return int(bool(found))


@contextmanager
def _site() -> Iterator[Scanned]:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.audit.planted"
    with open_folder() as folder:
        site = Site(folder / "var", free_port())
        try:
            if not site.is_up():
                raise RuntimeError(site.log.read_text())
            yield Scanned(site, _sessions(site), folder)
        finally:
            site.stop()


def _sessions(site: Site) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.audit.fill"],
        env=site.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line.split() for line in done.stdout.splitlines() if line.startswith("session ")]
    return {role: key for _word, role, key in lines}


def _wapiti(scanned: Scanned) -> Iterator[str]:
    """What wapiti finds: it is asked as everybody, then signed in."""
    if not _wapiti_report(scanned, PLANTED, "nobody", "--scope", "page"):
        yield "wapiti does not find the planted flaws"
    for role in ("nobody", *scanned.sessions):
        yield from _wapiti_report(
            scanned, "/admin/" if role == "controller" else "/", role, "--scope", "folder"
        )


def _wapiti_report(scanned: Scanned, start: str, role: str, *options: str) -> list[str]:
    report = scanned.folder / f"wapiti-{role}.json"
    command = [
        BIN / "wapiti",
        "-u",
        scanned.site.url + start,
        "-m",
        MODULES,
        "-f",
        "json",
        "-o",
        report,
        *options,
    ]
    command += ["--flush-session", "--no-bugreport", "--store-session", scanned.folder / "wapiti", "-v", "0"]
    command += [
        "--max-scan-time",
        LONGEST_SCAN,
        "--max-attack-time",
        LONGEST_ATTACK,
        *_cookie(scanned, role, "-H"),
    ]
    for word in LEAVE:
        command += ["-x", f"{scanned.site.url}/*{word}*"] if word not in start else []
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    found = json.loads(report.read_text())["vulnerabilities"]
    return [
        f"wapiti as {role}: {kind}: {each['method']} {each['path']} {each['parameter']}: {each['info']}"
        for kind, all_of_kind in found.items()
        for each in all_of_kind
    ]


def _sqlmap(scanned: Scanned) -> Iterator[str]:
    if not _sqlmap_report(scanned, "/planted/", "nobody", "--forms"):
        yield "sqlmap does not find the planted flaw"
    for page in ASKED:
        yield from _sqlmap_report(scanned, page, "nobody", "--forms")


def _sqlmap_report(scanned: Scanned, page: str, role: str, *options: str) -> list[str]:
    output = scanned.folder / "sqlmap"
    command = [
        BIN / "sqlmap",
        "-u",
        scanned.site.url + page,
        "--batch",
        "--output-dir",
        output,
        "--flush-session",
    ]
    command += ["--dbms", "PostgreSQL", "--technique", "BEU", "--level", "2", "--disable-coloring", *options]
    command += ["--csrf-token", "csrfmiddlewaretoken"] if "--forms" in options else []
    command += _cookie(scanned, role, "-H")
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [
        f"sqlmap as {role}: {page}: {line.strip()}"
        for line in said.splitlines()
        if line.startswith("Parameter: ")
    ]


def _cookie(scanned: Scanned, role: str, option: str) -> list[str]:
    if role not in scanned.sessions:
        return []
    return [option, f"Cookie: {settings.SESSION_COOKIE_NAME}={scanned.sessions[role]}"]
