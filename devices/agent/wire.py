"""The JSON of the terminal wire, version 1: values to bodies and answers to values.

Answers may carry fields that this terminal does not know; they are passed over, so that a newer
server can speak to an older terminal. `tests/wire/*.json` are samples that both ends accept.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from devices.agent.machine import MachineFacts
from devices.contracts.states import DeviceKind, DeviceStatus
from devices.host.command_values import CommandAnswer
from devices.host.ports import (
    CapturedDocument,
    CaptureTaken,
    PaperKind,
    PrintJob,
    PrintReport,
    ReadTaken,
    ReducedRead,
    ScanText,
    Want,
    WantKind,
)
from devices.host.residue import ResidueReport

VERSION = 1
_IDENTIFIER = re.compile(r"[0-9A-Za-z_-]{1,64}\Z")
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_Value = TypeVar("_Value")


class WireError(ValueError):
    """An answer is not what the wire promises; the text names the field, never its value."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What the server gives a terminal that it admits."""

    terminal: str
    key_id: str
    site_name: str
    site_place: str
    command_keys: Mapping[str, str] = field(default_factory=dict)
    """Id to key in base64; none from a server that commands nobody."""


@dataclass(frozen=True, slots=True)
class DeviceState:
    """A device and how it is."""

    kind: DeviceKind
    status: DeviceStatus

    def body(self) -> dict[str, object]:
        """The DeviceState object of the wire."""
        return {"kind": self.kind.value, **self.status.as_json()}


def enrolment_body(code: str, public_key_base64: str, model: str) -> dict[str, object]:
    """Body of POST enrolments."""
    return {"code": code, "public_key": public_key_base64, "model": model}


def heartbeat_body(
    devices: Iterable[DeviceState],
    *,
    software: str,
    open_jobs: int,
    clock_offset_seconds: float,
    machine: MachineFacts | None = None,
    residue: ResidueReport | None = None,
    locked: bool | None = None,
) -> dict[str, object]:
    """Body of POST heartbeats."""
    told: dict[str, object] = {} if machine is None else {"machine": asdict(machine)}
    if residue is not None:
        told["residue"] = residue_body(residue)
    if locked is not None:
        told["locked"] = locked
    return {
        "version": VERSION,
        "software": software,
        "devices": [device.body() for device in devices],
        "spool": {"open": open_jobs},
        "clock_offset_seconds": round(clock_offset_seconds, 3),
        **told,
    }


def residue_body(residue: ResidueReport) -> dict[str, object]:
    """The residue object of a heartbeat: enumerated places, never a path."""
    return {
        "state": residue.state.value,
        "checked_at": None if residue.checked_at is None else instant(residue.checked_at),
        "found_in": [place.value for place in residue.found_in],
        "unseen": [place.value for place in residue.unseen],
        "overdue": residue.overdue,
    }


def states_body(devices: Iterable[DeviceState]) -> dict[str, object]:
    """Body of POST states."""
    return {"version": VERSION, "devices": [device.body() for device in devices]}


def card_read_body(read: ReducedRead, *, terminal: str, read_at: datetime) -> dict[str, object]:
    """Body of POST card-reads."""
    return {
        "version": VERSION,
        "nonce": read.nonce,
        "kind": read.kind,
        "fields": dict(read.fields),
        "sam_id": read.sam_id,
        "terminal": terminal,
        "read_at": instant(read_at),
    }


def scan_body(scan: ScanText, *, terminal: str, scanned_at: datetime) -> dict[str, object]:
    """Body of POST scans."""
    return {
        "version": VERSION,
        "nonce": scan.nonce,
        "text": scan.text,
        "terminal": terminal,
        "scanned_at": instant(scanned_at),
    }


def capture_body(
    document: CapturedDocument, *, terminal: str, captured_at: datetime
) -> dict[str, object]:
    """Body of POST captures. The nonce stands in it, not beside it: only what is in the body is
    signed.
    """
    return {
        "version": VERSION,
        "nonce": document.nonce,
        "media_type": "application/pdf",
        "pages": document.pages,
        "digest": hashlib.sha256(document.pdf).hexdigest(),
        "document": base64.b64encode(document.pdf).decode(),
        "terminal": terminal,
        "captured_at": instant(captured_at),
    }


