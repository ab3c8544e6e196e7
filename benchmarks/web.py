"""Web servers to measure, one for each side, and somebody who asks them for pages."""

import contextlib
import http.client
import importlib.util
import os
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

from benchmarks.bed import ROOT

WORKERS, THREADS, ASKING = 2, 4, 4
START_SECONDS = 60


@dataclass
class Site:
    """One running server."""

    side: str
    port: int
    process: "subprocess.Popen[bytes]"

    def cpu(self) -> float:
        """Seconds of processor that it used so far."""
        return cpu_of(self.process.pid)

    def pages(self, count: int) -> int:
        """Ask for ``count`` pages over kept connections; returns how many were shown."""
        shown = [0] * ASKING

        def ask(number: int) -> None:
            headers = {"Cookie": f"visitor={uuid4()}", "Host": "127.0.0.1"}
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            for _page in range(count // ASKING):
                connection.request("GET", "/", headers=headers)
                response = connection.getresponse()
                response.read()
                shown[number] += response.status == 200
            connection.close()

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


def cpu_of(pid: int) -> float:
    """Seconds of processor of a process, its living children, and those that it buried."""
    root, used = psutil.Process(pid), 0.0
    for process in (root, *root.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):
            used += sum(process.cpu_times()[:4])
    return used


def has_django_request() -> bool:
    """Whether the published peer is installed: ``pip install .[bench]``."""
    return importlib.util.find_spec("request") is not None


@contextlib.contextmanager
def serving(sides: list[str]) -> Iterator[dict[str, Site]]:
    """A server for each side, all up before the first is asked for anything."""
    sites: dict[str, Site] = {}
    try:
        for side in sides:
            sites[side] = _start(side)
        for site in sites.values():
            _wait(site)
        yield sites
    finally:
        for site in sites.values():
            site.kill()


def _start(side: str) -> Site:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "benchmarks.site", "--preload", "--log-level=error"]
    command += [f"--workers={WORKERS}", "--worker-class=gthread", f"--threads={THREADS}"]
    command += [f"--bind=127.0.0.1:{port}", "--keep-alive=30"]
    environment = {**os.environ, "BENCH_SIDE": side}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)  # noqa: S603
    return Site(side, port, process)


def _wait(site: Site) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", site.port), 1):
            return
        time.sleep(0.1)
    raise TimeoutError(site.side)
