"""Checks that were made at the machine, and the key by which it knows the technician's code."""

import base64
import hashlib
from typing import Annotated, Literal

from flask import Blueprint
from flask.typing import ResponseReturnValue
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy.orm import Session

from kiosk_server.assets.machine_checks import MachineCheck, PointResult, keep_machine_check
from kiosk_server.assets.screen_codes import ScreenKey, ScreenRole, screen_key
from kiosk_server.supplies.services import loads_in, take_load
from kiosk_server.terminal_api.schemas import Version, Word
from kiosk_server.upkeep.check_alerts import review_checks
from kiosk_server.web.bodies import body_as
from kiosk_server.web.guards import terminal
from kiosk_server.web.request_context import database, settings


class ResultBody(BaseModel):
    """One test of one device."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    device: Word
    test: Word
    result: Literal["pass", "fail", "skipped"]
    code: Word | None = None
    measured: Annotated[float, Field(allow_inf_nan=False)] | None = None


class CheckBody(BaseModel):
    """POST checks."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    version: Version
    id: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_-]{8,64}$")]
    kind: Literal[
        "self_test", "daily_check", "paper_loaded", "acceptance", "readiness", "technician_entry"
    ]
    at: AwareDatetime
    by: ScreenRole
    code_window: Annotated[int, Field(ge=0, le=10**9)] | None = None
    results: Annotated[list[ResultBody], Field(min_length=1, max_length=40)]


def add_routes(blueprint: Blueprint) -> None:
    """Put both under *blueprint*."""
    blueprint.post("/checks")(checks)
    blueprint.get("/screen-key")(key)


def checks() -> ResponseReturnValue:
    """Keep a check; one that is sent twice is kept once and answered alike."""
    body = body_as(CheckBody)
    word = MachineCheck(
        id=body.id,
        kind=body.kind,
        by=body.by,
        code_window=body.code_window,
        at=body.at,
        results=[PointResult(**each.model_dump()) for each in body.results],
    )
    with database().unit_of_work() as session:
        if keep_machine_check(session, terminal().id, word):
            review_checks(session, terminal().id)
            for load in loads_in(
                word.kind, ((each.device, each.measured) for each in word.results)
            ):
                take_load(session, terminal().id, load.supply, load.units)
    return {"check": body.id}


def key() -> ResponseReturnValue:
    """Hand a terminal its own key, and nobody else's; and say where an arrival is told."""
    with database().reading() as session:
        found = screen_key(session, terminal().id)
    return {
        "key": base64.b64encode(found.key).decode(),
        "key_id": found.key_id,
        "edition": _edition(found),
        "arrive_at": _arrive_at(),
    }


def screen_key_edition(session: Session) -> str:
    """Return which edition of its key this terminal should hold: another one is fetched."""
    return _edition(screen_key(session, terminal().id))


def _edition(found: ScreenKey) -> str:
    told = found.key + f"{found.key_id} {_arrive_at()}".encode()
    return hashlib.sha256(told).hexdigest()[:16]


def _arrive_at() -> str:
    return f"{settings().public_origin}/staff/arrive/{terminal().id}"
