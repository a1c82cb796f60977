"""
One device used alone, without host or server: read a card or a chip, print a document, print a
slip, scan a code.
"""

import json
import time
import unicodedata
import uuid
from dataclasses import dataclass
from pathlib import Path

from devices.contracts.card_slot import (
    CardSlot,
    ChipFailed,
    ChipFailure,
    ChipRead,
    SlotEmpty,
    SlotTrouble,
)
from devices.contracts.document_printer import (
    AnswerLost,
    DocumentPrinter,
    JobReport,
    JobState,
    NoAnswer,
    NoSuchJob,
    NotAccepted,
    NotResumed,
    Submitted,
    WentOn,
)
from devices.contracts.id_reader import (
    CardFailed,
    CardFound,
    CardRead,
    IdReader,
    ReaderTrouble,
    ReadFailure,
)
from devices.contracts.qr_scanner import (
    Nothing,
    QrScanner,
    Scanned,
    ScannerTrouble,
    ScanRefused,
    Unreadable,
)
from devices.contracts.receipt_printer import NotPrinted, Printed, PrintUnknown
from devices.contracts.slip import Block, Gap, Lang, Slip, Text
from devices.contracts.states import Trouble
from devices.drivers import (
    escpos_printer,
    ipp_printer,
    pcsc_card_slot,
    qr_scanner,
    sam_id_reader,
)
from devices.protocols.pdf_pages import count_pages

_POLL_SECONDS = 0.2

# A line spoiled by noise is worth another look; nothing else mends itself while one waits.
_PASSING = frozenset({Trouble.GARBLED})

_SENTENCES: dict[str, str] = {
    ReadFailure.TIMEOUT: "No card was read in time.",
    ReadFailure.CARD_MOVED: "The card was moved too soon; place it again and leave it.",
    ReadFailure.CARD_UNREADABLE: "The card cannot be read.",
    ReadFailure.CARD_NOT_GENUINE: "The security module does not accept the card.",
    ReadFailure.CARD_KIND_UNKNOWN: "This kind of card cannot be read here.",
    ReadFailure.NUMBER_INVALID: "The number on the card fails its check.",
    ReadFailure.READER_ABSENT: "The reader does not answer.",
    ReadFailure.READER_FAULT: "The reader has a fault.",
    Trouble.OFFLINE: "The device does not answer.",
    Trouble.BUSY: "The printer is at another job.",
    Trouble.PAPER_OUT: "The paper is used up.",
    Trouble.COVER_OPEN: "A cover is open.",
    Trouble.JAM: "Paper is stuck.",
    Trouble.TONER_EMPTY: "The toner is used up.",
    Trouble.NOT_AUTHORISED: "The device refuses to work: it is not authorised.",
    Trouble.SELF_TEST_FAILED: "The device has failed its own test.",
    Trouble.NOT_SUPPORTED: "The device cannot do this.",
    Trouble.GARBLED: "The device does not answer in its protocol.",
    "not_completed": "The printer ended the job without completing it.",
    "unknown": "Whether it was printed is not known; look at the printer.",
    "not_resumed": "The printer lets it go on at its own panel alone.",
    "no_document": "The file cannot be read or is of another kind.",
    ChipFailure.CARD_LOCKED: "The card is locked.",
    "no_code": "No code was shown in time.",
    Unreadable.TOO_LONG: "The code holds more than a terminal takes.",
    Unreadable.NOT_TEXT: "The code holds no text.",
    Unreadable.NO_PREFIX: "The scanner does not send the prefix that it should.",
    Unreadable.INCOMPLETE: "The scanner stopped in the middle of a code.",
    "no_address": "This is no address of such a device.",
}


@dataclass(frozen=True, slots=True)
class Done:
    """It was done; `result` is for standard output."""

    result: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """It was not done: a stable code and a sentence about it."""

    code: str
    sentence: str


Outcome = Done | Failed


def read_card(port: str, baud: int, timeout_seconds: float) -> Outcome:
    """Wait for a card on a serial reader and return it as one line of JSON."""
    reader = sam_id_reader.over_serial(port, baud=baud)
    try:
        return _read(reader, time.monotonic() + timeout_seconds)
    finally:
        reader.close()


def print_document(uri: str, file: Path, timeout_seconds: float) -> Outcome:
    """Print a PDF and return only when the printer says how it ended, or the time is over."""
    try:
        document = file.read_bytes()
        printer = ipp_printer.over_http(uri)
    except OSError:
        return _failed("no_document")
    except ValueError:
        return _failed("no_address")
    if not document.startswith(b"%PDF-"):
        return _failed("no_document")
    job_name = f"single-{uuid.uuid4().hex}"
    match printer.submit(document, job_name=job_name, pages=count_pages(document)):
        case NotAccepted(trouble):
            return _failed(trouble)
        case Submitted(ref):
            return _see_through(printer, ref, time.monotonic() + timeout_seconds)
        case AnswerLost():
            found = printer.find_by_name(job_name)
            if not isinstance(found, Submitted):
                return _failed("unknown")
            return _see_through(printer, found.ref, time.monotonic() + timeout_seconds)


