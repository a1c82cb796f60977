"""What a printer says over IPP, in the kiosk's words: reasons, alerts, trays, levels, jobs."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.contracts.document_printer import JobReport, JobState
from devices.contracts.states import Trouble
from devices.drivers.ipp_facts import job_report, printer_details, printer_troubles
from devices.host.ports import ReportState
from devices.host.print_decisions import Over, after_look
from devices.protocols.ipp import Attribute, AttributeGroup, attribute
from devices.protocols.ipp_codes import Group, IppJobState, PrinterState, Tag
from devices.protocols.ipp_trays import Tray, is_a4, trays_in
from tests.support.ipp_bench import printer_says

EMPTY = b"code=inputMediaSupplyEmpty;severity=critical;group=input;"
IDLE = attribute("printer-state", Tag.ENUM, int(PrinterState.IDLE))


def reasons(*words: str) -> Attribute:
    """The printer's reasons."""
    return attribute("printer-state-reasons", Tag.KEYWORD, *words)


def test_an_old_alert_raises_nothing() -> None:
    """Printers leave alerts standing when all is well again: the reasons have the word."""
    alert = attribute("printer-alert", Tag.OCTET_STRING, EMPTY)

    assert printer_troubles(printer_says(IDLE, reasons("none"), alert)) == ()
    assert printer_troubles(printer_says(reasons("media-jam-error"), alert)) == (Trouble.JAM,)
    assert printer_troubles(printer_says(reasons("other-error"), alert)) == (Trouble.PAPER_OUT,)
    assert printer_troubles(printer_says(reasons("other-error"))) == (Trouble.HARDWARE,)


@pytest.mark.parametrize(
    ("state", "trays", "troubles"),
    [
        (PrinterState.IDLE, [(29700, 10), (29700, 0)], (Trouble.PAPER_LOW,)),
        (PrinterState.IDLE, [(29700, 10), (22000, 0)], ()),
        (PrinterState.IDLE, [(29700, 0), (22000, 10)], (Trouble.PAPER_OUT,)),
        (PrinterState.PROCESSING, [(29700, 10), (22000, 0)], (Trouble.PAPER_OUT,)),
        (PrinterState.STOPPED, [(29700, 10), (22000, 0)], (Trouble.PAPER_OUT,)),
        (PrinterState.IDLE, [], (Trouble.PAPER_OUT,)),
    ],
)
def test_whose_tray_is_empty_counts(
    state: PrinterState, trays: list[tuple[int, int]], troubles: tuple[Trouble, ...]
) -> None:
    """At rest another tray's emptiness stops nothing; over a job the printer is believed."""
    told = [f"mediafeed={length};mediaxfeed=21000;level={left};" for length, left in trays]
    printer = printer_says(
        attribute("printer-state", Tag.ENUM, int(state)),
        reasons("media-empty-warning"),
        attribute("printer-input-tray", Tag.OCTET_STRING, *(each.encode() for each in told)),
    )

    assert printer_troubles(printer) == troubles


@pytest.mark.parametrize(
    ("medium", "a4"),
    [
        ("iso_a4_210x297mm", True),
        ("iso-a4-white", True),
        ("a4", True),
        ("custom_white_210x297mm", True),
        ("oe_photo_8.27x11.69in", True),
        ("na_letter_8.5x11in", False),
        ("iso_a4-extra_235.5x322.3mm", False),
        ("iso_a5_148x210mm", False),
        ("iso_a40_1x1mm", False),
        ("", False),
    ],
)
def test_a_medium_is_known_by_its_size(medium: str, a4: bool) -> None:
    """The size in a name decides; a name without one must call itself A4."""
    assert is_a4(medium) is a4


def test_trays_are_read_in_every_unit() -> None:
    """Hundredths of a millimetre, micrometres, ten-thousandths of an inch; none below zero."""
    told = (
        b"mediafeed=29700;mediaxfeed=21000;level=12;name=One;",
        b"mediafeed=297000;mediaxfeed=210000;level=-3;name=Two",
        b"MediaFeed=82677;MediaXFeed=116929;Level=0",
        b"mediafeed=0;mediaxfeed=0;level=-2;name=manual",
        b"mediafeed=14800;mediaxfeed=21000;level=5;name=small",
        b"\xff;;=;level=x",
    )

    assert trays_in((*told, "no bytes", None)) == (
        Tray("One", 12, True),
        Tray("Two", None, True),
        Tray("tray 3", 0, True),
        Tray("manual", None, None),
        Tray("small", 5, False),
        Tray("tray 6", None, None),
    )


