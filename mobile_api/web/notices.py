"""Messages (消息): what the holder is told, each with the page that it leads to."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from kiosk_server.core.identifiers import is_id
from kiosk_server.residents.assurance import Act
from mobile_api.notices import read_all, told
from mobile_api.web.frame import page
from mobile_api.web.guard import may

ON_A_PAGE = 30


def add_routes(blueprint: Blueprint) -> None:
    """Open the pages of messages."""
    blueprint.get("/notices", endpoint="notices_notices")(notices)
    blueprint.post("/notices/seen", endpoint="notices_notices_seen")(notices_seen)


def notices() -> ResponseReturnValue:
    """Show what the holder was told."""
    may(Act.SEE_NOTICES)
    after = request.args.get("after", "")
    found = told(after=after if is_id(after) else None, limit=ON_A_PAGE + 1)
    more = found[ON_A_PAGE - 1].id if len(found) > ON_A_PAGE else None
    return page("m/notices.html", tab="me", notices=found[:ON_A_PAGE], more=more)


def notices_seen() -> ResponseReturnValue:
    """Remember that the holder has read them: a touch, since a page that is opened does nothing."""
    may(Act.SEE_NOTICES)
    read_all()
    return redirect("/m/notices", code=303)