def resume_printer(uri: str) -> Outcome:
    """Let a paused printer and the jobs that it holds go on."""
    try:
        printer = ipp_printer.over_http(uri)
    except ValueError:
        return _failed("no_address")
    match printer.resume():
        case WentOn():
            return Done()
        case NotResumed():
            return _failed("not_resumed")
        case NoAnswer():
            return _failed(Trouble.OFFLINE)


def print_slip(uri: str, file: Path, width_mm: int) -> Outcome:
    """Print a UTF-8 text file, each line in the direction of its script."""
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return _failed("no_document")
    try:
        printer = escpos_printer.over_address(uri, width_mm=width_mm)
    except ValueError:
        return _failed("no_address")
    blocks = tuple(_block(line) for line in text.splitlines())
    if not blocks:
        return _failed("no_document")
    match printer.print(Slip(blocks, width_mm)):
        case Printed():
            return Done()
        case NotPrinted(trouble):
            return _failed(trouble)
        case PrintUnknown():
            return _failed("unknown")


def scan_code(scanner: QrScanner, timeout_seconds: float) -> Outcome:
    """Wait for a code and return its text."""
    try:
        match scanner.next_scan(timeout_seconds):
            case Scanned(text):
                return Done(text)
            case Nothing():
                return _failed("no_code")
            case ScanRefused(why):
                return _failed(why)
            case ScannerTrouble(trouble):
                return _failed(trouble)
    finally:
        scanner.close()


def read_chip(slot: CardSlot, timeout_seconds: float) -> Outcome:
    """Wait for a chip card and return its fields as one line of JSON."""
    deadline = time.monotonic() + timeout_seconds
    try:
        while True:
            match slot.read():
                case ChipRead(card):
                    facts = {"application": card.application} | dict(card.fields)
                    return Done(json.dumps(facts, ensure_ascii=False))
                case ChipFailed(reason):
                    return _failed(reason)
                case SlotTrouble(trouble):
                    return _failed(trouble)
                case SlotEmpty() if time.monotonic() >= deadline:
                    return _failed(ReadFailure.TIMEOUT)
            time.sleep(_POLL_SECONDS)
    finally:
        slot.close()


def pcsc_slot(name: str) -> CardSlot:
    """Return the slot of the PC/SC reader whose name contains *name*."""
    return pcsc_card_slot.over_pcsc(name)


def serial_scanner(port: str, baud: int) -> QrScanner:
    """Return the scanner on a serial port."""
    return qr_scanner.over_serial(port, baud=baud)


def keyboard_scanner(path: str) -> QrScanner:
    """Return the scanner that poses as the keyboard *path*."""
    return qr_scanner.over_keyboard(path)


def _read(reader: IdReader, deadline: float) -> Outcome:
    while time.monotonic() < deadline:
        match reader.find():
            case CardFound():
                match reader.read():
                    case CardRead(card, sam_id):
                        facts = card.as_json() | {"sam_id": sam_id}
                        return Done(json.dumps(facts, ensure_ascii=False))
                    case CardFailed(reason):
                        return _failed(reason)
            case ReaderTrouble(Trouble.OFFLINE):
                return _failed(ReadFailure.READER_ABSENT)
            case ReaderTrouble(trouble) if trouble not in _PASSING:
                return _failed(trouble)
    return _failed(ReadFailure.TIMEOUT)


def _see_through(printer: DocumentPrinter, ref: str, deadline: float) -> Outcome:
    holding: tuple[Trouble, ...] = ()
    while time.monotonic() < deadline:
        match printer.watch(ref):
            case JobReport(JobState.COMPLETED):
                return Done()
            case JobReport(JobState.ABORTED | JobState.CANCELED):
                return _failed("not_completed")
            case JobReport(troubles=troubles):
                holding = troubles
            case NoSuchJob():
                return _failed("unknown")
        time.sleep(_POLL_SECONDS)
    printer.cancel(ref)
    return _failed(holding[0] if holding else "unknown")


def _block(line: str) -> Block:
    kept = "".join(each for each in line.expandtabs(4) if unicodedata.category(each) != "Cc")
    if not kept.strip():
        return Gap(3)
    arabic = any(unicodedata.bidirectional(each) in ("R", "AL") for each in kept)
    lang: Lang = "ug" if arabic else "zh"
    return Text(kept, lang=lang)


def _failed(code: str) -> Failed:
    return Failed(str(code), _SENTENCES.get(code, "The device needs attention."))
