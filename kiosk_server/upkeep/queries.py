"""
What others ask about alerts.

    alerts(session, *, site_ids, ...) -> list[AlertView]       open ones, the worst first
    find(session, alert_id) -> AlertView | None
    of_terminal(session, terminal_id, *, since) -> list[AlertView]
    count_open(session, *, site_ids) -> dict[str, int], kinds_known(session, *, site_ids)
    notice_for(session, terminal_id, *, device=None) -> FaultNotice | None
    spells_of(session, terminal_ids, *, since) -> dict[...]     when each cause was there
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.staff.queries import colleagues
from kiosk_server.terminals.rules import DeviceKind
from kiosk_server.upkeep.causes import Cause, Severity
from kiosk_server.upkeep.models import Alert, AlertCall
from kiosk_server.upkeep.rules import AlertState, SilenceReason

MOST_CLOSED = 100


@dataclass(frozen=True)
class CallView:
    """One person called. `sent_at` is None unless the channel took the message."""

    name: str
    asked_at: datetime
    sent_at: datetime | None
    outcome: str | None
    simulated: bool


@dataclass(frozen=True)
class SilenceView:
    """Who stopped the calls, why and until when."""

    until: datetime
    name: str
    reason: SilenceReason


@dataclass(frozen=True)
class AlertView:
    """An alert as a technician sees it; `group_size` counts the open ones called for together."""

    id: str
    terminal_id: str
    site_id: str
    cause: Cause
    severity: Severity
    state: AlertState
    suspected_at: datetime
    opened_at: datetime
    closed_at: datetime | None
    escalated_at: datetime | None
    next_call_at: datetime | None
    silence: SilenceView | None
    calls: tuple[CallView, ...]
    group_id: str
    group_size: int


@dataclass(frozen=True)
class FaultNotice:
    """What the screen of a terminal says of its own trouble: since when, who was called when."""

    cause: Cause
    since: datetime
    told_at: datetime | None


def alerts(
    session: Session,
    *,
    site_ids: Collection[str],
    severity: Severity | None = None,
    kind: str | None = None,
    closed: bool = False,
) -> list[AlertView]:
    """Return the open alerts of these sites, worst and oldest first, or those closed lately."""
    wanted: list[ColumnElement[bool]] = [Alert.site_id.in_(site_ids), Alert.opened_at.is_not(None)]
    if severity is not None:
        wanted.append(Alert.severity == severity.value)
    if kind is not None:
        wanted.append(Alert.kind == kind)
    if closed:
        newest = select(Alert).where(*wanted, Alert.closed_at.is_not(None))
        rows = session.scalars(newest.order_by(Alert.closed_at.desc()).limit(MOST_CLOSED)).all()
        return _views(session, rows)
    rows = session.scalars(select(Alert).where(*wanted, Alert.closed_at.is_(None))).all()
    found = _views(session, rows)
    return sorted(found, key=lambda view: (view.severity.rank, view.opened_at, view.id))


def find(session: Session, alert_id: str) -> AlertView | None:
    """Return one alert; a mere suspicion is none yet."""
    row = session.get(Alert, alert_id)
    return _views(session, [row])[0] if row and row.opened_at else None


def of_terminal(
    session: Session, terminal_id: str, *, since: datetime, limit: int = 100
) -> list[AlertView]:
    """Return the alerts of a terminal that are open, or closed *since* then, newest first."""
    rows = session.scalars(
        select(Alert)
        .where(
            Alert.terminal_id == terminal_id,
            Alert.opened_at.is_not(None),
            Alert.closed_at.is_(None) | (Alert.closed_at >= since),
        )
        .order_by(Alert.opened_at.desc(), Alert.id.desc())
        .limit(limit)
    ).all()
    return _views(session, rows)


def count_open(session: Session, *, site_ids: Collection[str]) -> dict[str, int]:
    """Return how many alerts are open for each terminal of these sites."""
    rows = session.execute(
        select(Alert.terminal_id, func.count(Alert.id))
        .where(Alert.site_id.in_(site_ids), *_OPEN)
        .group_by(Alert.terminal_id)
    )
    return dict(rows.all())


def kinds_known(session: Session, *, site_ids: Collection[str]) -> list[str]:
    """Return the kinds of alert that there were at these sites: what a list is sifted by."""
    wanted = select(Alert.kind).where(Alert.site_id.in_(site_ids), Alert.opened_at.is_not(None))
    return list(session.scalars(wanted.distinct().order_by(Alert.kind)))


def notice_for(
    session: Session, terminal_id: str, *, device: str | None = None
) -> FaultNotice | None:
    """
    Return what stands wrong with a terminal (or one *device* of it) and when somebody was told.

    The gravest open alert speaks; warnings and the cabinet's doors are not for residents.
    `told_at` is the first message that the channel took: what was only tried is not told.
    """
    wanted = [
        *_OPEN,
        Alert.terminal_id == terminal_id,
        Alert.severity != Severity.SOON.value,
        Alert.device != DeviceKind.CABINET.value,
    ]
    if device is not None:
        wanted.append(Alert.device == device)
    views = _views(session, session.scalars(select(Alert).where(*wanted)).all())
    if not views:
        return None
    worst = min(views, key=lambda view: (view.severity.rank, view.opened_at, view.id))
    told = [call.sent_at for call in worst.calls if call.sent_at is not None]
    return FaultNotice(worst.cause, worst.suspected_at, min(told, default=None))


def spells_of(
    session: Session, terminal_ids: Collection[str], *, since: datetime
) -> dict[tuple[str, Cause], list[tuple[datetime, datetime | None]]]:
    """Return from when to when each cause was there, of alerts open now or closed *since* then."""
    rows = session.scalars(
        select(Alert)
        .where(
            Alert.terminal_id.in_(terminal_ids),
            Alert.opened_at.is_not(None),
            Alert.closed_at.is_(None) | (Alert.closed_at >= since),
        )
        .order_by(Alert.opened_at, Alert.id)
    )
    found: dict[tuple[str, Cause], list[tuple[datetime, datetime | None]]] = {}
    for row in rows:
        spell = (row.opened_at or row.suspected_at, row.closed_at)
        found.setdefault((row.terminal_id, row.cause), []).append(spell)
    return found


_OPEN: tuple[ColumnElement[bool], ...] = (
    Alert.opened_at.is_not(None),
    Alert.closed_at.is_(None),
)


def _views(session: Session, rows: Sequence[Alert]) -> list[AlertView]:
    if not rows:
        return []
    heads = {row.head_id for row in rows}
    group = func.coalesce(Alert.grouped_with, Alert.id)
    sizes = dict(
        session.execute(
            select(group, func.count(Alert.id)).where(group.in_(heads), *_OPEN).group_by(group)
        ).all()
    )
    calls = _calls(session, heads)
    people = colleagues(session, [row.silenced_by for row in rows if row.silenced_by])
    names = {staff_id: person.name for staff_id, person in people.items()}
    return [_view(row, sizes, calls, names) for row in rows]


def _view(
    row: Alert,
    sizes: dict[str, int],
    calls: dict[str, tuple[CallView, ...]],
    names: dict[str, str],
) -> AlertView:
    return AlertView(
        id=row.id,
        terminal_id=row.terminal_id,
        site_id=row.site_id,
        cause=row.cause,
        severity=Severity(row.severity),
        state=row.state,
        suspected_at=row.suspected_at,
        opened_at=row.opened_at or row.suspected_at,
        closed_at=row.closed_at,
        escalated_at=row.escalated_at,
        next_call_at=row.next_call_at,
        silence=_silence(row, names),
        calls=calls.get(row.head_id, ()),
        group_id=row.head_id,
        group_size=sizes.get(row.head_id, 1),
    )


def _silence(row: Alert, names: dict[str, str]) -> SilenceView | None:
    if row.silenced_until is None or row.silenced_until <= clock.now() or not row.silence_reason:
        return None
    by = row.silenced_by or ""
    return SilenceView(row.silenced_until, names.get(by, by), SilenceReason(row.silence_reason))


def _calls(session: Session, heads: Collection[str]) -> dict[str, tuple[CallView, ...]]:
    rows = session.execute(
        select(func.coalesce(Alert.grouped_with, Alert.id), AlertCall)
        .join(Alert, Alert.id == AlertCall.alert_id)
        .where(func.coalesce(Alert.grouped_with, Alert.id).in_(heads))
        .order_by(AlertCall.id)
    ).all()
    people = colleagues(session, [call.staff_id for _, call in rows])
    found: dict[str, tuple[CallView, ...]] = {}
    for head_id, call in rows:
        view = CallView(
            name=people[call.staff_id].name if call.staff_id in people else call.staff_id,
            asked_at=call.asked_at,
            sent_at=call.sent_at,
            outcome=call.outcome,
            simulated=call.simulated,
        )
        found[head_id] = (*found.get(head_id, ()), view)
    return found
