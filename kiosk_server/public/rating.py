"""
`/r/<code>`: rate a finished case from the code on its slip (好差评), at home and in peace.

The code opens one case for one rating and says nothing of whose it is; a GET changes nothing.
"""

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from kiosk_server.core.errors import Conflict, Invalid, NotFound
from kiosk_server.public import guessing
from kiosk_server.ratings.links import case_behind
from kiosk_server.ratings.rules import LONGEST_TEXT, Level, levels
from kiosk_server.ratings.services import Channel, is_rated, rate
from kiosk_server.web.languages import DEFAULT
from kiosk_server.web.request_context import database

_LONGEST_SENT = 2000


def add_routes(blueprint: Blueprint) -> None:
    """Open the rating of a slip in *blueprint*."""
    blueprint.add_url_rule("/r/<code>", view_func=ask_rating)
    blueprint.add_url_rule("/r/<code>", view_func=take_rating, methods=["POST"])


def ask_rating(code: str) -> ResponseReturnValue:
    """Ask for the level, then for its tags; a case that was rated says so."""
    case_id = _opened(code)
    with database().reading() as session:
        if is_rated(session, case_id):
            return _page(code, done=True)
    return _page(code, chosen=_level(request.args.get("level", "")))


def take_rating(code: str) -> ResponseReturnValue:
    """Keep the rating; sent twice it counts once, and the page says thanks both times."""
    case_id = _opened(code)
    chosen = _level(request.form.get("level", ""))
    if chosen is None:
        return _page(code), 422
    text = request.form.get("text", "")[:_LONGEST_SENT]
    try:
        with database().unit_of_work() as session:
            rate(
                session,
                case_id=case_id,
                level=chosen.level,
                tags=request.form.getlist("tag"),
                # A browser sends two characters for a line's end and counts one.
                text=text.replace("\r\n", "\n"),
                channel=Channel.QR,
            )
    except Conflict:
        return _page(code, done=True)
    except Invalid:
        return _page(code, chosen=chosen, text=text, fault=True), 422
    return _page(code, done=True)


def _opened(code: str) -> str:
    """The case that `code` opens; a code that opens none is counted as a guess."""
    with database().reading() as session:
        waiting = guessing.must_wait(session, request.remote_addr)
        case_id = case_behind(session, code)
    if waiting:
        guessing.make_wait(database(), request.remote_addr)
    if case_id is None:
        guessing.count_stray(database(), request.remote_addr)
        raise NotFound("rating_link_unknown")
    return case_id


def _level(asked: str) -> Level | None:
    return next((level for level in levels() if str(level.level) == asked), None)


def _page(
    code: str,
    *,
    chosen: Level | None = None,
    text: str = "",
    fault: bool = False,
    done: bool = False,
) -> str:
    return render_template(
        "public/rating.html",
        code=code,
        levels=levels(),
        chosen=chosen,
        text=text,
        longest=LONGEST_TEXT,
        fault=fault,
        done=done,
        in_words=_in_words,
    )


def _in_words(words: dict[str, str]) -> str:
    return words.get(g.language, words[DEFAULT])
