"""Lines go in from everywhere and come out once, whoever dies meanwhile."""

import fcntl
import os
import signal
import threading
import time

import pytest

from privacy.files import spool as spools
from privacy.files.spool import Spool, read


@pytest.fixture
def spool(tmp_path) -> Spool:
    return Spool(tmp_path / "spool")


def taken(spool: Spool) -> list[bytes]:
    with spool.claim_finished() as segments:
        lines = [line for segment in segments for line in read(segment)[0]]
        for segment in segments:
            segment.unlink()
    return lines


def test_lines_come_out_once_in_order(spool):
    for number in range(3):
        spool.append(b"%d" % number)
    assert taken(spool) == [b"0", b"1", b"2"]
    spool.append(b"3")
    assert taken(spool) == [b"3"]
    assert taken(spool) == []


def test_an_empty_spool_leaves_no_pieces(spool):
    assert taken(spool) == []
    assert spool.segments() == []


def test_a_piece_that_was_not_finished_is_given_out_again(spool):
    spool.append(b"first")
    with spool.claim_finished() as segments:
        assert len(segments) == 1
    spool.append(b"second")
    assert taken(spool) == [b"first", b"second"]


def test_two_takers_at_once_do_not_share_a_piece(spool):
    spool.append(b"only")
    with spool.claim_finished() as mine, Spool(spool.folder).claim_finished() as theirs:
        assert len(mine) == 1
        assert theirs == []


def test_nothing_is_lost_while_threads_and_processes_write_and_one_takes(spool):
    writers, each = 4, 400

    def write(who: int) -> None:
        for number in range(each):
            spool.append(b"%d-%d" % (who, number))

    children = []
    for who in range(writers):
        if (child := os.fork()) == 0:
            try:
                write(who)
            finally:
                os._exit(0)
        children.append(child)
    threads = [threading.Thread(target=write, args=(who,)) for who in range(writers, writers * 2)]
    for thread in threads:
        thread.start()
    lines = []
    while any(thread.is_alive() for thread in threads):
        lines += taken(spool)
    for child in children:
        assert os.waitpid(child, 0)[1] == 0
    lines += taken(spool)
    assert len(lines) == writers * 2 * each
    assert len(set(lines)) == len(lines)


def test_a_forked_child_has_no_part_in_its_parents_piece(spool):
    spool.append(b"parent")
    mine = spool._segment
    if (child := os.fork()) == 0:
        is_free = spool._segment is None and mine._file == -1 and spool._guard.acquire(blocking=False)
        os._exit(0 if is_free else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert spool._segment is mine
    del mine
    spool.append(b"parent again")
    assert taken(spool) == [b"parent", b"parent again"]


def test_a_child_that_lives_on_does_not_hold_up_what_its_parent_wrote(spool):
    spool.append(b"parent")
    begun, ready = os.pipe()
    if (child := os.fork()) == 0:
        os.write(ready, b".")
        signal.pause()
    os.read(begun, 1)
    try:
        assert taken(spool) == [b"parent"]
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def test_what_a_killed_process_wrote_is_taken_and_what_a_living_one_writes_is_not(spool):
    begun, ready = os.pipe()
    if (child := os.fork()) == 0:
        mine = Spool(spool.folder)
        mine.append(b"child")
        os.write(ready, b".")
        signal.pause()
    os.read(begun, 1)
    assert taken(spool) == []
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert taken(spool) == [b"child"]


def test_a_piece_is_let_go_by_itself(spool, monkeypatch):
    monkeypatch.setattr(spools, "SEGMENT_SECONDS", 0.01)
    spool.append(b"line")
    end = time.monotonic() + 5
    while spool._segment is not None and time.monotonic() < end:
        time.sleep(0.005)
    assert taken(Spool(spool.folder)) == [b"line"]


def test_a_piece_waits_for_whoever_is_about_to_write_to_it(spool):
    """The lock lasts as long as anybody holds the piece, closed or not."""
    spool.append(b"first")
    about_to_write = spool._segment
    assert taken(spool) == []
    about_to_write.write(b"\nsecond\n")
    del about_to_write
    assert taken(spool) == [b"first", b"second"]


def test_a_disk_that_takes_nothing_piles_up_neither_threads_nor_files(spool, monkeypatch):
    def full(*_arguments: object, **_facts: object) -> None:
        raise OSError(28, "No space left on device")

    before = threading.active_count()
    with monkeypatch.context() as no_room:
        no_room.setattr(os, "link", full)
        for _page in range(3):
            with pytest.raises(OSError, match="No space"):
                spool.append(b"line")
    assert list(spool.folder.iterdir()) == []
    assert spool.identity
    monkeypatch.setattr(os, "open", full)
    for _page in range(3):
        with pytest.raises(OSError, match="No space"):
            spool.append(b"line")
    assert threading.active_count() == before
    assert len(list(spool.folder.iterdir())) == 1


def test_a_piece_that_goes_while_they_are_looked_through_is_no_news(spool, caplog, monkeypatch):
    spool.append(b"line")
    gone = spool.folder / "segment-gone"
    monkeypatch.setattr(spool, "segments", lambda: [gone, *Spool.segments(spool)])
    assert taken(spool) == [b"line"]
    assert caplog.text == ""


def test_a_folder_that_vanishes_is_made_again(spool):
    spool.append(b"gone")
    for segment in spool.segments():
        segment.unlink()
    spool.close()
    spool.append(b"kept")
    assert taken(spool) == [b"kept"]


@pytest.mark.parametrize("length", range(1, len(b"\ncut in the middle\n")))
def test_half_a_line_is_told_and_never_runs_into_the_next(spool, monkeypatch, length):
    """A real full disk cuts a write short; here the cut is made by writing less than was asked."""
    spool.append(b"whole")
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, line: write(file, line[:length]))
    with pytest.raises(OSError, match="half a line"):
        spool.append(b"cut in the middle")
    monkeypatch.undo()
    spool.append(b"next")
    with spool.claim_finished() as (segment,):
        cut = [b"cut in the middle"[: length - 1]] if length > 1 else []
        assert read(segment) == ([b"whole", b"next"], cut)


