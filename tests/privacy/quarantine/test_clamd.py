import time

import pytest

from privacy.quarantine import clamd
from tests import documents
from tests.privacy.quarantine import scanners


@pytest.mark.parametrize(
    ("answer", "found"), [(b"stream: OK\0", ""), (b"stream: A b (c) FOUND\0", "A b (c)")]
)
def test_it_is_sent_the_file_and_gives_its_verdict(settings, answer, found):
    content = bytes(range(256)) * 1000
    with scanners.speaking(answer) as (settings.SCANNER, received):
        assert clamd.scan(content) == found
    assert received == [content]


def test_a_file_that_it_refuses_is_not_scanned(settings):
    answer = b"INSTREAM size limit exceeded. ERROR\0"
    with scanners.speaking(answer) as (settings.SCANNER, _received), pytest.raises(clamd.NotScannedError):
        clamd.scan(b"x")


@pytest.mark.parametrize(
    "answer", [b"", b"stream: OK and more\0", b"UNKNOWN COMMAND\0", b"\xff\xfe", b"x" * 9000]
)
def test_what_is_no_verdict_lets_nothing_out(settings, answer):
    with scanners.speaking(answer) as (settings.SCANNER, _received), pytest.raises(clamd.ScannerAwayError):
        clamd.scan(b"x")


@pytest.mark.parametrize(
    "address", ["unix:/nowhere/clamd.ctl", "tcp:127.0.0.1:1", "tcp:127.0.0.1:", "nonsense", "tcp:"]
)
def test_one_that_is_not_there_is_away(settings, address):
    settings.SCANNER = address
    with pytest.raises(clamd.ScannerAwayError):
        clamd.scan(b"x")


def test_one_that_does_not_answer_is_given_up(settings, monkeypatch):
    monkeypatch.setattr(clamd, "ANSWER_SECONDS", 0.2)
    began = time.monotonic()
    with scanners.speaking(b"") as (settings.SCANNER, _received):
        monkeypatch.setattr(scanners, "_read", lambda _read: time.sleep(2) or b"")
        with pytest.raises(clamd.ScannerAwayError):
            clamd.scan(b"x")
    assert time.monotonic() - began < 1.5


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("unix:/run/clamav/clamd.ctl", True), ("tcp:scanner.internal:3310", True), ("tcp:[::1]:3310", True),
        ("/run/clamd.ctl", False), ("unix:clamd.ctl", False), ("tcp:scanner", False), ("", False),
    ],
)  # fmt: skip
def test_how_a_scanner_is_named(text, is_one):
    assert clamd.is_address(text) is is_one


@pytest.mark.fault
@pytest.mark.scanner
def test_clamav_finds_what_its_signature_names_and_nothing_else(settings):
    with scanners.real() as settings.SCANNER:
        assert clamd.scan(scanners.EICAR).startswith("Test.Eicar")
        assert clamd.scan(documents.pdf()) == ""
        assert clamd.scan(documents.zipped({"a.txt": scanners.EICAR})).startswith("Test.Eicar")
        assert clamd.scan(b"x" * 300_000) == ""
        with pytest.raises(clamd.NotScannedError):
            clamd.scan(b"x" * 2 * 1024**2)
    with pytest.raises(clamd.ScannerAwayError):
        clamd.scan(b"x")
