"""
The IPP questions that the terminal puts to a printer, and what its refusals mean.
"""

import itertools
from collections.abc import Mapping

from devices.contracts.states import Trouble
from devices.protocols.ipp import Attribute, AttributeGroup, Message, attribute
from devices.protocols.ipp_codes import Group, Operation, Status, Tag

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
    "printer-alert",
    "printer-input-tray",
    "sides-supported",
    "operations-supported",
)
_JOB_ATTRIBUTES = (
    "job-id",
    "job-name",
    "job-state",
    "job-state-reasons",
    "job-impressions-completed",
)

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

    def jobs(self, which: str, *, first: int | None = None, most: int | None = None) -> Message:
        """Get-Jobs; names are asked for, since printers leave them out otherwise.

        *first* and *most* ask for a part of a long list (PWG 5100.13), which few printers give.
        """
        part = []
        if first is not None:
            part.append(attribute("first-index", Tag.INTEGER, first))
        if most is not None:
            part.append(attribute("limit", Tag.INTEGER, most))
        return self._message(
            Operation.GET_JOBS,
            attribute("requesting-user-name", Tag.NAME, _SENDER),
            attribute("which-jobs", Tag.KEYWORD, which),
            *part,
            attribute("requested-attributes", Tag.KEYWORD, *_JOB_ATTRIBUTES),
        )

    def cancel(self, number: int) -> Message:
        """Cancel-Job."""
        return self.of_job(Operation.CANCEL_JOB, number)

    def of_job(self, operation: Operation, number: int) -> Message:
        """An operation that wants nothing but a job."""
        return self._message(
            operation,
            attribute("job-id", Tag.INTEGER, number),
            attribute("requesting-user-name", Tag.NAME, _SENDER),
        )

    def resume_printer(self) -> Message:
        """Resume-Printer."""
        sender = attribute("requesting-user-name", Tag.NAME, _SENDER)
        return self._message(Operation.RESUME_PRINTER, sender)

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
