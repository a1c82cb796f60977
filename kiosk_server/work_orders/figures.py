"""
Repairs in figures (维修统计): MTTR by kind of trouble, by model and by site, and what came back.

    figures(session, *, site_ids, since) -> Figures

Only orders that are done count. One whose alert still stands is counted beside them, because
leaving it out in silence would make the figures better than the machines are.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.terminals.queries import views_of
from kiosk_server.work_orders.models import WorkOrder
from kiosk_server.work_orders.queries import OrderView, views
from kiosk_server.work_orders.rules import (
    OrderState,
    RepairTimes,
    Timeliness,
    hours_to_repair,
    repair_times,
)

_FINISHED = (OrderState.DONE.value, OrderState.CHECKED.value)
MOST = 5000


@dataclass(frozen=True)
class Row:
    """The repairs of one kind, model or site; `name` is its id or code."""

    name: str
    times: RepairTimes


@dataclass(frozen=True)
class Figures:
    """All repairs together, then by what failed, by model, by site; and those that came back."""

    whole: RepairTimes
    still_wrong: int
    """Said to be done while the alert still stands."""
    by_device: list[Row]
    by_model: list[Row]
    by_site: list[Row]
    repeats: list[OrderView]


def figures(session: Session, *, site_ids: Collection[str], since: datetime) -> Figures:
    """Return the figures of orders done *since* then at these sites, at most the newest 5000."""
    query = (
        select(WorkOrder)
        .where(
            WorkOrder.site_id.in_(site_ids),
            WorkOrder.state.in_(_FINISHED),
            WorkOrder.done_at >= since,
        )
        .order_by(WorkOrder.id.desc())
        .limit(MOST)
    )
    done = views(session, session.scalars(query))
    terminals = sorted({view.terminal_id for view in done})
    models = {each.id: each.model or "" for each in views_of(session, terminals)}
    return Figures(
        whole=_times(done),
        still_wrong=sum(view.ready_at is None for view in done),
        by_device=_rows(done, lambda view: view.cause.device),
        by_model=_rows(done, lambda view: models.get(view.terminal_id, "")),
        by_site=_rows(done, lambda view: view.site_id),
        repeats=[view for view in done if view.repeat_of],
    )


def _rows(done: Iterable[OrderView], name_of: Callable[[OrderView], str]) -> list[Row]:
    groups: dict[str, list[OrderView]] = {}
    for view in done:
        groups.setdefault(name_of(view), []).append(view)
    rows = [Row(name, _times(group)) for name, group in groups.items()]
    return sorted(rows, key=lambda row: (-(row.times.mean_hours or 0.0), row.name))


def _times(done: Collection[OrderView]) -> RepairTimes:
    return repair_times(
        [hours_to_repair(view.began_at, view.ready_at) for view in done if view.ready_at],
        in_time=sum(view.timeliness is not Timeliness.OVERDUE for view in done),
        finished=len(done),
    )