def report_body(report: PrintReport) -> dict[str, object]:
    """Body of POST print-jobs/<id>/reports."""
    return {
        "version": VERSION,
        "sequence": report.sequence,
        "state": report.state.value,
        "trouble": report.trouble,
        "pages_done": report.pages_done,
        "at": instant(report.at),
    }


def command_answer_body(answer: CommandAnswer) -> dict[str, object]:
    """Body of POST commands/<id>/answers."""
    body: dict[str, object] = {
        "version": VERSION,
        "number": answer.number,
        "state": answer.state.value,
        "code": answer.code,
        "facts": dict(answer.facts),
        "at": instant(answer.at),
    }
    return body if answer.log is None else body | {"log": answer.log}


def enrolment(answer: object) -> Enrolment:
    """Read the 201 of enrolments."""
    found = _object(answer, "enrolment")
    site = _object(found.get("site"), "site")
    return Enrolment(
        terminal=_identifier(found, "terminal"),
        key_id=_identifier(found, "key_id"),
        site_name=_field(site, "name", str),
        site_place=_field(site, "place", str),
        command_keys=_command_keys(found.get("command_keys", [])),
    )


def wants(answer: object) -> tuple[Want, ...]:
    """Read the wants of a heartbeat's, a state's or a wants answer; unknown kinds are skipped."""
    listed = _object(answer, "answer").get("wants")
    if not isinstance(listed, list):
        raise WireError("wants: must be a list")
    found = (_object(each, "wants[]") for each in listed)
    return tuple(
        Want(WantKind(str(each["kind"])), _identifier(each, "job"))
        for each in found
        if str(each.get("kind")) in set(WantKind)
    )


def envelope(answer: object) -> Mapping[str, object]:
    """Read what carries signed bytes, without looking into them."""
    found = _object(answer, "envelope")
    _field(found, "payload", str)
    return found


def read_taken(answer: object) -> ReadTaken:
    """Read the 201 of card-reads."""
    found = _object(answer, "read")
    return ReadTaken(_identifier(found, "read"), _field(found, "masked_name", str))


def capture_taken(answer: object) -> CaptureTaken:
    """Read the 201 of captures."""
    return CaptureTaken(_identifier(_object(answer, "capture"), "capture"))


def print_job(answer: object) -> PrintJob:
    """Read the description of a print job."""
    found = _object(answer, "print job")
    kind, digest = _field(found, "kind", str), _field(found, "digest", str)
    if kind not in set(PaperKind):
        raise WireError("kind: must be a4 or slip")
    if not _SHA256.match(digest):
        raise WireError("digest: must be a SHA-256 in lower-case hex")
    return PrintJob(
        job=_identifier(found, "id"),
        kind=PaperKind(kind),
        title=_field(found, "title", str),
        media_type=_field(found, "media_type", str),
        digest=digest,
        pages=_field(found, "pages", int),
        reprint=_field(found, "reprint", bool),
    )


def instant(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _command_keys(listed: object) -> dict[str, str]:
    if not isinstance(listed, list):
        raise WireError("command_keys: must be a list")
    keys = [_object(each, "command_keys[]") for each in listed]
    return {_identifier(each, "id"): _field(each, "public_key", str) for each in keys}


def _object(found: object, what: str) -> Mapping[str, object]:
    if not isinstance(found, dict):
        raise WireError(f"{what}: must be an object")
    return found


def _field(found: Mapping[str, object], name: str, kind: type[_Value]) -> _Value:
    value = found.get(name)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise WireError(f"{name}: must be {kind.__name__}")
    return value


def _identifier(found: Mapping[str, object], name: str) -> str:
    # Identifiers become parts of paths and a printer's job name.
    value = _field(found, name, str)
    if not _IDENTIFIER.match(value):
        raise WireError(f"{name}: must be an identifier")
    return value