@given(st.lists(st.binary(max_size=60), max_size=4))
def test_no_bytes_of_a_tray_raise(told: list[bytes]) -> None:
    """Whatever a printer says of its trays, each is a tray."""
    assert len(trays_in(told)) == len(told)


def test_supplies_are_percent() -> None:
    """A cartridge counted in pages is told as its share; an unknown level is left out."""
    supplies = (
        b"class=supplyThatIsConsumed;unit=impressions;maxcapacity=4000;level=1000;",
        b"class=supplyThatIsConsumed;unit=percent;maxcapacity=100;level=80;",
        b"class=supplyThatIsConsumed;maxcapacity=-2;level=-3;",
    )
    printer = printer_says(
        attribute("printer-supply", Tag.OCTET_STRING, *supplies),
        attribute("printer-supply-description", Tag.TEXT, "Black", "Drum", "Fuser"),
    )

    assert printer_details(printer) == {"levels": {"Black": 25, "Drum": 80}}


def test_details_stay_small() -> None:
    """A printer of thirty trays with long Chinese names does not overflow the heartbeat."""
    names = [f"{number} 号纸盒" * 20 for number in range(30)]
    trays = [f"mediafeed=29700;mediaxfeed=21000;level=0;name={name}".encode() for name in names]
    printer = printer_says(
        attribute("printer-make-and-model", Tag.TEXT, "型号" * 400),
        attribute("printer-input-tray", Tag.OCTET_STRING, *trays),
        attribute("marker-names", Tag.NAME, "black"),
        attribute("marker-levels", Tag.INTEGER, 40),
    )
    details = printer_details(printer)

    assert len(json.dumps(details)) < 2000
    assert details["levels"] == {"black": 40}


def job(state: IppJobState, *words: str, pages: int = 0) -> AttributeGroup:
    """A job that says this of itself."""
    return AttributeGroup(
        Group.JOB,
        (
            attribute("job-state", Tag.ENUM, int(state)),
            attribute("job-state-reasons", Tag.KEYWORD, *words),
            attribute("job-impressions-completed", Tag.INTEGER, pages),
        ),
    )


@pytest.mark.parametrize(
    ("state", "words", "report"),
    [
        (IppJobState.PROCESSING, ("job-printing",), JobReport(JobState.PROCESSING)),
        (IppJobState.PENDING_HELD, ("none",), JobReport(JobState.PENDING, 0, (Trouble.PAUSED,))),
        (
            IppJobState.PENDING,
            ("resources-are-not-ready",),
            JobReport(JobState.PENDING, 0, (Trouble.PAPER_OUT,)),
        ),
        (
            IppJobState.ABORTED,
            ("aborted-by-system", "document-format-error"),
            JobReport(JobState.ABORTED, 0, (Trouble.NOT_SUPPORTED,)),
        ),
        (
            IppJobState.CANCELED,
            ("job-canceled-at-device", "job-suspended"),
            JobReport(JobState.CANCELED),
        ),
    ],
)
def test_a_job_s_own_reasons_are_heard(
    state: IppJobState, words: tuple[str, ...], report: JobReport
) -> None:
    """Held, short of paper, not printable: what the job says of itself is told in our words."""
    assert job_report(job(state, *words)) == report


def test_a_job_completed_with_errors_is_doubted() -> None:
    """The printer itself is not sure of its sheets: nobody is told that they are printed."""
    doubted = job_report(job(IppJobState.COMPLETED, "job-completed-with-errors", pages=1))
    assert doubted is not None

    assert after_look(doubted) == Over(ReportState.UNKNOWN, Trouble.HARDWARE, 1)
    sure = job_report(job(IppJobState.COMPLETED, "job-completed-successfully", pages=2))
    assert sure is not None
    assert after_look(sure) == Over(ReportState.PRINTED, None, 2)


def test_a_printer_that_counts_no_pages_is_believed() -> None:
    """Impressions are told for the screen; whether a job is printed the state alone says."""
    for pages in (0, -1, 1, 7):
        report = job_report(job(IppJobState.COMPLETED, "none", pages=pages))
        assert report == JobReport(JobState.COMPLETED, max(0, pages))
