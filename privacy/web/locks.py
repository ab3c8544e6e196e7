"""The numbers of the advisory locks that several modules take. Any numbers do, as long as they differ."""

from collections.abc import Collection

from django.db import connection

PURGE = 0x70757267  # "purg": one purge at a time, for as long as it runs
HOLD = 0x686F6C64  # "hold": shared by batches and erasures, exclusive for writers of holds and restrictions
JOURNAL = 0x6A6F7572  # "jour": one line of the journal is written at a time
PROMISES = 0x70726F6D  # "prom": one check of the promises stores its results at a time
DRAFTS = 0x64726166  # "draf": one file is kept for a form at a time, so that their bound holds
DISCLOSURES = 0x64697363  # "disc": one disclosure is entered at a time, so that none is entered twice
MAIL = 0x6D61696C  # "mail": one run of the outbox at a time: a slow mail server keeps one process busy
ENQUIRY = 0x656E7175  # "enqu", with a part of the hash of a form: of two equal ones at once, the second waits
MAILINGS = 0x6C696E65  # "line", with its number: one process sends campaigns over a line at a time
MAILBOX = 0x6D626F78  # "mbox", with a part of the hash of a mailbox: its yes, stop and erasure wait in turn


def hold_mailboxes(hashes: Collection[str]) -> None:
    """Until the transaction ends, whoever says yes or stop from one of these, or erases it, waits.

    `hashes`: fingerprints of addresses or mailboxes. Take it before any row is locked.
    """
    with connection.cursor() as cursor:
        for who in sorted(hashes):
            part = int.from_bytes(bytes.fromhex(who[:8]), signed=True)
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [MAILBOX, part])
