"""The encrypted files as a store; and which names a spool gives its files."""

import re

from privacy.datamap.stores import ImpersonalStore

SPOOL_NAMES = re.compile(r"(aside/)?\.?segment-[\w-]+|identity(\.[0-9a-f]{32})?|taking\.lock|current")
FILES = ImpersonalStore(
    "privacy.files",
    "Encrypted files: each belongs to a record, which declares it, and goes with it.",
    folders={"FILES_ROOT": re.compile(r"[0-9a-f]{2}/[0-9a-f]{32}(\.part)?")},
)
EXAMINATIONS = ImpersonalStore(
    "privacy.examinations",
    "Empty files whose locks say how many documents are being examined.",
    folders={"EXAMINATIONS_ROOT": re.compile(r"examination-\d+\.lock")},
)
