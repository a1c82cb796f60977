"""
Another way of showing who one is (换个办法): said without reproach, with what can be done first.

Whatever failed leads here, and from here something always leads on: at the least a named window.
"""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.cases.handling import ContactKnown, NotReady, contact_of_visit
from kiosk_server.cases.ports import NoContact
from kiosk_server.visits.ladder import card_rung, fail
from kiosk_server.visits.ladder_rules import OF_THE_HOST, Rung, Situation, next_rung
from kiosk_server.visits.models import Visit
from kiosk_server.web.request_context import database
from kiosk_ui.outside import records, sends_messages
from kiosk_ui.pages.turning import turned
from kiosk_ui.paging import rungs_a_page
from kiosk_ui.presenters.ladder import choices_of, situation_of
from kiosk_ui.refusing import words_for
from kiosk_ui.showing import show, this_screen
from kiosk_ui.view_models import LadderPage
from kiosk_ui.visiting import deed, progress_here, this_visit


def register(blueprint: Blueprint) -> None:
    """Put these pages into *blueprint*."""
    blueprint.get("/another-way", endpoint="another_way")(another_way)
    blueprint.post("/card/failed", endpoint="card_failure")(card_failure)
    blueprint.get("/card/failed", endpoint="card_failed")(card_failed)


def another_way() -> ResponseReturnValue:
    """Show what else there is, for whoever has no card, no phone, or no wish to go on so."""
    return ladder_page(None)


def card_failure() -> ResponseReturnValue:
    """Count what the page alone learned of the reader, then say it; the page sends this itself."""
    code = request.form.get("code", "")
    if code in OF_THE_HOST:
        with deed() as (session, visit):
            fail(session, visit, card_rung(session, visit), code)
    return redirect(url_for("kiosk.card_failed", code=words_for(code, "card_unreadable")), 303)


def card_failed() -> ResponseReturnValue:
    """Say why the card was not taken, and what can be done."""
    return ladder_page(words_for(request.args.get("code", ""), "card_unreadable"))


def ladder_page(code: str | None) -> ResponseReturnValue:
    """Return the page that says *code* and offers what is left."""
    visit = this_visit()
    phone = _why_no_code(visit)
    with database().reading() as session:
        screen = this_screen(session, back=url_for("kiosk.another_way"))
        now = situation_here(session, visit, phone=phone)
    *others, window = choices_of(now, carries=_can_be_carried(visit))
    shown, paging = turned(others, rungs_a_page(screen), url_for("kiosk.another_way"))
    return show(
        LadderPage(
            screen=screen,
            code=code,
            choices=(*shown, window),
            paging=paging,
            again=next_rung(now) in (Rung.CARD, Rung.CODE),
            back_url=url_for("kiosk.services"),
        )
    )


def situation_here(session: Session, visit: Visit, *, phone: str | None = None) -> Situation:
    """Return what bears on the ladder of this request's visit."""
    return situation_of(session, visit, holder_known=progress_here().card_read, phone=phone)


def _can_be_carried(visit: Visit) -> bool:
    return visit.item_version_id is not None and visit.expected_resident_id is None


def _why_no_code(visit: Visit) -> str | None:
    if not progress_here().card_read or not sends_messages():
        return None
    match contact_of_visit(database(), records(), visit_id=visit.id):
        case ContactKnown():
            return None
        case NoContact():
            return "no-phone"
        case NotReady("source_asleep"):
            return "source-asleep"
        case NotReady():
            return "source-down"
