"""Asks a scanner for viruses that speaks the protocol of ClamAV's `clamd`: a file in, its verdict back.

`SCANNER` names it: ``unix:/run/clamav/clamd.ctl`` or ``tcp:scanner.internal:3310``.
"""

import re
import socket
import struct
from contextlib import suppress

from django.conf import settings

CONNECT_SECONDS = 2.0
# For each part sent and for the verdict: clamd itself gives up on a file after two minutes by default.
ANSWER_SECONDS = 150.0
CHUNK = 64 * 1024
MOST_ANSWER = 4096
FOUND = re.compile(r"stream: (.+) FOUND")


class ScannerAwayError(Exception):
    """No verdict: it cannot be reached, or does not answer as it should."""


class NotScannedError(Exception):
    """It answers, and will not scan this file: it is larger than the scanner is set to take, for example."""


def scan(content: bytes) -> str:
    """The name of what was found; empty for a clean file. Raises the errors above."""
    try:
        with _connected() as connection:
            with suppress(ConnectionError):  # it stops listening once a file is too large, and says so
                _send(connection, content)
            answer = _answer(connection)
    except (OSError, ValueError) as error:  # ValueError: an address that is none
        raise ScannerAwayError(type(error).__name__) from error
    return _verdict(answer)


def is_address(text: str) -> bool:
    """Whether a scanner can be named so."""
    return bool(re.fullmatch(r"unix:/.+|tcp:.+:[0-9]{1,5}", text))


def _connected() -> socket.socket:
    kind, _colon, where = settings.SCANNER.partition(":")
    connection = _unix(where) if kind == "unix" else _tcp(where)
    connection.settimeout(ANSWER_SECONDS)
    return connection


def _unix(path: str) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.settimeout(CONNECT_SECONDS)
        connection.connect(path)
    except OSError:
        connection.close()
        raise
    return connection


def _tcp(where: str) -> socket.socket:
    host, _colon, port = where.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_SECONDS)


def _send(connection: socket.socket, content: bytes) -> None:
    connection.sendall(b"zINSTREAM\0")
    for start in range(0, len(content), CHUNK):
        part = content[start : start + CHUNK]
        connection.sendall(struct.pack(">I", len(part)) + part)
    connection.sendall(struct.pack(">I", 0))


def _answer(connection: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < MOST_ANSWER:
        if not (part := connection.recv(MOST_ANSWER)):
            break
        answer += part
    return answer.rstrip(b"\0").decode("utf-8", "replace").strip()


def _verdict(answer: str) -> str:
    if answer == "stream: OK":
        return ""
    if found := FOUND.fullmatch(answer):
        return found[1]
    if answer.endswith("ERROR"):
        raise NotScannedError(answer)
    raise ScannerAwayError("no verdict")
