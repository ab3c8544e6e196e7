"""Web servers to measure, one for each side, and somebody who asks them for pages."""

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
# Pages over one connection, which stays with one worker: chance might give one worker all of them for a whole turn.
KEPT = 50
LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
START_SECONDS = 60


@dataclass
class BenchmarkSite:
    """One running server."""

    side: str
    port: int
    process: "subprocess.Popen[bytes]"

    def pages(self, count: int) -> int:
        """Ask for ``count`` pages over kept connections; returns how many were shown.

        Whoever asks shares the processors with whoever answers: so it does as little as can be, whatever comes.
        """
        shown = [0] * ASKING

        def ask(number: int) -> None:
            mine = count // ASKING + (number < count % ASKING)
            request = f"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: visitor={uuid4()}\r\n\r\n".encode()
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
        """kill -9, the workers included."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def _answer(connection: socket.socket) -> bytes:
    """One whole answer, its length said beforehand or in pieces."""
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
    """Seconds of processor of some processes, their living children, and those that they buried."""
    used = 0.0
    for pid in pids:
        root = psutil.Process(pid)
        for process in (root, *root.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess, OSError):
                used += _of_one(process.pid) + sum(process.cpu_times()[2:4])
    return used


def _of_one(pid: int) -> float:
    """To the nanosecond: /proc counts hundredths of a second, which is too coarse for a page.

    This is the number of a process's clock as clock_getcpuclockid(3) makes it, of which Python knows threads' alone.
    """
    return time.clock_gettime(~pid << 3 | 2)


def has_django_request() -> bool:
    """Whether the published peer is installed, as ``make bench`` sees to."""
    return importlib.util.find_spec("request") is not None


@contextlib.contextmanager
def serving(sides: list[str]) -> Iterator[dict[str, BenchmarkSite]]:
    """A server for each side, all up before the first is asked for anything."""
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
    """The worker's ``part``, ended with its input; see :mod:`benchmarks.worker`."""
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
