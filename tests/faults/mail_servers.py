"""Mail servers as they are on a bad day: real ones, on a port of this machine."""

import socketserver
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


class MailServer(socketserver.ThreadingTCPServer):
    """Speaks SMTP. Waits ``pause`` seconds with each reply; ``replies``: what RCPT TO is told, by address."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, *, pause: float = 0.0, replies: Mapping[str, str] | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.pause, self.replies = pause, replies or {}
        self.asked: list[str] = []
        self.taken: list[str] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self._say("220 ready")
        to = ""
        while line := self.rfile.readline().decode().strip():
            word = line.partition(" ")[0].upper()
            if word == "RCPT":
                to = line.partition("<")[2].partition(">")[0]
                self.server.asked.append(to)
                self._say(self.server.replies.get(to, "250 fine"))
            elif word == "DATA":
                self._say("354 go on")
                while self.rfile.readline() not in {b".\r\n", b""}:
                    pass
                self.server.taken.append(to)
                self._say("250 taken")
            else:
                self._say("221 bye" if word == "QUIT" else "250 fine")

    def _say(self, words: str) -> None:
        time.sleep(self.server.pause)
        self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def serving(server: MailServer) -> Iterator[MailServer]:
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
