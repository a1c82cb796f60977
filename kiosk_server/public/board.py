"""
`/board/<site>` (叫号屏): the newest call, those before it, how long the others wait; no sign-in.

One address and one representation: a browser without scripts refreshes the page, the script asks
for it again with its ETag and puts the new parts in place of the old, the worker keeps the last
answer for a dead line. Labels and counts are all that stands there.
"""

from flask import Blueprint, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from kiosk_server.core import clock
from kiosk_server.places import queries as places
from kiosk_server.places.site_hours import hours_of
from kiosk_server.public.board_installing import add_worker_routes, worker_version
from kiosk_server.public.board_view import BoardShown, BoardWords, board_shown, seconds
from kiosk_server.public.language import OFFERED
from kiosk_server.queue.queries import board_of, wait_now
from kiosk_server.web.guards import SERVER_TIME_HEADER
from kiosk_server.web.languages import DEFAULT, Language, language_of
from kiosk_server.web.request_context import database
from kiosk_server.web.words import messages

_BESIDE = {DEFAULT: "ug"}
"""Which language stands beside the first one, unless `?with=` says another; else Chinese."""


def add_routes(blueprint: Blueprint) -> None:
    """Open the boards in *blueprint*."""
    add_worker_routes(blueprint)
    blueprint.add_url_rule("/board/<site_id>", view_func=board)


def board(site_id: str) -> ResponseReturnValue:
    """Show the board of one site; 304 while nothing on it has changed."""
    now = clock.now()
    told = BoardWords(messages(), _languages())
    with database().reading() as session:
        site = places.site(session, site_id)
        groups = places.groups_by_site(session).get(site_id, [])
        shown = board_shown(
            board_of(session, site_id, now=now),
            wait_now(session, site_id),
            groups,
            hours_of(session, site_id),
            told,
        )
    version = shown.version(worker_version(), *(each.code for each in told.languages))
    # Asked before the page is drawn: a board asks twenty times a minute, all day long.
    answer = Response(status=304) if request.if_none_match.contains_weak(version) else None
    if answer is None:
        answer = make_response(_page(site_id, told, told.named(site.names), shown))
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers[SERVER_TIME_HEADER] = f"{now.timestamp():.3f}"
    answer.set_etag(version, weak=True)
    return answer


def _page(site_id: str, told: BoardWords, names: object, shown: BoardShown) -> str:
    now = clock.now()
    return render_template(
        "public/board.html",
        site_id=site_id,
        names=names,
        shown=shown,
        said=told.said,
        first=told.languages[0],
        as_of=seconds(now),
        beijing=clock.to_beijing(now),
        version=worker_version(),
    )


def _languages() -> tuple[Language, ...]:
    asked = request.args.get("lang")
    first = asked if asked in OFFERED else DEFAULT
    beside = request.args.get("with")
    second = beside if beside in OFFERED and beside != first else _BESIDE.get(first, DEFAULT)
    return language_of(first), language_of(second)
