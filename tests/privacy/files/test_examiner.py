import fcntl
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path

import psutil
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from privacy.files import examiner, room, sandbox, uploads
from privacy.files.errors import UploadRefusedError
from tests import documents

pytestmark = pytest.mark.usefixtures("examined_anew")
SMALL_BASE = 32 * 1024**2  # what ends while the next one begins
HOLDER = """
import fcntl, sys, time
lock = open(sys.argv[1], "w")
fcntl.flock(lock, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture(autouse=True)
def room_is_left(monkeypatch) -> None:
    """Which the database counts, where no thread of these tests has to go."""
    monkeypatch.setattr(room, "is_left_for_upload", lambda: True)


@pytest.fixture
def lock(settings) -> Path:
    """The one that a document needs."""
    Path(settings.EXAMINATIONS_ROOT).mkdir()
    return Path(settings.EXAMINATIONS_ROOT) / "examination-0.lock"


@contextmanager
def held(lock: Path) -> Iterator[subprocess.Popen]:
    """Another process of the machine examines something."""
    with subprocess.Popen([sys.executable, "-c", HOLDER, lock], stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline()
        try:
            yield holder
        finally:
            holder.kill()


def words(content: bytes, name: str) -> str:
    """What the person reads about the document; "taken" if it is."""
    try:
        uploads.check(SimpleUploadedFile(name, content), kinds=uploads.SCANS)
    except ValidationError as refused:
        return refused.messages[0]
    return "taken"


def children() -> set[psutil.Process]:
    return set(psutil.Process().children(recursive=True))


def of_all_examinations(peak: list[int], ended: threading.Event, others: set[psutil.Process]) -> None:
    """Looks, until it is ended, how much memory all examinations hold together.

    The others, a browser or a server that an earlier test left running, are no examinations.
    """
    while not ended.wait(0.005):
        peak.append(sum(memory(each) for each in children() - others))


def memory(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except psutil.Error:
        return 0


@pytest.mark.parametrize(
    "make", [documents.plans_pdf, documents.packed_pictures_pdf, documents.page_bomb_pdf]
)
def test_eight_large_ones_together_stay_within_the_memory_of_one(make, monkeypatch):
    monkeypatch.setattr(examiner, "_places", threading.BoundedSemaphore(8))
    monkeypatch.setattr(examiner, "WAIT_SECONDS", 120.0)
    content, peak, ended = make(), [0], threading.Event()
    assert len(content) < 200_000
    watching = threading.Thread(target=of_all_examinations, args=(peak, ended, children()))
    watching.start()
    try:
        with ThreadPoolExecutor(8) as eight:
            answers = list(eight.map(words, [content] * 8, ["scan.pdf"] * 8))
    finally:
        ended.set()
        watching.join()
    assert max(peak) < sandbox.MEMORY_BYTES + SMALL_BASE
    assert len(set(answers)) == 1
    assert answers[0] in {"taken", uploads.MESSAGES["unpacked"], uploads.MESSAGES["pages"]}


@pytest.mark.parametrize(
    ("name", "mode", "size", "kept"),
    [
        ("card.jpg", "RGB", (8000, 6000), (4000, 3000)),
        ("card.jpg", "L", (8000, 8000), (4000, 4000)),
        ("card.jpg", "RGB", (4000, 4000), (4000, 4000)),
        ("card.png", "L", (8000, 8000), (4000, 4000)),
        ("card.png", "RGB", (7016, 4960), (3508, 2480)),
        ("card.png", "1", (4961, 7016), (2481, 3508)),
    ],
)
def test_what_scanners_and_telephones_make_fits_into_that_memory(name, mode, size, kept):
    content = documents.image("JPEG" if name.endswith("jpg") else "PNG", mode, size)
    checked = uploads.check(SimpleUploadedFile(name, content), kinds=uploads.SCANS)
    assert Image.open(BytesIO(checked.content)).size == kept


def test_a_large_photo_that_lies_on_its_side_is_kept_upright():
    content = documents.phone_jpeg(size=(8000, 3000))
    checked = uploads.check(SimpleUploadedFile("card.jpg", content), kinds=uploads.SCANS)
    picture = Image.open(BytesIO(checked.content))
    assert picture.size == (1500, 4000)
    assert not picture.getexif()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("card.png", documents.image("PNG", "RGB", (8000, 8000))),
        ("card.jpg", documents.image("JPEG", "RGB", (6000, 6000), progressive=True, subsampling=0)),
    ],
)
def test_what_would_take_more_is_refused_before_it_is_decoded(name, content):
    assert words(content, name) == uploads.MESSAGES["pixels"]


def test_a_document_waits_for_the_one_that_is_being_examined(lock):
    with held(lock) as holder:
        threading.Timer(0.5, holder.kill).start()
        began = time.monotonic()
        assert words(documents.pdf(), "cv.pdf") == "taken"
        assert time.monotonic() - began >= 0.5  # and kill -9 of the other freed its turn


def test_whoever_waits_too_long_is_told_kindly_and_soon(lock, monkeypatch):
    monkeypatch.setattr(examiner, "WAIT_SECONDS", 0.2)
    with held(lock):
        assert words(documents.pdf(), "cv.pdf") == uploads.MESSAGES["busy"]


def test_another_may_run_beside_it_where_the_setting_says_so(lock, settings, monkeypatch):
    monkeypatch.setattr(examiner, "WAIT_SECONDS", 0.0)
    settings.EXAMINATIONS_AT_ONCE = 2
    with held(lock):
        assert words(documents.pdf(), "cv.pdf") == "taken"


def test_a_process_keeps_threads_for_its_pages(lock):
    """The third one is not even let wait: nobody who asks for a page waits behind documents."""
    with held(lock) as holder, ThreadPoolExecutor(2) as others:
        waiting = [others.submit(words, documents.pdf(), "cv.pdf") for _each in range(2)]
        while examiner._places._value:
            time.sleep(0.01)
        began = time.monotonic()
        assert words(documents.pdf(), "cv.pdf") == uploads.MESSAGES["busy"]
        assert time.monotonic() - began < 0.5
        holder.kill()
        assert {each.result() for each in waiting} == {"taken"}
    assert examiner._places._value == examiner.THREADS


def test_the_turn_lasts_as_long_as_the_examination_itself(lock, monkeypatch):
    """A web process that is killed frees nothing while what it began still runs."""
    inherited: list[int] = []
    run = subprocess.run

    def running(*args, pass_fds, **facts):
        inherited.extend(os.dup(each) for each in pass_fds)
        return run(*args, pass_fds=pass_fds, **facts)

    monkeypatch.setattr(subprocess, "run", running)
    examiner.run("pdf", documents.pdf())
    with lock.open() as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    for each in inherited:
        os.close(each)
    with lock.open() as other:
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_an_examination_that_is_killed_refuses_its_document():
    killed = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(examiner, "PROGRAMME", killed)
        with pytest.raises(UploadRefusedError, match="damaged"):
            examiner.run("pdf", documents.pdf())
    assert examiner.run("pdf", documents.pdf()) == b""


def _kill_examinations(ended: threading.Event) -> None:
    """One after the other, in the middle of its work."""
    while not ended.wait(0.15):
        for child in _examinations():
            with suppress(psutil.Error):
                child.kill()


def _examinations() -> Iterator[psutil.Process]:
    for child in psutil.Process().children():
        with suppress(psutil.Error):
            if "privacy.files.sandbox" in " ".join(child.cmdline()):
                yield child


def test_hostile_documents_at_once_while_their_examiners_are_killed_leave_the_site_as_it_was(
    lock, monkeypatch
):
    monkeypatch.setattr(examiner, "WAIT_SECONDS", 2.0)
    hostile = [
        documents.plans_pdf(),
        documents.page_bomb_pdf(),
        documents.bomb_pdf(),
        documents.script_pdf(),
        b"%PDF-",
    ]
    ended = threading.Event()
    killing = threading.Thread(target=_kill_examinations, args=(ended,))
    killing.start()
    try:
        with ThreadPoolExecutor(6) as six:
            answers = set(six.map(words, hostile * 4, ["scan.pdf"] * 20))
    finally:
        ended.set()
        killing.join()
    assert answers <= {"taken", *map(str, uploads.MESSAGES.values())}
    assert str(uploads.MESSAGES["damaged"]) in answers
    assert examiner._places._value == examiner.THREADS
    assert list(_examinations()) == []
    assert words(documents.pdf(), "cv.pdf") == "taken"
