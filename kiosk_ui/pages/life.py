"""
Services of everyday life (便民服务): bills, post, telephone, notary, legal aid.

Others do them; each says who answers for it (P47), and whoever reads it is nobody here (P16).
"""

from flask import Blueprint, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from kiosk_server.cases.guide_slips import guide_slip_of, queue_guide_slip
from kiosk_server.cases.slips import slip_possible
from kiosk_server.catalogue import queries as catalogue
from kiosk_server.catalogue.content import Life
from kiosk_server.catalogue.queries import PublishedItem
from kiosk_server.places import queries as places
from kiosk_server.visits.errand_state import Errand
from kiosk_server.web.request_context import database
from kiosk_server.web.words import words
from kiosk_ui.openness import billers_here
from kiosk_ui.pages.wanting import wanted
from kiosk_ui.presenters.browsing import guide_facts, lines_of
from kiosk_ui.presenters.places import window_of
from kiosk_ui.presenters.wording import titled, worded
from kiosk_ui.showing import back_asked, chinese_words, show, this_screen
from kiosk_ui.view_models import (
    Language,
    LifeGuidePage,
    LifePage,
    Screen,
    WindowPage,
    Wording,
)
from kiosk_ui.view_models.life import LifeTile
from kiosk_ui.visiting import deed, this_visit

BILLS_ICON = "coin"


def register(blueprint: Blueprint) -> None:
    """Put these pages into *blueprint*."""
    blueprint.get("/life", endpoint="life")(life)
    blueprint.get("/guides/<code>/window", endpoint="guide_window")(guide_window)
    blueprint.post("/guides/<code>/slip", endpoint="guide_slip")(guide_slip)


def life() -> ResponseReturnValue:
    """Ask what it is about; where bills can be paid here, that stands first."""
    with database().reading() as session:
        screen = this_screen(session)
        items = catalogue.life_services(session)
    bills = bool(billers_here())
    tiles = [
        LifeTile(
            titled(item.content.names, screen.language),
            item.content.icon,
            url_for("kiosk.guide", code=item.code),
        )
        for item in items
        if not (bills and item.content.life and item.content.life.bills)
    ]
    if bills:
        name = Wording(words("row-bills"), kept=chinese_words("row-bills"))
        tiles.insert(0, LifeTile(name, BILLS_ICON, url_for("kiosk.bills")))
    return show(LifePage(screen=screen, tiles=tuple(tiles), back_url=url_for("kiosk.services")))


def life_guide(screen: Screen, item: PublishedItem, life: Life) -> LifeGuidePage:
    """Return the guide of one service: who answers, and the way on that it has."""
    content = item.content
    window_url = on_the_way("kiosk.guide_window", item.code)
    act, act_url = "life-where", window_url
    if life.bills and billers_here():
        act, act_url = "life-pay", url_for("kiosk.bills")
    elif life.booked is not None:
        booking = url_for("kiosk.notice", errand=Errand.BOOKINGS, service=life.booked)
        act, act_url = "life-book", booking
    return LifeGuidePage(
        screen=screen,
        name=titled(content.names, screen.language),
        short=worded(content.short, screen.language),
        facts=guide_facts(content, screen.language, words),
        version=item.short_hash,
        act=act,
        act_url=act_url,
        elements_url=on_the_way("kiosk.elements", item.code),
        window_url=window_url,
        back_url=back_asked(url_for("kiosk.life")),
        hear=life.hear,
    )


def guide_window(code: str) -> ResponseReturnValue:
    """Name the window of one guide, and offer the guide on a slip."""
    visit = this_visit()
    with database().reading() as session:
        screen = this_screen(session)
        content = catalogue.find(session, code).content
        window = window_of(places.site(session, content.window.site_id), screen.language, content)
        asked = guide_slip_of(session, visit, code) is not None
        can_print = slip_possible(session, visit) and not asked
    return show(
        WindowPage(
            screen=screen,
            window=window,
            back_url=on_the_way("kiosk.guide", code),
            name=titled(content.names, screen.language),
            slip_url=on_the_way("kiosk.guide_slip", code) if can_print else None,
            slip_asked=asked,
        )
    )


def guide_slip(code: str) -> ResponseReturnValue:
    """Print the guide for whoever cannot keep it in mind; once in a visit."""
    with deed() as (session, visit):
        item, language = catalogue.find(session, code), Language(visit.language)
        own = () if language is Language.ZH else lines_of(item.content, language, words)
        queue_guide_slip(session, visit, item, own=own)
    return wanted(make_response(redirect(on_the_way("kiosk.guide_window", code), 303)))


def on_the_way(endpoint: str, code: str) -> str:
    """Return the address of a page of this guide that knows where the person came from."""
    back = request.values.get("back")
    return url_for(endpoint, code=code, back=back_asked() if back else None)
