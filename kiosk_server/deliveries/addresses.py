"""
The address book (地址簿): a resident's own, sealed; at most ten, one of them the default.

    addresses_of(session, resident_id)                 -> list[Address], the default first
    address_of(session, resident_id, address_id)       -> Address; `NotFound` for anybody else's
    keep(session, resident_id, wish, *, by)            -> Address
    change(session, resident_id, address_id, wish, *, by)
    forget(session, resident_id, address_id, *, by); forget_all_of(session, resident_id)
"""

from dataclasses import dataclass

from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.database import keyring_of
from kiosk_server.core.errors import FieldFault, Invalid, NotFound, Refused
from kiosk_server.core.identifiers import new_id
from kiosk_server.deliveries.models import ResidentAddress
from kiosk_server.deliveries.rules import (
    LONGEST_NAME,
    LONGEST_STREET,
    MOST_ADDRESSES,
    is_county,
)
from kiosk_server.places.models import Division
from kiosk_server.residents.models import Resident
from kiosk_server.residents.phone_rules import mobile_number

_TABLE = "resident_address"


@dataclass(frozen=True)
class AddressWish:
    """What somebody typed: who is asked for, at which number, where."""

    name: str
    phone: str
    division_code: str
    street: str
    is_default: bool = False


@dataclass(frozen=True)
class Address:
    """One address in clear, for its holder and his couriers."""

    id: str
    name: str
    phone: str
    division_code: str
    street: str
    is_default: bool


def addresses_of(session: Session, resident_id: str) -> list[Address]:
    """Return a resident's addresses, the default first, then the latest."""
    mine = select(ResidentAddress).where(ResidentAddress.resident_id == resident_id)
    order = ResidentAddress.is_default.desc(), ResidentAddress.id.desc()
    return [_opened(session, row) for row in session.scalars(mine.order_by(*order))]


def address_of(session: Session, resident_id: str, address_id: str) -> Address:
    """Return one's own address; `NotFound("address_not_found")` for anybody else's and for none."""
    return _opened(session, _own(session, resident_id, address_id))


def keep(session: Session, resident_id: str, wish: AddressWish, *, by: Actor) -> Address:
    """Keep a new address; the first one is the default.

    Raises `Invalid("address_invalid")`, `Refused("addresses_enough")`.
    """
    wish = _checked(session, wish)
    # The resident's row is what two of his phones wait for each other at.
    session.get_one(Resident, resident_id, with_for_update=True)
    kept = select(func.count()).select_from(ResidentAddress)
    count = session.scalar(kept.where(ResidentAddress.resident_id == resident_id)) or 0
    if count >= MOST_ADDRESSES:
        raise Refused("addresses_enough", most=MOST_ADDRESSES)
    default = wish.is_default or count == 0
    if default:
        _no_default(session, resident_id)
    row = ResidentAddress(id=new_id(), resident_id=resident_id, is_default=default)
    _write(session, row, wish)
    session.add(row)
    _note(session, AuditEvent.ADDRESS_KEPT, row.id, by)
    session.flush()
    return _opened(session, row)


def change(
    session: Session, resident_id: str, address_id: str, wish: AddressWish, *, by: Actor
) -> Address:
    """Change one's own address; making it the default takes that from the one before."""
    wish = _checked(session, wish)
    session.get_one(Resident, resident_id, with_for_update=True)
    row = _own(session, resident_id, address_id)
    if wish.is_default and not row.is_default:
        _no_default(session, resident_id)
        row.is_default = True
    _write(session, row, wish)
    _note(session, AuditEvent.ADDRESS_CHANGED, row.id, by)
    session.flush()
    return _opened(session, row)


def forget(session: Session, resident_id: str, address_id: str, *, by: Actor) -> None:
    """Delete one's own address; deliveries on their way keep theirs."""
    session.get_one(Resident, resident_id, with_for_update=True)
    row = _own(session, resident_id, address_id)
    was_default = row.is_default
    session.delete(row)
    session.flush()
    if was_default:
        mine = select(ResidentAddress).where(ResidentAddress.resident_id == resident_id)
        latest = session.scalars(mine.order_by(ResidentAddress.id.desc()).limit(1)).first()
        if latest is not None:
            latest.is_default = True
    _note(session, AuditEvent.ADDRESS_FORGOTTEN, address_id, by)
    session.flush()


def forget_all_of(session: Session, resident_id: str) -> int:
    """Delete every address of one resident; return how many."""
    mine = delete(ResidentAddress).where(ResidentAddress.resident_id == resident_id)
    result = session.execute(mine)
    return result.rowcount if isinstance(result, CursorResult) else 0


def _checked(session: Session, wish: AddressWish) -> AddressWish:
    name, street = " ".join(wish.name.split()), " ".join(wish.street.split())
    phone = mobile_number(wish.phone)
    faults = []
    if not 0 < len(name) <= LONGEST_NAME:
        faults.append(FieldFault("name", "name_missing_or_long"))
    if phone is None:
        faults.append(FieldFault("phone", "phone_not_mobile"))
    if not 0 < len(street) <= LONGEST_STREET:
        faults.append(FieldFault("street", "street_missing_or_long"))
    if not is_county(wish.division_code) or session.get(Division, wish.division_code) is None:
        faults.append(FieldFault("division_code", "division_unknown"))
    if faults or phone is None:
        raise Invalid("address_invalid", fields=faults)
    return AddressWish(name, phone, wish.division_code, street, wish.is_default)


def _own(session: Session, resident_id: str, address_id: str) -> ResidentAddress:
    found = session.get(ResidentAddress, address_id)
    if found is None or found.resident_id != resident_id:
        raise NotFound("address_not_found")
    return found


def _no_default(session: Session, resident_id: str) -> None:
    mine = ResidentAddress.resident_id == resident_id, ResidentAddress.is_default.is_(True)
    session.execute(update(ResidentAddress).where(*mine).values(is_default=False))


def _write(session: Session, row: ResidentAddress, wish: AddressWish) -> None:
    keyring = keyring_of(session)
    row.name_sealed = keyring.seal(wish.name, table=_TABLE, column="name", row=row.id)
    row.phone_sealed = keyring.seal(wish.phone, table=_TABLE, column="phone", row=row.id)
    row.street_sealed = keyring.seal(wish.street, table=_TABLE, column="street", row=row.id)
    row.division_code = wish.division_code
    row.changed_at = clock.now()


def _opened(session: Session, row: ResidentAddress) -> Address:
    keyring = keyring_of(session)
    return Address(
        id=row.id,
        name=keyring.open(row.name_sealed, table=_TABLE, column="name", row=row.id),
        phone=keyring.open(row.phone_sealed, table=_TABLE, column="phone", row=row.id),
        division_code=row.division_code,
        street=keyring.open(row.street_sealed, table=_TABLE, column="street", row=row.id),
        is_default=row.is_default,
    )


def _note(session: Session, event: AuditEvent, address_id: str, by: Actor) -> None:
    note(session, event, actor=by, subject=Subject("resident_address", address_id))
