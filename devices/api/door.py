"""The way through: `/kiosk/…` goes to the server, signed by this terminal, and comes back as is.

Nothing is rewritten. Dropped are headers that speak of one connection, headers by which a page
could claim to be somebody else, and what the browser only tells of itself. Only `/kiosk/` passes:
a path that could be read as another one is refused, for this terminal's signature would be under
it. Versioned files come from this machine; a font that is not here yet is fetched by the stocker,
never through the line of a visit.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import unquote, urlsplit

from flask import Blueprint, Response, request

from devices.api.answers import problem
from devices.host.browser_wipe import EVERYTHING, BrowserWipe
from devices.host.browser_wipe import HEADER as WIPE_HEADER
from devices.host.ports import LineDead, Reply, ServerDoor
from devices.host.static_store import StaticStore, is_static
from devices.host.visit_marks import VISIT_HEADER, VisitMarks, log_context
from devices.host.visit_watch import VisitWatch

LARGEST_BODY_BYTES = 1024 * 1024
WANTED_HEADER = "Kiosk-Wanted"
PRESENT_HEADER = "Kiosk-Present"
"""Seconds since the last touch, told with the first page after a dead line."""
ROOM = "/kiosk/"
_FONTS = (".woff2", ".woff", ".ttf", ".otf")
FONT_PATIENCE_SECONDS = 1.5
"""A good line brings a font in this time; on a thin one the page begins in the system's own."""

# RFC 9110 §7.6.1, and what this hop sets for itself.
_HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "host",
        "content-length",
    }
)
# What only a proxy or this terminal's own signature may say.
_CLAIMS = frozenset(
    {"forwarded", "via", "x-real-ip", "content-digest", "signature", "signature-input"}
)
_CLAIMING = ("x-forwarded-", "kiosk-", "x-kiosk-")
# What a browser says of itself with every request and the server never asks for: one browser, which
# the heartbeat names, and a line that may be thin.
_IDLE_TALK = frozenset({"user-agent", "upgrade-insecure-requests", "priority", "dnt"})
_TALKING = ("sec-ch-", "sec-fetch-")
_NOT_FOR_THE_PAGE = frozenset({WANTED_HEADER.lower(), VISIT_HEADER.lower(), "date", "server"})


class OfflinePage(Protocol):
    """What is shown instead of a browser's error page."""

    def __call__(self) -> Response:
        """The page, or for a script a problem, for the request at hand."""
        ...


@dataclass(frozen=True)
class Door:
    """The way through, and who is told of what passes: `woken` when the server wants something,
    `missed` when a file is not here yet, `visits` whether it is somebody's turn, `marks` by which
    mark that visit is looked for. `shut` says whether the terminal is out of service, `wipe`
    whether the browser is to be emptied."""

    server: ServerDoor
    woken: Callable[[], None]
    offline: OfflinePage
    store: StaticStore
    missed: Callable[[], None]
    visits: VisitWatch
    marks: VisitMarks
    shut: Callable[[], bool]
    wipe: BrowserWipe

    def pass_on(self, rest: str) -> Response:
        """Answer the request at hand; *rest* is what the router saw of its path."""
        target = request.environ.get("RAW_URI", request.full_path)
        if not may_pass(target):
            return problem(404, "not_found", "There is no such page")
        body = request.stream.read(LARGEST_BODY_BYTES + 1)
        if len(body) > LARGEST_BODY_BYTES:
            return problem(413, "too_large", "At most 1 MiB passes this door")
        if request.method == "GET" and is_static(target):
            return self._file(target)
        cookies, touched = request.headers.get("Cookie", ""), _touched()
        with self.visits.page(cookies, touched=touched), log_context(self.marks.current):
            if self.shut():
                # Closed since the gate was passed: whoever closed it counts on nobody here.
                return Response(status=303, headers={"Location": ROOM})
            reply = self._send(target, body)
            if isinstance(reply, Reply):
                self.visits.answered(reply)
                self.marks.answered(reply)
        if isinstance(reply, LineDead):
            return self.offline()
        if reply.header(WANTED_HEADER) is not None:
            self.woken()
        answer = page_answer(reply)
        if self.wipe.wanted and target == ROOM and not self.visits.under_way:
            answer.headers[WIPE_HEADER] = EVERYTHING
            self.wipe.serve()
        return answer

    def _file(self, target: str) -> Response:
        kept = self.store.find(target)
        if kept is None:
            self.missed()
            if urlsplit(target).path.endswith(_FONTS):
                patience = 0.0 if self.visits.under_way else FONT_PATIENCE_SECONDS
                kept = self.store.wait_for(target, patience)
                if kept is None:
                    return problem(404, "not_here_yet", "This font is not on this machine yet")
        if kept is not None:
            return page_answer(kept)
        reply = self._send(target, b"")
        if isinstance(reply, LineDead):
            return self.offline()
        self.store.keep(target, reply)
        return page_answer(reply)

    def _send(self, target: str, body: bytes) -> Reply | LineDead:
        headers = server_headers(request.headers.items())
        if self.visits.was_cut_off and self.visits.under_way:
            # The server saw nobody while the line was dead: the host did.
            headers[PRESENT_HEADER] = str(int(self.visits.untouched_seconds))
        return self.server.send(request.method, target, headers=headers, body=body)


