"""A journal that is damaged, emptied or full: the host goes on, and nothing prints twice."""

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import pytest

from devices.agent.clock import ServerClock
from devices.host.document_printing import DocumentPrinting
from devices.host.fetching import PaperFetcher
from devices.host.journal import Journal
from devices.host.ports import PaperKind, ReportState, Want, WantKind
from devices.host.reporting import Reporter
from devices.host.spool import Lane, Spool
from tests.support.print_fakes import FakeDocumentPrinter, FakePrintCounter

JOB, LATER = "01job", "02job"
BLOCK = 512
FULL = 13
"""SQLITE_FULL."""


def _journal(folder: Path) -> Journal:
    return Journal(folder / "journal", now=ServerClock().now)


def _written(folder: Path) -> bytes:
    """A journal over a paper that the printer has and of which the server has heard nothing."""
    journal = _journal(folder)
    journal.intend(JOB, PaperKind.A4)
    journal.report(JOB, ReportState.TAKEN)
    journal.submitting(JOB)
    journal.submitted(JOB, f"ref-{JOB}")
    journal.close()
    return (folder / "journal").read_bytes()


def _rest(_seconds: float) -> bool:
    return False


def _comes_out(journal: Journal, printer: FakeDocumentPrinter, counter: FakePrintCounter) -> None:
    """The server wants both papers; the host does what it can, and reports."""
    printing = DocumentPrinting(
        printer,
        PaperFetcher(counter, journal, rest=_rest),
        journal,
        rest=_rest,
        reported=lambda: None,
    )
    lane = Lane(PaperKind.A4, journal, lambda _rest: printing)
    spool = Spool(journal, {PaperKind.A4: lane}, reported=lambda: None)
    spool.want([Want(WantKind.PRINT_A4, JOB)])
    while (entry := journal.next_open(PaperKind.A4)) is not None:
        printing.bring_out(entry.job)
    Reporter(counter, journal).send_all()


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "emptied": lambda _whole: b"",
    "another program's": lambda _whole: b"\x89PNG" * 500,
    "header gone": lambda whole: bytes(100) + whole[100:],
    "blocks of zero": lambda whole: whole[:4096] + bytes(len(whole) - 4096),
}


def _check_once(folder: Path, remembers: bool) -> str:
    """Play the life after the damage; return how the paper ended."""
    printer, counter = FakeDocumentPrinter(), FakePrintCounter()
    printer.submitted, printer.done = [JOB], {JOB: 0}
    printer.remembers = remembers
    journal = _journal(folder)
    _comes_out(journal, printer, counter)
    journal.close()
    assert printer.submitted == [JOB]
    return counter.states(JOB)[-1]


@pytest.mark.parametrize("remembers", [True, False])
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_journal_prints_nothing_twice(
    tmp_path: Path, damage: str, remembers: bool
) -> None:
    """The printer is asked for what the server wants: found it ends printed, else unknown."""
    (tmp_path / "journal").write_bytes(DAMAGES[damage](_written(tmp_path)))
    assert _check_once(tmp_path, remembers) == ("printed" if remembers else "unknown")
    assert (tmp_path / "journal.damaged").exists()


def test_a_journal_cut_off_anywhere_prints_nothing_twice(tmp_path: Path) -> None:
    """Cut after every 512 bytes there is one sheet, one end, and a host that goes on."""
    whole = _written(tmp_path)
    for length in range(0, len(whole), BLOCK):
        folder = tmp_path / f"cut-{length}"
        folder.mkdir()
        (folder / "journal").write_bytes(whole[:length])
        assert _check_once(folder, remembers=True) == "printed"


def test_what_a_flipped_bit_turns_into_no_word_is_damage(tmp_path: Path) -> None:
    """In each byte of each enumerated word: no paper lane falls for ever over a word it reads."""
    whole = _written(tmp_path)
    for word in (b"submitted", b"a4"):
        start = whole.rindex(word)
        for at in range(start, start + len(word)):
            folder = tmp_path / f"flip-{at}"
            folder.mkdir()
            (folder / "journal").write_bytes(
                whole[:at] + bytes([whole[at] ^ 0x04]) + whole[at + 1 :]
            )
            assert _check_once(folder, remembers=True) == "printed"


