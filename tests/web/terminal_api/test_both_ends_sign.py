"""The terminal's own signer and wording, believed by the server: two codes, one wire."""

import json
from datetime import datetime, timedelta

import pytest
from flask import Flask

from devices.agent import wire
from devices.agent.clock import ServerClock
from devices.agent.identity import Identity
from devices.agent.signing import Signer
from devices.contracts.states import Condition, DeviceKind, DeviceStatus, Trouble
from kiosk_server.core import clock
from kiosk_server.terminals import queries
from tests.support.terminal_client import (
    API,
    SignedTerminal,
    database_of,
    machine_time,
    origin_of,
)


def signer(terminal: SignedTerminal, server_clock: ServerClock) -> Signer:
    """What the host signs with, under the identity of an enrolled terminal."""
    identity = Identity(
        terminal=terminal.id,
        key_id=terminal.key_id,
        server_origin=origin_of(terminal.app),
        site_name="",
        site_place="",
        private_key=terminal.key,
    )
    return Signer(identity, server_clock)


@pytest.mark.parametrize("trouble", Trouble)
def test_heartbeat_of_the_host_is_taken(app: Flask, trouble: Trouble) -> None:
    """Every trouble that the host can tell, signed by the host, is kept as told."""
    terminal = SignedTerminal(app)
    status = DeviceStatus.of([trouble], {"model": "m", "media": ["iso_a4"], "levels": {"k": 82}})
    told = wire.heartbeat_body(
        [wire.DeviceState(DeviceKind.A4_PRINTER, status)],
        software="0.1.0",
        open_jobs=0,
        clock_offset_seconds=0.25,
    )
    body = json.dumps(told).encode()
    path = f"{API}/heartbeats"
    hand = signer(terminal, ServerClock(machine_time))
    headers = hand.headers("POST", origin_of(app) + path, body)
    assert terminal.send_as("POST", path, body, headers).status_code == 200
    with database_of(app).reading() as session:
        (device,) = queries.devices_of(session, terminal.id)
    assert (device.condition.value, device.troubles) == (status.condition.value, (trouble.value,))
    assert Condition(device.condition.value) is status.condition


def test_wrong_clock_heals(app: Flask) -> None:
    """A terminal an hour behind is refused once, learns our time, and is then believed."""
    terminal = SignedTerminal(app)

    def an_hour_behind() -> float:
        return (clock.now() - timedelta(hours=1)).timestamp()

    slow = ServerClock(an_hour_behind)
    hand = signer(terminal, slow)
    url = f"{origin_of(app)}{API}/wants"
    first = terminal.send_as("GET", f"{API}/wants", b"", hand.headers("GET", url, b""))
    assert first.get_json()["code"] == "clock_skew"
    slow.heal(first.headers["Kiosk-Server-Time"])
    assert abs(slow.now() - clock.now()) < timedelta(seconds=5)
    assert isinstance(slow.now(), datetime)
    second = terminal.send_as("GET", f"{API}/wants", b"", hand.headers("GET", url, b""))
    assert second.status_code == 200
