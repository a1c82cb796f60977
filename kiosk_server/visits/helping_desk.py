"""
Help with identity, the end of staff (帮办核验): take a request by its code, say whom one sees.

    take(session, holder, code)                        -> HelpTaken | HelpRefused
    view(session, holder, request_id)                  -> HelpView
    confirm(session, holder, request_id, document, …)  -> HelpConfirmed | HelpRefused
    decline(session, holder, request_id)

A code opens a request once, for one member of staff, of the division that the machine stands in;
every refusal is audited with who tried. Refusals are values: what was counted is committed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.catalogue import queries as catalogue
from kiosk_server.core import clock
from kiosk_server.core.errors import FieldFault, Invalid, NotFound, TooMany
from kiosk_server.core.limits import count_attempt
from kiosk_server.places import queries as places
from kiosk_server.residents import services as residents
from kiosk_server.residents.models import Resident
from kiosk_server.residents.numbers import CardKind, is_valid
from kiosk_server.staff.rules import Holder, Right, may
from kiosk_server.visits import ladder
from kiosk_server.visits.card_reads import is_over as visit_is_over
from kiosk_server.visits.card_reads import kinds_served
from kiosk_server.visits.help_life import HELP_LIFE, HelpState, HelpVerb
from kiosk_server.visits.helping import CODE_DIGITS, CODE_LIFE, code_mac, is_over
from kiosk_server.visits.ladder_rules import Rung
from kiosk_server.visits.models import HelpRequest, Visit

_MOST_CODES_AN_HOUR = 10
_LONGEST_NAME = 60


@dataclass(frozen=True)
class Document:
    """What a member of staff reads from the document. The representation shows nothing of it."""

    kind: str
    number: str = field(repr=False)
    name: str = field(repr=False)
    valid: bool
    """He looked at the person, and the document has not expired."""


@dataclass(frozen=True)
class HelpTaken:
    """The request is this member of staff's."""

    request_id: str


@dataclass(frozen=True)
class HelpConfirmed:
    """What was read now waits for the person's own word."""


@dataclass(frozen=True)
class HelpRefused:
    """
    It was not taken: help_code_unknown, too_many_help_codes, help_over, not_this_card,
    card_kind_not_served, name_unprintable.
    """

    code: str


@dataclass(frozen=True)
class HelpView:
    """A request as its helper sees it; nothing of the resident stands here."""

    id: str
    state: HelpState
    terminal_id: str
    item_code: str | None
    kinds: tuple[str, ...]
    expires_at: datetime
    over: bool


def take(session: Session, holder: Holder, code: str) -> HelpTaken | HelpRefused:
    """Take the request that *code* stands for, at a machine of the holder's own division."""
    try:
        count_attempt(
            session,
            "help_code",
            holder.staff_id,
            limit=_MOST_CODES_AN_HOUR,
            window=timedelta(hours=1),
        )
    except TooMany:
        return _refuse(session, holder, None, "too_many_help_codes")
    request = _asked_by(session, code)
    visit = _visit_of(session, request) if request is not None else None
    if request is None or visit is None or not _mine(session, holder, visit):
        return _refuse(session, holder, None, "help_code_unknown")
    request.state = HELP_LIFE.after(HelpState(request.state), HelpVerb.TAKE)
    request.staff_id = holder.staff_id
    request.expires_at = clock.now() + CODE_LIFE
    # Somebody stands with the person: that is a sign of life like a touch.
    visit.last_seen_at = clock.now()
    _note(session, AuditEvent.HELP_TAKEN, holder, request)
    return HelpTaken(request.id)


def view(session: Session, holder: Holder, request_id: str) -> HelpView:
    """Return a request that *holder* took, or raise `NotFound`."""
    request = _own(session, holder, request_id)
    visit = session.get_one(Visit, request.visit_id)
    chosen = visit.item_version_id
    return HelpView(
        id=request.id,
        state=HelpState(request.state),
        terminal_id=visit.terminal_id,
        item_code=catalogue.version(session, chosen).code if chosen else None,
        kinds=kinds_served(session, visit),
        expires_at=request.expires_at,
        over=is_over(request) or visit_is_over(visit),
    )