def test_only_what_was_wanted_at_the_loss_is_in_doubt(tmp_path: Path) -> None:
    """What the server wants after its first word prints as on any day, after a restart too."""
    (tmp_path / "journal").write_bytes(b"")
    journal = _journal(tmp_path)
    journal.close()
    journal = _journal(tmp_path)
    printer, counter = FakeDocumentPrinter(), FakePrintCounter()
    _comes_out(journal, printer, counter)
    assert (printer.submitted, counter.states(JOB)) == ([], ["unknown"])
    assert min(counter.reports[JOB]) > 1_000
    journal.intend(LATER, PaperKind.A4)
    printing = DocumentPrinting(
        printer,
        PaperFetcher(counter, journal, rest=_rest),
        journal,
        rest=_rest,
        reported=lambda: None,
    )
    printing.bring_out(LATER)
    Reporter(counter, journal).send_all()
    assert (printer.submitted, counter.states(LATER)[-1]) == ([LATER], "printed")


def test_tables_of_another_version_is_no_journal(tmp_path: Path) -> None:
    """A file with other columns is set aside instead of falling over at each paper."""
    disk = sqlite3.connect(tmp_path / "journal")
    disk.execute("CREATE TABLE paper (number INTEGER PRIMARY KEY, name TEXT)")
    disk.execute("CREATE TABLE report (paper INTEGER)")
    disk.commit()
    disk.close()
    assert _check_once(tmp_path, remembers=True) == "printed"


def _fill(journal: Journal) -> None:
    for number in range(100_000):
        journal.intend(f"job-{number}", PaperKind.A4)


def _step_that_fails_on_closing(journal: Journal) -> None:
    with journal._step() as disk:
        disk.execute("PRAGMA defer_foreign_keys=ON")
        disk.execute(
            "INSERT INTO report (job, sequence, state, pages_done, at)"
            " VALUES ('nobody', 1, 'taken', 0, '2026-11-22T00:00:00+00:00')"
        )


def test_a_full_disk_leaves_no_step_open(tmp_path: Path) -> None:
    """The step that does not fit is not taken; with room again the next one is."""
    journal = _journal(tmp_path)
    pages = journal._disk.execute("PRAGMA page_count").fetchone()[0]
    journal._disk.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(sqlite3.OperationalError) as full:
        _fill(journal)
    fitted = journal.open_jobs()
    assert full.value.sqlite_errorcode == FULL
    assert journal.entry(f"job-{fitted}") is None
    journal._disk.execute("PRAGMA max_page_count=100000")
    assert journal.intend(f"job-{fitted}", PaperKind.A4)


class _FullAt:
    """A journal whose disk is full at one of its calls."""

    def __init__(self, journal: Journal, at: int) -> None:
        self._journal = journal
        self.left = at

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._journal, name)

        def made(*args: Any, **kwargs: Any) -> Any:
            self.left -= 1
            if self.left == 0:
                raise sqlite3.OperationalError("database or disk is full")
            return call(*args, **kwargs)

        return made


def test_a_disk_full_at_any_step_prints_nothing_twice(tmp_path: Path) -> None:
    """At each call to the journal in turn: with room again the same host ends the job, once."""
    at, struck = 0, True
    while struck:
        at += 1
        folder = tmp_path / f"full-{at}"
        folder.mkdir()
        journal, printer, counter = _journal(folder), FakeDocumentPrinter(), FakePrintCounter()
        journal.intend(JOB, PaperKind.A4)
        full = _FullAt(journal, at)
        printing = DocumentPrinting(
            printer,
            PaperFetcher(counter, cast("Journal", full), rest=_rest),
            cast("Journal", full),
            rest=_rest,
            reported=lambda: None,
        )
        with suppress(sqlite3.OperationalError):
            printing.bring_out(JOB)
        struck, full.left = full.left <= 0, -1
        printing.bring_out(JOB)
        Reporter(counter, journal).send_all()
        journal.close()
        assert len(printer.submitted) <= 1
        assert counter.states(JOB)[-1] == ("printed" if printer.submitted else "unknown")
    assert at > 10


def test_a_step_whose_end_fails_is_taken_back(tmp_path: Path) -> None:
    """A disk that fills up at the last moment, on closing the step, blocks no later step."""
    journal = _journal(tmp_path)
    with pytest.raises(sqlite3.IntegrityError):
        _step_that_fails_on_closing(journal)
    assert journal.unacknowledged() == []
    assert journal.intend(JOB, PaperKind.A4)
