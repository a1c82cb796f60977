"""The spool and its journal: wants taken on once, reports sent until they are heard."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from devices.agent.clock import ServerClock
from devices.host.journal import Journal, Step
from devices.host.ports import LineDead, PaperKind, Refused, ReportState, Want, WantKind
from devices.host.reporting import Reporter
from devices.host.spool import Lane, Spool
from tests.support.print_fakes import FakePrintCounter

A4 = PaperKind.A4


class _NoPrinting:
    def bring_out(self, job: str) -> None:
        raise AssertionError("no lane runs in this test")


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal", now=ServerClock().now)


def _spool(journal: Journal) -> Spool:
    lanes = {kind: Lane(kind, journal, lambda _rest: _NoPrinting()) for kind in PaperKind}
    return Spool(journal, lanes, reported=lambda: None)


def test_wanting_twice_prints_once(journal: Journal) -> None:
    """The server repeats a want until it hears; the job is taken on one time, ended or not."""
    spool, want = _spool(journal), Want(WantKind.PRINT_A4, "a")
    spool.want([want, want])
    assert spool.open_jobs() == 1
    journal.report("a", ReportState.PRINTED)
    spool.want([want])
    assert spool.open_jobs() == 0


def test_each_paper_has_its_own_lane_in_order(journal: Journal) -> None:
    """Slips do not wait behind documents, and documents come out in the order of wanting."""
    _spool(journal).want(
        [
            Want(WantKind.PRINT_A4, "z"),
            Want(WantKind.PRINT_SLIP, "s"),
            Want(WantKind.PRINT_A4, "a"),
        ]
    )
    document, slip = journal.next_open(A4), journal.next_open(PaperKind.SLIP)
    assert document is not None
    assert slip is not None
    assert (document.job, slip.job) == ("z", "s")


def test_a_want_without_its_printer_is_not_taken_on(journal: Journal) -> None:
    """A terminal without a slip printer leaves slips to others."""
    lane = Lane(A4, journal, lambda _rest: _NoPrinting())
    Spool(journal, {A4: lane}, reported=lambda: None).want([Want(WantKind.PRINT_SLIP, "s")])
    assert journal.open_jobs() == 0


def test_a_cancel_for_a_job_never_heard_of_is_still_answered(journal: Journal) -> None:
    """The server waits for an end: the job is taken on, marked, and ended by its lane."""
    _spool(journal).want([Want(WantKind.CANCEL_PRINT, "a")])
    entry = journal.entry("a")
    assert entry is not None
    assert (entry.step, entry.cancel_wanted) == (Step.INTENDED, True)


def test_a_sequence_is_never_used_twice(journal: Journal) -> None:
    """Sequences count from one within a job, each written down before it is sent."""
    for job in ("a", "b"):
        journal.intend(job, A4)
        journal.report(job, ReportState.TAKEN)
        journal.report(job, ReportState.PRINTED)
    told = [(job, report.sequence) for job, report in journal.unacknowledged()]
    assert told == [("a", 1), ("a", 2), ("b", 1), ("b", 2)]


def test_reports_are_sent_until_the_server_has_heard(journal: Journal) -> None:
    """A dead line and a server in trouble cost nothing but time; order is kept."""
    journal.intend("a", A4)
    journal.report("a", ReportState.TAKEN)
    journal.report("a", ReportState.PRINTED, pages_done=1)
    counter = FakePrintCounter(report_refusals=[LineDead("off"), Refused("http_500", 500)])
    reporter = Reporter(counter, journal)
    assert [reporter.send_all() for _ in range(3)] == [False, False, True]
    assert counter.states("a") == ["taken", "printed"]
    assert journal.unacknowledged() == []


def test_a_report_that_the_server_will_never_take_holds_nothing_up(journal: Journal) -> None:
    """A conflict is written to the log and the next report goes."""
    journal.intend("a", A4)
    journal.report("a", ReportState.TAKEN)
    journal.report("a", ReportState.PRINTED)
    counter = FakePrintCounter(report_refusals=[Refused("wrong_state", 409)])
    assert Reporter(counter, journal).send_all()
    assert counter.states("a") == ["printed"]


def test_the_journal_forgets_what_is_long_over(tmp_path: Path) -> None:
    """Ended and reported jobs go after thirty days; open and unreported ones stay."""
    moment = {"now": datetime(2026, 1, 1, tzinfo=UTC)}
    journal = Journal(tmp_path / "journal", now=lambda: moment["now"])
    for job in ("ended", "unreported", "open"):
        journal.intend(job, A4)
    for job in ("ended", "unreported"):
        journal.report(job, ReportState.PRINTED)
    journal.acknowledge("ended", 1)
    assert journal.forget_old() == 0
    moment["now"] += timedelta(days=31)
    assert journal.forget_old() == 1
    assert [journal.entry(job) is None for job in ("ended", "unreported", "open")] == [
        True,
        False,
        False,
    ]


def test_every_step_is_forced_to_disk(tmp_path: Path) -> None:
    """The journal is written with synchronous=FULL and overwrites what it deletes."""
    journal = Journal(tmp_path / "journal", now=ServerClock().now)
    pragmas = {
        name: journal._disk.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("synchronous", "secure_delete", "journal_mode")
    }
    assert pragmas == {"synchronous": 2, "secure_delete": 1, "journal_mode": "wal"}
