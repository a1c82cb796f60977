"""My digital cards (数字名片): chosen by their owner, shown by a code, stopped by a touch."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from kiosk_server.certificates.holders import HolderKind, name_of, person
from kiosk_server.certificates.rights import holders_for
from kiosk_server.certificates.wallet import wallet_of
from kiosk_server.core.errors import Conflict, Invalid, NotFound
from kiosk_server.core.identifiers import is_id
from kiosk_server.printing.documents.codes import qr_svg
from kiosk_server.residents.assurance import Act
from kiosk_server.residents.consents import Purpose, stands
from kiosk_server.showing import cards
from kiosk_server.showing.cards import CARD_PATH, MOST_PROOFS, CardWish, NamePart
from kiosk_server.web.request_context import database, settings
from mobile_api.access import holder
from mobile_api.v1.certificates import brief
from mobile_api.wallets import actor_id
from mobile_api.web.frame import page
from mobile_api.web.guard import may, own_id

HERE = "/m/cards"


def add_routes(blueprint: Blueprint) -> None:
    """Open the pages of cards."""
    blueprint.get("/cards", endpoint="cards")(my_cards)
    blueprint.get("/cards/new", endpoint="card_form")(card_form)
    blueprint.post("/cards/new", endpoint="card_make")(make)
    blueprint.get("/cards/<card_id>", endpoint="card")(card)
    blueprint.post("/cards/<card_id>/stop", endpoint="card_stop")(stop)


def my_cards() -> ResponseReturnValue:
    """List my cards; without consent, ask for it."""
    may(Act.SHOW_CERTIFICATE)
    with database().reading() as session:
        agreed = stands(session, actor_id(), Purpose.DIGITAL_CARD)
        found = cards.cards_of(session, actor_id())
    return page("m/cards.html", tab="me", agreed=agreed, cards=found)


def card_form() -> ResponseReturnValue:
    """Ask what a card is to show."""
    return _form("")


def make() -> ResponseReturnValue:
    """Make the card and lead to it."""
    may(Act.SHOW_CERTIFICATE)
    part, firm = request.form.get("name", ""), request.form.get("organisation", "")
    chosen = tuple(dict.fromkeys(request.form.getlist("proofs")))
    if part not in set(NamePart) or not all(is_id(each) for each in (*chosen, firm) if each):
        raise NotFound
    wish = CardWish(NamePart(part), firm or None, chosen)
    try:
        with database().unit_of_work() as session:
            made = cards.make_card(session, actor_id(), wish, by=holder().actor)
    except (Invalid, Conflict) as fault:
        return _form(fault.code)
    return redirect(f"{HERE}/{made.id}", code=303)


def card(card_id: str) -> ResponseReturnValue:
    """Show one card of mine with its code."""
    may(Act.SHOW_CERTIFICATE)
    with database().reading() as session:
        one = cards.card_for(session, actor_id(), own_id(card_id))
    address = f"{settings().public_origin}{CARD_PATH}{one.token}" if one.token else ""
    qr = Markup(qr_svg(address)) if address else None  # noqa: S704 - our squares
    return page(
        "m/card.html", tab="me", one=one, qr=qr, proofs=[brief(each) for each in one.proofs]
    )


def stop(card_id: str) -> ResponseReturnValue:
    """Let a card show nothing more."""
    may(Act.SHOW_CERTIFICATE)
    with database().unit_of_work() as session:
        cards.stop_card(session, actor_id(), own_id(card_id), by=holder().actor)
    return redirect(HERE, code=303)


def _form(fault: str) -> ResponseReturnValue:
    may(Act.SHOW_CERTIFICATE)
    mine = actor_id()
    with database().reading() as session:
        if not stands(session, mine, Purpose.DIGITAL_CARD):
            return redirect(HERE, code=303)
        holders = holders_for(session, mine)
        firms = [
            (each.id, name_of(session, each))
            for each in holders
            if each.kind is HolderKind.ORGANISATION
        ]
        proofs = [
            brief(one)
            for whose in (person(mine), *(each for each in holders if each.id in dict(firms)))
            for entry in wallet_of(session, whose).entries
            for one in entry.certificates
            if one.verdict.genuine
        ]
    return page(
        "m/card_form.html",
        tab="me",
        status=422 if fault else 200,
        fault=fault,
        firms=firms,
        proofs=proofs,
        parts_of_name=list(NamePart),
        asked=request.form,
        chosen=request.form.getlist("proofs"),
        most=MOST_PROOFS,
    )
