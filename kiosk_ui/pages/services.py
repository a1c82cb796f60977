"""What can be finished at this machine now, and the guide of every item."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from kiosk_server.catalogue import queries as catalogue
from kiosk_server.places import queries as places
from kiosk_server.visits.errand_state import Errand
from kiosk_server.web.request_context import database
from kiosk_server.web.words import words
from kiosk_ui.openness import card_here, opening_here, openings_here, printer_here
from kiosk_ui.pages.life import life_guide, on_the_way
from kiosk_ui.pages.turning import page_asked, paging_at, turned
from kiosk_ui.paging import pages_of_facts, rows_a_page
from kiosk_ui.presenters.browsing import (
    element_facts,
    fee_of,
    guide_facts,
    open_first,
    row_of,
)
from kiosk_ui.presenters.places import window_of
from kiosk_ui.presenters.wording import titled
from kiosk_ui.showing import chinese_words, show, this_screen
from kiosk_ui.view_models import (
    Closed,
    ElementsPage,
    GuidePage,
    GuidesPage,
    Outcome,
    ServiceRow,
    ServicesPage,
    Tile,
    Wording,
)

OWN_PHONES_MINUTES = 2


def register(blueprint: Blueprint) -> None:
    """Put these pages into *blueprint*."""
    blueprint.get("/services", endpoint="services")(services)
    blueprint.get("/guides", endpoint="guides")(guides)
    blueprint.get("/guides/<code>", endpoint="guide")(guide)
    blueprint.get("/guides/<code>/elements", endpoint="elements")(elements)


def services() -> ResponseReturnValue:
    """Show what a terminal handles; what cannot be finished now is greyed with its reason."""
    with database().reading() as session:
        screen = this_screen(session)
        items = catalogue.published(session)
        handled = [item for item in items if item.content.handling is not None]
        openings = openings_here(session, [item.content for item in handled], screen.language)
        own_phones = own_phones_row(card_here(session, screen.language))
        own_papers = own_papers_row(printer_here(session, screen.language))
    found = [
        row_of(
            item,
            screen.language,
            url=_guide_url(item.code),
            closed=opening.closed,
            no_card=opening.no_card,
        )
        for item, opening in zip(handled, openings, strict=True)
    ]
    own = [own_papers, own_cases_row(), own_phones]
    rows = open_first([at_window_row(), life_row(), *found, *own])
    troubles = {row.closed.reason for row in rows if row.closed}
    troubles |= {row.no_card.reader for row in rows if row.no_card and row.no_card.reader}
    shown, paging = turned(rows, rows_a_page(screen), url_for("kiosk.services"))
    tiles = (
        Tile("tile-reprint", url_for("kiosk.reprint"), "paper"),
        Tile("tile-guides", url_for("kiosk.guides"), "book", count=len(items)),
        Tile("tile-looks", screen.dock.looks_url, "size"),
    )
    return show(
        ServicesPage(
            screen=screen,
            rows=shown,
            paging=paging,
            troubles=tuple(sorted(troubles)),
            tiles=tiles,
        )
    )


def at_window_row() -> ServiceRow:
    """Return the row that leads to a window: a number, a booking, and nobody has to book (P16)."""
    return ServiceRow(
        name=Wording(words("row-at-window"), kept=chinese_words("row-at-window")),
        url=url_for("kiosk.at_window"),
        icon="people",
        outcome=Outcome.WINDOW,
    )


def life_row() -> ServiceRow:
    """Return the row of everyday life: bills, post, legal aid; others answer for it (P47)."""
    return ServiceRow(
        name=Wording(words("row-life"), kept=chinese_words("row-life")),
        url=url_for("kiosk.life"),
        icon="bolt",
        outcome=Outcome.LIFE,
    )


def own_phones_row(closed: Closed | None) -> ServiceRow:
    """Return the row of one's own phones: no item of the catalogue, so its words are ours."""
    return ServiceRow(
        name=Wording(words("row-own-phones"), kept=chinese_words("row-own-phones")),
        url=url_for("kiosk.notice", errand=Errand.OWN_PHONES),
        icon="phone",
        outcome=Outcome.SCREEN,
        minutes=OWN_PHONES_MINUTES,
        closed=closed,
    )


