"""`/me/data`, `/me/closing`: what is kept of me, until when; a copy; erasing; closing."""

from datetime import datetime
from http import HTTPStatus

from pydantic import BaseModel, Field

from kiosk_server.bookings.rules import BOOKINGS_KEPT
from kiosk_server.core import clock
from kiosk_server.deliveries.rules import KEPT as DELIVERIES_KEPT
from kiosk_server.notices.rules import KEPT as NOTICES_KEPT
from kiosk_server.own_data.copying import copy_of
from kiosk_server.own_data.queries import holdings_of
from kiosk_server.own_data.rules import DataKind, Terms, Until, length_of
from kiosk_server.own_data.services import erase
from kiosk_server.residents import closing
from kiosk_server.residents.assurance import Act
from kiosk_server.web.request_context import database, settings
from mobile_api.access import holder, signed_in
from mobile_api.doors import Door
from mobile_api.v1.schemas import Asked
from mobile_api.wallets import actor_id, require_pin


class DataHeld(BaseModel):
    """One kind of data that is kept of me."""

    kind: DataKind
    count: int
    until: Until
    length: int | None = Field(description="Days or hours, where `until` says so.")
    erasable: bool = Field(description="Whether I can have it erased now.")


class DataSeen(BaseModel):
    """Everything that is kept of me, counted, and whether my account is to be closed."""

    kinds: list[DataHeld]
    closes_at: datetime | None


class DataCopy(BaseModel):
    """Everything that is kept of me, in clear: by kind, rows of texts under labels."""

    copied_at: datetime
    kinds: dict[DataKind, list[dict[str, str]]]


class Erasure(Asked):
    """Which kind is to be erased now."""

    kind: DataKind


class Erased(BaseModel):
    """How many entries went."""

    kind: DataKind
    entries: int


class Closing(BaseModel):
    """When the account will be closed, unless I change my mind."""

    closes_at: datetime


def see_data() -> DataSeen:
    """Tell what is kept of me, why no longer than until when, and what can be erased."""
    mine, seen = actor_id(), holder()
    with database().reading() as session:
        found = holdings_of(session, seen.account_id, mine)
        closes_at = closing.closing_of(session, seen.account_id)
    return DataSeen(
        kinds=[
            DataHeld(
                kind=each.kind,
                count=each.count,
                until=each.until,
                length=length_of(each.kind, terms()),
                erasable=each.erasable,
            )
            for each in found
        ],
        closes_at=closes_at,
    )


def copy_data() -> DataCopy:
    """Give a copy of everything that is kept of me, in clear, once this phone's PIN was typed."""
    require_pin()
    mine, seen = actor_id(), holder()
    with database().unit_of_work() as session:
        kinds = copy_of(session, seen.account_id, mine, by=seen.actor)
    return DataCopy(copied_at=clock.now(), kinds=kinds)


def erase_data(body: Erasure) -> Erased:
    """Erase one kind of my data now."""
    mine, seen = actor_id(), holder()
    with database().unit_of_work() as session:
        entries = erase(session, seen.account_id, mine, body.kind, by=seen.actor)
    return Erased(kind=body.kind, entries=entries)


def ask_to_close() -> Closing:
    """Ask for my account to be closed, in seven days."""
    require_pin()
    with database().unit_of_work() as session:
        return Closing(closes_at=closing.ask_to_close(session, holder()))


def keep_open() -> None:
    """Let my account stay."""
    with database().unit_of_work() as session:
        closing.keep_open(session, holder())


def terms() -> Terms:
    """Return how long this house keeps what has a length."""
    known = settings()
    return Terms(
        known.uses_kept_days,
        NOTICES_KEPT.days,
        known.certificates_kept_hours,
        BOOKINGS_KEPT.days,
        DELIVERIES_KEPT.days,
    )


SEE = signed_in(Act.SEE_OWN_DATA)
ERASE = signed_in(Act.ERASE_OWN_DATA)
_PIN = {HTTPStatus.FORBIDDEN: ("pin_needed",)}
DOORS = (
    Door("GET", "/me/data", see_data, SEE),
    Door("POST", "/me/data/copies", copy_data, SEE, refuses=_PIN, holds_secrets=True),
    Door(
        "POST",
        "/me/data/erasures",
        erase_data,
        ERASE,
        refuses={HTTPStatus.FORBIDDEN: ("kept_by_law",)},
    ),
    Door("POST", "/me/closing", ask_to_close, ERASE, HTTPStatus.ACCEPTED, refuses=_PIN),
    Door("DELETE", "/me/closing", keep_open, SEE, HTTPStatus.NO_CONTENT),
)
