"""
What a printer and its jobs say of themselves over IPP, in the kiosk's words.
"""

import json
from collections.abc import Mapping

from devices.contracts.document_printer import JobReport, JobState
from devices.contracts.states import Detail, Trouble
from devices.drivers.ipp_requests import PDF
from devices.protocols import ipp_reasons
from devices.protocols.ipp import AttributeGroup
from devices.protocols.ipp_codes import IppJobState, PrinterState
from devices.protocols.ipp_trays import Tray, facts_in, is_a4, trays_in

_JOB_STATES: Mapping[int, JobState] = {
    IppJobState.PENDING: JobState.PENDING,
    IppJobState.PENDING_HELD: JobState.PENDING,
    IppJobState.PROCESSING: JobState.PROCESSING,
    IppJobState.PROCESSING_STOPPED: JobState.STOPPED,
    IppJobState.CANCELED: JobState.CANCELED,
    IppJobState.ABORTED: JobState.ABORTED,
    IppJobState.COMPLETED: JobState.COMPLETED,
}
_LONGEST_NAME = 60
# Characters as the wire counts them, which takes 2000 of a device.
_LARGEST_DETAILS = 1_800


def job_report(job: AttributeGroup) -> JobReport | None:
    """Return how a job stands by its own account, or None if the printer did not tell."""
    number = job.integer("job-state")
    state = None if number is None else _JOB_STATES.get(number)
    if state is None:
        return None
    troubles = list(ipp_reasons.troubles_of_job(job.words("job-state-reasons")))
    if number == IppJobState.PENDING_HELD and not troubles:
        troubles.append(Trouble.PAUSED)
    if state is JobState.CANCELED:
        # Somebody wanted it: whatever stood in its way is over with it.
        troubles.clear()
    pages = max(0, job.integer("job-impressions-completed") or 0)
    return JobReport(state, pages, tuple(troubles))


def printer_troubles(printer: AttributeGroup) -> tuple[Trouble, ...]:
    """Return what keeps a printer from printing, or soon will."""
    reasons = ipp_reasons.troubles_of(printer.words("printer-state-reasons"))
    troubles: list[Trouble] = list(ipp_reasons.named_by_alerts(reasons, _alerts(printer)))
    formats = printer.words("document-format-supported")
    if formats and PDF not in formats:
        troubles.append(Trouble.NOT_SUPPORTED)
    if printer.values("printer-is-accepting-jobs") == (False,):
        troubles.append(Trouble.PAUSED)
    troubles = _with_a4_in_view(troubles, printer)
    if not troubles and printer.integer("printer-state") == PrinterState.STOPPED:
        troubles.append(Trouble.PAUSED)
    return tuple(dict.fromkeys(troubles))


def printer_details(printer: AttributeGroup) -> dict[str, Detail]:
    """Return what a technician wants to know of a printer, as far as it tells; a few small facts,
    the weightier ones first.
    """
    trays = trays_in(printer.values("printer-input-tray"))
    told: dict[str, Detail] = {
        "model": printer.word("printer-make-and-model")[:_LONGEST_NAME],
        "levels": _levels(printer),
        "trays": {_short(tray): tray.sheets for tray in trays if tray.sheets is not None},
        "empty_trays": [_short(tray) for tray in trays if tray.sheets == 0],
        "a4_trays": [_short(tray) for tray in trays if tray.holds_a4],
        "media": [medium[:_LONGEST_NAME] for medium in printer.words("media-ready")],
        "alerts": [code[:_LONGEST_NAME] for code in _alerts(printer)],
        "both_sides": "two-sided-long-edge" in printer.words("sides-supported"),
    }
    details: dict[str, Detail] = {}
    for name, fact in told.items():
        if fact and len(json.dumps(details | {name: fact})) <= _LARGEST_DETAILS:
            details[name] = fact
    return details


def _with_a4_in_view(troubles: list[Trouble], printer: AttributeGroup) -> list[Trouble]:
    """Judge the paper by what is wanted here: another tray's emptiness stops nothing, and a
    printer full of another size has no paper.
    """
    trays = trays_in(printer.values("printer-input-tray"))
    if Trouble.PAPER_OUT in troubles:
        # While a job is in hand the printer may be speaking of the very tray that feeds it.
        at_rest = printer.integer("printer-state") == PrinterState.IDLE
        if not at_rest or not any(tray.feeds_a4 for tray in trays):
            return troubles
        rest: list[Trouble] = [each for each in troubles if each is not Trouble.PAPER_OUT]
        spare = any(tray.holds_a4 and tray.sheets == 0 for tray in trays)
        return [*rest, Trouble.PAPER_LOW] if spare else rest
    media = printer.words("media-ready")
    if media and not any(is_a4(medium) for medium in media):
        return [*troubles, Trouble.PAPER_OUT]
    return troubles


def _alerts(printer: AttributeGroup) -> tuple[str, ...]:
    """Return the codes of `printer-alert`, each once."""
    raw = (each for each in printer.values("printer-alert") if isinstance(each, bytes))
    return tuple(dict.fromkeys(code for each in raw if (code := facts_in(each).get("code"))))


def _levels(printer: AttributeGroup) -> dict[str, int]:
    """Return what is left of each supply in percent, where that is known."""
    names, levels = printer.words("marker-names"), printer.integers("marker-levels")
    measured = dict(zip(names, levels, strict=False)) or _supplies(printer)
    return {name[:_LONGEST_NAME]: level for name, level in measured.items() if level >= 0}


def _supplies(printer: AttributeGroup) -> dict[str, int]:
    """Read `printer-supply` (PWG 5100.13), for printers without marker attributes."""
    found = {}
    names = printer.words("printer-supply-description")
    for name, raw in zip(names, printer.values("printer-supply"), strict=False):
        facts = facts_in(raw) if isinstance(raw, bytes) else {}
        level, full = facts.get("level", ""), facts.get("maxcapacity", "")
        if not level.isdecimal():
            continue
        measured = int(level)
        # Counted in pages or grams where it is not in percent.
        share = measured * 100 // int(full) if full.isdecimal() and int(full) else measured
        found[name] = min(100, share)
    return found


def _short(tray: Tray) -> str:
    return tray.name[:_LONGEST_NAME]
