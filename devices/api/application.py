"""The loopback application, put together: guards first, then the doors behind them."""

from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Blueprint, Flask, Response, redirect
from werkzeug.exceptions import HTTPException

from devices.api import (
    away_guides,
    away_pages,
    closed_page,
    device_routes,
    dock,
    door,
    first_boot_routes,
    guards,
    notices,
    own_pages,
)
from devices.api.answers import problem
from devices.api.away_guides import AwayGuides
from devices.api.away_pages import AwayPages
from devices.api.device_routes import DeviceDesk
from devices.api.dock import Dock
from devices.api.first_boot_routes import FirstBootDesk
from devices.api.notices import NoticeBoard
from devices.api.own_pages import OwnPages
from devices.host.browser_wipe import BrowserWipe
from devices.host.closure import ClosedFor
from devices.host.events import EventBus, LineWatch
from devices.host.guide_shelf import GuideShelf
from devices.host.ports import ServerDoor
from devices.host.static_store import StaticStore
from devices.host.visit_marks import VisitMarks
from devices.host.visit_watch import VisitWatch
from devices.settings import HostSettings

# For the host's own answers; a page of the server brings its own.
_CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True)
class Doors:
    """What the application serves. `server` is None while the terminal is not enrolled; `dock`
    is None everywhere but in development."""

    settings: HostSettings
    desk: DeviceDesk
    pages: OwnPages
    server: ServerDoor | None
    woken: Callable[[], None]
    dock: Dock | None
    visits: VisitWatch = field(default_factory=VisitWatch)
    watch: LineWatch = field(default_factory=lambda: LineWatch(EventBus(), lambda _alive: None))
    shelf: GuideShelf = field(default_factory=GuideShelf)
    store: StaticStore = field(default_factory=StaticStore)
    missed: Callable[[], None] = lambda: None
    marks: VisitMarks = field(default_factory=VisitMarks)
    closed: Callable[[], ClosedFor | None] = lambda: None
    wipe: BrowserWipe = field(default_factory=BrowserWipe)
    notices: NoticeBoard = field(default_factory=NoticeBoard)
    first_boot: FirstBootDesk | None = None
    technician: Callable[[OwnPages], Blueprint] | None = None


def create_app(doors: Doors) -> Flask:
    """The WSGI application of the door at 127.0.0.1."""
    app = Flask(__name__, static_folder=None)
    guards.install(app, doors.settings.listen, doors.desk.token)
    closed_page.install(app, doors.pages, doors.closed, doors.notices.message)
    app.register_blueprint(device_routes.blueprint(doors.desk))
    app.register_blueprint(own_pages.blueprint(doors.settings))
    app.register_blueprint(notices.blueprint(doors.notices))
    if doors.first_boot is not None:
        app.register_blueprint(first_boot_routes.blueprint(doors.first_boot, doors.pages))
    if doors.technician is not None:
        app.register_blueprint(doors.technician(doors.pages))
    if doors.server is None:
        _offer_what_is_before_enrolment(app, doors)
    else:
        _open_the_way(app, doors, doors.server)
    if doors.dock is not None:
        app.register_blueprint(dock.blueprint(doors.dock))
    app.add_url_rule("/", "start", lambda: redirect(door.ROOM, 302))
    app.register_error_handler(HTTPException, _refuse)
    app.after_request(_harden)
    return app


def _offer_what_is_before_enrolment(app: Flask, doors: Doors) -> None:
    first = doors.pages.not_enrolled if doors.first_boot is None else first_boot_routes.start_here
    app.add_url_rule("/kiosk/", "unenrolled", first)
    app.add_url_rule(
        "/kiosk/<path:rest>", "unenrolled_rest", lambda rest: doors.pages.not_enrolled()
    )


def _open_the_way(app: Flask, doors: Doors, server: ServerDoor) -> None:
    away = AwayPages(doors.pages, doors.shelf, doors.watch, doors.visits, doors.marks)
    app.register_blueprint(away_pages.blueprint(away))
    app.register_blueprint(away_guides.blueprint(AwayGuides(doors.pages, doors.shelf)))
    through = door.Door(
        server,
        woken=doors.woken,
        offline=away.offline,
        store=doors.store,
        missed=doors.missed,
        visits=doors.visits,
        marks=doors.marks,
        shut=lambda: doors.closed() is not None,
        wipe=doors.wipe,
    )
    app.register_blueprint(door.blueprint(through))


def _refuse(fault: HTTPException) -> Response:
    status = fault.code or 500
    return problem(status, f"http_{status}", fault.name)


def _harden(response: Response) -> Response:
    if isinstance(response, door.ServerAnswer):
        return response
    response.headers.setdefault("Content-Security-Policy", _CONTENT_POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cache-Control", "no-store")
    return response
