"""The document printer's contract: the IPP driver over the simulated printer on a real socket."""

import time
from collections.abc import Callable, Iterator

import pytest

from devices.contracts.document_printer import (
    AnswerLost,
    CancelAccepted,
    JobReport,
    JobState,
    NoAnswer,
    NoSuchJob,
    NotAccepted,
    Submitted,
    TooLateToCancel,
)
from devices.contracts.states import Condition, Trouble
from devices.drivers.ipp_printer import IppPrinter, over_http
from devices.simulators.ipp_printer import IppPrinterSimulator

TWO_PAGES = b"%PDF-1.7 <</Type /Pages>> <</Type /Page>> <</Type/Page>>"


@pytest.fixture
def machine() -> Iterator[IppPrinterSimulator]:
    """A simulated printer that takes ten milliseconds a page."""
    simulator = IppPrinterSimulator(seconds_per_page=0.01)
    simulator.start()
    yield simulator
    simulator.stop()


@pytest.fixture
def printer(machine: IppPrinterSimulator) -> IppPrinter:
    """The driver of that printer."""
    return over_http(machine.address)


def submitted(printer: IppPrinter, name: str = "job-1") -> str:
    """Hand two pages over and return the printer's reference."""
    outcome = printer.submit(TWO_PAGES, job_name=name, pages=2)
    assert isinstance(outcome, Submitted)
    return outcome.ref


