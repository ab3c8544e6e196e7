"""A mail server for the tests, on this machine: it refuses some mailboxes, as RFC 5321 words it, and keeps the rest."""

import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class MailServer:
    """``replies``: what ``RCPT TO`` is answered, by address; every other address is accepted."""

    replies: Mapping[bytes, bytes]
    port: int = 0
    accepted: list[bytes] = field(default_factory=list)
    asked: list[bytes] = field(default_factory=list)


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._say(b"220 test")
        recipient = b""
        while line := self.rfile.readline().strip():
            verb = line[:4].upper()
            if verb == b"RCPT":
                recipient = line.partition(b"<")[2].partition(b">")[0]
                self._mail.asked.append(recipient)
                self._say(self._mail.replies.get(recipient, b"250 ok"))
            elif verb == b"DATA":
                self._say(b"354 go on")
                while self.rfile.readline() not in {b".\r\n", b""}:
                    pass
                self._mail.accepted.append(recipient)
                self._say(b"250 kept")
            elif verb == b"QUIT":
                self._say(b"221 bye")
                return
            else:
                self._say(b"250 ok")

    @property
    def _mail(self) -> MailServer:
        return self.server.mail  # type: ignore[attr-defined]

    def _say(self, reply: bytes) -> None:
        self.wfile.write(reply + b"\r\n")


@contextmanager
def running(replies: Mapping[bytes, bytes]) -> Iterator[MailServer]:
    mail = MailServer(replies)
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Session) as server:
        server.daemon_threads = True
        server.mail = mail  # type: ignore[attr-defined]
        mail.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield mail
        server.shutdown()
