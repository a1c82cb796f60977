"""A card that the host read and signed; the page that asked for it learns only a masked name."""

from functools import partial

from flask import Blueprint
from flask.typing import ResponseReturnValue

from kiosk_server.core.errors import Conflict, Invalid, KioskError, Refused
from kiosk_server.printing.characters import unprintable
from kiosk_server.terminal_api.schemas import CardReadBody
from kiosk_server.visits.services import (
    CardReading,
    CardReadRefused,
    CardReadTaken,
    take_card_read,
)
from kiosk_server.web.bodies import body_as
from kiosk_server.web.guards import terminal
from kiosk_server.web.request_context import database, settings

_KIND_OF_REFUSAL: dict[str, type[KioskError]] = {
    "nonce_used": Conflict,
    "visit_over": Conflict,
    "card_expired": Invalid,
    "number_invalid": Invalid,
    "name_unprintable": Invalid,
    "card_kind_not_served": Invalid,
}
"""What else is refused (unknown or stale nonce, wrong terminal, another card) is `Refused`."""


def add_routes(blueprint: Blueprint) -> None:
    """Put card reads under *blueprint*."""
    blueprint.post("/card-reads")(card_reads)


def card_reads() -> ResponseReturnValue:
    """Take a reading; a refusal is told after its audit entry has been committed."""
    body = body_as(CardReadBody)
    reading = CardReading(
        nonce=body.nonce,
        kind=body.kind,
        fields=body.fields.model_dump(mode="json", exclude_unset=True),
        sam_id=body.sam_id,
        terminal=body.terminal,
    )
    with database().unit_of_work() as session:
        outcome = take_card_read(
            session,
            terminal().id,
            reading,
            unprintable=partial(unprintable, directories=settings().font_directories),
        )
    match outcome:
        case CardReadTaken(read_id, masked_name):
            return {"read": read_id, "masked_name": masked_name}, 201
        case CardReadRefused(code):
            raise _KIND_OF_REFUSAL.get(code, Refused)(code)
