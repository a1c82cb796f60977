"""The loopback application with nothing real behind it, and a browser's way of asking it."""

import json
import time
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from devices.api.application import Doors, create_app
from devices.api.capture_routes import CaptureDesk
from devices.api.device_routes import DeviceDesk
from devices.api.dock import Dock
from devices.api.event_stream import Tickets
from devices.api.guards import TOKEN_HEADER, BootToken
from devices.api.notices import NoticeBoard
from devices.api.own_pages import OwnPages
from devices.api.scan_routes import ScanDesk
from devices.contracts.states import DeviceKind, DeviceStatus
from devices.host.card_reading import CardReading
from devices.host.closure import ClosedFor
from devices.host.events import EventBus, LineWatch
from devices.host.guide_shelf import GuideShelf
from devices.host.ports import LineDead, ReadTaken, ReducedRead, Refused, Reply, ServerDoor
from devices.host.screen_message import Message
from devices.host.static_store import StaticStore
from devices.host.visit_watch import VisitWatch
from devices.settings import HostSettings

ORIGIN = "http://127.0.0.1:8731"
SETTINGS = """
environment = "development"
state_directory = "unused"
help_phone = "0908-12345"
[server]
origin = "http://127.0.0.1:8000"
"""


@dataclass
class FakeServer:
    """A `ServerDoor` that notes what it is sent and answers what it is told."""

    answer: Reply | LineDead = field(default_factory=lambda: LineDead("off"))
    sent: list[tuple[str, str, Mapping[str, str], bytes]] = field(default_factory=list)

    def send(
        self, method: str, target: str, *, headers: Mapping[str, str], body: bytes = b""
    ) -> Reply | LineDead:
        self.sent.append((method, target, headers, body))
        return self.answer


@dataclass
class FakeCounter:
    """A `ReadCounter` that keeps the reads it is handed."""

    outcome: ReadTaken | Refused | LineDead = field(
        default_factory=lambda: ReadTaken("01read", "阿***·测试")
    )
    reads: list[ReducedRead] = field(default_factory=list)

    def send_read(self, read: ReducedRead) -> ReadTaken | Refused | LineDead:
        self.reads.append(read)
        return self.outcome


class Browser:
    """Asks the application as a page of the door does, or as told."""

    def __init__(self, app: Flask, token: BootToken) -> None:
        self._client: FlaskClient = app.test_client(use_cookies=False)
        self.token = token

    def ask(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str | None] | None = None,
        **body: Any,
    ) -> TestResponse:
        """One request; a header of None is left out."""
        usual: dict[str, str | None] = {"Host": "127.0.0.1:8731"}
        if method not in {"GET", "HEAD"}:
            usual["Origin"] = ORIGIN
        if path.startswith("/device/v1/"):
            usual[TOKEN_HEADER] = self.token.value
        usual.update(headers or {})
        given = {name: value for name, value in usual.items() if value is not None}
        host = given.pop("Host", "")
        return self._client.open(
            path, method=method, headers=given, environ_overrides={"HTTP_HOST": host}, **body
        )


def said(answer: TestResponse) -> dict[str, Any]:
    """The JSON object of an answer."""
    found = json.loads(answer.data)
    assert isinstance(found, dict)
    return found


@dataclass
class Time:
    """The terminal's own time, which a test may let pass."""

    passed_seconds: float = 0.0

    def now(self) -> float:
        """Monotonic seconds."""
        return time.monotonic() + self.passed_seconds


@dataclass
class Stand:
    """Everything behind the door that a test may want to hold."""

    app: Flask
    server: FakeServer
    bus: EventBus
    woken: list[bool]
    browser: Browser
    visits: VisitWatch
    watch: LineWatch
    shelf: GuideShelf
    store: StaticStore
    missed: list[bool]
    time: Time


def stand(
    *,
    enrolled: bool = True,
    reading: CardReading | None = None,
    dock: Dock | None = None,
    settings: str = SETTINGS,
    statuses: Callable[[], Mapping[DeviceKind, DeviceStatus]] = dict,
    closed: Callable[[], ClosedFor | None] = lambda: None,
    scans: ScanDesk | None = None,
    line: ServerDoor | None = None,
    captures: CaptureDesk | None = None,
    technician: Callable[[OwnPages], Blueprint] | None = None,
    arrival: Callable[[], str | None] = lambda: None,
    message: Callable[[], Message | None] = lambda: None,
) -> Stand:
    """Set the application up; with a *line* it speaks to a real server."""
    server, bus, token, woken = FakeServer(), EventBus(), BootToken(), list[bool]()
    passing, store, shelf, missed = Time(), StaticStore(), GuideShelf(), list[bool]()
    visits = VisitWatch(now=passing.now)
    watch = LineWatch(bus, lambda _alive: None, now=passing.now)
    read = HostSettings.model_validate(tomllib.loads(settings))
    app = create_app(
        Doors(
            settings=read,
            desk=DeviceDesk(
                reading,
                statuses,
                lambda: True,
                bus,
                token,
                Tickets(),
                scans or ScanDesk(None),
                captures or CaptureDesk(),
            ),
            pages=OwnPages(
                read,
                "阿图什市政务服务中心",
                lambda: datetime(2026, 11, 21, 19, 12, tzinfo=UTC),
                arrival,
                shelf.place_here,
            ),
            technician=technician,
            server=(line or server) if enrolled else None,
            woken=lambda: woken.append(True),
            dock=dock,
            closed=closed,
            notices=NoticeBoard(message=message),
            visits=visits,
            watch=watch,
            shelf=shelf,
            store=store,
            missed=lambda: missed.append(True),
        )
    )
    return Stand(
        app, server, bus, woken, Browser(app, token), visits, watch, shelf, store, missed, passing
    )
