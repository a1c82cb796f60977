"""Papers and power cuts: whatever the step, nothing prints twice in silence and nothing is lost."""

from collections.abc import Callable
from pathlib import Path

import pytest

from devices.agent.clock import ServerClock
from devices.contracts.document_printer import (
    AnswerLost,
    JobReport,
    JobState,
    NoAnswer,
    NoSuchJob,
    NotAccepted,
)
from devices.contracts.receipt_printer import NotPrinted, PrintUnknown
from devices.contracts.states import Trouble
from devices.host.document_printing import DocumentPrinting
from devices.host.fetching import PaperFetcher
from devices.host.journal import Journal
from devices.host.ports import LineDead, PaperKind, PrintJob, Refused
from devices.host.reporting import Reporter
from devices.host.slip_printing import SlipPrinting
from tests.support.print_fakes import (
    SLIP,
    FakeDocumentPrinter,
    FakePrintCounter,
    FakeReceiptPrinter,
    Fuse,
    PowerCut,
)

JOB = "01job"


def _rest(_seconds: float) -> bool:
    return False


def _life(
    folder: Path,
    printer: FakeDocumentPrinter,
    counter: FakePrintCounter,
    fuse: Fuse | None = None,
    *,
    rest: Callable[[float], bool] = _rest,
    cancel: bool = False,
) -> None:
    """One life of the host, from switching on until its papers have ended and are reported."""
    fuse = fuse or Fuse(None)
    on_disk = Journal(folder / "journal", now=ServerClock().now)
    journal = fuse.wrap(on_disk)
    ticks = iter(range(0, 100_000, 10))
    try:
        journal.intend(JOB, counter.kind)
        if cancel:
            journal.wish_cancel(JOB)
        fused = fuse.wrap(counter)
        printing = DocumentPrinting(
            fuse.wrap(printer),
            PaperFetcher(fused, journal, rest=rest),
            journal,
            rest=rest,
            reported=lambda: None,
            now=lambda: float(next(ticks)),
        )
        while (entry := on_disk.next_open(PaperKind.A4)) is not None and not rest(0):
            printing.bring_out(entry.job)
        Reporter(fused, journal).send_all()
    finally:
        on_disk.close()


def _steps(folder: Path) -> int:
    measured = folder / "measured"
    measured.mkdir()
    fuse = Fuse(None)
    _life(measured, FakeDocumentPrinter(), FakePrintCounter(), fuse)
    return fuse.calls


def test_a_document_comes_out_and_is_told_step_by_step(tmp_path: Path) -> None:
    """Taken, printing page by page, printed; each change is told once."""
    printer, counter = FakeDocumentPrinter(), FakePrintCounter()
    _life(tmp_path, printer, counter)
    assert printer.submitted == [JOB]
    assert counter.states(JOB) == ["taken", "printing", "printing", "printed"]
    assert counter.reports[JOB][4].pages_done == 2


@pytest.mark.parametrize("remembers", [True, False])
@pytest.mark.parametrize("after", [False, True])
def test_a_power_cut_at_any_step_prints_nothing_twice_and_loses_nothing(
    tmp_path: Path, after: bool, remembers: bool
) -> None:
    """Before and after every call: one submission at most, one end, and the right one."""
    steps = _steps(tmp_path)
    assert steps > 15
    for cut_at in range(1, steps + 1):
        folder = tmp_path / f"cut-{cut_at}"
        folder.mkdir()
        printer, counter = FakeDocumentPrinter(), FakePrintCounter()
        with pytest.raises(PowerCut):
            _life(folder, printer, counter, Fuse(cut_at, after=after))
        printer.remembers = remembers
        _life(folder, printer, counter)
        assert len(printer.submitted) <= 1, f"printed twice after a cut at call {cut_at}"
        ends = [state for state in counter.states(JOB) if state in {"printed", "unknown"}]
        assert counter.states(JOB)[-1:] == ends, f"no single end after a cut at call {cut_at}"
        if remembers and printer.submitted:
            assert ends == ["printed"]
        if not printer.submitted:
            assert ends == ["unknown"]