def blueprint(through: Door) -> Blueprint:
    """The door's routes."""
    door = Blueprint("door", __name__)
    methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
    door.add_url_rule(
        "/kiosk/",
        "pass_on",
        through.pass_on,
        defaults={"rest": ""},
        methods=methods,
        provide_automatic_options=False,
    )
    door.add_url_rule(
        "/kiosk/<path:rest>",
        "pass_on",
        through.pass_on,
        methods=methods,
        provide_automatic_options=False,
    )
    return door


def may_pass(target: str) -> bool:
    """Whether *target* (path and query as sent) is a kiosk page under any reading of it."""
    if not target.startswith(ROOM) or not target.isascii() or not target.isprintable():
        return False
    path = urlsplit(target).path
    # Twice, because what one server decodes once another decodes again.
    for read_as in (path, unquote(path), unquote(unquote(path))):
        segments = read_as.replace("\\", "/").split("/")
        if not read_as.startswith(ROOM) or {".", ".."} & set(segments) or "" in segments[1:-1]:
            return False
    return True


def server_headers(sent: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The browser's headers that the server may see; repeated ones are joined (RFC 9110 §5.3)."""
    listed = [(name, value) for name, value in sent if value]
    named = {
        part.strip().lower()
        for name, value in listed
        if name.lower() == "connection"
        for part in value.split(",")
    }
    dropped = _HOP_BY_HOP | _CLAIMS | _IDLE_TALK | named
    passed: dict[str, str] = {}
    for name, value in listed:
        lower = name.lower()
        if lower in dropped or lower.startswith((*_CLAIMING, *_TALKING)):
            continue
        joint = "; " if lower == "cookie" else ", "
        passed[name] = f"{passed[name]}{joint}{value}" if name in passed else value
    return passed


def _touched() -> bool:
    """Whether a person's finger stands behind the request at hand, and not the page's own clock."""
    return request.method != "GET" or request.headers.get("Sec-Fetch-User") == "?1"


class ServerAnswer(Response):
    """An answer that is the server's own: its headers are not for the host to mend."""


def page_answer(reply: Reply) -> ServerAnswer:
    """The server's answer for the page, line for line but for what speaks of one connection."""
    response = ServerAnswer(reply.body, reply.status)
    response.headers.clear()
    named: Mapping[str, None] = dict.fromkeys(
        part.strip().lower() for part in (reply.header("Connection") or "").split(",")
    )
    for name, value in reply.headers:
        lower = name.lower()
        if lower not in _HOP_BY_HOP and lower not in _NOT_FOR_THE_PAGE and lower not in named:
            response.headers.add(name, value)
    return response
