"""
`/c/<token>`: somebody scanned a digital card (数字名片).

A GET shows what its owner chose: name, organisation, what his proofs are called. Whether the proofs
are good today is a touch, a POST, and stands in his log: messengers fetch links before people do.
"""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from kiosk_server.certificates.certificate_types import Wording
from kiosk_server.public import guessing
from kiosk_server.showing.cards import CardShown, card_shown, look_at_proofs
from kiosk_server.showing.rules import read_token
from kiosk_server.web.languages import DEFAULT
from kiosk_server.web.request_context import database
from kiosk_server.web.words import current_language


def add_routes(blueprint: Blueprint) -> None:
    """Open the page of a card in *blueprint*."""
    blueprint.add_url_rule("/c/<token>", view_func=card_page, endpoint="card_page")
    blueprint.add_url_rule(
        "/c/<token>", view_func=proofs_page, endpoint="card_proofs", methods=["POST"]
    )


def card_page(token: str) -> ResponseReturnValue:
    """Show what the card's owner chose."""
    read = read_token(token)
    with database().reading() as session:
        found = card_shown(session, read) if read else None
    return _page(read, found, looked=False)


def proofs_page(token: str) -> ResponseReturnValue:
    """Show whether the proofs on it are good today; `TooMany` where somebody guesses."""
    read = read_token(token)
    with database().reading() as session:
        known = card_shown(session, read) if read else None
        waits = known is None and guessing.must_wait(session, request.remote_addr)
    if waits:
        guessing.make_wait(database(), request.remote_addr)
    if read is None or known is None:
        guessing.count_stray(database(), request.remote_addr)
        return _page(None, None, looked=False)
    with database().unit_of_work() as session:
        found = look_at_proofs(session, read)
    return _page(read, found, looked=True)


def _page(token: str | None, found: CardShown | None, *, looked: bool) -> ResponseReturnValue:
    page = render_template(
        "public/card.html", token=token or "", card=found, looked=looked, in_words=_in_words
    )
    return page, 200 if found is not None else 404


def _in_words(names: Wording) -> str:
    return names.get(current_language().code, names[DEFAULT])