def test_two_power_cuts_are_as_safe_as_one(tmp_path: Path) -> None:
    """A cut in the life that was repairing the first cut changes nothing."""
    for first in range(1, _steps(tmp_path) + 1, 2):
        for second in range(1, 12):
            folder = tmp_path / f"cut-{first}-{second}"
            folder.mkdir()
            printer, counter = FakeDocumentPrinter(), FakePrintCounter()
            for fuse in (Fuse(first), Fuse(second), None):
                try:
                    _life(folder, printer, counter, fuse)
                except PowerCut:
                    continue
            assert len(printer.submitted) <= 1
            assert counter.states(JOB)[-1] in {"printed", "unknown"}


def test_paper_out_is_told_at_once_and_the_cure_goes_on(tmp_path: Path) -> None:
    """The job waits where it stands; after the cure it comes out without another submission."""
    printer, counter = FakeDocumentPrinter(), FakePrintCounter()
    waiting = JobReport(JobState.STOPPED, 1, (Trouble.TONER_LOW, Trouble.PAPER_OUT))
    printer.looks = [JobReport(JobState.PROCESSING, 1), waiting, waiting, waiting]
    _life(tmp_path, printer, counter)
    assert counter.troubles(JOB)[:4] == [None, None, "paper_out", None]
    assert counter.states(JOB)[-1] == "printed"
    assert printer.submitted == [JOB]


def test_a_busy_printer_is_offered_the_document_again(tmp_path: Path) -> None:
    """What was certainly not accepted is safely offered again, and the wait is told."""
    printer, counter = FakeDocumentPrinter(), FakePrintCounter()
    printer.answers = [NotAccepted(Trouble.OFFLINE), NotAccepted(Trouble.OFFLINE)]
    _life(tmp_path, printer, counter)
    assert printer.submitted == [JOB]
    assert counter.troubles(JOB)[:2] == [None, "offline"]
    assert counter.states(JOB)[-1] == "printed"


def test_a_document_that_the_printer_cannot_set_is_not_offered_for_ever(tmp_path: Path) -> None:
    """`not_supported` ends the job unprinted."""
    printer, counter = FakeDocumentPrinter(), FakePrintCounter()
    printer.answers = [NotAccepted(Trouble.NOT_SUPPORTED)]
    _life(tmp_path, printer, counter)
    assert counter.states(JOB)[-1] == "not_printed"


def test_a_lost_answer_is_cleared_up_by_the_job_s_name(tmp_path: Path) -> None:
    """The printer had accepted: the job is found by name and watched, not sent again."""
    printer, counter = FakeDocumentPrinter(), FakePrintCounter()
    printer.answers = [AnswerLost()]
    _life(tmp_path, printer, counter)
    assert (printer.submitted, counter.states(JOB)[-1]) == ([JOB], "printed")


def test_a_printer_that_has_forgotten_leaves_it_unknown(tmp_path: Path) -> None:
    """Switched off over a job, a printer that knows of nothing ends it as unknown."""
    printer, counter = FakeDocumentPrinter(), FakePrintCounter()
    printer.looks = [NoAnswer(), NoAnswer(), NoSuchJob()]
    _life(tmp_path, printer, counter)
    assert counter.troubles(JOB)[1] == "offline"
    assert (printer.submitted, counter.states(JOB)[-1]) == ([JOB], "unknown")


@pytest.mark.parametrize("state", [JobState.ABORTED, JobState.CANCELED])
def test_a_job_that_broke_off_is_not_printed(tmp_path: Path, state: JobState) -> None:
    """What the printer gave up ends unprinted, with the pages that are out."""
    printer, counter = FakeDocumentPrinter(), FakePrintCounter()
    printer.looks = [JobReport(state, 1, (Trouble.JAM,))]
    _life(tmp_path, printer, counter)
    last = max(counter.reports[JOB].values(), key=lambda report: report.sequence)
    assert (last.state, last.trouble, last.pages_done) == ("not_printed", "jam", 1)


def test_a_job_taken_back_before_printing_touches_no_printer(tmp_path: Path) -> None:
    """The end is not_printed, and the document is not even fetched."""
    printer, counter = FakeDocumentPrinter(), FakePrintCounter()
    _life(tmp_path, printer, counter, cancel=True)
    assert (printer.submitted, counter.states(JOB)) == ([], ["not_printed"])