def confirm(
    session: Session,
    holder: Holder,
    request_id: str,
    document: Document,
    *,
    unprintable: Callable[[str], tuple[str, ...]],
) -> HelpConfirmed | HelpRefused:
    """
    Say whom the document names and that its holder stands here.

    Raises `Invalid` naming every faulty field. It counts once the person agrees on the screen.
    """
    visit = session.get_one(Visit, _own(session, holder, request_id).visit_id, with_for_update=True)
    request = _own(session, holder, request_id, held=True)
    if is_over(request) or visit_is_over(visit) or request.state != HelpState.TAKEN:
        return _refuse(session, holder, request, "help_over")
    kind = _checked(document)
    code = _fault(session, visit, kind, document, unprintable)
    if code is not None:
        return _refuse(session, holder, request, code)
    name = document.name.strip()
    resident = residents.find_or_register(session, number=document.number, name=name, kind=kind)
    request.resident_id = resident.id
    request.state = HELP_LIFE.after(HelpState(request.state), HelpVerb.CONFIRM)
    visit.last_seen_at = clock.now()
    _note(
        session,
        AuditEvent.HELP_CONFIRMED,
        holder,
        request,
        resident=resident,
        facts={"kind": kind.value},
    )
    return HelpConfirmed()


def decline(session: Session, holder: Holder, request_id: str) -> None:
    """The document does not bear it, or nobody is there: the person is shown another way."""
    visit = session.get_one(Visit, _own(session, holder, request_id).visit_id, with_for_update=True)
    request = _own(session, holder, request_id, held=True)
    request.state = HELP_LIFE.after(HelpState(request.state), HelpVerb.DECLINE)
    ladder.fail(session, visit, Rung.STAFF, "declined")
    _note(session, AuditEvent.HELP_REFUSED, holder, request, facts={"code": "declined"})


def _asked_by(session: Session, code: str) -> HelpRequest | None:
    if len(code) != CODE_DIGITS:
        return None
    wanted = select(HelpRequest).where(
        HelpRequest.code_mac == code_mac(session, code),
        HelpRequest.state == HelpState.ASKED,
        HelpRequest.expires_at > clock.now(),
    )
    return session.scalars(wanted).first()


def _visit_of(session: Session, request: HelpRequest) -> Visit | None:
    """Return the visit of *request*, held; None where it is over or another took the request."""
    visit = session.get_one(Visit, request.visit_id, with_for_update=True)
    session.refresh(request, with_for_update=True)
    return None if visit_is_over(visit) or request.state != HelpState.ASKED else visit


def _mine(session: Session, holder: Holder, visit: Visit) -> bool:
    division = places.site(session, visit.site_id).division_code
    return may(holder, Right.IDENTITY_CONFIRM, division)


def _own(session: Session, holder: Holder, request_id: str, *, held: bool = False) -> HelpRequest:
    request = session.get(HelpRequest, request_id, with_for_update=held or None)
    if request is None or request.staff_id != holder.staff_id:
        raise NotFound("help_request_not_found")
    return request


def _checked(document: Document) -> CardKind:
    faults = []
    kind = document.kind if document.kind in set(CardKind) else None
    if kind is None:
        faults.append(FieldFault("kind", "not_chosen"))
    elif not is_valid(CardKind(kind), document.number.strip().upper()):
        faults.append(FieldFault("number", "number_invalid"))
    if not 0 < len(document.name.strip()) <= _LONGEST_NAME:
        faults.append(FieldFault("name", "missing"))
    if not document.valid:
        faults.append(FieldFault("valid", "not_said"))
    if kind is None or faults:
        raise Invalid("help_document_invalid", fields=faults)
    return CardKind(kind)


def _fault(
    session: Session,
    visit: Visit,
    kind: CardKind,
    document: Document,
    unprintable: Callable[[str], tuple[str, ...]],
) -> str | None:
    if kind not in kinds_served(session, visit):
        return "card_kind_not_served"
    if unprintable(document.name.strip()):
        return "name_unprintable"
    expected = visit.expected_resident_id or visit.resident_id
    if expected is None:
        return None
    found = residents.find(session, number=document.number)
    return None if found is not None and found.id == expected else "not_this_card"


def _refuse(
    session: Session, holder: Holder, request: HelpRequest | None, code: str
) -> HelpRefused:
    _note(session, AuditEvent.HELP_REFUSED, holder, request, facts={"code": code})
    return HelpRefused(code)


def _note(
    session: Session,
    event: AuditEvent,
    holder: Holder,
    request: HelpRequest | None,
    *,
    resident: Resident | None = None,
    facts: dict[str, str] | None = None,
) -> None:
    about = {"request": request.id} if request is not None and resident is not None else {}
    subject = Subject("help_request", request.id) if request is not None else None
    note(
        session,
        event,
        actor=Actor("staff", holder.staff_id, visit_id=request.visit_id if request else None),
        subject=Subject("resident", resident.id) if resident is not None else subject,
        facts={**(facts or {}), **about},
    )
