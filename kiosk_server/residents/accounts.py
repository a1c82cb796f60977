"""
Accounts on the phone (账号): opened by a number, bound once to a resident by name (实名绑定).

    open_by_number(session, number)                     -> PhoneAccount
    prove(session, phone, resident, way=, claimed=)     -> PhoneAccount   the phone's, from now on
    link(session, account, partner, subject), linked(session, partner, subject)

One resident has one account and one number one account. Where a phone's holder proves to be
somebody else than the account says, the number has a new holder (号码易主): the phone and the
number go to the account of whom he proved to be, and the old account is signed out everywhere.
"""

from sqlalchemy import Select, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.database import keyring_of
from kiosk_server.core.errors import Conflict
from kiosk_server.core.identifiers import new_id
from kiosk_server.core.masking import mask_phone
from kiosk_server.residents.account_notices import tell
from kiosk_server.residents.assurance import Level, Way, given, reaches
from kiosk_server.residents.models import AccountLink, AccountPhone, PhoneAccount, Resident
from kiosk_server.residents.phone_rules import NoticeKind, PhoneEnd
from kiosk_server.residents.phones import end_phone, standing

_NUMBER = "phone_account.number"


def open_by_number(session: Session, number: str) -> PhoneAccount:
    """Return the account of *number* (11 digits), opened now if there is none."""
    keyring, row = keyring_of(session), new_id()
    index = keyring.blind_index(number, purpose=_NUMBER)
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    # Two browsers may sign one new number in at once: they get one account.
    session.execute(
        insert(PhoneAccount)
        .values(
            id=row,
            number_sealed=keyring.seal(number, table="phone_account", column="number", row=row),
            number_index=index,
            opened_at=clock.now(),
        )
        .on_conflict_do_nothing(index_elements=[PhoneAccount.number_index])
    )
    return session.scalars(select(PhoneAccount).where(PhoneAccount.number_index == index)).one()


def open_without_number(session: Session) -> PhoneAccount:
    """Return a new account of somebody whose number no partner told."""
    account = PhoneAccount(id=new_id(), opened_at=clock.now())
    session.add(account)
    session.flush()
    return account


def number_of(session: Session, account: PhoneAccount) -> str | None:
    """Return the number in clear: to send to it, or to have it compared; never to show it."""
    if account.number_sealed is None:
        return None
    return keyring_of(session).open(
        account.number_sealed, table="phone_account", column="number", row=account.id
    )


def masked_number(session: Session, account: PhoneAccount) -> str | None:
    """Return the number as its holder is shown it."""
    number = number_of(session, account)
    return mask_phone(number) if number else None


def of_resident(session: Session, resident_id: str) -> PhoneAccount | None:
    """Return the account of a resident, if he has one."""
    return session.scalar(select(PhoneAccount).where(PhoneAccount.resident_id == resident_id))


def prove(
    session: Session,
    phone: AccountPhone,
    resident: Resident,
    *,
    way: Way,
    claimed: Level | None = None,
) -> PhoneAccount:
    """
    Take it as proven by *way* that *resident* holds *phone*; return the account it now belongs to.

    The phone's level rises to what the way gives and never falls by this. Raises
    `Conflict("phone_is_anothers")` where the phone itself was proven to be somebody else's.
    """
    # Two phones of one person may prove themselves at once: one after the other.
    session.get_one(Resident, resident.id, with_for_update=True)
    account = session.get_one(PhoneAccount, phone.account_id, with_for_update=True)
    level = given(way, claimed)
    if account.resident_id not in (None, resident.id) and Level(phone.level) is not Level.NUMBER:
        raise Conflict("phone_is_anothers")
    if account.resident_id != resident.id:
        account = _of_whom_it_is(session, account, phone, resident, way)
    if reaches(level, Level(phone.level)):
        phone.level = level.value
    session.flush()
    return account


def link(session: Session, account: PhoneAccount, partner: str, subject: str) -> None:
    """Remember that *partner* knows the holder of *account* as *subject*; a newer link replaces."""
    index = _subject_index(session, partner, subject)
    found = session.scalar(_links(partner, index).with_for_update())
    if found is None:
        found = AccountLink(id=new_id(), partner=partner, subject_index=index)
        session.add(found)
    elif found.account_id == account.id:
        return
    found.account_id, found.linked_at = account.id, clock.now()
    session.flush()
    note(
        session,
        AuditEvent.ACCOUNT_LINKED,
        actor=Actor(kind="account", id=account.id),
        facts={"partner": partner},
    )


def linked(session: Session, partner: str, subject: str) -> PhoneAccount | None:
    """Return the account that *partner*'s *subject* was linked to."""
    found = session.scalar(_links(partner, _subject_index(session, partner, subject)))
    return session.get_one(PhoneAccount, found.account_id) if found else None


def _of_whom_it_is(
    session: Session, account: PhoneAccount, phone: AccountPhone, resident: Resident, way: Way
) -> PhoneAccount:
    """Bind *account* to *resident*, or move the phone and its number to the account he has."""
    own = of_resident(session, resident.id)
    if account.resident_id is None and own is None:
        return _bind(session, account, resident, way)
    if own is None:
        own = _bind(session, open_without_number(session), resident, way)
    _move_number(session, account, own)
    phone.account_id = own.id
    if account.resident_id is not None:
        for left in standing(session, account.id):
            end_phone(session, left, PhoneEnd.NUMBER_MOVED, by=Actor("account", own.id))
    session.flush()
    tell(session, own.id, NoticeKind.PHONE_ADDED, phone)
    return own


def _bind(session: Session, account: PhoneAccount, resident: Resident, way: Way) -> PhoneAccount:
    account.resident_id, account.bound_at, account.bound_by = resident.id, clock.now(), way.value
    session.flush()
    note(
        session,
        AuditEvent.ACCOUNT_NAME_BOUND,
        actor=Actor(kind="account", id=account.id),
        subject=Subject("resident", resident.id),
        facts={"way": way.value},
    )
    tell(session, account.id, NoticeKind.NAME_BOUND)
    return account


def _move_number(session: Session, old: PhoneAccount, new: PhoneAccount) -> None:
    number = number_of(session, old)
    if number is None:
        return
    index, old.number_index, old.number_sealed = old.number_index, None, None
    session.flush()
    new.number_index = index
    new.number_sealed = keyring_of(session).seal(
        number, table="phone_account", column="number", row=new.id
    )
    session.flush()
    note(
        session,
        AuditEvent.ACCOUNT_NUMBER_MOVED,
        actor=Actor(kind="account", id=new.id),
        subject=Subject("phone_account", old.id),
    )


def _links(partner: str, index: str) -> Select[AccountLink]:
    return select(AccountLink).where(
        AccountLink.partner == partner, AccountLink.subject_index == index
    )


def _subject_index(session: Session, partner: str, subject: str) -> str:
    return keyring_of(session).blind_index(subject, purpose=f"account_link.{partner}")