def test_a_job_taken_back_at_the_printer_ends_as_the_printer_says(tmp_path: Path) -> None:
    """Cancelled in time it is not_printed; too late it is printed."""
    printer, counter = FakeDocumentPrinter(), FakePrintCounter()
    with pytest.raises(PowerCut):
        _life(tmp_path, printer, counter, Fuse(11))
    assert printer.submitted == [JOB]
    _life(tmp_path, printer, counter, cancel=True)
    assert counter.states(JOB)[-1] == "not_printed"


def test_a_silent_printer_is_not_waited_for_after_the_job_was_taken_back(tmp_path: Path) -> None:
    """A minute of silence after the cancel ends the job as unknown."""
    printer, counter = FakeDocumentPrinter(), FakePrintCounter()
    with pytest.raises(PowerCut):
        _life(tmp_path, printer, counter, Fuse(11))
    printer.looks = [NoAnswer() for _ in range(50)]
    _life(tmp_path, printer, counter, cancel=True)
    assert counter.states(JOB)[-1] == "unknown"
    assert printer.looks


def test_a_dead_line_is_waited_out(tmp_path: Path) -> None:
    """The intent stays, and the document is fetched when the server is back."""
    printer, counter = FakeDocumentPrinter(), FakePrintCounter()
    counter.refusals = [LineDead("off"), Refused("http_500", 500), Refused("clock_skew", 401)]
    _life(tmp_path, printer, counter)
    assert counter.states(JOB)[-1] == "printed"


@pytest.mark.parametrize("status", [404, 410])
def test_a_job_that_the_server_no_longer_wants_ends_without_a_word(
    tmp_path: Path, status: int
) -> None:
    """There is nothing to print and nobody to report to."""
    printer, counter = FakeDocumentPrinter(), FakePrintCounter()
    counter.refusals = [Refused("print_job_not_found", status)]
    _life(tmp_path, printer, counter)
    assert (printer.submitted, counter.reports) == ([], {})


def test_a_job_that_was_taken_back_before_the_fetch_is_not_printed(tmp_path: Path) -> None:
    """The server, which waits for an end, is told that nothing came out."""
    printer, counter = FakeDocumentPrinter(), FakePrintCounter()
    counter.refusals = [Refused("print_job_over", 409)]
    _life(tmp_path, printer, counter)
    assert (printer.submitted, counter.states(JOB)) == ([], ["not_printed"])


@pytest.mark.policy("P52")
def test_a_document_that_waited_long_is_asked_for_anew(tmp_path: Path) -> None:
    """A printer that is cured hours later brings out nothing for a person who has left."""
    printer, counter = FakeDocumentPrinter(), FakePrintCounter()
    printer.answers = [NotAccepted(Trouble.OFFLINE)] * 30

    def rest(_seconds: float) -> bool:
        # While the printer is away the visit ends; the line was dead, so no word of it came.
        if len(printer.answers) == 15 and not counter.refusals:
            counter.refusals = [LineDead("off"), Refused("print_job_over", 409)]
        return False

    _life(tmp_path, printer, counter, rest=rest)
    assert printer.submitted == []
    assert counter.states(JOB)[-1] == "not_printed"


def test_a_damaged_document_is_never_printed(tmp_path: Path) -> None:
    """Bytes that do not fit their digest are fetched once more and then given up."""
    printer, counter = FakeDocumentPrinter(), FakePrintCounter(digest="0" * 64)
    _life(tmp_path, printer, counter)
    assert printer.submitted == []
    assert counter.troubles(JOB) == ["document_damaged"]


def test_a_host_that_ends_leaves_the_job_where_it_stands(tmp_path: Path) -> None:
    """Switching the host off over a waiting job is no end; the next life takes it up."""
    printer, counter = FakeDocumentPrinter(), FakePrintCounter()
    printer.looks = [JobReport(JobState.STOPPED, 0, (Trouble.PAPER_OUT,))]
    ending = iter([False, True, True])
    _life(tmp_path, printer, counter, rest=lambda _: next(ending))
    assert counter.states(JOB)[-1] == "printing"
    _life(tmp_path, printer, counter)
    assert (printer.submitted, counter.states(JOB)[-1]) == ([JOB], "printed")


