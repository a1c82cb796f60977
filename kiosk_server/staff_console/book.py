"""The asset book (资产台账) and the site card (点位卡) of a terminal, and their history."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from kiosk_server.assets import services
from kiosk_server.assets.queries import book_of, card_of, history_of
from kiosk_server.assets.rules import (
    Access,
    Book,
    Card,
    KeyWith,
    LineKind,
    LineOperator,
    Note,
)
from kiosk_server.core import clock
from kiosk_server.core.errors import FieldFault, Invalid
from kiosk_server.staff.rules import Right, may
from kiosk_server.staff_console.book_forms import SPELLS, book_from, card_from, edition_from
from kiosk_server.staff_console.book_view import (
    SERIAL_KINDS,
    book_facts,
    change_lines,
    device_words,
)
from kiosk_server.staff_console.fleet_view import site_name
from kiosk_server.staff_console.session import actor, staff
from kiosk_server.staff_console.terminals import my_terminal
from kiosk_server.web.request_context import database


def add_routes(blueprint: Blueprint) -> None:
    """Put both papers under *blueprint*."""
    blueprint.get("/fleet/<terminal_id>/book")(book_page)
    blueprint.post("/fleet/<terminal_id>/book")(write_book)
    blueprint.get("/fleet/<terminal_id>/card")(card_page)
    blueprint.post("/fleet/<terminal_id>/card")(write_card)


def book_page(terminal_id: str) -> ResponseReturnValue:
    """Show the book with its history; who may keep it gets it as a form."""
    with database().reading() as session:
        my_terminal(session, terminal_id, Right.TERMINALS_SEE)
        kept = book_of(session, terminal_id)
    return _book_page(terminal_id, kept.book, kept.edition, [])


def write_book(terminal_id: str) -> ResponseReturnValue:
    """Write what the form says."""
    with database().reading() as session:
        my_terminal(session, terminal_id, Right.ASSETS_KEEP)
    book, faults = book_from(request.form)
    edition = edition_from(request.form)
    if faults:
        return _book_page(terminal_id, book, edition, faults), 422
    try:
        with database().unit_of_work() as session:
            services.write_book(session, terminal_id, book, edition=edition, by=actor())
    except Invalid as refused:
        return _book_page(terminal_id, book, edition, list(refused.fields)), 422
    return redirect(f"/staff/fleet/{terminal_id}/book", code=303)


def card_page(terminal_id: str) -> ResponseReturnValue:
    """Show the site card as a form."""
    with database().reading() as session:
        my_terminal(session, terminal_id, Right.ASSETS_KEEP)
        kept = card_of(session, terminal_id)
    return _card_page(terminal_id, kept.card, kept.edition, [])


def write_card(terminal_id: str) -> ResponseReturnValue:
    """Write what the form says."""
    with database().reading() as session:
        my_terminal(session, terminal_id, Right.ASSETS_KEEP)
    card, faults = card_from(request.form)
    edition = edition_from(request.form)
    if faults:
        return _card_page(terminal_id, card, edition, faults), 422
    try:
        with database().unit_of_work() as session:
            services.write_card(session, terminal_id, card, edition=edition, by=actor())
    except Invalid as refused:
        return _card_page(terminal_id, card, edition, list(refused.fields)), 422
    return redirect(f"/staff/terminals/{terminal_id}", code=303)


def _book_page(terminal_id: str, book: Book, edition: int, faults: list[FieldFault]) -> str:
    with database().reading() as session:
        view, site = my_terminal(session, terminal_id, Right.TERMINALS_SEE)
        changes = history_of(session, terminal_id)
    return render_template(
        "staff/book.html",
        terminal=terminal_id,
        site=site_name(site),
        book=book,
        edition=edition,
        facts=book_facts(book, clock.beijing_today()),
        devices=[(device.kind, device.details.get("sam_id")) for device in view.devices],
        may_edit=may(staff(), Right.ASSETS_KEEP, site.division_code),
        history=change_lines(changes),
        serial_kinds=[(kind, device_words(kind)) for kind in SERIAL_KINDS],
        operators=[each.value for each in LineOperator],
        line_kinds=[each.value for each in LineKind],
        notes=[each.value for each in Note],
        faults={fault.at: fault.code for fault in faults},
    )


def _card_page(terminal_id: str, card: Card, edition: int, faults: list[FieldFault]) -> str:
    with database().reading() as session:
        _, site = my_terminal(session, terminal_id, Right.ASSETS_KEEP)
    return render_template(
        "staff/card.html",
        terminal=terminal_id,
        site=site_name(site),
        card=card,
        edition=edition,
        holders=[each.value for each in KeyWith],
        ways=[each.value for each in Access],
        spells=list(zip(SPELLS, (*card.hours, None, None), strict=False)),
        faults={fault.at: fault.code for fault in faults},
    )
