"""
Who holds certificates (持证主体): a resident, or an organisation by its code.

A child is a resident like any other; that somebody else looks into its wallet is a right
(`rights`), never a property of the child.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kiosk_server.certificates.metadata import HolderCode
from kiosk_server.certificates.models import Certificate, Organisation
from kiosk_server.core.database import keyring_of
from kiosk_server.core.errors import FieldFault, Invalid, NotFound
from kiosk_server.core.identifiers import new_id
from kiosk_server.core.masking import mask_name
from kiosk_server.core.organisation_codes import is_unified_code
from kiosk_server.residents import services as residents
from kiosk_server.residents.models import Resident
from kiosk_server.residents.numbers import CardKind

_TABLE = "holding_organisation"
_INDEX = "organisation.code"


class HolderKind(StrEnum):
    """What a holder is."""

    PERSON = "person"
    ORGANISATION = "organisation"


@dataclass(frozen=True)
class Holder:
    """One holder, by the id of its row."""

    kind: HolderKind
    id: str

    @property
    def key(self) -> str:
        """The holder in one word, `person:<id>`, as links and tables name it."""
        return f"{self.kind}:{self.id}"


def person(resident_id: str) -> Holder:
    """Return a resident as a holder."""
    return Holder(HolderKind.PERSON, resident_id)


def organisation(organisation_id: str) -> Holder:
    """Return an organisation as a holder."""
    return Holder(HolderKind.ORGANISATION, organisation_id)


def holder_named(key: str) -> Holder:
    """Return the holder that a link names; `NotFound` for a word that names none."""
    kind, _, found = key.partition(":")
    if kind not in set(HolderKind) or not found:
        raise NotFound("holder_not_found")
    return Holder(HolderKind(kind), found)


def holder_of(certificate: Certificate) -> Holder:
    """Return who holds a certificate."""
    if certificate.organisation_id is not None:
        return organisation(certificate.organisation_id)
    return person(certificate.resident_id or "")


def enter_organisation(session: Session, *, code: str, name: str) -> Organisation:
    """Return the organisation with a unified code, entered now if new; the name follows.

    Raises `Invalid("organisation_code_invalid")`. Entered twice at once it is one row.
    """
    code = code.strip().upper()
    if not is_unified_code(code):
        fault = FieldFault("code", "organisation_code_invalid")
        raise Invalid("organisation_code_invalid", fields=[fault])
    keyring, row = keyring_of(session), new_id()
    index = keyring.blind_index(code, purpose=_INDEX)
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    session.execute(
        insert(Organisation)
        .values(
            id=row,
            code_kind=HolderCode.UNIFIED_SOCIAL_CREDIT.value,
            code_sealed=keyring.seal(code, table=_TABLE, column="code", row=row),
            code_index=index,
            name_sealed=keyring.seal(name, table=_TABLE, column="name", row=row),
        )
        .on_conflict_do_nothing(index_elements=[Organisation.code_index])
    )
    found = session.scalars(select(Organisation).where(Organisation.code_index == index)).one()
    if _name(session, found) != name:
        found.name_sealed = keyring.seal(name, table=_TABLE, column="name", row=found.id)
        session.flush()
    return found


def name_of(session: Session, holder: Holder) -> str:
    """Return a holder's name in clear; callers show it to whoever holds for it, or masked."""
    if holder.kind is HolderKind.ORGANISATION:
        return _name(session, _organisation(session, holder))
    return residents.name_of(session, _resident(session, holder))


def masked_name_of(session: Session, holder: Holder) -> str:
    """Return a holder's name as others see it; an organisation's name is no secret."""
    name = name_of(session, holder)
    return name if holder.kind is HolderKind.ORGANISATION else mask_name(name)


def code_of(session: Session, holder: Holder) -> tuple[HolderCode, str]:
    """Return a holder's code and its kind, to ask departments with."""
    if holder.kind is HolderKind.ORGANISATION:
        found = _organisation(session, holder)
        code = keyring_of(session).open(
            found.code_sealed, table=_TABLE, column="code", row=found.id
        )
        return HolderCode(found.code_kind), code
    resident = _resident(session, holder)
    citizen = resident.kind == CardKind.RESIDENT
    kind = HolderCode.CITIZEN if citizen else HolderCode.OTHER_PERSON
    return kind, residents.number_of(session, resident)


def _resident(session: Session, holder: Holder) -> Resident:
    found = session.get(Resident, holder.id)
    if found is None:
        raise NotFound("holder_not_found")
    return found


def _organisation(session: Session, holder: Holder) -> Organisation:
    found = session.get(Organisation, holder.id)
    if found is None:
        raise NotFound("holder_not_found")
    return found


def _name(session: Session, found: Organisation) -> str:
    return keyring_of(session).open(found.name_sealed, table=_TABLE, column="name", row=found.id)
