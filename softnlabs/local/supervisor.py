"""Runs several programs as one: labelled logs, restarts, and a common end."""

import contextlib
import os
import re
import selectors
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from softnlabs.local import processes

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds before a restart; doubled each time
STEADY_SECONDS = 60.0  # a program that ran this long had started well, so its next pause is short again
LINE_BYTES = 64 * 1024  # a longer line is cut, so that memory stays bounded


class Console:
    """Lines prefixed with the name of a program, in its colour on a terminal (unless NO_COLOR is set)."""

    def __init__(self, stream: TextIO = sys.stdout, *, width: int = 6) -> None:
        self.stream = stream
        self.width = width
        self.is_coloured = stream.isatty() and not os.environ.get("NO_COLOR")

    def say(self, name: str, line: str, colour: int = 1) -> None:
        """`colour` is an ANSI code, 1 being bold."""
        label = f"{name:<{self.width}} |"
        self.raw(f"{self.paint(label, colour)} {line}")

    def raw(self, text: str) -> None:
        """A closed output is ignored: it must not keep the programs from being stopped."""
        with contextlib.suppress(OSError):
            self.stream.write(f"{text}\n")
            self.stream.flush()

    def paint(self, text: str, colour: int) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self.is_coloured else text


@dataclass
class ManagedProcess:
    name: str
    command: list[str]
    colour: int
    muted: str | None = None  # a regular expression: matching lines are not shown
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause: float = FIRST_PAUSE
    resumes_at: float = 0.0
    unfinished_line: bytes = b""


class Supervisor:
    """Call `run_for` repeatedly until it is time to `stop`."""

    def __init__(self, managed_processes: list[ManagedProcess], *, console: Console, folder: Path) -> None:
        self.managed_processes = managed_processes
        self.console = console
        self.folder = folder
        self.outputs = selectors.DefaultSelector()

    def run_for(self, seconds: float) -> None:
        """Start what is not running and due, and show logs for up to `seconds`."""
        for managed in self.managed_processes:
            if managed.process is None and time.monotonic() >= managed.resumes_at:
                self._start(managed)
        self._pass_logs_on(seconds)
        for managed in self._ended():
            self._plan_restart(managed, self._reap(managed))

    def stop(self, seconds: float) -> None:
        """Send SIGTERM to all; after `seconds`, SIGKILL to those left."""
        for managed in self._running():
            self._signal(managed, signal.SIGTERM)
        deadline = time.monotonic() + seconds
        while self._running() and time.monotonic() < deadline:
            self._pass_logs_on(0.1)
            for managed in self._ended():
                self._reap(managed)
        for managed in self._running():
            self.console.say(
                managed.name, f"did not end within {seconds:.0f} seconds and is killed", managed.colour
            )
            self._signal(managed, signal.SIGKILL)
            self._reap(managed)

    def _running(self) -> list[ManagedProcess]:
        return [managed for managed in self.managed_processes if managed.process is not None]

    def _ended(self) -> list[ManagedProcess]:
        return [
            managed for managed in self._running() if managed.process and managed.process.poll() is not None
        ]

    def _start(self, managed: ManagedProcess) -> None:
        managed.process = processes.spawn(
            managed.command, folder=self.folder, output=subprocess.PIPE, on_orphaned=signal.SIGTERM
        )
        managed.started_at = time.monotonic()
        assert managed.process.stdout is not None
        os.set_blocking(managed.process.stdout.fileno(), False)
        self.outputs.register(managed.process.stdout, selectors.EVENT_READ, managed)

    def _plan_restart(self, managed: ManagedProcess, code: int) -> None:
        lasted = time.monotonic() - managed.started_at
        managed.pause = FIRST_PAUSE if lasted > STEADY_SECONDS else managed.pause
        managed.resumes_at = time.monotonic() + managed.pause
        why = signal.Signals(-code).name if code < 0 else f"code {code}"
        line = f"ended ({why}) after {lasted:.0f} seconds; starts again in {managed.pause:g}"
        self.console.say(managed.name, line, managed.colour)
        managed.pause = min(managed.pause * 2, LONGEST_PAUSE)

    def _reap(self, managed: ManagedProcess) -> int:
        """Show the last output of a program that ended, and kill its own children. Returns the exit code."""
        process, managed.process = managed.process, None
        assert process is not None
        assert process.stdout is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        code = process.wait()
        self._read(managed, process.stdout.fileno())
        if managed.unfinished_line:
            self._say(managed, managed.unfinished_line)
            managed.unfinished_line = b""
        self.outputs.unregister(process.stdout)
        process.stdout.close()
        return code

    def _signal(self, managed: ManagedProcess, number: signal.Signals) -> None:
        if managed.process is not None:
            managed.process.send_signal(number)

    def _pass_logs_on(self, seconds: float) -> None:
        if not self.outputs.get_map():
            time.sleep(seconds)
        for key, _events in self.outputs.select(seconds):
            if not self._read(key.data, key.fd):
                time.sleep(0.05)  # a pipe at its end is always ready: wait for the process to end

    def _read(self, managed: ManagedProcess, descriptor: int) -> bool:
        """Show the complete lines received so far; False at the end of the output."""
        try:
            chunk = os.read(descriptor, LINE_BYTES)
        except BlockingIOError:
            return True
        *lines, rest = (managed.unfinished_line + chunk).split(b"\n")
        if len(rest) > LINE_BYTES:
            lines, rest = [*lines, rest], b""
        for line in lines:
            self._say(managed, line)
        managed.unfinished_line = rest
        return bool(chunk)

    def _say(self, managed: ManagedProcess, line: bytes) -> None:
        text = line.decode("utf-8", "replace").rstrip()
        if managed.muted is None or not re.search(managed.muted, text):
            self.console.say(managed.name, text, managed.colour)
