"""The document printer to the end: pauses, trays, alerts, long lists of jobs, broken answers."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from devices.contracts.document_printer import (
    AnswerLost,
    CancelAccepted,
    JobReport,
    JobState,
    NoAnswer,
    NoSuchJob,
    NotAccepted,
    NotResumed,
    Submitted,
    WentOn,
)
from devices.contracts.states import Condition, DeviceStatus, Trouble
from devices.drivers.ipp_jobs import PORTION
from devices.drivers.ipp_printer import IppPrinter, over_http
from devices.protocols.ipp_codes import IppJobState
from devices.simulators.ipp_printer import IppPrinterSimulator
from tests.support.ipp_bench import IppBench

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
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        report = printer.watch(ref)
        if isinstance(report, JobReport) and happened(report):
            return report
        time.sleep(0.005)
    pytest.fail("the job never got there")


def test_a_paused_printer_goes_on_when_told(
    machine: IppPrinterSimulator, printer: IppPrinter
) -> None:
    """A pause is named, nothing comes out of it, and the word to go on ends it."""
    machine.verbs["pause"]()
    ref = submitted(printer)
    report = report_when(printer, ref, lambda report: report.state is JobState.STOPPED)

    assert report.troubles == (Trouble.PAUSED,)
    assert printer.status().condition is Condition.NEEDS_ATTENTION

    assert printer.resume() == WentOn()

    assert report_when(printer, ref, lambda report: report.ended).state is JobState.COMPLETED


def test_a_held_job_is_released(machine: IppPrinterSimulator, printer: IppPrinter) -> None:
    """A job that the printer keeps is told as paused, though the printer itself is ready."""
    machine.verbs["hold_next"]()
    ref = submitted(printer)

    assert printer.watch(ref) == JobReport(JobState.PENDING, 0, (Trouble.PAUSED,))
    assert printer.status().condition is Condition.READY

    assert printer.resume() == WentOn()

    assert report_when(printer, ref, lambda report: report.ended).state is JobState.COMPLETED


def test_a_held_job_can_be_cancelled(machine: IppPrinterSimulator, printer: IppPrinter) -> None:
    """What was kept and never released ends canceled, with no page out and no trouble left."""
    machine.verbs["hold_next"]()
    ref = submitted(printer)

    assert printer.cancel(ref) == CancelAccepted()
    report = report_when(printer, ref, lambda report: report.ended)
    assert report == JobReport(JobState.CANCELED)


def test_a_suspended_job_goes_on(machine: IppPrinterSimulator, printer: IppPrinter) -> None:
    """A job that somebody suspended in its middle comes out whole after the word to go on."""
    machine.verbs["set_pace"](seconds=30)
    ref = submitted(printer)
    report_when(printer, ref, lambda report: report.state is JobState.PROCESSING)
    machine.verbs["suspend_current"]()
    report = report_when(printer, ref, lambda report: report.state is JobState.STOPPED)

    assert report.troubles == (Trouble.PAUSED,)

    machine.verbs["set_pace"](seconds=0.01)
    assert printer.resume() == WentOn()

    assert report_when(printer, ref, lambda report: report.ended) == JobReport(
        JobState.COMPLETED, 2
    )


def test_going_on_where_nothing_waits_is_harmless(printer: IppPrinter) -> None:
    """Told to go on, a printer that goes on says so."""
    assert printer.resume() == WentOn()


def test_a_printer_that_goes_on_at_its_panel_alone_says_so(
    machine: IppPrinterSimulator, printer: IppPrinter
) -> None:
    """Where the printer knows no such order, somebody must press its own key."""
    machine.answers.stubborn = True
    machine.verbs["pause"]()

    assert printer.resume() == NotResumed("resume_printer")
    assert printer.status().troubles == (Trouble.PAUSED,)

    machine.switch_off()

    assert isinstance(printer.resume(), NoAnswer)


def test_trays_are_told_with_their_paper(machine: IppPrinterSimulator, printer: IppPrinter) -> None:
    """A technician reads which tray holds A4, how many sheets lie in each, and which is empty."""
    machine.verbs["set_envelopes"](sheets=0)
    status = printer.status()

    assert status.details["trays"] == {"Tray 1": 250, "Bypass": 0}
    assert status.details["a4_trays"] == ["Tray 1"]
    assert status.details["empty_trays"] == ["Bypass"]


def test_an_empty_tray_of_envelopes_stops_nothing(
    machine: IppPrinterSimulator, printer: IppPrinter
) -> None:
    """The printer says that media are missing; while A4 is there, nobody is turned away."""
    machine.verbs["set_envelopes"](sheets=0)

    assert printer.status().condition is Condition.READY

    machine.verbs["take_paper"]()

    assert printer.status().troubles == (Trouble.PAPER_OUT,)
    assert printer.status().details["empty_trays"] == ["Tray 1", "Bypass"]


def test_another_size_in_the_tray_is_no_paper(
    machine: IppPrinterSimulator, printer: IppPrinter
) -> None:
    """Letter in the tray of A4 would cut the page: it counts as paper out, and the size is told."""
    machine.verbs["load_other_size"]()
    status = printer.status()

    assert status.troubles == (Trouble.PAPER_OUT,)
    assert status.details["media"] == ["na_letter_8.5x11in"]
    assert "a4_trays" not in status.details

    machine.verbs["load_a4"]()

    assert printer.status().condition is Condition.READY


@pytest.fixture
def bench() -> IppBench:
    """A printer whose paper stands still."""
    return IppBench()


@pytest.mark.parametrize(
    ("part", "state", "trouble"),
    [
        ("sheets", 0, Trouble.PAPER_OUT),
        ("cover_open", True, Trouble.COVER_OPEN),
        ("jammed", True, Trouble.JAM),
        ("toner_percent", 0, Trouble.TONER_EMPTY),
        ("output_full", True, Trouble.OUTPUT_FULL),
    ],
)
def test_an_alert_names_what_a_reason_does_not(
    bench: IppBench, part: str, state: int, trouble: Trouble
) -> None:
    """Printers that say "other-error" and nothing more have an alert that says what it is."""
    bench.answers.vague = True
    bench.paper.set(**{part: state})
    status = bench.printer.status()

    assert status.troubles == (trouble,)
    assert status.details["alerts"]


@pytest.mark.parametrize(
    ("longest", "goes_on"), [(None, True), (None, False), (PORTION, True), (PORTION, False)]
)
@pytest.mark.parametrize("place", [0, PORTION - 1, PORTION, 2 * PORTION, 2 * PORTION + 49])
def test_a_job_is_found_in_a_list_of_any_length(
    bench: IppBench, longest: int | None, goes_on: bool, place: int
) -> None:
    """Wherever it stands, whether the printer gives all, parts, or a beginning and no more."""
    bench.answers.longest_list, bench.answers.goes_on = longest, goes_on
    for number in range(2 * PORTION + 50):
        bench.paper.accept("wanted" if number == place else f"job-{number}", TWO_PAGES)

    assert bench.printer.find_by_name("wanted") == Submitted(str(place + 1))
    assert bench.printer.find_by_name("another") == NoSuchJob()
    assert bench.questions < 20


@pytest.mark.parametrize(
    ("states", "told"),
    [
        ((IppJobState.COMPLETED, IppJobState.PROCESSING), "2"),
        ((IppJobState.ABORTED, IppJobState.COMPLETED), "2"),
        ((IppJobState.COMPLETED, IppJobState.CANCELED), "1"),
        ((IppJobState.COMPLETED, IppJobState.COMPLETED), "1"),
    ],
)
def test_of_two_jobs_with_one_name_the_telling_one_is_taken(
    bench: IppBench, states: tuple[IppJobState, ...], told: str
) -> None:
    """Somebody repeated a job at the panel: one under way counts first, then one that came out."""
    for state in states:
        bench.paper.accept("job-1", TWO_PAGES).state = state

    assert bench.printer.find_by_name("job-1") == Submitted(told)


@pytest.mark.parametrize("operation", ["status", "submit", "watch", "find", "cancel", "resume"])
def test_an_answer_may_break_off_at_every_byte(operation: str) -> None:
    """Wherever the line breaks, nothing raises, and no broken answer is taken for a whole one."""
    simulator = IppPrinterSimulator(seconds_per_page=60)
    simulator.start()
    whole = _answer_of(simulator, operation)
    with _breaking_off(whole) as (address, cut):
        printer = over_http(address)
        for length in range(len(whole)):
            cut(length)
            outcome = _do(printer, operation)
            match outcome:
                case DeviceStatus(condition=condition):
                    assert condition in {Condition.ABSENT, Condition.FAULT}
                case NotAccepted():
                    pytest.fail("what was sent may have been taken")
                case _:
                    assert isinstance(outcome, AnswerLost | NoAnswer)
    simulator.stop()


def _do(printer: IppPrinter, operation: str) -> object:
    match operation:
        case "status":
            return printer.status()
        case "submit":
            return printer.submit(TWO_PAGES, job_name="job-1", pages=2)
        case "watch":
            return printer.watch("1")
        case "find":
            return printer.find_by_name("job-1")
        case "cancel":
            return printer.cancel("1")
        case _:
            return printer.resume()


def _answer_of(simulator: IppPrinterSimulator, operation: str) -> bytes:
    """The bytes that the simulated printer answers to the first question of an operation."""
    heard: list[bytes] = []
    respond = simulator.respond

    def overheard(body: bytes) -> bytes | None:
        answer = respond(body)
        heard.append(answer or b"")
        return answer

    simulator.respond = overheard  # type: ignore[method-assign] # listened to from the next start on
    simulator.switch_off()
    simulator.switch_on()
    printer = over_http(simulator.address)
    if operation != "submit":
        simulator.paper.accept("job-1", TWO_PAGES)
    _do(printer, operation)
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\nContent-Length: {len(heard[0])}\r\n"
    )
    return f"{head}\r\n".encode() + heard[0]


@contextmanager
def _breaking_off(whole: bytes) -> Iterator[tuple[str, Callable[[int], None]]]:
    """A printer that says as many bytes of its answer as it was last told to, and hangs up."""
    length = 0

    def cut(new: int) -> None:
        nonlocal length
        length = new

    def serve() -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            with peer:
                request = b""
                while b"\r\n\r\n" not in request:
                    request += peer.recv(65_536)
                head, _, body = request.partition(b"\r\n\r\n")
                wanted = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
                while len(body) < wanted:
                    body += peer.recv(65_536)
                peer.sendall(whole[:length])

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"ipp://127.0.0.1:{listener.getsockname()[1]}/ipp/print", cut
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(10)
