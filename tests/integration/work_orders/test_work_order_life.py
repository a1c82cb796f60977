"""A work order on both databases: opened, given, worked at, looked at; and every way refused."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select

from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import Actor
from kiosk_server.core.errors import Conflict, Invalid, NotFound, Refused, WrongState
from kiosk_server.upkeep.causes import Severity
from kiosk_server.work_orders import queries, services
from kiosk_server.work_orders.figures import figures
from kiosk_server.work_orders.models import WorkOrderNotice
from kiosk_server.work_orders.notices import send_notice, warn_of_limits
from kiosk_server.work_orders.queries import Sought
from kiosk_server.work_orders.rules import (
    Arrival,
    ArrivalReason,
    CancelReason,
    FaultCause,
    OrderState,
    Timeliness,
    Trouble,
)
from kiosk_server.work_orders.services import Wish
from tests.support.ailing import CENTRE, TOWN
from tests.support.workshop import ALL_WELL, OF_TOWN, ONE, Phones, Workshop

STRANGER = Actor("staff", "01stranger")


@pytest.mark.policy("P53")
def test_from_alert_to_checked(workshop: Workshop) -> None:
    """Opened, taken, gone to, begun, done, looked at by another; each step named and audited."""
    order = workshop.opens()
    workshop.goes(order)
    assert workshop.seen(order).arrival_reason == ArrivalReason.SCREEN_DEAD
    workshop.mended()
    workshop.finishes(order)
    workshop.does(lambda session: services.check(session, order, by=workshop.clerk))
    view = workshop.seen(order)
    assert view.state is OrderState.CHECKED
    assert view.fault_cause == FaultCause.SUPPLY
    assert view.checklist == ALL_WELL
    steps = workshop.does(lambda session: queries.steps_of(session, order))
    assert [step.verb for step in steps] == [
        "open", "assign", "set_out", "arrive", "begin", "finish", "check",
    ]  # fmt: skip
    told = workshop.does(
        lambda session: session.scalar(
            select(func.count()).where(
                AuditEntry.subject_kind == "work_order", AuditEntry.subject_id == order
            )
        )
    )
    assert told == len(steps)


def test_alert_that_closes_leaves_the_order_in_hand(workshop: Workshop) -> None:
    """The terminal is ready again and the order says when, but only a person ends it."""
    order = workshop.opens()
    workshop.goes(order)
    assert workshop.seen(order).ready_at is None
    workshop.mended()
    view = workshop.seen(order)
    assert view.state is OrderState.WORKING
    assert view.ready_at == workshop.town.alerts()[-1].closed_at


def test_done_while_the_alert_stands_has_no_time_to_repair(workshop: Workshop) -> None:
    """Saying "done" mends nothing: the figures count it as still wrong."""
    order = workshop.opens()
    workshop.goes(order)
    workshop.finishes(order)
    since = workshop.seen(order).began_at
    found = workshop.does(lambda session: figures(session, site_ids=[CENTRE], since=since))
    assert (found.whole.count, found.whole.finished, found.still_wrong) == (0, 1, 1)
    workshop.mended()
    found = workshop.does(lambda session: figures(session, site_ids=[CENTRE], since=since))
    assert (found.whole.count, found.still_wrong) == (1, 0)
    assert [row.name for row in found.by_device] == ["a4_printer"]
    elsewhere = workshop.does(lambda session: figures(session, site_ids=[TOWN], since=since))
    assert elsewhere.whole.finished == 0


def test_one_order_for_one_trouble(workshop: Workshop) -> None:
    """A second one is refused while the first is in hand, and allowed when it is over."""
    order = workshop.opens()
    with pytest.raises(Conflict, match="work_order_open_already"):
        workshop.opens()
    workshop.does(
        lambda session: services.cancel(
            session, order, CancelReason.OPENED_IN_ERROR, by=workshop.clerk
        )
    )
    assert workshop.opens() != order


def test_closed_alert_opens_nothing(workshop: Workshop) -> None:
    """An alert that is over, or was never there, is no reason for an order."""
    workshop.mended()
    with pytest.raises(WrongState, match="alert_closed"):
        workshop.opens()
    with pytest.raises(NotFound):
        workshop.does(lambda session: services.open_from_alert(session, "01no", by=STRANGER))


def test_only_the_one_who_has_it_tells_of_the_work(workshop: Workshop) -> None:
    """Another says neither that he is on the way nor that it is done; nothing is changed by it."""
    order = workshop.opens()
    workshop.does(
        lambda session: services.assign(
            session, order, workshop.technician.id, by=workshop.technician
        )
    )
    with pytest.raises(Refused, match="work_order_of_another"):
        workshop.does(lambda session: services.set_out(session, order, by=STRANGER))
    assert workshop.seen(order).state is OrderState.ASSIGNED


def test_nobody_checks_his_own_work(workshop: Workshop) -> None:
    """Neither well done nor badly: another looks, and what is reopened wants a person anew."""
    order = workshop.opens()
    workshop.goes(order)
    workshop.finishes(order)
    for verb in (services.check, services.reopen):
        with pytest.raises(Refused, match="own_work_unchecked"):
            workshop.does(partial(verb, order_id=order, by=workshop.technician))
    workshop.does(lambda session: services.reopen(session, order, by=workshop.clerk))
    view = workshop.seen(order)
    assert (view.state, view.assignee_id, view.done_at) == (OrderState.REOPENED, None, None)


def test_finishing_wants_every_point(workshop: Workshop) -> None:
    """A list with a gap is refused whole, and the order stays at work."""
    order = workshop.opens()
    workshop.goes(order)
    with pytest.raises(Invalid, match="checklist_incomplete"):
        workshop.does(
            lambda session: services.finish(
                session, order, {"paper": "good"}, FaultCause.SUPPLY, by=workshop.technician
            )
        )
    assert workshop.seen(order).state is OrderState.WORKING


def test_stated_arrival_wants_a_reason(workshop: Workshop) -> None:
    """By hand without a reason, or scanned with one, is refused."""
    order, me = workshop.opens(), workshop.technician
    workshop.does(lambda session: services.assign(session, order, me.id, by=me))
    for how, reason in (
        (Arrival.BY_HAND, None),
        (Arrival.SCANNED, ArrivalReason.LINE_DEAD),
    ):
        with pytest.raises(Invalid):
            workshop.does(partial(services.arrive, order_id=order, how=how, by=me, reason=reason))


def test_same_cause_within_a_month_is_a_repeat(workshop: Workshop) -> None:
    """Marked with the order before it; another cause, or a later time, is not."""
    orders: list[str] = []
    for cause, days in (
        (FaultCause.FOREIGN_BODY, 0),
        (FaultCause.FOREIGN_BODY, 0),
        (FaultCause.WORN_OUT, 0),
        (FaultCause.FOREIGN_BODY, 31),
    ):
        if orders:
            workshop.mended()
            _pass_hours(workshop, 24 * days)
            workshop.mended()
            workshop.breaks()
        order = workshop.opens()
        workshop.goes(order)
        workshop.finishes(order, cause)
        orders.append(order)
    marks = [workshop.seen(order).repeat_of for order in orders]
    assert marks == [None, orders[0], None, None]
    listed = workshop.does(
        lambda session: queries.page_of(session, Sought([CENTRE], standing="repeats"))
    )
    assert [view.id for view in listed.rows] == [orders[1]]


def test_assignee_is_told_and_warned_once(workshop: Workshop) -> None:
    """Given by another: a message with place and limit; near its end one warning, not two."""
    order, phones = workshop.opens(), Phones()
    workshop.does(
        lambda session: services.assign(session, order, workshop.technician.id, by=workshop.clerk)
    )
    _send(workshop, phones)
    assert [message.template for message in phones.got] == ["work_order_assigned.zh"]
    values = phones.got[0].values
    assert values["terminal"] == ONE
    assert values["trouble"] == "A4 打印机：纸用完了"
    assert workshop.does(warn_of_limits) == 0
    _pass_hours(workshop, 20)
    assert workshop.seen(order).timeliness is Timeliness.DUE_SOON
    assert [workshop.does(warn_of_limits) for _ in range(2)] == [1, 0]
    _send(workshop, phones)
    assert phones.got[-1].template == "work_order_due_soon.zh"
    _pass_hours(workshop, 5)
    overdue = workshop.does(
        lambda session: queries.page_of(session, Sought([CENTRE], standing=queries.OVERDUE))
    )
    assert [view.id for view in overdue.rows] == [order]


def test_notice_that_is_not_needed_any_more(workshop: Workshop) -> None:
    """Cancelled before the message went out: nobody is sent for nothing."""
    order, phones = workshop.opens(), Phones()
    workshop.does(
        lambda session: services.assign(session, order, workshop.technician.id, by=workshop.clerk)
    )
    workshop.does(
        lambda session: services.cancel(
            session, order, CancelReason.GONE_BY_ITSELF, by=workshop.clerk
        )
    )
    _send(workshop, phones)
    assert phones.got == []
    notices = workshop.does(lambda session: queries.notices_of(session, order))
    assert [notice.outcome for notice in notices] == ["not_needed"]


def test_what_a_person_reports(workshop: Workshop) -> None:
    """No alert is needed; the time to repair ends when it is done, for lack of anything better."""
    wish = Wish("qr_scanner", Trouble.FAULT, Severity.SOON)
    order = workshop.does(
        lambda session: services.open_by_hand(session, OF_TOWN, wish, by=workshop.clerk)
    )
    view = workshop.seen(order)
    assert (view.alert_id, view.site_id, view.ready_at) == (None, TOWN, None)
    with pytest.raises(NotFound):
        workshop.does(lambda session: services.open_by_hand(session, "AT-9", wish, by=STRANGER))


def _pass_hours(workshop: Workshop, hours: int) -> None:
    workshop.town.now += timedelta(hours=hours)


def _send(workshop: Workshop, phones: Phones) -> None:
    with workshop.town.database.reading() as session:
        notices = list(session.scalars(select(WorkOrderNotice.id).order_by(WorkOrderNotice.number)))
    for notice in notices:
        with workshop.town.at_work():
            send_notice(workshop.town.database, phones, notice)
