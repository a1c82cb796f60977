"""Signs of life and changes of state; what the server wants comes back with each."""

from collections.abc import Sequence

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.commands.delivery import wanted_of
from kiosk_server.commands.services import keep_in_step
from kiosk_server.core import clock
from kiosk_server.printing.queries import wants_of
from kiosk_server.terminal_api.checks import screen_key_edition
from kiosk_server.terminal_api.schemas import DeviceBody, Heartbeat, Residue, States
from kiosk_server.terminals.residue import take_residue_word
from kiosk_server.terminals.residue_rules import ResidueWord
from kiosk_server.terminals.rules import MachineFacts
from kiosk_server.terminals.services import (
    DeviceReport,
    HeartbeatWord,
    heartbeat,
    report_states,
)
from kiosk_server.upkeep.services import before_word, review
from kiosk_server.web.bodies import body_as
from kiosk_server.web.guards import terminal
from kiosk_server.web.request_context import database


def add_routes(blueprint: Blueprint) -> None:
    """Put heartbeats, states and wants under *blueprint*."""
    blueprint.post("/heartbeats")(heartbeats)
    blueprint.post("/states")(states)
    blueprint.get("/wants")(wants)


def heartbeats() -> ResponseReturnValue:
    """Take a heartbeat; answer with our time, what we want, and how we hold the terminal."""
    body = body_as(Heartbeat)
    word = HeartbeatWord(
        software=body.software,
        devices=_reports(body.devices),
        spool_open=body.spool.open,
        clock_offset_seconds=body.clock_offset_seconds,
        machine=MachineFacts(**body.machine.model_dump()) if body.machine else None,
    )
    with database().unit_of_work() as session:
        before_word(session, terminal().id)
        state = heartbeat(session, terminal().id, word=word)
        if body.residue is not None:
            take_residue_word(session, terminal().id, _residue(body.residue))
        review(session, terminal().id)
        keep_in_step(session, terminal().id, state=state, host_locked=body.locked)
        wanted = _wanted(session)
        edition = screen_key_edition(session)
    return {
        "server_time": clock.now().timestamp(),
        "wants": wanted,
        "terminal": {"id": terminal().id, "state": state.value},
        "screen_key": edition,
    }


def states() -> ResponseReturnValue:
    """Take a change of state, posted at once."""
    body = body_as(States)
    with database().unit_of_work() as session:
        before_word(session, terminal().id)
        report_states(session, terminal().id, devices=_reports(body.devices))
        review(session, terminal().id)
        return {"wants": _wanted(session)}


def wants() -> ResponseReturnValue:
    """Tell what is wanted of this terminal now."""
    with database().reading() as session:
        return {"wants": _wanted(session)}


def _wanted(session: Session) -> list[dict[str, str]]:
    papers = wants_of(session, terminal().id)
    return [{"kind": str(want.kind), "job": want.job} for want in papers] + [
        {"kind": "command", "job": command_id} for command_id in wanted_of(session, terminal().id)
    ]


def _residue(told: Residue) -> ResidueWord:
    return ResidueWord(
        told.state,
        told.checked_at,
        tuple(told.found_in),
        tuple(told.unseen),
        overdue=told.overdue,
    )


def _reports(devices: Sequence[DeviceBody]) -> list[DeviceReport]:
    return [
        DeviceReport(device.kind, device.condition, device.troubles, device.details)
        for device in devices
    ]
