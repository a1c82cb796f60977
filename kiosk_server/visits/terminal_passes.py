"""
Phone passes (手机通行码), the terminal's end: show a code, take a phone's, and the last touch.

    ask_phone(session, visit, errand)      -> AskedCode         shown again until it lapses
    take_pass(session, visit, token)       -> None | the code of what stood against it
    waiting(session, visit)                -> PassHere | None   what the screen shows
    finish(session, visit)                 -> PassErrand        "that is me": signed in, or carried
    refuse(session, visit)                                      "that is not me"

Its other end is `phone_passes`.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Subject, note
from kiosk_server.catalogue.content import Assurance
from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict, Refused
from kiosk_server.core.identifiers import digest, new_code, new_id, new_token
from kiosk_server.core.limits import count_attempt
from kiosk_server.core.masking import mask_name
from kiosk_server.residents import services as residents
from kiosk_server.residents.assurance import Level
from kiosk_server.residents.models import AccountPhone, Resident
from kiosk_server.visits import carrying, errand_state, ladder, presence, rules, services
from kiosk_server.visits.actors import resident_at
from kiosk_server.visits.card_reads import has_consent
from kiosk_server.visits.drafts import draft_of, put_draft
from kiosk_server.visits.errand_state import Errand, errand_of
from kiosk_server.visits.helping import takes
from kiosk_server.visits.ladder_rules import BY_PHONE, Rung
from kiosk_server.visits.models import EndReason, PhonePass, Visit, VisitState
from kiosk_server.visits.pass_ends import stop_waiting
from kiosk_server.visits.pass_life import (
    ASKED_LIFE,
    NUMBER_DIGITS,
    PASS_LIFE,
    STANDS_FOR,
    TOKEN_BITS,
    WAITING,
    PassErrand,
    PassState,
    PassVerb,
    PassWay,
    proves_presence,
    token_of,
)

_MOST_A_VISIT = 30
_CODE = "pass_code"


@dataclass(frozen=True)
class AskedCode:
    """A code for the screen; it stands sealed in the draft, to be shown again."""

    token: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True)
class PassHere:
    """What waits at this terminal; `name` is masked, and empty until a phone has come."""

    state: PassState
    errand: PassErrand
    number: str
    name: str


def ask_phone(session: Session, visit: Visit, errand: PassErrand) -> AskedCode:
    """
    Return the code that a phone may scan here, a new one where the last has lapsed.

    Raises `Refused`: `visit_over`, `phone_not_taken` for what this visit came for,
    `consent_missing`; `TooMany` after thirty.
    """
    _check(session, visit, errand)
    kept = draft_of(session, visit).get(_CODE)
    standing = _waiting_row(session, visit)
    if kept and standing and standing.token_digest == digest(kept) and standing.errand == errand:
        return AskedCode(kept, standing.expires_at)
    hour = timedelta(hours=1)
    count_attempt(session, "pass_visit", visit.id, limit=_MOST_A_VISIT, window=hour)
    stop_waiting(session, visit)
    now, token = clock.now(), new_token(TOKEN_BITS)
    asked = PhonePass(
        id=new_id(),
        token_digest=digest(token),
        way=PassWay.ASKED.value,
        errand=errand.value,
        state=PassState.OPEN.value,
        visit_id=visit.id,
        terminal_id=visit.terminal_id,
        site_id=visit.site_id,
        number=new_code(NUMBER_DIGITS),
        made_at=now,
        expires_at=now + ASKED_LIFE,
    )
    session.add(asked)
    put_draft(session, visit, **{_CODE: token})
    _note(session, AuditEvent.PASS_ASKED, visit, asked)
    return AskedCode(token, asked.expires_at)


def take_pass(session: Session, visit: Visit, token: str) -> str | None:
    """
    Take a code that a phone showed to the scanner; the last touch is still to come.

    Returns None, or `pass_unknown`, `pass_used`, `pass_over`, `pass_not_yours`, `level_too_low`:
    commit whatever comes back. A code is good at one terminal, once.
    """
    plain = token_of(token)
    shown = (
        session.scalar(
            select(PhonePass).where(PhonePass.token_digest == digest(plain)).with_for_update()
        )
        if plain
        else None
    )
    if shown is None or shown.way != PassWay.SHOWN:
        return _refused(session, visit, "pass_unknown")
    _check(session, visit, PassErrand.SIGN_IN)
    code = _fault(session, visit, shown)
    if code is not None:
        return _refused(session, visit, code)
    stop_waiting(session, visit)
    shown.state = PASS_LIFE.after(PassState.OPEN, PassVerb.SCAN).value
    shown.visit_id, shown.terminal_id, shown.site_id = visit.id, visit.terminal_id, visit.site_id
    shown.at_terminal_at = clock.now()
    shown.expires_at = clock.now() + ASKED_LIFE
    put_draft(session, visit, **{_CODE: None})
    _note(session, AuditEvent.PASS_CLAIMED, visit, shown)
    return None


def waiting(session: Session, visit: Visit) -> PassHere | None:
    """Return what the screen of *visit* waits for; None where nothing does, or its time is over."""
    found = _waiting_row(session, visit)
    if found is None:
        return None
    name = ""
    if found.resident_id is not None:
        name = mask_name(residents.name_of(session, session.get_one(Resident, found.resident_id)))
    return PassHere(PassState(found.state), PassErrand(found.errand), found.number, name)


def finish(session: Session, visit: Visit) -> PassErrand:
    """
    The person says that the masked name is his: the visit is his from now on, or is carried off.

    An earlier visit that the same phone opened elsewhere ends. Raises `Conflict("pass_over")`,
    `Refused("pass_not_yours")`, `Refused("level_too_low")`.
    """
    found = _waiting_row(session, visit)
    if found is None or found.state != PassState.CONFIRMED:
        raise Conflict("pass_over")
    session.refresh(found, with_for_update=True)
    phone = session.get_one(AccountPhone, found.phone_id or "", with_for_update=True)
    if phone.ended_at is not None or found.state != PassState.CONFIRMED:
        raise Conflict("pass_over")
    if visit.resident_id not in (None, found.resident_id):
        raise Refused("pass_not_yours")
    errand = PassErrand(found.errand)
    _check(session, visit, errand)
    found.state = PASS_LIFE.after(PassState.CONFIRMED, PassVerb.FINISH).value
    if errand is PassErrand.CARRY:
        carrying.carry(session, visit, found.resident_id or "")
        return errand
    _end_elsewhere(session, found)
    _sign_in(session, visit, found, Level(phone.level))
    if found.form_id is not None:
        carrying.bring_back(session, visit, found.form_id)
        found.form_id = None
    session.flush()
    return errand


def refuse(session: Session, visit: Visit) -> None:
    """The person says that he is not whose phone it was; the phone is told."""
    found = _waiting_row(session, visit)
    if found is None or PassVerb.DENY not in PASS_LIFE.open_verbs(PassState(found.state)):
        stop_waiting(session, visit)
        return
    found.state = PASS_LIFE.after(PassState(found.state), PassVerb.DENY).value
    put_draft(session, visit, **{_CODE: None})
    ladder.fail(session, visit, Rung.OWN_PHONE, "denied")
    _note(session, AuditEvent.PASS_DENIED, visit, found)
    session.flush()


def _check(session: Session, visit: Visit, errand: PassErrand) -> None:
    if visit.state != VisitState.ACTIVE:
        raise Refused("visit_over")
    if errand is PassErrand.CARRY:
        carrying.require_something(session, visit)
        return
    came_for = errand_of(session, visit)
    if visit.item_version_id is None and visit.expected_resident_id is None and came_for is None:
        return
    second = visit.resident_id is not None and rules.holder_known(Assurance(visit.assurance))
    by_card_alone = came_for is Errand.OWN_PHONES or visit.expected_resident_id is not None
    if by_card_alone or not (second or BY_PHONE in takes(session, visit)):
        raise Refused("phone_not_taken")
    if not has_consent(session, visit):
        raise Refused("consent_missing")


def _fault(session: Session, visit: Visit, shown: PhonePass) -> str | None:
    phone = session.get_one(AccountPhone, shown.phone_id or "")
    if shown.state in (PassState.CONFIRMED, PassState.DONE, PassState.DENIED):
        return "pass_used"
    stopped = shown.state != PassState.OPEN or phone.ended_at is not None
    if stopped or shown.expires_at <= clock.now():
        return "pass_over"
    if visit.resident_id not in (None, shown.resident_id):
        return "pass_not_yours"
    known = visit.resident_id is not None and rules.holder_known(Assurance(visit.assurance))
    second = known and errand_of(session, visit) is None
    return "level_too_low" if second and not proves_presence(Level(phone.level)) else None


def _sign_in(session: Session, visit: Visit, found: PhonePass, level: Level) -> None:
    visit.last_seen_at = clock.now()
    if errand_of(session, visit) is not None:
        errand_state.note_known(session, visit)
    elif visit.resident_id is not None and rules.holder_known(Assurance(visit.assurance)):
        if not proves_presence(level):
            raise Refused("level_too_low")
        presence.prove(session, visit, method="phone_pass", simulated=False)
    if visit.resident_id is None:
        visit.resident_id, visit.assurance = found.resident_id, STANDS_FOR[level]
    put_draft(session, visit, **{_CODE: None})
    note(
        session,
        AuditEvent.IDENTITY_BY_PHONE,
        actor=resident_at(visit),
        subject=Subject("phone_pass", found.id),
        facts={"way": found.way, "level": level.value},
    )


def _end_elsewhere(session: Session, found: PhonePass) -> None:
    # A person stands at one terminal: what his phone opened elsewhere is left behind.
    elsewhere = select(PhonePass.visit_id).where(
        PhonePass.phone_id == found.phone_id,
        PhonePass.id != found.id,
        PhonePass.state == PassState.DONE.value,
        PhonePass.visit_id.is_not(None),
        PhonePass.visit_id != found.visit_id,
    )
    left = select(Visit).where(Visit.id.in_(elsewhere)).with_for_update(skip_locked=True)
    for visit in session.scalars(left).all():
        services.end(session, visit, reason=EndReason.SUPERSEDED)


def _waiting_row(session: Session, visit: Visit) -> PhonePass | None:
    found = session.scalars(
        select(PhonePass)
        .where(
            PhonePass.visit_id == visit.id,
            PhonePass.state.in_(WAITING),
            PhonePass.expires_at > clock.now(),
        )
        .order_by(PhonePass.id.desc())
        .limit(1)
    )
    return found.first()


_COUNTED = {"pass_used": "code_over", "pass_over": "code_over", "pass_not_yours": "not_this_person"}


def _refused(session: Session, visit: Visit, code: str) -> str:
    ladder.fail(session, visit, Rung.OWN_PHONE, _COUNTED.get(code, code))
    note(session, AuditEvent.PASS_REFUSED, actor=resident_at(visit), facts={"code": code})
    return code


def _note(session: Session, event: AuditEvent, visit: Visit, found: PhonePass) -> None:
    facts = {"way": found.way, "errand": found.errand}
    subject = Subject("phone_pass", found.id)
    note(session, event, actor=resident_at(visit), subject=subject, facts=facts)
