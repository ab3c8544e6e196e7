"""Compiles the translations of the site and its apps with Babel, since a bare machine has no gettext."""

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

CATALOGUES = ("locale/*/LC_MESSAGES/*.po", "*/locale/*/LC_MESSAGES/*.po")


def catalogues(root: Path) -> list[Path]:
    return sorted(po for pattern in CATALOGUES for po in root.glob(pattern))


def compile_stale(root: Path) -> list[Path]:
    """Write the `.mo` beside each `.po` that is newer. Returns those written."""
    return [_compile(po) for po in catalogues(root) if _is_stale(po)]


def _is_stale(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return not mo.exists() or mo.stat().st_mtime_ns < po.stat().st_mtime_ns


def _compile(po: Path) -> Path:
    """Written to a temporary file and renamed, so that a running site never reads half a file."""
    mo = po.with_suffix(".mo")
    making = mo.with_suffix(f".{os.getpid()}.making")
    with po.open("rb") as source, making.open("wb") as target:
        write_mo(target, read_po(source, locale=po.parent.parent.name, abort_invalid=True))
    making.replace(mo)
    return mo


if __name__ == "__main__":
    compile_stale(Path(__file__).resolve().parent.parent)
