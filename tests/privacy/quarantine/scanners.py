"""Scanners for the tests: ClamAV's own, with one signature of ours, and one that only speaks its protocol."""

import socket
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.needs import clamd

# In pieces, so that no scanner takes this repository for an infected one.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
SIGNATURE = "Test.Eicar:0:*:" + EICAR.hex()
CONFIGURATION = """
Foreground yes
LocalSocket {folder}/clamd.ctl
DatabaseDirectory {folder}/signatures
TemporaryDirectory {folder}
StreamMaxLength 1M
MaxThreads 2
"""


@contextmanager
def real() -> Iterator[str]:
    """The address of a clamd of its own: no other signature, no network, nothing of the machine's configuration."""
    with tempfile.TemporaryDirectory(prefix="clamd-") as name:
        folder = Path(name)
        (folder / "signatures").mkdir()
        (folder / "signatures" / "test.ndb").write_text(SIGNATURE + "\n")
        (folder / "clamd.conf").write_text(CONFIGURATION.format(folder=folder))
        program = clamd()
        assert program
        with subprocess.Popen(
            [program, "--config-file", folder / "clamd.conf"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            try:
                _wait_for(folder / "clamd.ctl", process)
                yield f"unix:{folder}/clamd.ctl"
            finally:
                process.kill()


def _wait_for(place: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
            probe.connect(str(place))
            return
        time.sleep(0.05)
    raise AssertionError("clamd did not start")


@contextmanager
def speaking(answer: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """The address of one that gives this answer, and what it was sent."""
    received: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_serve, args=(server, answer, received), daemon=True).start()
        yield f"tcp:127.0.0.1:{server.getsockname()[1]}", received


def _serve(server: socket.socket, answer: bytes, received: list[bytes]) -> None:
    with suppress(OSError):
        while True:
            connection, _address = server.accept()
            with connection, connection.makefile("rb") as sent:
                received.append(_read(sent.read))
                connection.sendall(answer)


def _read(read) -> bytes:
    assert read(10) == b"zINSTREAM\0"
    content = b""
    while size := struct.unpack(">I", read(4))[0]:
        content += read(size)
    return content
