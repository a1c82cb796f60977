"""One's addresses and deliveries, for the copy of one's own data."""

from sqlalchemy.orm import Session

from kiosk_server.deliveries.addresses import Address, addresses_of
from kiosk_server.deliveries.parties import address_of_order
from kiosk_server.deliveries.queries import deliveries_of, lines_of, pieces_of
from kiosk_server.own_data.entries import Entry, entry
from kiosk_server.places.models import Division

_MOST = 10_000


def addresses(session: Session, resident_id: str) -> list[Entry]:
    """Return the address book in clear."""
    return [
        entry(name=each.name, phone_number=each.phone, content=_where(session, each))
        for each in addresses_of(session, resident_id)
    ]


def deliveries(session: Session, resident_id: str) -> list[Entry]:
    """Return each delivery with where it went, what was in it, and what was heard of it."""
    return [
        entry(
            name="; ".join(piece.title for piece in pieces_of(session, order.id)),
            content=_where(session, address_of_order(session, order)),
            state=order.state,
            words="; ".join(line.text for line in lines_of(session, order.id) if line.text),
            at=order.opened_at,
            ended_at=order.handed_over_at,
        )
        for order in deliveries_of(session, resident_id, limit=_MOST)
    ]


def _where(session: Session, address: Address) -> str:
    division = session.get_one(Division, address.division_code)
    return f"{address.name} {address.phone} {division.names['zh']}{address.street}"