@pytest.mark.parametrize("length", range(len(b"\nlast\n")))
def test_half_a_line_at_the_end_is_told(tmp_path, length):
    """Whoever wrote it was killed inside the write."""
    segment = tmp_path / "piece"
    segment.write_bytes(b"\nwhole\n" + b"\nlast\n"[:length])
    assert read(segment) == ([b"whole"], [b"last"[: length - 1]] if length > 1 else [])


def test_who_looks_at_what_waits_is_not_stopped_by_who_takes_it(spool):
    for number in range(3):
        spool.append(b"%d" % number)
        spool.close()
    lines, files = spool.lines(), spool.files()
    assert next(lines) == b"0"
    assert next(files)[0] == spool.segments()[0]
    assert taken(spool) == [b"0", b"1", b"2"]
    assert list(lines) == []
    assert list(files) == []


def test_a_piece_never_grows_beyond_its_bound(spool, monkeypatch):
    monkeypatch.setattr("privacy.files.spool.SEGMENT_BYTES", 30)
    for number in range(10):
        spool.append(b"ten bytes%d" % number)
    assert len(spool.segments()) > 1
    assert len(taken(spool)) == 10


def test_nobody_else_may_read_the_spool(spool):
    spool.append(b"address")
    assert spool.folder.stat().st_mode & 0o077 == 0
    assert [segment.stat().st_mode & 0o077 for segment in spool.segments()] == [0]


def test_each_folder_has_an_identity_that_stays(spool, tmp_path):
    assert Spool(spool.folder).identity == spool.identity
    assert Spool(tmp_path / "other").identity != spool.identity


def left_by_an_older_version(spool: Spool) -> None:
    """One file for all, one end a line; some of it put by when it had grown large, a last line cut by a kill."""
    spool.folder.mkdir()
    (spool.folder / f"segment-{spool.identity}-{1:020d}-0123abcd").write_bytes(b"first\nsecond\n")
    (spool.folder / "current").write_bytes(b"third\nfou")


def test_what_an_older_version_left_is_taken_over(spool):
    left_by_an_older_version(spool)
    spool.append(b"new")
    assert sorted(path.name[:7] for path, _last in spool.files()) == ["current", "segment", "segment"]
    with spool.claim_finished() as segments:
        assert [read(segment) for segment in segments] == [
            ([b"first", b"second"], []), ([b"new"], []), ([b"third"], [b"fou"])
        ]  # fmt: skip
        for segment in segments:
            segment.unlink()
    assert taken(spool) == []
    assert not spool.legacy_file.exists()


def test_an_older_version_that_still_writes_is_waited_for(spool):
    left_by_an_older_version(spool)
    seen = []
    with spool.legacy_file.open("ab") as writer:
        fcntl.flock(writer, fcntl.LOCK_EX)
        taker = threading.Thread(target=lambda: seen.extend(taken(spool)))
        taker.start()
        writer.write(b"rth\n")
        writer.flush()
        assert spool.legacy_file.exists()
        fcntl.flock(writer, fcntl.LOCK_UN)
        taker.join()
    assert seen == [b"first", b"second", b"third", b"fourth"]
