"""
Phone passes (手机通行码), the phone's end: show a code, scan a terminal's, confirm, or say no.

    make_pass(session, holder)                  -> PassMade       the token in clear, once
    look(session, token)                        -> PassAsked      which terminal; changes nothing
    claim(session, holder, token)               -> PassView       this phone scanned it
    confirm(session, holder, pass_id), deny(…), stop(…)
    watch(session, holder, pass_id)             -> PassView       what has become of it

Its other end is `terminal_passes`. A pass belongs to the very phone that made or scanned it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Subject, note
from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict, NotFound, Refused
from kiosk_server.core.identifiers import digest, new_code, new_id, new_token
from kiosk_server.core.limits import count_attempt
from kiosk_server.places import queries as places
from kiosk_server.residents.models import AccountPhone
from kiosk_server.residents.phones import PhoneHolder
from kiosk_server.terminals import queries as terminals
from kiosk_server.visits import services
from kiosk_server.visits.card_reads import is_over
from kiosk_server.visits.models import EndReason, PhonePass, Visit
from kiosk_server.visits.pass_life import (
    ASKED_LIFE,
    NUMBER_DIGITS,
    PASS_LIFE,
    PATH,
    SHOWN_AGAIN_AFTER,
    SHOWN_LIFE,
    TOKEN_BITS,
    PassErrand,
    PassState,
    PassVerb,
    PassWay,
    token_of,
)

_MOST, _PERIOD = 60, timedelta(minutes=10)


@dataclass(frozen=True)
class PassMade:
    """A code that a phone shows; its token is in clear here and nowhere else."""

    id: str
    token: str = field(repr=False)
    made_at: datetime
    refresh_at: datetime
    expires_at: datetime

    def address(self, origin: str) -> str:
        """Return what stands in the QR: a page of ours at *origin*."""
        return f"{origin}{PATH}{self.token}"


@dataclass(frozen=True)
class WhichTerminal:
    """Which terminal, and where: `site` is language -> name, `place` where in there."""

    id: str
    site: Mapping[str, str]
    place: str


@dataclass(frozen=True)
class PassAsked:
    """What a terminal's code asks of whoever scans it."""

    errand: PassErrand
    terminal: WhichTerminal
    since: datetime


@dataclass(frozen=True)
class PassView:
    """A pass as its phone watches it. `terminal`: None before there is one and after the visit."""

    id: str
    way: PassWay
    errand: PassErrand
    state: PassState
    over: bool
    """Whether its time has passed before it came to anything."""
    number: str
    terminal: WhichTerminal | None
    at_terminal_at: datetime | None
    expires_at: datetime


def make_pass(session: Session, holder: PhoneHolder, *, form_id: str | None = None) -> PassMade:
    """
    Make the code that this phone shows to a terminal; an older one of it serves no more.

    *form_id*: a form that comes back with it. Raises `Refused("level_too_low")` for a phone that
    nobody has proven to be his, `TooMany("too_many_phone_pass")`.
    """
    resident_id = _resident(holder)
    count_attempt(session, "phone_pass", holder.phone_id, limit=_MOST, window=_PERIOD)
    _stop_others(session, holder, PassWay.SHOWN, PassState.OPEN)
    now, token = clock.now(), new_token(TOKEN_BITS)
    made = PhonePass(
        id=new_id(),
        token_digest=digest(token),
        way=PassWay.SHOWN.value,
        errand=PassErrand.SIGN_IN.value,
        state=PassState.OPEN.value,
        phone_id=holder.phone_id,
        resident_id=resident_id,
        form_id=form_id,
        number=new_code(NUMBER_DIGITS),
        made_at=now,
        expires_at=now + SHOWN_LIFE,
    )
    session.add(made)
    session.flush()
    _note(session, AuditEvent.PASS_MADE, holder, made)
    return PassMade(made.id, token, now, now + SHOWN_AGAIN_AFTER, made.expires_at)


def look(session: Session, token: str) -> PassAsked:
    """
    Return which terminal shows this code, and what for. Nothing is changed and nobody is told.

    Raises `NotFound("pass_not_found")`, also for a code that another phone shows, and
    `Conflict("pass_over")` for one that was used, stopped or is too old.
    """
    found = _scanned(session, token)
    if found.state != PassState.OPEN or _is_over(session, found):
        raise Conflict("pass_over")
    return PassAsked(PassErrand(found.errand), _where(session, found), found.made_at)


def claim(session: Session, holder: PhoneHolder, token: str) -> PassView:
    """
    Take it that this phone scanned a terminal's code; its holder has still to confirm.

    Raises as `look`, `Conflict("pass_taken")` where another phone was first, and
    `Refused("pass_not_yours")` where the terminal knows by a card that somebody else stands there.
    """
    resident_id = _resident(holder)
    count_attempt(session, "phone_pass", holder.phone_id, limit=_MOST, window=_PERIOD)
    found, visit = _held(session, _scanned(session, token).id)
    if found.state == PassState.CLAIMED and found.phone_id == holder.phone_id:
        return _view(session, found)
    if found.state == PassState.CLAIMED:
        raise Conflict("pass_taken")
    if found.state != PassState.OPEN or visit is None or _is_over(session, found):
        raise Conflict("pass_over")
    if visit.resident_id not in (None, resident_id):
        note(
            session,
            AuditEvent.PASS_REFUSED,
            actor=holder.actor,
            subject=Subject("phone_pass", found.id),
            facts={"code": "pass_not_yours"},
        )
        raise Refused("pass_not_yours")
    # One phone answers one terminal at a time.
    _stop_others(session, holder, PassWay.ASKED, PassState.CLAIMED)
    found.state = PASS_LIFE.after(PassState.OPEN, PassVerb.CLAIM).value
    found.phone_id, found.resident_id = holder.phone_id, resident_id
    # Who looks at the phone meanwhile has not left the terminal.
    found.at_terminal_at = visit.last_seen_at = clock.now()
    found.expires_at = clock.now() + ASKED_LIFE
    session.flush()
    _note(session, AuditEvent.PASS_CLAIMED, holder, found)
    return _view(session, found)


