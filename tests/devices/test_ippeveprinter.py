"""The IPP driver against a printer that others wrote (`ippeveprinter` of CUPS)."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devices.contracts.document_printer import (
    CancelAccepted,
    JobReport,
    JobState,
    NoSuchJob,
    NotAccepted,
    Submitted,
)
from devices.contracts.states import Condition, Trouble
from devices.drivers.ipp_printer import IppPrinter, over_http
from tests.support import ippeveprinter
from tests.support.ippeveprinter import Peer

pytestmark = pytest.mark.peer

PDF = b"%PDF-1.7 <</Type /Page>> <</Type /Page>>"


@pytest.fixture
def peer(tmp_path: Path) -> Iterator[Peer]:
    """A fresh printer, since the troubles of one job stay with it."""
    with ippeveprinter.running(tmp_path) as running:
        yield running


@pytest.fixture
def printer(peer: Peer) -> IppPrinter:
    """The driver of that printer."""
    return over_http(peer.uri)


def submitted(printer: IppPrinter, name: str = "job-1") -> str:
    """Hand a document over and return the printer's reference."""
    outcome = printer.submit(PDF, job_name=name, pages=2)
    assert isinstance(outcome, Submitted)
    return outcome.ref


def report_when(printer: IppPrinter, ref: str, happened: Callable[[JobReport], bool]) -> JobReport:
    """Watch a job until its report shows what is awaited."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        report = printer.watch(ref)
        if isinstance(report, JobReport) and happened(report):
            return report
        time.sleep(0.02)
    pytest.fail("the job never got there")


def test_a_document_is_printed_and_found_by_its_name(printer: IppPrinter) -> None:
    """A job ends completed with its pages and is found again by name, a strange name is not."""
    assert printer.status().condition is Condition.READY

    ref = submitted(printer, "01jd3v9q2m8x4k7t5w6y0z1abd")
    report = report_when(printer, ref, lambda report: report.ended)

    assert report == JobReport(JobState.COMPLETED, 2)
    assert printer.find_by_name("01jd3v9q2m8x4k7t5w6y0z1abd") == Submitted(ref)
    assert printer.find_by_name("another") == NoSuchJob()
    assert printer.watch("4711") == NoSuchJob()


def test_missing_paper_is_named_by_its_stem_and_the_job_goes_on(
    peer: Peer, printer: IppPrinter
) -> None:
    """This printer turns media-empty-error into a warning; it is paper out all the same."""
    peer.play("paper_out")
    ref = submitted(printer)

    report = report_when(printer, ref, lambda report: Trouble.PAPER_OUT in report.troubles)
    assert not report.ended
    assert printer.status().condition is Condition.NEEDS_ATTENTION

    peer.play("ok")

    assert report_when(printer, ref, lambda report: report.ended).state is JobState.COMPLETED
    assert printer.status().condition is Condition.READY


def test_a_jam_aborts_the_job_and_is_named(peer: Peer, printer: IppPrinter) -> None:
    """A job that breaks down ends aborted, and the printer says that paper is stuck."""
    peer.play("jam")
    ref = submitted(printer)

    assert report_when(printer, ref, lambda report: report.ended).state is JobState.ABORTED
    assert Trouble.JAM in printer.status().troubles


def test_low_toner_does_not_stop_a_job(peer: Peer, printer: IppPrinter) -> None:
    """Low toner is told and the document comes out."""
    peer.play("low_toner")
    ref = submitted(printer)

    assert report_when(printer, ref, lambda report: report.ended).state is JobState.COMPLETED
    assert printer.status().condition is Condition.LOW


def test_one_job_at_a_time_is_busy_for_the_second(peer: Peer, printer: IppPrinter) -> None:
    """While a job is in hand a second is not accepted, and is after its end."""
    peer.play("slow")
    ref = submitted(printer)
    report_when(printer, ref, lambda report: report.state is JobState.PROCESSING)

    refused = printer.submit(PDF, job_name="job-2", pages=2)
    assert isinstance(refused, NotAccepted)
    assert refused.trouble is Trouble.BUSY

    peer.play("ok")
    report_when(printer, ref, lambda report: report.ended)
    again = submitted(printer, "job-2")

    assert report_when(printer, again, lambda report: report.ended).state is JobState.COMPLETED
    assert printer.status().condition is Condition.READY


def test_a_job_in_hand_is_cancelled_when_it_lets_go(peer: Peer, printer: IppPrinter) -> None:
    """A cancelled job ends canceled once the printer has finished what it holds."""
    peer.play("slow")
    ref = submitted(printer)
    # This printer forgets a cancellation that reaches it between taking a job and beginning it.
    report_when(printer, ref, lambda report: report.state is JobState.PROCESSING)

    assert printer.cancel(ref) == CancelAccepted()
    peer.play("ok")

    assert report_when(printer, ref, lambda report: report.ended).state is JobState.CANCELED


def test_paper_and_supplies_are_told_without_a_job(peer: Peer, printer: IppPrinter) -> None:
    """What its own web page is told of paper and toner, the driver reads."""
    peer.lay_in(5)
    low = printer.status()

    assert low.troubles == (Trouble.PAPER_LOW,)
    assert low.details["trays"] == {"main": 5}
    assert low.details["a4_trays"] == ["main"]

    peer.lay_in(0)
    assert printer.status().troubles == (Trouble.PAPER_OUT,)
    assert printer.status().details["empty_trays"] == ["main"]

    peer.lay_in(250, size="na_letter_8.5x11in")
    assert printer.status().troubles == (Trouble.PAPER_OUT,)

    peer.lay_in(250)
    peer.fill(toner=0, waste=100)
    spent = printer.status()

    assert spent.troubles == (Trouble.TONER_EMPTY, Trouble.WASTE_FULL)
    assert spent.details["levels"] == {"Toner Waste Tank": 100, "Black Toner": 0}

    peer.fill(toner=80)
    assert printer.status().condition is Condition.READY


def test_an_empty_tray_of_envelopes_stops_nothing_at_the_peer(
    peer: Peer, printer: IppPrinter
) -> None:
    """This printer calls media empty when its envelopes are; A4 lies there, so it is ready."""
    peer.lay_in(250, envelopes=0)

    assert printer.status().condition is Condition.READY
    assert printer.status().details["empty_trays"] == ["by-pass-tray"]
