"""
Calling people (通知维护员): who is due now, and the message that goes out for it.

    due_heads(session) -> list[str]
    call_for(session, head_id) -> str | None       one unit of work of the evaluator
    send_call(database, channel, call_id)          what the outbox does with a call

A call is a row before it is a message: whoever dies between the two loses neither, and the row's
id keeps the message from going out twice.
"""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import SYSTEM, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.identifiers import new_id
from kiosk_server.outbox.lanes import MESSAGES
from kiosk_server.outbox.ports import MessageOutcome, PhoneMessage, PhoneMessages
from kiosk_server.outbox.services import emit
from kiosk_server.places.queries import site
from kiosk_server.upkeep.causes import Severity
from kiosk_server.upkeep.models import Alert, AlertCall
from kiosk_server.upkeep.on_call import Duty, list_for, phone_of
from kiosk_server.upkeep.rules import plan_call
from kiosk_server.upkeep.wording import trouble_words

CALL_ASKED = "upkeep.call"
"""Outbox topic: `{"call": id}`."""
NOT_NEEDED, NO_CHANNEL = "not_needed", "no_channel"
"""Outcomes of our own: over or silenced before it went out; nobody to carry messages."""
_CALLABLE = (
    Alert.opened_at.is_not(None),
    Alert.closed_at.is_(None),
    # What has just gone may be gone for good.
    Alert.gone_since.is_(None),
)


def due_heads(session: Session) -> list[str]:
    """Return the heads of the alerts for which somebody is due to be called now."""
    due = select(func.coalesce(Alert.grouped_with, Alert.id)).where(
        Alert.next_call_at <= clock.now(), *_CALLABLE
    )
    return list(
        session.scalars(due.distinct().order_by(func.coalesce(Alert.grouped_with, Alert.id)))
    )


def call_for(session: Session, head_id: str) -> str | None:
    """Call whoever is due for an alert and its group; return the call's id, None for nobody."""
    # Two who call at once: the second waits here, and finds the call made.
    head = session.get_one(Alert, head_id, with_for_update=True)
    now = clock.now()
    together = (Alert.id == head_id) | (Alert.grouped_with == head_id)
    group = list(session.scalars(select(Alert).where(together, *_CALLABLE).order_by(Alert.id)))
    if not any(alert.next_call_at and alert.next_call_at <= now for alert in group):
        return None
    worst = min(group, key=lambda each: (Severity(each.severity).rank, each.id))
    duties = {
        duty.staff_id: duty
        for duty in list_for(session, site(session, worst.site_id).division_code)
    }
    calls = _calls(session, head_id)
    called = {
        call.staff_id
        for call in calls
        # Who was spared a message because all seemed over does not know of it.
        if call.outcome != NOT_NEEDED
        and (worst.calls_from is None or call.asked_at >= worst.calls_from)
    }
    plan = plan_call(Severity(worst.severity), duties, called, now)
    for alert in group:
        alert.next_call_at = plan.again_at
        if called and plan.staff_id is not None:
            alert.escalated_at = alert.escalated_at or now
    if plan.staff_id is None:
        return None
    return _ask(session, head, duties[plan.staff_id], number=len(calls) + 1, now=now)


def send_call(database: Database, channel: PhoneMessages | None, call_id: str) -> MessageOutcome:
    """Hand a call's message to the channel, unless its alert is over or silenced by now."""
    with database.reading() as session:
        errand = _errand(session, call_id)
    if isinstance(errand, str):
        _stay_due(database, call_id)
        return _ended(database, call_id, errand, MessageOutcome.REFUSED, simulated=False)
    if channel is None:
        return _ended(database, call_id, NO_CHANNEL, MessageOutcome.REFUSED, simulated=False)
    outcome = channel.send(errand)
    return _ended(database, call_id, outcome.value, outcome, simulated=channel.simulated)


def _calls(session: Session, head_id: str) -> list[AlertCall]:
    # A member that joined late may have been called for by itself before.
    together = select(Alert.id).where((Alert.id == head_id) | (Alert.grouped_with == head_id))
    return list(session.scalars(select(AlertCall).where(AlertCall.alert_id.in_(together))))


def _ask(session: Session, head: Alert, duty: Duty, *, number: int, now: datetime) -> str:
    call = AlertCall(
        id=new_id(),
        alert_id=head.id,
        number=number,
        duty_id=duty.id,
        staff_id=duty.staff_id,
        asked_at=now,
    )
    session.add(call)
    session.flush()
    name = f"{CALL_ASKED}:{call.id}"
    emit(session, CALL_ASKED, {"call": call.id}, lane=MESSAGES, dedup=name)
    note(
        session,
        AuditEvent.ALERT_CALLED,
        actor=SYSTEM,
        subject=Subject("alert", head.id),
        facts={"terminal": head.terminal_id, "staff": duty.staff_id, "number": number},
    )
    return call.id


def _errand(session: Session, call_id: str) -> PhoneMessage | str:
    """Return the message of a call, or why there is none to send."""
    call = session.get_one(AlertCall, call_id)
    if call.outcome is not None:
        return call.outcome
    now = clock.now()
    together = (Alert.id == call.alert_id) | (Alert.grouped_with == call.alert_id)
    group = [
        alert
        for alert in session.scalars(select(Alert).where(together, *_CALLABLE).order_by(Alert.id))
        if alert.silenced_until is None or alert.silenced_until <= now
    ]
    phone = phone_of(session, call.duty_id)
    if not group or phone is None:
        return NOT_NEEDED
    return PhoneMessage(
        id=call.id,
        phone=phone,
        template="alert_site.zh" if len(group) > 1 else "alert.zh",
        values=_values(session, group),
    )


def _stay_due(database: Database, call_id: str) -> None:
    """Let a call that went to nobody be made after all if its trouble comes back."""
    with database.unit_of_work() as session:
        call = session.get_one(AlertCall, call_id, with_for_update=True)
        if call.outcome is not None:
            return
        now = clock.now()
        together = (Alert.id == call.alert_id) | (Alert.grouped_with == call.alert_id)
        live = select(Alert).where(together, Alert.closed_at.is_(None)).order_by(Alert.id)
        for alert in session.scalars(live.with_for_update()):
            # A silence has its own end at which calls begin anew.
            if alert.silenced_until is None or alert.silenced_until <= now:
                alert.next_call_at = min(alert.next_call_at or now, now)


def _values(session: Session, group: list[Alert]) -> dict[str, str]:
    worst = min(group, key=lambda each: (Severity(each.severity).rank, each.id))
    began = clock.to_beijing(worst.suspected_at)
    return {
        "terminal": worst.terminal_id,
        "site": site(session, worst.site_id).names["zh"],
        "trouble": trouble_words(worst.cause),
        "since": began.strftime("%H:%M"),
        "count": str(len(group)),
    }


def _ended(
    database: Database, call_id: str, told: str, outcome: MessageOutcome, *, simulated: bool
) -> MessageOutcome:
    with database.unit_of_work() as session:
        call = session.get_one(AlertCall, call_id, with_for_update=True)
        if call.outcome is None:
            call.outcome, call.simulated = told, simulated
            call.sent_at = clock.now() if outcome is MessageOutcome.SENT else None
    return outcome
