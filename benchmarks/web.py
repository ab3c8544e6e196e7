"""Web servers to measure, one for each side, and a client for them."""

import contextlib
import importlib.util
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import psutil

from benchmarks.testbed import ROOT

WORKERS, THREADS, ASKING = 2, 4, 4
# Pages per connection. A connection stays with one worker, so a single one would load one worker for a whole turn.
KEPT = 50
# Looked up among the known robots, as that of each visitor is.
BROWSER = "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0\r\n"
LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
START_SECONDS = 60


@dataclass
class BenchmarkSite:
    side: str
    port: int
    process: "subprocess.Popen[bytes]"

    def pages(self, count: int) -> int:
        """Request `count` pages over kept connections. Returns how many succeeded.

        Client and server share the processors, so the client does as little as possible.
        """
        shown = [0] * ASKING

        def ask(number: int) -> None:
            mine = count // ASKING + (number < count % ASKING)
            request = (
                f"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: visitor={uuid4()}\r\n{BROWSER}\r\n".encode()
            )
            for start in range(0, mine, KEPT):
                with socket.create_connection(("127.0.0.1", self.port), 30) as connection:
                    for _page in range(min(KEPT, mine - start)):
                        connection.sendall(request)
                        shown[number] += _answer(connection).startswith(b"HTTP/1.1 200 ")

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(ASKING)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sum(shown)

    def kill(self) -> None:
        """SIGKILL to the server and its workers."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def _answer(connection: socket.socket) -> bytes:
    """One whole response, with a Content-Length or chunked."""
    answer = connection.recv(65536)
    while not _is_whole(answer):
        more = connection.recv(65536)
        if not more:
            return b""
        answer += more
    return answer


def _is_whole(answer: bytes) -> bool:
    head, _end, body = answer.partition(b"\r\n\r\n")
    if length := LENGTH.search(head):
        return len(body) >= int(length[1])
    return body.endswith(b"0\r\n\r\n")


def cpu_of(*pids: int) -> float:
    """CPU seconds of some processes, their living children, and the children that they have waited for."""
    used = 0.0
    for pid in pids:
        root = psutil.Process(pid)
        for process in (root, *root.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess, OSError):
                used += _of_one(process.pid) + sum(process.cpu_times()[2:4])
    return used


def _of_one(pid: int) -> float:
    """In nanoseconds: /proc counts hundredths of a second, too coarse for a page.

    The clock id of a process as clock_getcpuclockid(3) computes it; Python has it for threads alone.
    """
    return time.clock_gettime(~pid << 3 | 2)


def has_django_request() -> bool:
    """Whether this peer is installed, as `make bench` does."""
    return importlib.util.find_spec("request") is not None


@contextlib.contextmanager
def serving(sides: list[str]) -> Iterator[dict[str, BenchmarkSite]]:
    """A server for each side, all up before the first request."""
    sites: dict[str, BenchmarkSite] = {}
    try:
        for side in sides:
            sites[side] = _start(side)
        for site in sites.values():
            _wait(site)
        yield sites
    finally:
        for site in sites.values():
            site.kill()


@contextlib.contextmanager
def working(part: str) -> Iterator["subprocess.Popen[str]"]:
    """`benchmarks.worker` with this part; it ends with its input."""
    command = [sys.executable, "-m", "benchmarks.worker", part]
    with subprocess.Popen(  # noqa: S603
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as hand:
        yield hand
        if hand.stdin:
            hand.stdin.close()


def _start(side: str) -> BenchmarkSite:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "benchmarks.site", "--preload", "--log-level=error"]
    command += [f"--workers={WORKERS}", "--worker-class=gthread", f"--threads={THREADS}"]
    command += [f"--bind=127.0.0.1:{port}", "--keep-alive=30"]
    environment = {**os.environ, "BENCH_SIDE": side}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)  # noqa: S603
    return BenchmarkSite(side, port, process)


def _wait(site: BenchmarkSite) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", site.port), 1):
            return
        time.sleep(0.1)
    raise TimeoutError(site.side)