@pytest.mark.policy("P37")
def test_the_journal_on_disk_knows_no_content(tmp_path: Path) -> None:
    """Neither the document nor its title is in any file that the host has written."""
    _life(tmp_path, FakeDocumentPrinter(), FakePrintCounter())
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert JOB.encode() in written
    assert b"nobody" not in written
    assert "证明".encode() not in written


def _slip_life(
    folder: Path, printer: FakeReceiptPrinter, counter: FakePrintCounter, fuse: Fuse | None = None
) -> None:
    fuse = fuse or Fuse(None)
    ticks = iter(range(0, 100_000, 50))
    on_disk = Journal(folder / "journal", now=ServerClock().now)
    journal = fuse.wrap(on_disk)
    try:
        journal.intend(JOB, PaperKind.SLIP)
        fused = fuse.wrap(counter)
        SlipPrinting(
            fuse.wrap(printer),
            PaperFetcher(fused, journal, rest=_rest),
            journal,
            rest=_rest,
            reported=lambda: None,
            now=lambda: float(next(ticks)),
        ).bring_out(JOB)
        Reporter(fused, journal).send_all()
    finally:
        on_disk.close()


def _slip_counter() -> FakePrintCounter:
    return FakePrintCounter(kind=PaperKind.SLIP, document_bytes=SLIP)


@pytest.mark.parametrize("after", [False, True])
def test_a_power_cut_over_a_slip_never_prints_it_twice(tmp_path: Path, after: bool) -> None:
    """A slip printer knows no jobs: what was not confirmed ends as unknown."""
    (tmp_path / "measured").mkdir()
    fuse = Fuse(None)
    _slip_life(tmp_path / "measured", FakeReceiptPrinter(), _slip_counter(), fuse)
    for cut_at in range(1, fuse.calls + 1):
        folder = tmp_path / f"cut-{cut_at}"
        folder.mkdir()
        printer, counter = FakeReceiptPrinter(), _slip_counter()
        with pytest.raises(PowerCut):
            _slip_life(folder, printer, counter, Fuse(cut_at, after=after))
        _slip_life(folder, printer, counter)
        assert printer.printed <= 1
        assert counter.states(JOB)[-1] in {"printed", "unknown"}


def test_a_slip_waits_for_paper(tmp_path: Path) -> None:
    """Out of paper is told once; after the cure the slip comes out."""
    printer, counter = FakeReceiptPrinter(), _slip_counter()
    printer.answers = [NotPrinted(Trouble.PAPER_OUT), NotPrinted(Trouble.PAPER_OUT)]
    _slip_life(tmp_path, printer, counter)
    assert counter.states(JOB) == ["taken", "printing", "printed"]
    assert counter.troubles(JOB) == [None, "paper_out", None]


def test_a_slip_that_waited_long_is_asked_for_anew(tmp_path: Path) -> None:
    """A slip that comes out an hour later is litter: the server is asked whether it wants it."""
    printer, counter = FakeReceiptPrinter(), _slip_counter()
    asked: list[str] = []
    wanted = counter.print_job

    def print_job(job: str) -> PrintJob | Refused | LineDead:
        asked.append(job)
        return wanted(job) if len(asked) == 1 else Refused("print_job_over", 409)

    counter.print_job = print_job  # type: ignore[method-assign]
    printer.answers = [NotPrinted(Trouble.PAPER_OUT)] * 30
    _slip_life(tmp_path, printer, counter)
    assert (len(asked), printer.printed, counter.states(JOB)[-1]) == (2, 0, "not_printed")


def test_a_slip_printer_that_fell_silent_leaves_it_unknown(tmp_path: Path) -> None:
    """A person must look; the slip is not printed again by itself."""
    printer, counter = FakeReceiptPrinter([PrintUnknown()]), _slip_counter()
    _slip_life(tmp_path, printer, counter)
    assert (printer.printed, counter.states(JOB)[-1]) == (0, "unknown")


def test_a_slip_that_is_none_is_not_printed(tmp_path: Path) -> None:
    """A description that the strict parser refuses ends unprinted."""
    printer = FakeReceiptPrinter()
    counter = FakePrintCounter(kind=PaperKind.SLIP, document_bytes=b"{}")
    _slip_life(tmp_path, printer, counter)
    assert (printer.printed, counter.states(JOB)) == (0, ["not_printed"])
