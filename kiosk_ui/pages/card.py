"""
The card: the page hands the server's nonce to the device host, and sees nothing of the card.

Each drawing of the page issues a nonce of its own, and the one before it serves no more. With
the page of the print code this is the one whose GET writes: a nonce is no deed of a person, and a
page without one reads no card.
"""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from kiosk_server.visits.card_reads import ask_for_card
from kiosk_server.visits.ladder import try_other_card
from kiosk_ui.openness import reader_away_here
from kiosk_ui.presenters.left_card import left_card_at
from kiosk_ui.showing import show, this_screen
from kiosk_ui.view_models import CardPage
from kiosk_ui.visiting import deed


def register(blueprint: Blueprint) -> None:
    """Put these pages into *blueprint*."""
    blueprint.get("/card", endpoint="card")(card)
    blueprint.get("/card/read", endpoint="card_done")(card_done)


def card() -> ResponseReturnValue:
    """Ask for the card."""
    with deed() as (session, visit):
        # No nonce for a reader that cannot read: the person is shown the other ways at once.
        if reader_away_here(session):
            return redirect(url_for("kiosk.another_way"), 303)
        try_other_card(session, visit, other=request.args.get("card") == "other")
        asked = ask_for_card(session, visit)
        screen = this_screen(session)
        for_reprint = visit.reprint_right_id is not None
        others = left_card_at(session, visit.terminal_id)
    return show(
        CardPage(
            screen=screen,
            nonce=asked.nonce,
            needs=asked.needs,
            next_url=url_for("kiosk.card_done"),
            failed_url=url_for("kiosk.card_failure"),
            back_url=url_for("kiosk.notice"),
            window_url=url_for("kiosk.another_way"),
            for_reprint=for_reprint,
            left_card=others,
        )
    )


def card_done() -> ResponseReturnValue:
    """Go on: the way knows what is due once the card was read."""
    return redirect(url_for("kiosk.proof"), 303)
