"""Register residents. A person is found by number; the name is what the card last said."""

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.core.database import keyring_of
from kiosk_server.core.errors import FieldFault, Invalid
from kiosk_server.core.identifiers import new_id
from kiosk_server.residents.models import Resident
from kiosk_server.residents.numbers import CardKind, is_valid

_INDEX = "resident.number"


def find_or_register(session: Session, *, number: str, name: str, kind: CardKind) -> Resident:
    """
    Return the resident with *number*, registered now if new; the name follows the card.

    Raises `Invalid("number_invalid")`. Two terminals that register one person at once get one row.
    """
    number = number.strip().upper()
    if not is_valid(kind, number):
        raise Invalid("number_invalid", fields=[FieldFault("number", "number_invalid")])
    keyring = keyring_of(session)
    found = find(session, number=number)
    if found is None:
        index = keyring.blind_index(number, purpose=_INDEX)
        found = _register(session, index, number, name, kind)
    if name_of(session, found) != name:
        found.name_sealed = keyring.seal(name, table="resident", column="name", row=found.id)
        session.flush()
    return found


def find(session: Session, *, number: str) -> Resident | None:
    """Return the resident with *number*, if he is registered."""
    index = keyring_of(session).blind_index(number.strip().upper(), purpose=_INDEX)
    return session.scalar(select(Resident).where(Resident.number_index == index))


def name_of(session: Session, resident: Resident) -> str:
    """Return the name in clear. Callers show it to its holder only, or masked."""
    return keyring_of(session).open(
        resident.name_sealed, table="resident", column="name", row=resident.id
    )


def number_of(session: Session, resident: Resident) -> str:
    """Return the number in clear: to ask a record source for this person's record."""
    return keyring_of(session).open(
        resident.number_sealed, table="resident", column="number", row=resident.id
    )


def _register(session: Session, index: str, number: str, name: str, kind: CardKind) -> Resident:
    keyring, row = keyring_of(session), new_id()
    # Another terminal may register the same person at this moment: its row then serves both.
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    session.execute(
        insert(Resident)
        .values(
            id=row,
            kind=kind.value,
            number_sealed=keyring.seal(number, table="resident", column="number", row=row),
            number_index=index,
            name_sealed=keyring.seal(name, table="resident", column="name", row=row),
            registered_at=clock.now(),
        )
        .on_conflict_do_nothing(index_elements=[Resident.number_index])
    )
    return session.scalars(select(Resident).where(Resident.number_index == index)).one()
