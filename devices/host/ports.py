"""What the host needs of the server, as Protocols, and the values that pass between them.

How the server is reached (signatures, JSON, retries) is the agent's matter; the host sees only
outcomes and handles them with `match`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class PaperKind(StrEnum):
    """The two papers that a terminal gives out, each from its own printer."""

    A4 = "a4"
    SLIP = "slip"


class WantKind(StrEnum):
    """What the server can want of a terminal."""

    PRINT_A4 = "print_a4"
    PRINT_SLIP = "print_slip"
    CANCEL_PRINT = "cancel_print"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Want:
    """One thing that the server wants; wanting it twice changes nothing."""

    kind: WantKind
    job: str


@dataclass(frozen=True, slots=True)
class PrintJob:
    """A paper that waits at the server. `title` names the item, never the person."""

    job: str
    kind: PaperKind
    title: str
    media_type: str
    digest: str
    pages: int
    reprint: bool


class ReportState(StrEnum):
    """How a print job stands, in the words of the wire; the last three are ends."""

    TAKEN = "taken"
    PRINTING = "printing"
    PRINTED = "printed"
    NOT_PRINTED = "not_printed"
    UNKNOWN = "unknown"

    @property
    def is_end(self) -> bool:
        """Whether nothing follows."""
        return self in {ReportState.PRINTED, ReportState.NOT_PRINTED, ReportState.UNKNOWN}


@dataclass(frozen=True, slots=True)
class PrintReport:
    """One report on a job; `sequence` counts from 1 within the job and is never used twice."""

    sequence: int
    state: ReportState
    trouble: str | None
    pages_done: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ReducedRead:
    """A card read that holds nothing but what the item needs (P37).

    `fields` are text, days as YYYY-MM-DD; a `valid_until` of None is 长期.
    """

    nonce: str = field(repr=False)
    kind: str
    fields: Mapping[str, str | None] = field(repr=False)
    sam_id: str


@dataclass(frozen=True, slots=True)
class ReadTaken:
    """The server took the read; the page may know its id and the masked name."""

    read: str
    masked_name: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ScanText:
    """What a person showed to the scanner, for the page that holds the nonce."""

    nonce: str = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ScanTaken:
    """The scan did what the server had asked for."""


@dataclass(frozen=True, slots=True)
class CapturedDocument:
    """Pages that a person laid down and accepted, as one PDF, for the page that holds the nonce."""

    nonce: str = field(repr=False)
    pages: int
    pdf: bytes | bytearray = field(repr=False)


@dataclass(frozen=True, slots=True)
class CaptureTaken:
    """The server keeps the document, under this id."""

    capture: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The server understood and refused, with its stable code."""

    code: str
    status: int


@dataclass(frozen=True, slots=True)
class LineDead:
    """The server did not answer, or what answered was not the server."""

    detail: str


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The server has the report."""


class ReadCounter(Protocol):
    """Where card reads go."""

    def send_read(self, read: ReducedRead) -> ReadTaken | Refused | LineDead:
        """Sign the read and hand it to the server."""
        ...


class ScanCounter(Protocol):
    """Where scans go."""

    def send_scan(self, scan: ScanText) -> ScanTaken | Refused | LineDead:
        """Sign the scan and hand it to the server."""
        ...


class DocumentCounter(Protocol):
    """Where captured documents go."""

    def send_document(self, document: CapturedDocument) -> CaptureTaken | Refused | LineDead:
        """Sign the document and hand it to the server; repeating it is harmless."""
        ...


class PrintCounter(Protocol):
    """Where papers come from and reports go."""

    def print_job(self, job: str) -> PrintJob | Refused | LineDead:
        """Ask for the description of a job."""
        ...

    def document(self, job: str) -> bytes | Refused | LineDead:
        """Fetch the paper into memory."""
        ...

    def report(self, job: str, report: PrintReport) -> Acknowledged | Refused | LineDead:
        """Tell how a job stands; repeating a report is harmless."""
        ...


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of the server as it came: header lines in order, body still encoded."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)

    def header(self, name: str) -> str | None:
        """The first value of a header, whatever its case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


class ServerDoor(Protocol):
    """The way for pages through to the server."""

    def send(
        self, method: str, target: str, *, headers: Mapping[str, str], body: bytes = b""
    ) -> Reply | LineDead:
        """Sign and send one request; *target* is path and query as the browser wrote them."""
        ...
