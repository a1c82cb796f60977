"""
A window calls (叫号): whom the fair rule says, or out of turn for a reason; and what follows.

    call_next(session, window_id, by=)                        -> QueueTicket | None
    call_this(session, ticket_id, window_id, reason, by=)
    recall, park, miss, finish, bring_back(session, ticket_id, by=)
    transfer(session, ticket_id, group_code, by=)

Two windows at once never get the same ticket: it is called by a conditional update, and whoever
comes second looks again. A window has one ticket at a time. A verb that is sent again, and has
been done, changes nothing. The booking follows each verb in the same unit of work.
"""

from typing import Any, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import SYSTEM, Actor
from kiosk_server.bookings import desk
from kiosk_server.bookings.life import BookingVerb
from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict, FieldFault, Invalid, NotFound
from kiosk_server.places.models import ServiceWindow
from kiosk_server.places.queries import groups_by_site
from kiosk_server.queue.life import LIFE, CallReason, TicketState, TicketVerb
from kiosk_server.queue.models import QueueTicket
from kiosk_server.queue.queries import turn_of, waiting_at
from kiosk_server.queue.rules import COMES_BACK_WITHIN, next_turn
from kiosk_server.queue.services import go, locked_ticket, note_ticket
from kiosk_server.queue.telling import tell_called

_FOLLOWS = {
    TicketVerb.PARK: BookingVerb.PARK,
    TicketVerb.TRANSFER: BookingVerb.PARK,
    TicketVerb.MISS: BookingVerb.MISS,
    TicketVerb.FINISH: BookingVerb.SERVE,
    TicketVerb.BRING_BACK: BookingVerb.BRING_BACK,
}
"""What becomes of the booking; a transfer puts it back among those who are here."""


def call_next(session: Session, window_id: str, *, by: Actor) -> QueueTicket | None:
    """
    Call whose turn it is to a window; None where nobody waits for it.

    Who is called to the window already is returned as he is: a request sent twice calls one.
    Raises `NotFound("window_not_found")`.
    """
    window = _locked_window(session, window_id)
    here = _called_to(session, window_id)
    if here is not None and here.day == clock.beijing_today():
        return here
    if here is not None:
        finish(session, here.id, by=SYSTEM)
    while True:
        waiting = {each.id: each for each in waiting_at(session, window.site_id, window.groups)}
        turn = next_turn(map(turn_of, waiting.values()), clock.now())
        if turn is None:
            return None
        if _take(session, turn.id, window_id):
            return _called(session, turn.id, AuditEvent.TICKET_CALLED, by, window=window_id)


def call_this(
    session: Session, ticket_id: str, window_id: str, reason: CallReason, *, by: Actor
) -> QueueTicket:
    """
    Call one who waits to a window of his site, out of turn.

    Raises `NotFound` (`window_not_found`, `ticket_not_found`), `Conflict("window_busy")` and
    `WrongState` unless he waits.
    """
    window = _locked_window(session, window_id)
    here = _called_to(session, window_id)
    if here is not None and here.id == ticket_id:
        return here
    if here is not None:
        raise Conflict("window_busy")
    ticket = locked_ticket(session, ticket_id)
    if ticket.site_id != window.site_id:
        raise NotFound("ticket_not_found")
    LIFE.after(TicketState(ticket.state), TicketVerb.CALL)
    _take(session, ticket_id, window_id)
    event = AuditEvent.TICKET_CALLED_OUT_OF_TURN
    return _called(session, ticket_id, event, by, window=window_id, reason=reason.value)


def recall(session: Session, ticket_id: str, *, by: Actor, calls: int | None = None) -> QueueTicket:
    """
    Call one out again: who is called, or whom his window has put aside.

    *calls*: how often he had been called when this was asked; once more by then, and nothing
    changes. Raises `NotFound("ticket_not_found")`, `WrongState`, and `Conflict("window_busy")`
    where his window serves another.
    """
    window_id = _ticket(session, ticket_id).window_id
    if window_id is not None:
        _locked_window(session, window_id)
    ticket = locked_ticket(session, ticket_id)
    if calls is not None and ticket.calls != calls:
        return ticket
    parked = ticket.state == TicketState.PARKED
    if parked and _called_to(session, ticket.window_id) is not None:
        raise Conflict("window_busy")
    go(ticket, TicketVerb.RECALL)
    ticket.called_at, ticket.calls = clock.now(), ticket.calls + 1
    session.flush()
    if parked:
        desk.work(session, ticket.booking_id, BookingVerb.CALL, by=by)
    return _noted(session, ticket, TicketVerb.RECALL, by)