def confirm(session: Session, holder: PhoneHolder, pass_id: str) -> PassView:
    """Let the terminal go on: its screen shows the same number. `Conflict("pass_over")`."""
    found, visit = _held(session, _own(session, holder, pass_id).id)
    if found.state != PassState.CLAIMED or visit is None or _is_over(session, found):
        raise Conflict("pass_over")
    visit.last_seen_at = clock.now()
    found.state = PASS_LIFE.after(PassState.CLAIMED, PassVerb.CONFIRM).value
    found.expires_at = clock.now() + ASKED_LIFE
    session.flush()
    _note(session, AuditEvent.PASS_CONFIRMED, holder, found)
    return _view(session, found)


def deny(session: Session, holder: PhoneHolder, pass_id: str) -> PassView:
    """
    Say that this is not one's own doing: nobody is signed in by it, and the visit that is, ends.

    Saying it again, or of a pass that came to nothing, changes nothing.
    """
    found, visit = _held(session, _own(session, holder, pass_id).id)
    state = PassState(found.state)
    if PassVerb.DENY not in PASS_LIFE.open_verbs(state):
        return _view(session, found)
    found.state = PASS_LIFE.after(state, PassVerb.DENY).value
    session.flush()
    _note(session, AuditEvent.PASS_DENIED, holder, found)
    if state is PassState.DONE and visit is not None:
        services.end(session, visit, reason=EndReason.DENIED)
    return _view(session, found)


def stop(session: Session, holder: PhoneHolder, pass_id: str) -> None:
    """Take back a code that this phone shows; what came of it already stays."""
    found, _ = _held(session, _own(session, holder, pass_id).id)
    if found.state == PassState.OPEN:
        found.state = PASS_LIFE.after(PassState.OPEN, PassVerb.STOP).value


def watch(session: Session, holder: PhoneHolder, pass_id: str) -> PassView:
    """Return what has become of a pass of this phone; `NotFound` for any other's."""
    return _view(session, _own(session, holder, pass_id))


def _resident(holder: PhoneHolder) -> str:
    if holder.resident_id is None:
        raise Refused("level_too_low")
    return holder.resident_id


def _scanned(session: Session, token: str) -> PhonePass:
    plain = token_of(token)
    found = (
        session.scalar(select(PhonePass).where(PhonePass.token_digest == digest(plain)))
        if plain
        else None
    )
    # A code that a phone shows is for a terminal's scanner: another phone learns nothing of it.
    if found is None or found.way != PassWay.ASKED:
        raise NotFound("pass_not_found")
    return found


def _own(session: Session, holder: PhoneHolder, pass_id: str) -> PhonePass:
    found = session.get(PhonePass, pass_id)
    if found is None or found.phone_id != holder.phone_id:
        raise NotFound("pass_not_found")
    return found


def _held(session: Session, pass_id: str) -> tuple[PhonePass, Visit | None]:
    # The visit is locked before what hangs on it, as everywhere: no deadlock.
    visit_id = session.get_one(PhonePass, pass_id).visit_id
    visit = session.get(Visit, visit_id, with_for_update=True) if visit_id else None
    return session.get_one(PhonePass, pass_id, with_for_update=True), visit


def _is_over(session: Session, found: PhonePass) -> bool:
    if found.expires_at <= clock.now():
        return True
    return found.visit_id is not None and is_over(session.get_one(Visit, found.visit_id))


def _stop_others(session: Session, holder: PhoneHolder, way: PassWay, state: PassState) -> None:
    others = select(PhonePass).where(
        PhonePass.phone_id == holder.phone_id,
        PhonePass.way == way.value,
        PhonePass.state == state.value,
    )
    # The phone's own row is held, so that two tabs of it come one after the other.
    session.get(AccountPhone, holder.phone_id, with_for_update=True)
    for other in session.scalars(others):
        other.state = PASS_LIFE.after(state, PassVerb.STOP).value
    session.flush()


def _where(session: Session, found: PhonePass) -> WhichTerminal:
    site = places.site(session, found.site_id or "")
    known = terminals.find(session, found.terminal_id or "")
    return WhichTerminal(found.terminal_id or "", site.names, known.place if known else "")


def _view(session: Session, found: PhonePass) -> PassView:
    state = PassState(found.state)
    done = state in (PassState.DONE, PassState.DENIED, PassState.STOPPED)
    return PassView(
        id=found.id,
        way=PassWay(found.way),
        errand=PassErrand(found.errand),
        state=state,
        over=not done and _is_over(session, found),
        number=found.number,
        terminal=_where(session, found) if found.terminal_id else None,
        at_terminal_at=found.at_terminal_at,
        expires_at=found.expires_at,
    )


def _note(session: Session, event: AuditEvent, holder: PhoneHolder, found: PhonePass) -> None:
    facts = {"way": found.way, "errand": found.errand}
    note(session, event, actor=holder.actor, subject=Subject("phone_pass", found.id), facts=facts)
