"""
The IPP questions that the terminal puts to a printer, and what their answers say.
"""

import itertools
from collections.abc import Mapping

from devices.contracts.document_printer import JobState
from devices.contracts.states import Detail, Trouble
from devices.protocols import ipp_reasons
from devices.protocols.ipp import Attribute, AttributeGroup, Message, attribute
from devices.protocols.ipp_codes import Group, IppJobState, Operation, PrinterState, Status, Tag

PDF = "application/pdf"
_A4 = "iso_a4_210x297mm"
_SENDER = "terminal"

_PRINTER_ATTRIBUTES = (
    "printer-state",
    "printer-state-reasons",
    "printer-is-accepting-jobs",
    "printer-make-and-model",
    "document-format-supported",
    "media-ready",
    "marker-names",
    "marker-levels",
    "printer-supply",
    "printer-supply-description",
)
_JOB_ATTRIBUTES = ("job-id", "job-name", "job-state", "job-impressions-completed")

_JOB_STATES: Mapping[int, JobState] = {
    IppJobState.PENDING: JobState.PENDING,
    IppJobState.PENDING_HELD: JobState.PENDING,
    IppJobState.PROCESSING: JobState.PROCESSING,
    IppJobState.PROCESSING_STOPPED: JobState.STOPPED,
    IppJobState.CANCELED: JobState.CANCELED,
    IppJobState.ABORTED: JobState.ABORTED,
    IppJobState.COMPLETED: JobState.COMPLETED,
}

_REFUSALS: Mapping[int, Trouble] = {
    Status.SERVER_BUSY: Trouble.BUSY,
    Status.SERVER_TEMPORARY_ERROR: Trouble.BUSY,
    Status.SERVER_NOT_ACCEPTING_JOBS: Trouble.PAUSED,
    Status.SERVER_SERVICE_UNAVAILABLE: Trouble.OFFLINE,
    Status.SERVER_DEVICE_ERROR: Trouble.HARDWARE,
    Status.CLIENT_FORBIDDEN: Trouble.NOT_AUTHORISED,
}


class Questions:
    """Builds requests for one printer, each with a number of its own."""

    def __init__(self, printer_uri: str) -> None:
        self._uri = printer_uri
        self._numbers = itertools.count(1)

    def printer(self) -> Message:
        """Get-Printer-Attributes."""
        wanted = attribute("requested-attributes", Tag.KEYWORD, *_PRINTER_ATTRIBUTES)
        return self._message(Operation.GET_PRINTER_ATTRIBUTES, wanted)

    def print_job(self, job_name: str, pages: int) -> Message:
        """Print-Job, one copy on one side of A4."""
        return self._message(
            Operation.PRINT_JOB,
            attribute("requesting-user-name", Tag.NAME, _SENDER),
            attribute("job-name", Tag.NAME, job_name),
            attribute("document-format", Tag.MIME_MEDIA_TYPE, PDF),
            attribute("job-impressions", Tag.INTEGER, pages),
            job=(
                attribute("copies", Tag.INTEGER, 1),
                attribute("media", Tag.KEYWORD, _A4),
                attribute("sides", Tag.KEYWORD, "one-sided"),
            ),
        )

    def job(self, number: int) -> Message:
        """Get-Job-Attributes."""
        return self._message(
            Operation.GET_JOB_ATTRIBUTES,
            attribute("job-id", Tag.INTEGER, number),
            attribute("requesting-user-name", Tag.NAME, _SENDER),
            attribute("requested-attributes", Tag.KEYWORD, *_JOB_ATTRIBUTES),
        )

    def jobs(self, which: str) -> Message:
        """Get-Jobs; names are asked for, since printers leave them out otherwise."""
        return self._message(
            Operation.GET_JOBS,
            attribute("requesting-user-name", Tag.NAME, _SENDER),
            attribute("which-jobs", Tag.KEYWORD, which),
            attribute("requested-attributes", Tag.KEYWORD, *_JOB_ATTRIBUTES),
        )

    def cancel(self, number: int) -> Message:
        """Cancel-Job."""
        return self._message(
            Operation.CANCEL_JOB,
            attribute("job-id", Tag.INTEGER, number),
            attribute("requesting-user-name", Tag.NAME, _SENDER),
        )

    def _message(
        self, operation: Operation, *wanted: Attribute, job: tuple[Attribute, ...] = ()
    ) -> Message:
        opening = (
            attribute("attributes-charset", Tag.CHARSET, "utf-8"),
            attribute("attributes-natural-language", Tag.NATURAL_LANGUAGE, "en"),
            attribute("printer-uri", Tag.URI, self._uri),
        )
        # RFC 8011 §4.1.5: the target comes right behind the first two, job-id with it.
        groups = [AttributeGroup(Group.OPERATION, opening + wanted)]
        if job:
            groups.append(AttributeGroup(Group.JOB, job))
        return Message(int(operation), next(self._numbers), tuple(groups))


def refusal(status: int) -> Trouble | None:
    """Return why a job was refused, or None where the printer may yet have kept it."""
    if status in _REFUSALS:
        return _REFUSALS[status]
    return Trouble.NOT_SUPPORTED if 0x0400 <= status < 0x0500 else None


def job_state(job: AttributeGroup) -> JobState | None:
    """Return the state of a job, or None if the printer did not tell."""
    number = job.integer("job-state")
    return None if number is None else _JOB_STATES.get(number)


def printer_troubles(printer: AttributeGroup) -> tuple[Trouble, ...]:
    """Return what keeps a printer from printing, or soon will."""
    troubles = list(ipp_reasons.troubles_of(printer.words("printer-state-reasons")))
    formats = printer.words("document-format-supported")
    if formats and PDF not in formats:
        troubles.append(Trouble.NOT_SUPPORTED)
    if printer.values("printer-is-accepting-jobs") == (False,):
        troubles.append(Trouble.PAUSED)
    if not troubles and printer.integer("printer-state") == PrinterState.STOPPED:
        troubles.append(Trouble.PAUSED)
    return tuple(dict.fromkeys(troubles))


def printer_details(printer: AttributeGroup) -> dict[str, Detail]:
    """Return model, loaded media and supply levels in percent, as far as the printer tells them."""
    details: dict[str, Detail] = {}
    if model := printer.word("printer-make-and-model"):
        details["model"] = model
    if media := printer.words("media-ready"):
        details["media"] = list(media)
    names, levels = printer.words("marker-names"), printer.integers("marker-levels")
    measured = dict(zip(names, levels, strict=False)) or _supplies(printer)
    if known := {name: level for name, level in measured.items() if level >= 0}:
        details["levels"] = known
    return details


def _supplies(printer: AttributeGroup) -> dict[str, int]:
    """Read `printer-supply` (PWG 5100.13), for printers without marker attributes."""
    found = {}
    names = printer.words("printer-supply-description")
    for name, raw in zip(names, printer.values("printer-supply"), strict=False):
        if isinstance(raw, bytes):
            pairs = (pair.partition("=") for pair in raw.decode("ascii", "replace").split(";"))
            facts = {key: value for key, _, value in pairs}
            if facts.get("level", "").isdecimal():
                found[name] = int(facts["level"])
    return found