def park(session: Session, ticket_id: str, *, by: Actor) -> QueueTicket:
    """Put one aside who is at a window: he fetches something, and is called again."""
    return _work(session, ticket_id, TicketVerb.PARK, TicketState.PARKED, by)


def transfer(session: Session, ticket_id: str, group_code: str, *, by: Actor) -> QueueTicket:
    """
    Let one who is at a window wait for another group; label and due moment stay his.

    Raises `Invalid("transfer_invalid")` where no window of the site takes the group.
    """
    ticket = locked_ticket(session, ticket_id)
    if ticket.state == TicketState.WAITING and ticket.group_code == group_code:
        return ticket
    if group_code not in groups_by_site(session).get(ticket.site_id, []):
        raise Invalid("transfer_invalid", fields=[FieldFault("group", "group_unknown")])
    go(ticket, TicketVerb.TRANSFER)
    ticket.group_code = group_code
    session.flush()
    desk.work(session, ticket.booking_id, _FOLLOWS[TicketVerb.TRANSFER], by=by)
    return _noted(session, ticket, TicketVerb.TRANSFER, by)


def miss(session: Session, ticket_id: str, *, by: Actor) -> QueueTicket:
    """
    Write down that one was called and did not come.

    Raises `Conflict("not_missed_yet")` for a booking whose time has not begun: park it.
    """
    return _work(session, ticket_id, TicketVerb.MISS, TicketState.MISSED, by)


def finish(session: Session, ticket_id: str, *, by: Actor) -> QueueTicket:
    """Write down that one has been served."""
    return _work(session, ticket_id, TicketVerb.FINISH, TicketState.FINISHED, by)


def bring_back(session: Session, ticket_id: str, *, by: Actor) -> QueueTicket:
    """
    Let one wait again who missed his call; his due moment stays his.

    Raises `Conflict("missed_too_long_ago")` after `COMES_BACK_WITHIN`.
    """
    ticket = locked_ticket(session, ticket_id)
    missed_at = ticket.ended_at if ticket.state == TicketState.MISSED else None
    if missed_at is not None and clock.now() - missed_at > COMES_BACK_WITHIN:
        raise Conflict("missed_too_long_ago")
    return _work(session, ticket_id, TicketVerb.BRING_BACK, TicketState.WAITING, by)


def _work(
    session: Session, ticket_id: str, verb: TicketVerb, done: TicketState, by: Actor
) -> QueueTicket:
    ticket = locked_ticket(session, ticket_id)
    if ticket.state == done:
        return ticket
    go(ticket, verb)
    ended = done in (TicketState.FINISHED, TicketState.MISSED)
    ticket.ended_at = clock.now() if ended else None
    session.flush()
    desk.work(session, ticket.booking_id, _FOLLOWS[verb], by=by)
    return _noted(session, ticket, verb, by)


def _take(session: Session, ticket_id: str, window_id: str) -> bool:
    change = (
        update(QueueTicket)
        .where(QueueTicket.id == ticket_id, QueueTicket.state == TicketState.WAITING)
        .values(
            state=TicketState.CALLED.value,
            window_id=window_id,
            called_at=clock.now(),
            calls=QueueTicket.calls + 1,
        )
        .execution_options(synchronize_session=False)
    )
    return cast("CursorResult[Any]", session.execute(change)).rowcount == 1


def _called(
    session: Session, ticket_id: str, event: AuditEvent, by: Actor, **facts: str
) -> QueueTicket:
    ticket = session.get_one(QueueTicket, ticket_id, populate_existing=True)
    desk.work(session, ticket.booking_id, BookingVerb.CALL, by=by)
    note_ticket(session, event, ticket, by, **facts)
    tell_called(session, ticket)
    return ticket


def _noted(session: Session, ticket: QueueTicket, verb: TicketVerb, by: Actor) -> QueueTicket:
    note_ticket(
        session, AuditEvent.TICKET_WORKED, ticket, by, verb=verb.value, window=ticket.window_id
    )
    return ticket


def _called_to(session: Session, window_id: str | None) -> QueueTicket | None:
    wanted = select(QueueTicket).where(
        QueueTicket.window_id == window_id, QueueTicket.state == TicketState.CALLED
    )
    return session.scalar(wanted.execution_options(populate_existing=True))


def _locked_window(session: Session, window_id: str) -> ServiceWindow:
    # Tickets may refer to the window meanwhile; a second request of the same window waits.
    wanted = select(ServiceWindow).where(ServiceWindow.id == window_id)
    found = session.scalar(wanted.with_for_update(key_share=True))
    if found is None:
        raise NotFound("window_not_found")
    return found


def _ticket(session: Session, ticket_id: str) -> QueueTicket:
    found = session.get(QueueTicket, ticket_id)
    if found is None:
        raise NotFound("ticket_not_found")
    return found
