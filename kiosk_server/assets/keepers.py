"""
Keepers (终端管理员): the lobby manager or village cadre who minds the machines of one place.

    enter(session, place, *, name, phone, language, hours, by, staff_id=None) -> str
    remove(session, keeper_id, *, by)
    find(session, keeper_id) -> KeeperView | None
    at_place(session, place) -> list[KeeperView]
    within(session, site_ids) -> list[KeeperView]
    places_of(session, staff_id) -> list[Place]
    language_of(session, staff_id) -> str | None
    masked_phone_of(session, keeper_id) -> str
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.assets.models import Keeper
from kiosk_server.assets.rules import keeper_faults, plain_phone, stored_hours
from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.database import keyring_of
from kiosk_server.core.errors import FieldFault, Invalid, NotFound
from kiosk_server.core.identifiers import new_id
from kiosk_server.core.masking import mask_phone
from kiosk_server.places.queries import host_place, site
from kiosk_server.places.rules import Opening, openings
from kiosk_server.staff.queries import colleague


@dataclass(frozen=True)
class Place:
    """Where machines stand: a site, or a bank or shop that belongs to it."""

    site_id: str
    host_place_id: str | None = None


@dataclass(frozen=True)
class KeeperView:
    """One keeper. The number stays sealed; `masked_phone_of` shows enough to know it again."""

    id: str
    place: Place
    name: str
    language: str
    hours: tuple[Opening, ...]
    staff_id: str | None


def enter(
    session: Session,
    place: Place,
    *,
    name: str,
    phone: str,
    language: str,
    hours: Sequence[Opening],
    by: Actor,
    staff_id: str | None = None,
) -> str:
    """
    Enter a keeper of *place*; return his id.

    *phone* is a mobile number of mainland China, *staff_id* the account that he signs in with.
    Raises `Invalid` naming every faulty field, `NotFound` for an unknown place.
    """
    _check_place(session, place)
    number, name = plain_phone(phone), name.strip()
    faults = keeper_faults(name, number, language)
    member = colleague(session, staff_id) if staff_id is not None else None
    if staff_id is not None and (member is None or not member.active):
        faults.append(FieldFault("staff", "not_found"))
    if faults:
        raise Invalid("keeper_invalid", fields=faults)
    keeper_id = new_id()
    session.add(
        Keeper(
            id=keeper_id,
            site_id=place.site_id,
            host_place_id=place.host_place_id,
            name=name,
            phone_sealed=keyring_of(session).seal(
                number, table="asset_keeper", column="phone", row=keeper_id
            ),
            language=language,
            hours=stored_hours(hours),
            staff_id=staff_id,
            entered_at=clock.now(),
        )
    )
    _note(session, AuditEvent.KEEPER_ENTERED, keeper_id, place, by)
    session.flush()
    return keeper_id


def remove(session: Session, keeper_id: str, *, by: Actor) -> None:
    """Take a keeper off his place; name and phone go with the row."""
    keeper = session.get(Keeper, keeper_id, with_for_update=True)
    if keeper is None:
        raise NotFound("keeper_not_found")
    session.delete(keeper)
    place = Place(keeper.site_id, keeper.host_place_id)
    _note(session, AuditEvent.KEEPER_REMOVED, keeper_id, place, by)
    session.flush()


def find(session: Session, keeper_id: str) -> KeeperView | None:
    """Return one keeper."""
    row = session.get(Keeper, keeper_id)
    return next(iter(_views([row])), None) if row else None


def at_place(session: Session, place: Place) -> list[KeeperView]:
    """Return who minds the machines of *place*, first entered first."""
    here = (
        Keeper.host_place_id.is_(None)
        if place.host_place_id is None
        else Keeper.host_place_id == place.host_place_id
    )
    wanted = select(Keeper).where(Keeper.site_id == place.site_id, here).order_by(Keeper.id)
    return _views(session.scalars(wanted))


def within(session: Session, site_ids: Collection[str]) -> list[KeeperView]:
    """Return every keeper of these sites and of the banks and shops that belong to them."""
    order = (Keeper.site_id, Keeper.host_place_id, Keeper.id)
    return _views(
        session.scalars(select(Keeper).where(Keeper.site_id.in_(site_ids)).order_by(*order))
    )


def places_of(session: Session, staff_id: str) -> list[Place]:
    """Return the places that a member of staff minds."""
    rows = session.scalars(select(Keeper).where(Keeper.staff_id == staff_id).order_by(Keeper.id))
    return list(dict.fromkeys(Place(row.site_id, row.host_place_id) for row in rows))


def language_of(session: Session, staff_id: str) -> str | None:
    """Return the language that a keeper reads; None for who is no keeper."""
    wanted = select(Keeper.language).where(Keeper.staff_id == staff_id).order_by(Keeper.id)
    return session.scalar(wanted.limit(1))


def masked_phone_of(session: Session, keeper_id: str) -> str:
    """Return a keeper's number as a page shows it."""
    keeper = session.get(Keeper, keeper_id)
    if keeper is None:
        return ""
    number = keyring_of(session).open(
        keeper.phone_sealed, table="asset_keeper", column="phone", row=keeper_id
    )
    return mask_phone(number)


def _check_place(session: Session, place: Place) -> None:
    site(session, place.site_id)
    if place.host_place_id is None:
        return
    if host_place(session, place.host_place_id).site.id != place.site_id:
        fault = FieldFault("place", "host_place_of_another_site")
        raise Invalid("keeper_invalid", fields=[fault])


def _views(rows: Iterable[Keeper]) -> list[KeeperView]:
    return [
        KeeperView(
            id=row.id,
            place=Place(row.site_id, row.host_place_id),
            name=row.name,
            language=row.language,
            hours=openings(row.hours),
            staff_id=row.staff_id,
        )
        for row in rows
    ]


def _note(session: Session, event: AuditEvent, keeper_id: str, place: Place, by: Actor) -> None:
    note(
        session,
        event,
        actor=by,
        subject=Subject("keeper", keeper_id),
        facts={"site": place.site_id, "host_place": place.host_place_id},
    )
