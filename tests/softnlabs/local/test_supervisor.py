"""Several programs run as one."""

import io
import sys
import time
from pathlib import Path

import psutil
import pytest

from softnlabs.local.supervisor import Console, ManagedProcess, Supervisor

STUBBORN = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])
print(child.pid, flush=True)
time.sleep(60)
"""


def run(code: str, *, stream: io.StringIO, until: str, pause: float = 1.0) -> Supervisor:
    managed = ManagedProcess("solo", [sys.executable, "-c", code], 32, pause=pause)
    supervisor = Supervisor([managed], console=Console(stream), folder=Path.cwd())
    deadline = time.monotonic() + 10
    while until not in stream.getvalue() and time.monotonic() < deadline:
        supervisor.run_for(0.05)
    return supervisor


def ended(process: psutil.Process) -> bool:
    """Gone, or dead and waiting to be buried by whoever adopted it."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.02)
    return False


def test_each_line_carries_the_name_of_its_part():
    stream = io.StringIO()
    run("print('one\\ntwo', end=''); import time; time.sleep(0.1)", stream=stream, until="two").stop(5)
    assert stream.getvalue().startswith("solo   | one\nsolo   | two\n")


def test_lines_nobody_needs_are_not_passed_on():
    managed = ManagedProcess("solo", [sys.executable, "-c", "print('tick'); print('news')"], 32, muted="tick")
    stream = io.StringIO()
    supervisor = Supervisor([managed], console=Console(stream), folder=Path.cwd())
    while "ended" not in stream.getvalue():
        supervisor.run_for(0.05)
    assert "news" in stream.getvalue()
    assert "tick" not in stream.getvalue()


def test_colours_are_for_readers_who_can_see_them(monkeypatch: pytest.MonkeyPatch):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.delenv("NO_COLOR", raising=False)
    assert Console(Terminal()).paint("x", 32) == "\x1b[32mx\x1b[0m"
    monkeypatch.setenv("NO_COLOR", "1")
    assert Console(Terminal()).paint("x", 32) == "x"


def test_a_part_that_dies_starts_again_after_longer_and_longer_pauses():
    stream = io.StringIO()
    dying = "import sys; print('hello'); sys.exit(3)"
    supervisor = run(dying, stream=stream, until="starts again in 0.4", pause=0.1)
    supervisor.stop(5)
    assert stream.getvalue().count("hello") == 3
    assert stream.getvalue().count("ended (code 3)") == 3


def test_a_part_that_will_not_end_is_killed():
    stream = io.StringIO()
    supervisor = run(STUBBORN, stream=stream, until="deaf")
    process = supervisor.managed_processes[0].process
    supervisor.stop(0.3)
    assert process is not None
    assert process.returncode == -9
    assert "is killed" in stream.getvalue()


def test_the_children_of_a_part_end_with_it():
    stream = io.StringIO()
    supervisor = run(PARENT, stream=stream, until="\n")
    child = psutil.Process(int(stream.getvalue().split("|")[1]))
    supervisor.stop(5)
    assert ended(child)