def report_when(printer: IppPrinter, ref: str, happened: Callable[[JobReport], bool]) -> JobReport:
    """Watch a job until its report shows what is awaited."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        report = printer.watch(ref)
        if isinstance(report, JobReport) and happened(report):
            return report
        time.sleep(0.005)
    pytest.fail("the job never got there")


def ended(report: JobReport) -> bool:
    """The job will not change any more."""
    return report.ended


def stopped(report: JobReport) -> bool:
    """The job waits for a person."""
    return report.state is JobState.STOPPED


def test_a_document_comes_out(printer: IppPrinter) -> None:
    """A job ends completed with all its pages, and the printer is ready again."""
    report = report_when(printer, submitted(printer), ended)

    assert report == JobReport(JobState.COMPLETED, 2)
    assert printer.status().condition is Condition.READY


MISFORTUNES = [
    ("take_paper", {}, "load_paper", {}, Trouble.PAPER_OUT),
    ("open_cover", {}, "close_cover", {}, Trouble.COVER_OPEN),
    ("jam", {}, "clear_jam", {}, Trouble.JAM),
    ("set_toner", {"percent": 0}, "set_toner", {"percent": 90}, Trouble.TONER_EMPTY),
    ("fill_output", {}, "empty_output", {}, Trouble.OUTPUT_FULL),
]


@pytest.mark.parametrize(("cause", "how", "cure", "with_what", "trouble"), MISFORTUNES)
def test_a_misfortune_stops_the_job_and_its_cure_lets_it_go_on(
    machine: IppPrinterSimulator,
    printer: IppPrinter,
    cause: str,
    how: dict[str, int],
    cure: str,
    with_what: dict[str, int],
    trouble: Trouble,
) -> None:
    """What a person must cure is named, and after the cure the same job comes out."""
    machine.verbs[cause](**how)
    ref = submitted(printer)

    assert report_when(printer, ref, stopped).troubles == (trouble,)
    assert printer.status().condition is Condition.NEEDS_ATTENTION

    machine.verbs[cure](**with_what)

    assert report_when(printer, ref, ended) == JobReport(JobState.COMPLETED, 2)
    assert printer.status().condition is Condition.READY


def test_paper_may_run_out_between_two_pages(
    machine: IppPrinterSimulator, printer: IppPrinter
) -> None:
    """With one sheet left one page comes out, and the second after paper is loaded."""
    machine.verbs["load_paper"](sheets=1)
    ref = submitted(printer)
    report = report_when(printer, ref, stopped)

    assert (report.pages_done, report.troubles) == (1, (Trouble.PAPER_OUT,))

    machine.verbs["load_paper"]()

    assert report_when(printer, ref, ended).pages_done == 2


def test_a_sheet_stuck_on_its_way_is_printed_again(
    machine: IppPrinterSimulator, printer: IppPrinter
) -> None:
    """A jam in the middle of a job stops it; cleared, all pages come out."""
    machine.verbs["jam_next"]()
    ref = submitted(printer)

    assert report_when(printer, ref, stopped).troubles == (Trouble.JAM,)

    machine.verbs["clear_jam"]()

    assert report_when(printer, ref, ended).pages_done == 2


@pytest.mark.parametrize(
    ("verb", "how", "trouble"),
    [
        ("load_paper", {"sheets": 5}, Trouble.PAPER_LOW),
        ("set_toner", {"percent": 5}, Trouble.TONER_LOW),
    ],
)
def test_what_runs_low_is_told_and_prints(
    machine: IppPrinterSimulator,
    printer: IppPrinter,
    verb: str,
    how: dict[str, int],
    trouble: Trouble,
) -> None:
    """Low paper or toner is a warning; documents come out all the same."""
    machine.verbs[verb](**how)
    status = printer.status()

    assert (status.condition, status.troubles, status.usable) == (Condition.LOW, (trouble,), True)
    assert report_when(printer, submitted(printer), ended).state is JobState.COMPLETED


def test_a_lost_answer_is_found_again_by_name(
    machine: IppPrinterSimulator, printer: IppPrinter
) -> None:
    """A job that the printer took without a word is found under its name, finished or not."""
    machine.lose_next_answer()

    assert isinstance(printer.submit(TWO_PAGES, job_name="lost", pages=2), AnswerLost)

    found = printer.find_by_name("lost")

    assert isinstance(found, Submitted)
    assert report_when(printer, found.ref, ended).state is JobState.COMPLETED
    assert printer.find_by_name("lost") == found


def test_a_request_lost_on_its_way_is_not_found(
    machine: IppPrinterSimulator, printer: IppPrinter
) -> None:
    """A job that never arrived is not there, so it may be sent again."""
    machine.lose_next_request()

    assert isinstance(printer.submit(TWO_PAGES, job_name="lost", pages=2), AnswerLost)
    assert printer.find_by_name("lost") == NoSuchJob()


def test_a_forgotten_job_is_no_such_job(machine: IppPrinterSimulator, printer: IppPrinter) -> None:
    """A printer that has forgotten a finished job says so; it is not taken for unprinted."""
    ref = submitted(printer)
    report_when(printer, ref, ended)
    machine.paper.forget()

    assert printer.watch(ref) == NoSuchJob()
    assert printer.cancel(ref) == NoSuchJob()


def test_a_busy_printer_accepts_nothing(machine: IppPrinterSimulator, printer: IppPrinter) -> None:
    """Busy is said as such, and the same document is accepted later."""
    machine.verbs["be_busy"]()

    outcome = printer.submit(TWO_PAGES, job_name="job-1", pages=2)
    assert isinstance(outcome, NotAccepted)
    assert outcome.trouble is Trouble.BUSY

    machine.verbs["be_free"]()

    assert report_when(printer, submitted(printer), ended).state is JobState.COMPLETED


def test_a_printer_that_is_off_is_absent_until_it_is_on(
    machine: IppPrinterSimulator, printer: IppPrinter
) -> None:
    """Nothing is known of a printer without power; afterwards it has lost its jobs."""
    machine.verbs["take_paper"]()
    ref = submitted(printer)
    machine.switch_off()

    assert printer.status().condition is Condition.ABSENT
    assert isinstance(printer.watch(ref), NoAnswer)
    assert isinstance(printer.find_by_name("job-1"), NoAnswer)
    assert isinstance(printer.cancel(ref), NoAnswer)
    outcome = printer.submit(TWO_PAGES, job_name="job-2", pages=2)
    assert isinstance(outcome, NotAccepted)
    assert outcome.trouble is Trouble.OFFLINE

    machine.switch_on()
    machine.verbs["load_paper"]()

    assert printer.watch(ref) == NoSuchJob()
    assert report_when(printer, submitted(printer), ended).state is JobState.COMPLETED


def test_a_waiting_job_can_be_cancelled_once(
    machine: IppPrinterSimulator, printer: IppPrinter
) -> None:
    """A cancelled job ends canceled, and cancelling it again comes too late."""
    machine.verbs["take_paper"]()
    ref = submitted(printer)

    assert printer.cancel(ref) == CancelAccepted()
    assert report_when(printer, ref, ended).state is JobState.CANCELED
    assert printer.cancel(ref) == TooLateToCancel()


def test_a_job_that_breaks_down_ends_aborted(
    machine: IppPrinterSimulator, printer: IppPrinter
) -> None:
    """A breakdown inside the printer ends the job, and the next one comes out."""
    machine.paper.abort_current()

    assert report_when(printer, submitted(printer), ended).state is JobState.ABORTED
    assert report_when(printer, submitted(printer, "job-2"), ended).state is JobState.COMPLETED


def test_what_is_no_pdf_is_refused(printer: IppPrinter) -> None:
    """A document of another kind is not accepted."""
    outcome = printer.submit(b"GIF89a", job_name="job-1", pages=1)

    assert isinstance(outcome, NotAccepted)
    assert outcome.trouble is Trouble.NOT_SUPPORTED


def test_nothing_is_kept_of_a_printed_document(
    machine: IppPrinterSimulator, printer: IppPrinter
) -> None:
    """Unless a folder is named for development, a document is gone when it is out."""
    report_when(printer, submitted(printer), ended)

    assert machine.state()["outputs"] == []
    assert all(job.document == b"" for job in machine.paper.jobs())
