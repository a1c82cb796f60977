"""
The bodies that terminals send, version 1; tests/wire/*.json are samples both ends accept.

A field that a later terminal adds is passed over, except in a card read: what the page did not ask
for has no way in (P37).
"""

import base64
import binascii
import json
from datetime import date
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

from kiosk_server.commands.log_mask import LARGEST_LOG_BYTES
from kiosk_server.terminals.residue_rules import ResidueState
from kiosk_server.terminals.rules import Condition

Version = Literal[1]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
Token = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_-]{1,64}$")]
ShortText = Annotated[str, StringConstraints(max_length=200)]
Detail = ShortText | int | float | bool | list[ShortText] | dict[str, int]
LARGEST_DETAILS = 2_000


def _raw_key(value: object) -> bytes:
    try:
        key = base64.b64decode(value, validate=True) if isinstance(value, str) else b""
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != 32:
        raise PydanticCustomError("not_a_key", "32 bytes in base64 are wanted")
    return key


def _small(details: dict[str, Detail]) -> dict[str, Detail]:
    if len(json.dumps(details)) > LARGEST_DETAILS:
        raise PydanticCustomError("too_large", "details are a few small facts")
    return details


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Enrolment(_Body):
    """POST enrolments."""

    code: Annotated[str, StringConstraints(strip_whitespace=True, min_length=12, max_length=20)]
    public_key: Annotated[bytes, BeforeValidator(_raw_key)]
    model: Annotated[str, StringConstraints(min_length=1, max_length=60)]


class DeviceBody(_Body):
    """How one device is."""

    kind: Word
    condition: Condition
    troubles: Annotated[list[Word], Field(max_length=16)]
    details: Annotated[dict[str, Detail], AfterValidator(_small)]


def _once_each(devices: list[DeviceBody]) -> list[DeviceBody]:
    if len({device.kind for device in devices}) != len(devices):
        raise PydanticCustomError("device_twice", "each kind of device is told once")
    return devices


Devices = Annotated[list[DeviceBody], Field(max_length=16), AfterValidator(_once_each)]


class Spool(_Body):
    """What is left in the terminal's own queue."""

    open: Annotated[int, Field(ge=0, le=100_000)]


class Machine(_Body):
    """The computer in the cabinet; null where it does not tell."""

    disk_free_mb: Annotated[int, Field(ge=0, le=10**9)] | None = None
    memory_free_mb: Annotated[int, Field(ge=0, le=10**9)] | None = None
    temperature_celsius: Annotated[float, Field(ge=-60, le=150)] | None = None
    uptime_seconds: Annotated[int, Field(ge=0, le=10**10)] | None = None


class Residue(_Body):
    """What the terminal's own search for leavings of past visits said (P52)."""

    state: ResidueState
    checked_at: AwareDatetime | None = None
    found_in: Annotated[list[Word], Field(max_length=16)] = []
    unseen: Annotated[list[Word], Field(max_length=16)] = []
    overdue: bool = False


class Heartbeat(_Body):
    """POST heartbeats."""

    version: Version
    software: Annotated[str, StringConstraints(max_length=40)]
    devices: Devices
    spool: Spool
    clock_offset_seconds: Annotated[float, Field(allow_inf_nan=False)]
    machine: Machine | None = None
    residue: Residue | None = None
    locked: bool | None = None
    """Whether the machine has closed itself, as we told it to."""


class States(_Body):
    """POST states."""

    version: Version
    devices: Devices


class CardFields(BaseModel):
    """What was read of a card and asked for by the page; nothing else may be sent."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: Annotated[str, StringConstraints(min_length=1, max_length=120)] | None = None
    number: Annotated[str, StringConstraints(min_length=1, max_length=32)] | None = None
    sex: ShortText | None = None
    nation: ShortText | None = None
    born: date | None = None
    address: ShortText | None = None
    issuer: ShortText | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    """None where it was sent says: valid without end (长期)."""


class CardReadBody(BaseModel):
    """POST card-reads."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    version: Version
    nonce: Token
    kind: Literal["resident", "hmt", "foreigner_2017", "foreigner_2023"]
    fields: CardFields
    sam_id: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z.-]{1,64}$")]
    terminal: Token
    read_at: AwareDatetime


class PrintReport(_Body):
    """POST print-jobs/<id>/reports."""

    version: Version
    sequence: Annotated[int, Field(ge=1, le=1_000_000)]
    state: Literal["taken", "printing", "printed", "not_printed", "unknown"]
    trouble: Word | None
    pages_done: Annotated[int, Field(ge=0, le=10_000)]
    at: AwareDatetime


def _few(facts: dict[str, ShortText | int | bool]) -> dict[str, ShortText | int | bool]:
    if len(facts) > 24:
        raise PydanticCustomError("too_many", "at most 24 facts")
    return facts


class CommandAnswerBody(_Body):
    """POST commands/<id>/answers."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    version: Version
    number: Annotated[int, Field(ge=1, le=100)]
    state: Literal["taken", "running", "done", "failed", "refused", "expired"]
    code: Word | None
    facts: Annotated[dict[Word, ShortText | int | bool], AfterValidator(_few)]
    at: AwareDatetime
    log: Annotated[str, StringConstraints(max_length=LARGEST_LOG_BYTES)] | None = None
