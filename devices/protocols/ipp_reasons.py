"""
What a printer says is wrong (`printer-state-reasons`, RFC 8011 §5.4.12; `job-state-reasons`,
§5.3.8; `printer-alert`, PWG 5100.9) in the kiosk's words.

A reason is a stem and a severity. Printers disagree about the severity of the same thing, and
change it while they print, so only the stem counts. An alert never raises trouble by itself, since
printers leave old ones standing: it names the trouble that the reasons leave without a name.
"""

from collections.abc import Iterable, Mapping

from devices.contracts.states import Trouble

_SEVERITIES = ("-error", "-warning", "-report")

_STEMS: Mapping[str, Trouble | None] = {
    "none": None,
    "media-empty": Trouble.PAPER_OUT,
    "media-needed": Trouble.PAPER_OUT,
    "media-low": Trouble.PAPER_LOW,
    "media-jam": Trouble.JAM,
    "cover-open": Trouble.COVER_OPEN,
    "door-open": Trouble.COVER_OPEN,
    "interlock-open": Trouble.COVER_OPEN,
    "toner-low": Trouble.TONER_LOW,
    "marker-supply-low": Trouble.TONER_LOW,
    "toner-empty": Trouble.TONER_EMPTY,
    "marker-supply-empty": Trouble.TONER_EMPTY,
    "marker-waste-full": Trouble.WASTE_FULL,
    "output-area-full": Trouble.OUTPUT_FULL,
    "input-tray-missing": Trouble.TRAY_MISSING,
    "output-tray-missing": Trouble.TRAY_MISSING,
    "paused": Trouble.PAUSED,
    "moving-to-paused": Trouble.PAUSED,
    "fuser-over-temp": Trouble.OVERHEATED,
    "shutdown": Trouble.OFFLINE,
    "stopped-partly": Trouble.HARDWARE,
    "opc-life-over": Trouble.HARDWARE,
    "fuser-under-temp": None,
    "spool-area-full": Trouble.BUSY,
}

_ALERTS: Mapping[str, Trouble] = {
    "coveropen": Trouble.COVER_OPEN,
    "dooropen": Trouble.COVER_OPEN,
    "interlockopen": Trouble.COVER_OPEN,
    "jam": Trouble.JAM,
    "inputmediatraymissing": Trouble.TRAY_MISSING,
    "inputmediasupplylow": Trouble.PAPER_LOW,
    "inputmediasupplyempty": Trouble.PAPER_OUT,
    "inputmediachangerequest": Trouble.PAPER_OUT,
    "inputcannotfeedsizeselected": Trouble.PAPER_OUT,
    "outputmediatraymissing": Trouble.TRAY_MISSING,
    "outputmediatrayfull": Trouble.OUTPUT_FULL,
    "markerfuserovertemperature": Trouble.OVERHEATED,
    "markertonerempty": Trouble.TONER_EMPTY,
    "markertonercartridgemissing": Trouble.TONER_EMPTY,
    "markertoneralmostempty": Trouble.TONER_LOW,
    "markerwastetonerreceptaclefull": Trouble.WASTE_FULL,
}

_JOB_REASONS: Mapping[str, Trouble] = {
    "job-hold-until-specified": Trouble.PAUSED,
    "job-held-on-create": Trouble.PAUSED,
    "job-suspended": Trouble.PAUSED,
    "job-suspended-by-operator": Trouble.PAUSED,
    "job-suspended-by-system": Trouble.PAUSED,
    "resources-are-not-ready": Trouble.PAPER_OUT,
    "service-off-line": Trouble.OFFLINE,
    "account-authorization-failed": Trouble.NOT_AUTHORISED,
    "account-closed": Trouble.NOT_AUTHORISED,
    "account-info-needed": Trouble.NOT_AUTHORISED,
    "account-limit-reached": Trouble.NOT_AUTHORISED,
    "job-password-wait": Trouble.NOT_AUTHORISED,
    "document-format-error": Trouble.NOT_SUPPORTED,
    "document-unprintable-error": Trouble.NOT_SUPPORTED,
    "unsupported-attributes-or-values": Trouble.NOT_SUPPORTED,
    "unsupported-document-format": Trouble.NOT_SUPPORTED,
    "job-completed-with-errors": Trouble.HARDWARE,
}


def trouble_of(reason: str) -> Trouble | None:
    """Return the trouble behind one keyword; an unknown one counts only if it is an error."""
    stem = reason
    for severity in _SEVERITIES:
        stem = stem.removesuffix(severity)
    if stem in _STEMS:
        return _STEMS[stem]
    return Trouble.HARDWARE if reason.endswith("-error") else None


def troubles_of(reasons: Iterable[str]) -> tuple[Trouble, ...]:
    """Return all troubles that the keywords name, each once."""
    found = (trouble_of(reason) for reason in reasons)
    return tuple(dict.fromkeys(trouble for trouble in found if trouble is not None))


def troubles_of_job(reasons: Iterable[str]) -> tuple[Trouble, ...]:
    """Return what a job's own reasons name; that it prints, waits or was cancelled is none."""
    found = (_JOB_REASONS.get(reason) for reason in reasons)
    return tuple(dict.fromkeys(trouble for trouble in found if trouble is not None))


def named_by_alerts(troubles: Iterable[Trouble], codes: Iterable[str]) -> tuple[Trouble, ...]:
    """Return *troubles* with a fault that has no name replaced by those that the alerts name."""
    found = tuple(troubles)
    named = [_ALERTS[code.lower()] for code in codes if code.lower() in _ALERTS]
    if Trouble.HARDWARE not in found or not named:
        return found
    rest = (trouble for trouble in found if trouble is not Trouble.HARDWARE)
    return tuple(dict.fromkeys((*rest, *named)))
