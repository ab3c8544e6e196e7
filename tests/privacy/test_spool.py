import os
import threading

import pytest

from privacy.spool import Spool


@pytest.fixture
def spool(tmp_path) -> Spool:
    return Spool(tmp_path / "spool")


def taken(spool: Spool) -> list[bytes]:
    with spool.taking() as segments:
        lines = [line for segment in segments for line in segment.read_bytes().splitlines()]
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
    with spool.taking() as segments:
        assert len(segments) == 1
    spool.append(b"second")
    assert taken(spool) == [b"first", b"second"]


def test_two_takers_at_once_do_not_share_a_piece(spool):
    spool.append(b"only")
    with spool.taking() as mine, Spool(spool.folder).taking() as theirs:
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


def test_a_forked_child_uses_a_handle_of_its_own(spool):
    spool.append(b"parent")
    handle = spool._file
    if (child := os.fork()) == 0:
        os._exit(0 if spool._file == -1 and spool._guard.acquire(blocking=False) else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert spool._file == handle


def test_a_folder_that_vanishes_is_made_again(spool):
    spool.append(b"gone")
    spool.current.unlink()
    spool.append(b"kept")
    assert taken(spool) == [b"kept"]


def test_half_a_line_is_taken_back(spool, monkeypatch):
    """A real full disk cuts a write short; here the cut is made by writing less than was asked."""
    spool.append(b"whole")
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, line: write(file, line[:5]))
    with pytest.raises(OSError, match="taken back"):
        spool.append(b"cut in the middle")
    monkeypatch.undo()
    spool.append(b"next")
    assert taken(spool) == [b"whole", b"next"]


def test_a_piece_never_grows_beyond_its_bound(spool, monkeypatch):
    monkeypatch.setattr("privacy.spool.SEGMENT_BYTES", 30)
    for number in range(10):
        spool.append(b"ten bytes%d" % number)
    assert len(spool.segments()) > 1
    assert len(taken(spool)) == 10


def test_nobody_else_may_read_the_spool(spool):
    spool.append(b"address")
    assert spool.folder.stat().st_mode & 0o077 == 0
    assert spool.current.stat().st_mode & 0o077 == 0


def test_each_folder_has_an_identity_that_stays(spool, tmp_path):
    assert Spool(spool.folder).identity == spool.identity
    assert Spool(tmp_path / "other").identity != spool.identity
