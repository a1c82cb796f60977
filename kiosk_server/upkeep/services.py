"""
The verbs of alerts.

    before_word(session, terminal_id)      a terminal speaks: a silence that ends now is kept
    review(session, terminal_id)           open, go on with and close what its state asks for
    silence(session, alert_id, *, by, reason, until)
    wake(session, alert_id, *, by)
    follow_move(session, terminal_id)      alerts go with a terminal that stands elsewhere

Everything is worked out from rows anew, under the terminal's lock: doing it twice, or in two
processes at once, changes nothing more.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import SYSTEM, Actor, FactValue, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.errors import FieldFault, Invalid, NotFound, WrongState
from kiosk_server.core.identifiers import new_id
from kiosk_server.terminals.grading import keep_grade
from kiosk_server.terminals.holding import hold
from kiosk_server.terminals.models import Terminal
from kiosk_server.terminals.queries import devices_of
from kiosk_server.terminals.residue import residue_of
from kiosk_server.terminals.residue_rules import RESIDUE_FOUND, ResidueState
from kiosk_server.terminals.rules import TerminalState, is_silent
from kiosk_server.upkeep import rules
from kiosk_server.upkeep.causes import Cause, Pulse, Severity, Sight, patience, see
from kiosk_server.upkeep.models import Alert
from kiosk_server.upkeep.rules import AlertState, Course, SilenceReason

_LIVE = (
    select(Alert)
    .where(Alert.terminal_id == bindparam("terminal_id"), Alert.closed_at.is_(None))
    .order_by(Alert.id)
)


def before_word(session: Session, terminal_id: str) -> None:
    """
    Look at a terminal once more before its new word is taken note of.

    A silence that nobody looked at while it lasted would otherwise be over without an alert.
    """
    # Held from here on: what is judged now must still be so when the word is taken note of.
    heard_at = _heard_at(hold(session, terminal_id))
    if heard_at is not None and is_silent(heard_at, clock.now()):
        review(session, terminal_id)


def review(session: Session, terminal_id: str) -> None:
    """Bring the alerts of one terminal up to what is known of it now."""
    # Two who look at once: the second waits here, and finds what the first has done.
    terminal = hold(session, terminal_id)
    now = clock.now()
    devices = devices_of(session, terminal_id)
    residue = residue_of(session, terminal_id)
    word = residue.word if residue else None
    soiled = word is not None and word.state is ResidueState.FOUND
    keep_grade(terminal, devices, now, closed_for=RESIDUE_FOUND if soiled else None)
    sight = see(
        Pulse(
            state=TerminalState(terminal.state),
            devices=devices,
            heard_at=_heard_at(terminal),
            clock_offset_seconds=terminal.clock_offset_seconds,
            residue=word,
        ),
        now,
    )
    follow(session, terminal, sight, now)


def follow(session: Session, terminal: Terminal, sight: Sight, now: datetime) -> None:
    """Open, go on with and close the alerts of a terminal that is held, as *sight* tells."""
    live = {alert.cause: alert for alert in _live(session, terminal.id)}
    for alert in live.values():
        _go_on(session, alert, sight, now)
    if sight.opens:
        for cause, severity in sight.present.items():
            if cause not in live:
                _begin(session, terminal, cause, severity, now)
    session.flush()


def silence(
    session: Session, alert_id: str, *, by: Actor, reason: SilenceReason, until: datetime
) -> None:
    """
    Stop calls for an alert, in the name of who answers for it now, until then.

    The alert stays on the list; a silent site is silenced as a whole. Raises `Invalid` for an end
    in the past or too far away, and `WrongState` when the alert is not open any more.
    """
    now = clock.now()
    if not now < until <= now + rules.LONGEST_SILENCE:
        raise Invalid(fields=[FieldFault("until", "not_within_a_week")])
    alert = _open_alert(session, alert_id)
    for each in _group_of(session, alert):
        each.silenced_until, each.silenced_by = until, by.id
        each.silence_reason = reason.value
        _call_anew(each, until)
    note(
        session,
        AuditEvent.ALERT_SILENCED,
        actor=by,
        subject=Subject("alert", alert.id),
        facts={**_facts(alert), "reason": reason.value, "until": until.isoformat()},
    )


def wake(session: Session, alert_id: str, *, by: Actor) -> None:
    """Let an alert call again before its silence is over."""
    alert = _open_alert(session, alert_id)
    now = clock.now()
    if alert.silenced_until is None or alert.silenced_until <= now:
        raise WrongState("alert_not_silenced", state=alert.state.value)
    for each in _group_of(session, alert):
        each.silenced_until = now
        _call_anew(each, now)
    note(
        session,
        AuditEvent.ALERT_WOKEN,
        actor=by,
        subject=Subject("alert", alert.id),
        facts=_facts(alert),
    )


def follow_move(session: Session, terminal_id: str) -> None:
    """Let the alerts of a terminal that was moved call the people of where it stands now."""
    terminal = session.get_one(Terminal, terminal_id)
    now = clock.now()
    for alert in _live(session, terminal_id):
        if alert.site_id == terminal.site_id:
            continue
        # Whoever silenced it, and whoever shared its silence, stayed behind.
        alert.site_id, alert.grouped_with, alert.silenced_until = terminal.site_id, None, None
        if alert.opened_at is not None:
            severity = Severity(alert.severity)
            alert.calls_from = now
            alert.next_call_at = rules.first_call_at(severity, now, patience(alert.cause, severity))
    session.flush()


def _call_anew(alert: Alert, at: datetime) -> None:
    alert.calls_from = alert.next_call_at = at


def _begin(
    session: Session, terminal: Terminal, cause: Cause, severity: Severity, now: datetime
) -> None:
    course = rules.begin(patience(cause, severity), now)
    alert = Alert(
        id=new_id(),
        terminal_id=terminal.id,
        site_id=terminal.site_id,
        device=cause.device,
        kind=cause.kind,
        severity=severity.value,
        suspected_at=now,
        last_seen_at=now,
    )
    session.add(alert)
    _put(session, alert, course)


def _go_on(session: Session, alert: Alert, sight: Sight, now: datetime) -> None:
    severity = _severity_now(alert, sight)
    if sight.over or (not sight.opens and alert.opened_at is None):
        course = rules.end(alert.course, now)
    else:
        course = rules.follow(
            alert.course, sight.presence(alert.cause), patience(alert.cause, severity), now
        )
    if course is None:
        session.delete(alert)
        return
    if severity.value != alert.severity:
        alert.severity = severity.value
        if alert.opened_at is not None:
            # What was a warning by day is a trouble now: whoever was called for it is called anew.
            _call_anew(alert, max(now, alert.silenced_until or now))
    _put(session, alert, course)


def _put(session: Session, alert: Alert, course: Course) -> None:
    before, alert.course = alert.opened_at, course
    if before is None and course.opened_at is not None:
        severity = Severity(alert.severity)
        alert.calls_from = course.opened_at
        alert.next_call_at = rules.first_call_at(
            severity, course.opened_at, patience(alert.cause, severity)
        )
        _note(session, AuditEvent.ALERT_OPENED, alert)
    if course.closed_at is not None:
        alert.next_call_at = None
        _note(session, AuditEvent.ALERT_CLOSED, alert)


def _severity_now(alert: Alert, sight: Sight) -> Severity:
    seen = sight.present.get(alert.cause)
    known = Severity(alert.severity)
    return known if seen is None else min(known, seen, key=lambda each: each.rank)


def _live(session: Session, terminal_id: str) -> list[Alert]:
    return list(session.scalars(_LIVE, {"terminal_id": terminal_id}))


def _group_of(session: Session, alert: Alert) -> list[Alert]:
    """Return the live alerts that are called for together, locked in one order."""
    together = (Alert.grouped_with == alert.head_id) | (Alert.id == alert.head_id)
    return list(
        session.scalars(
            select(Alert)
            .where(together, Alert.closed_at.is_(None))
            .order_by(Alert.id)
            .with_for_update()
        )
    )


def _open_alert(session: Session, alert_id: str) -> Alert:
    alert = session.get(Alert, alert_id)
    if alert is None or alert.opened_at is None:
        raise NotFound("alert_not_found")
    if alert.state is not AlertState.OPEN:
        raise WrongState("alert_closed", state=alert.state.value)
    return alert


def _heard_at(terminal: Terminal) -> datetime | None:
    return terminal.last_seen_at or terminal.enrolled_at


def _note(session: Session, event: AuditEvent, alert: Alert) -> None:
    note(session, event, actor=SYSTEM, subject=Subject("alert", alert.id), facts=_facts(alert))


def _facts(alert: Alert) -> Mapping[str, FactValue]:
    return {"terminal": alert.terminal_id, "device": alert.device, "kind": alert.kind}
