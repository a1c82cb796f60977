"""
Help with identity, the kiosk's end (帮办核验): ask for it, wait, say that it is right.

    ask(session, visit) -> HelpAsked                 a code for the screen, told once
    standing(session, visit) -> HelpRequest | None   the last request of the visit
    agree(session, visit)                            the person is whom staff confirmed
    deny(session, visit)                             he is not
    give_up(session, visit)                          nobody came

The other end is `helping_desk`: a member of staff types the code on his own phone, looks at the
document and at the person, and says whom it names. Neither end does it alone.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Subject, note
from kiosk_server.catalogue import queries as catalogue
from kiosk_server.catalogue.content import Assurance
from kiosk_server.core import clock
from kiosk_server.core.database import keyring_of
from kiosk_server.core.errors import Refused
from kiosk_server.core.identifiers import new_code, new_id
from kiosk_server.core.limits import count_attempt
from kiosk_server.residents import services as residents
from kiosk_server.residents.models import Resident
from kiosk_server.visits import ladder
from kiosk_server.visits.actors import resident_at
from kiosk_server.visits.card_reads import has_consent
from kiosk_server.visits.drafts import put_draft
from kiosk_server.visits.errand_state import BY_CARD_OR_PHONE, errand_of
from kiosk_server.visits.help_life import HELP_LIFE, OPEN_STATES, HelpState, HelpVerb
from kiosk_server.visits.ladder_rules import BY_PHONE, BY_STAFF, Rung
from kiosk_server.visits.models import HelpRequest, Visit, VisitState

CODE_DIGITS = 6
CODE_LIFE = timedelta(minutes=10)
_MOST_A_VISIT = 3
_DRAWS = 8


@dataclass(frozen=True)
class HelpAsked:
    """The code that the person shows to staff; it stands sealed in the draft, to be shown again."""

    code: str
    expires_at: datetime


def takes(session: Session, visit: Visit) -> frozenset[str]:
    """Return what is taken in place of a card: the item says it; a reprint takes staff's word,
    most errands one's phone."""
    if visit.expected_resident_id is not None:
        return frozenset({BY_STAFF})
    if visit.item_version_id is None:
        by_phone = errand_of(session, visit) in BY_CARD_OR_PHONE
        return frozenset({BY_PHONE}) if by_phone else frozenset()
    handling = catalogue.version(session, visit.item_version_id).content.handling
    return frozenset(handling.without_card if handling else ())


def ask(session: Session, visit: Visit) -> HelpAsked:
    """
    Give the visit a code for staff; an earlier one serves no more.

    Raises `Refused`: `visit_over`, `consent_missing`, `help_not_taken` where the item wants a
    card; `TooMany` after the third code.
    """
    if visit.state != VisitState.ACTIVE:
        raise Refused("visit_over")
    if BY_STAFF not in takes(session, visit):
        raise Refused("help_not_taken")
    if not has_consent(session, visit):
        raise Refused("consent_missing")
    count_attempt(session, "help_visit", visit.id, limit=_MOST_A_VISIT, window=timedelta(hours=1))
    close(session, visit)
    code = _free_code(session)
    request = HelpRequest(
        id=new_id(),
        visit_id=visit.id,
        code_mac=code_mac(session, code),
        state=HelpState.ASKED,
        asked_at=clock.now(),
        expires_at=clock.now() + CODE_LIFE,
    )
    session.add(request)
    put_draft(session, visit, help_code=code)
    note(
        session,
        AuditEvent.HELP_ASKED,
        actor=resident_at(visit),
        subject=Subject("help_request", request.id),
    )
    return HelpAsked(code, request.expires_at)


def standing(session: Session, visit: Visit) -> HelpRequest | None:
    """Return the last request of *visit*."""
    asked = select(HelpRequest).where(HelpRequest.visit_id == visit.id)
    return session.scalars(asked.order_by(HelpRequest.id.desc()).limit(1)).first()


def agree(session: Session, visit: Visit) -> None:
    """The person says that he is whom staff confirmed: the visit is his from now on."""
    request = _held(session, visit)
    request.state = HELP_LIFE.after(HelpState(request.state), HelpVerb.AGREE)
    if is_over(request):
        raise Refused("help_expired")
    visit.resident_id = request.resident_id
    visit.assurance = Assurance.HELPED
    visit.last_seen_at = clock.now()
    put_draft(session, visit, help_code=None)
    note(
        session,
        AuditEvent.HELP_AGREED,
        actor=resident_at(visit),
        subject=Subject("help_request", request.id),
        facts={"helped_by": request.staff_id},
    )
    session.flush()


def deny(session: Session, visit: Visit) -> None:
    """The person says that he is somebody else; nothing of it is kept in the visit."""
    request = _held(session, visit)
    request.state = HELP_LIFE.after(HelpState(request.state), HelpVerb.DENY)
    put_draft(session, visit, help_code=None)
    ladder.fail(session, visit, Rung.STAFF, "denied")
    note(
        session,
        AuditEvent.HELP_REFUSED,
        actor=resident_at(visit),
        subject=Subject("help_request", request.id),
        facts={"code": "denied", "helped_by": request.staff_id},
    )


def give_up(session: Session, visit: Visit) -> None:
    """Nobody came, or none is waited for any longer."""
    if close(session, visit):
        ladder.fail(session, visit, Rung.STAFF, "nobody_came")


def close(session: Session, visit: Visit) -> bool:
    """Close what is open in *visit*; return whether anything was."""
    open_ones = select(HelpRequest).where(
        HelpRequest.visit_id == visit.id, HelpRequest.state.in_(OPEN_STATES)
    )
    found = session.scalars(open_ones.with_for_update()).all()
    for request in found:
        request.state = HELP_LIFE.after(HelpState(request.state), HelpVerb.CLOSE)
    session.flush()
    return bool(found)


def is_over(request: HelpRequest) -> bool:
    """Return whether the time of *request* has run out."""
    return request.expires_at <= clock.now()


def code_mac(session: Session, code: str) -> str:
    """Return what stands for *code* in the table."""
    return keyring_of(session).mac(code.encode(), purpose="visit.help_code").hex()


def named_by(session: Session, request: HelpRequest) -> str:
    """Return the name that staff read from the document: its holder alone is shown it, masked."""
    if request.resident_id is None:
        return ""
    return residents.name_of(session, session.get_one(Resident, request.resident_id))


def _held(session: Session, visit: Visit) -> HelpRequest:
    request = standing(session, visit)
    if request is None:
        raise Refused("help_not_asked")
    session.refresh(request, with_for_update=True)
    return request


def _free_code(session: Session) -> str:
    """Draw a code that opens no other request: two people side by side must not be mixed up."""
    for _ in range(_DRAWS):
        code = new_code(CODE_DIGITS)
        used = select(HelpRequest.id).where(
            HelpRequest.code_mac == code_mac(session, code), HelpRequest.state.in_(OPEN_STATES)
        )
        if session.scalar(used) is None:
            return code
    raise Refused("unavailable")