def own_papers_row(closed: Closed | None) -> ServiceRow:
    """Return the row of one's own certificates, which are found for the card or the phone."""
    return ServiceRow(
        name=Wording(words("row-wallet"), kept=chinese_words("row-wallet")),
        url=url_for("kiosk.notice", errand=Errand.WALLET),
        icon="card",
        outcome=Outcome.A4,
        minutes=OWN_PHONES_MINUTES,
        closed=closed,
    )


def own_cases_row() -> ServiceRow:
    """Return the row of one's own cases, which are found for the card or the phone (P23)."""
    return ServiceRow(
        name=Wording(words("row-results"), kept=chinese_words("row-results")),
        url=url_for("kiosk.notice", errand=Errand.RESULTS),
        icon="list",
        outcome=Outcome.SCREEN,
        minutes=OWN_PHONES_MINUTES,
    )


def guides() -> ResponseReturnValue:
    """Show every published item by name; its guide says where it is handled."""
    with database().reading() as session:
        screen = this_screen(session)
        rows = [
            row_of(item, screen.language, url=_guide_url(item.code))
            for item in catalogue.published(session)
        ]
    shown, paging = turned(rows, rows_a_page(screen), url_for("kiosk.guides"))
    return show(
        GuidesPage(screen=screen, rows=shown, back_url=url_for("kiosk.services"), paging=paging)
    )


def guide(code: str) -> ResponseReturnValue:
    """Show the guide of one item, and begin or say why not and where instead."""
    with database().reading() as session:
        screen = this_screen(session)
        item = catalogue.find(session, code)
        content = item.content
        if content.life is not None:
            return show(life_guide(screen, item, content.life))
        opening = opening_here(session, content, screen.language)
        window = window_of(places.site(session, content.window.site_id), screen.language, content)
    handling, closed = content.handling, opening.closed
    # What cannot begin here says first where it can; the facts stand on the page after it.
    address, pages = url_for("kiosk.guide", code=code), 2 if closed else 1
    at = page_asked(pages)
    return show(
        GuidePage(
            screen=screen,
            name=titled(content.names, screen.language),
            facts=guide_facts(content, screen.language, words),
            version=item.short_hash,
            elements_url=url_for("kiosk.elements", code=code),
            back_url=url_for("kiosk.services" if handling else "kiosk.guides"),
            start_url=None if closed else url_for("kiosk.notice", item=code),
            closed=closed,
            window=window if closed and at == 1 else None,
            paging=paging_at(at, pages, address),
            outcome=Outcome(content.outcome),
            minutes=handling.minutes if handling else None,
            fee_fen=fee_of(content),
            needs_nothing=bool(handling and handling.needs_nothing),
            decided_at_once=bool(handling and handling.decided_at_once),
            no_card=opening.no_card,
        )
    )


def elements(code: str) -> ResponseReturnValue:
    """Show all published elements of one item, page by page."""
    with database().reading() as session:
        screen = this_screen(session)
        item = catalogue.find(session, code)
    facts = element_facts(item.content, screen.language) or guide_facts(
        item.content, screen.language, words
    )
    pages = pages_of_facts(facts, screen)
    at = page_asked(len(pages))
    return show(
        ElementsPage(
            screen=screen,
            name=titled(item.content.names, screen.language),
            facts=pages[at - 1],
            version=item.short_hash,
            back_url=on_the_way("kiosk.guide", code),
            paging=paging_at(at, len(pages), on_the_way("kiosk.elements", code)),
        )
    )


def _guide_url(code: str) -> str:
    return url_for("kiosk.guide", code=code)
