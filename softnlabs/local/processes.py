"""Child processes in their own session that end cleanly and never outlive the process that started them."""

import contextlib
import ctypes
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, TypedDict

import psutil

PR_SET_PDEATHSIG = 1  # from Linux's sys/prctl.h


def spawn(
    command: list[str],
    *,
    folder: Path,
    output: IO[bytes] | int,
    account: pwd.struct_passwd | None = None,
    on_orphaned: signal.Signals,
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, so that Ctrl-C reaches it only through us.

    `on_orphaned`: the signal that the kernel sends it should we die first (Linux only). The kernel watches the
    thread that calls this, so call it from the main thread.
    """
    return subprocess.Popen(  # noqa: S603 the commands are ours
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=_signal_when_parent_dies(on_orphaned),  # noqa: PLW1509 one C call, made ready before
        **identity(account),
    )


class ProcessIdentity(TypedDict, total=False):
    """Arguments of `subprocess.Popen` to run a program as another account."""

    user: int
    group: int
    extra_groups: list[int]


def identity(account: pwd.struct_passwd | None) -> ProcessIdentity:
    """`account` without any of our own groups; None: as ourselves."""
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _signal_when_parent_dies(on_orphaned: signal.Signals) -> Callable[[], object] | None:
    """One C call for the child, looked up before the fork because it must not take a lock after it."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(PR_SET_PDEATHSIG, int(on_orphaned))


def end(process: subprocess.Popen[bytes], stop_signal: signal.Signals, *, seconds: float) -> None:
    """Send `stop_signal`, and SIGKILL after `seconds`."""
    process.send_signal(stop_signal)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def end_leftovers(name: str, folder: Path, stop_signal: signal.Signals, *, seconds: float) -> None:
    """End the processes of that name whose working directory is `folder`; kill them after `seconds`."""
    deadline = time.monotonic() + seconds
    found = _working_in(name, folder)
    for process in found:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(stop_signal)
    while found:
        time.sleep(0.02)
        found = _working_in(name, folder)
        if time.monotonic() > deadline:
            for process in found:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()


def _working_in(name: str, folder: Path) -> list[psutil.Process]:
    """A zombie has no working directory, so it is not found."""
    found = []
    for process in psutil.process_iter(["name"]):
        with contextlib.suppress(psutil.Error):
            if process.info["name"] == name and process.cwd() == str(folder.resolve()):
                found.append(process)
    return found
