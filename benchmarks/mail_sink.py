"""A real SMTP server in a process of its own that keeps who got which message, and throws the messages away.

python -m benchmarks.mail_sink <file>     prints its port; a line for each message taken: address, tab, Message-ID
"""

import asyncio
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session


class _Keeper:
    def __init__(self, file: Path) -> None:
        self._file = file.open("ab", buffering=0)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        found = content.partition(b"Message-ID: ")[2].partition(b"\r\n")[0]
        self._file.write(b"".join(f"{to}\t".encode() + found + b"\n" for to in envelope.rcpt_tos))
        return "250 taken"


async def _serve(file: Path) -> None:
    keeper = _Keeper(file)
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(keeper, hostname="sink.example", decode_data=False), "127.0.0.1", 0
    )
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


class Sink:
    def __init__(self, port: int, file: Path, process: "subprocess.Popen[str]") -> None:
        self.port, self.file, self.pid = port, file, process.pid

    def number(self) -> int:
        return self.file.read_bytes().count(b"\n")

    def taken(self) -> Counter[str]:
        """How many messages each address got."""
        return Counter(line.partition("\t")[0] for line in self.file.read_text().splitlines())


@contextmanager
def running(file: Path) -> Iterator[Sink]:
    file.touch()
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.mail_sink", str(file)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603
    try:
        assert process.stdout
        yield Sink(int(process.stdout.readline()), file, process)
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
