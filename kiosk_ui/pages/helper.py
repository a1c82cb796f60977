"""Help by a member of staff (帮办核验): the code on the screen, the wait, the person's word."""

from flask import Blueprint, Response, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.core.clock import to_beijing
from kiosk_server.core.masking import mask_name
from kiosk_server.visits import helping
from kiosk_server.visits.drafts import draft_of
from kiosk_server.visits.help_life import HelpState
from kiosk_server.visits.models import HelpRequest
from kiosk_server.web.request_context import database
from kiosk_ui.pages.ladder import ladder_page, situation_here
from kiosk_ui.showing import show, this_screen
from kiosk_ui.view_models import HelperCodePage, HelperNamedPage, HelperPage, Page, Screen
from kiosk_ui.visiting import deed, this_visit

NONE = "none"
OVER = "over"


def register(blueprint: Blueprint) -> None:
    """Put these pages into *blueprint*."""
    blueprint.get("/helper", endpoint="helper")(helper)
    blueprint.post("/helper", endpoint="ask_helper")(ask_helper)
    blueprint.get("/helper/state", endpoint="helper_state")(helper_state)
    blueprint.post("/helper/agree", endpoint="helper_agree")(helper_agree)
    blueprint.post("/helper/deny", endpoint="helper_deny")(helper_deny)
    blueprint.post("/helper/leave", endpoint="helper_leave")(helper_leave)


def helper() -> ResponseReturnValue:
    """Show what the help is, the code, or whom staff has named: whatever is due."""
    visit = this_visit()
    with database().reading() as session:
        why_not = situation_here(session, visit).staff
        asked, state = helping.standing(session, visit), _state(session)
        screen = this_screen(session, back=url_for("kiosk.helper"))
        page = _page_of(session, screen, asked, state) if asked is not None else None
    if page is not None:
        return show(page)
    if state == HelpState.DECLINED and "again" not in request.args:
        return ladder_page("help_declined")
    if why_not is not None:
        return redirect(url_for("kiosk.another_way"), 303)
    return show(
        HelperPage(
            screen=screen,
            ask_url=url_for("kiosk.ask_helper"),
            back_url=url_for("kiosk.another_way"),
            lapsed=state == OVER,
        )
    )


def ask_helper() -> ResponseReturnValue:
    """Draw the code that staff types."""
    with deed() as (session, visit):
        helping.ask(session, visit)
    return redirect(url_for("kiosk.helper"), 303)


def helper_state() -> ResponseReturnValue:
    """Tell a script whether the page would look different now (ETag, RFC 9110 8.8.3)."""
    with database().reading() as session:
        state = _state(session)
    response: Response = jsonify({"version": state})
    response.set_etag(state)
    response.headers["Cache-Control"] = "no-cache"
    return response.make_conditional(request)


def helper_agree() -> ResponseReturnValue:
    """It is she: the way goes on as if a card had been read."""
    with deed() as (session, visit):
        helping.agree(session, visit)
    return redirect(url_for("kiosk.deciding"), 303)


def helper_deny() -> ResponseReturnValue:
    """It is somebody else: nothing of it is kept, and another way is shown."""
    with deed() as (session, visit):
        helping.deny(session, visit)
    return ladder_page("help_denied")


def helper_leave() -> ResponseReturnValue:
    """Nobody came: another way."""
    with deed() as (session, visit):
        helping.give_up(session, visit)
    return redirect(url_for("kiosk.another_way"), 303)


def _state(session: Session) -> str:
    found = helping.standing(session, this_visit())
    if found is None:
        return NONE
    open_still = found.state in (HelpState.ASKED, HelpState.TAKEN, HelpState.CONFIRMED)
    return OVER if open_still and helping.is_over(found) else found.state


def _page_of(session: Session, screen: Screen, asked: HelpRequest, state: str) -> Page | None:
    if state == HelpState.CONFIRMED:
        return HelperNamedPage(
            screen=screen,
            holder=mask_name(helping.named_by(session, asked)),
            agree_url=url_for("kiosk.helper_agree"),
            deny_url=url_for("kiosk.helper_deny"),
        )
    if state in (HelpState.ASKED, HelpState.TAKEN):
        return HelperCodePage(
            screen=screen,
            code=draft_of(session, this_visit()).get("help_code", ""),
            taken=state == HelpState.TAKEN,
            until=to_beijing(asked.expires_at),
            state_url=url_for("kiosk.helper_state"),
            version=state,
            leave_url=url_for("kiosk.helper_leave"),
        )
    return None
