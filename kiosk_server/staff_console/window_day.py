"""
A cashier's day (现金日结): he counts his drawer without being told what should be in it; where it
differs, another person of the site settles it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kiosk_server.audit.services import Subject
from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict, FieldFault, Invalid, NotFound, Refused
from kiosk_server.payments.cash_rules import BY_SECOND_PERSON, DrawerSettlement
from kiosk_server.payments.drawers import (
    count_drawer,
    drawers_to_settle,
    last_counts,
    settle_drawer,
    uncounted,
)
from kiosk_server.payments.models import CashCount, LedgerEntry, PaymentAttempt
from kiosk_server.payments.rules import Channel, Movement, as_yuan, day_in_beijing
from kiosk_server.staff.queries import colleagues
from kiosk_server.staff.rules import Right
from kiosk_server.staff_console.fleet_view import moment, site_name
from kiosk_server.staff_console.queue_window import Desk
from kiosk_server.staff_console.session import actor, audit_refusal, require, staff
from kiosk_server.staff_console.terminals import my_sites
from kiosk_server.staff_console.window import HERE, desk_here
from kiosk_server.staff_console.window_money import fen_of
from kiosk_server.staff_console.window_view import machine_here
from kiosk_server.web.payment_channels import every_channel
from kiosk_server.web.problem import Problem
from kiosk_server.web.problems import title_of
from kiosk_server.web.request_context import database, request_id

DAY = f"{HERE}/day"


@dataclass(frozen=True)
class CountShown:
    """One count: who, when, what lay there against the book, how it ended."""

    id: str
    cashier: str
    site: str
    at: datetime
    movements: int
    book: str
    counted: str
    float: str
    over: str | None
    missing: str | None
    settled_how: str | None
    settled_by: str | None
    own: bool


def add_routes(blueprint: Blueprint) -> None:
    """Put the page and its deeds under *blueprint*."""
    blueprint.get("/window/day")(window_day_page)
    blueprint.post("/window/day")(count_my_drawer)
    blueprint.post("/window/day/<count_id>")(settle_a_drawer)


def window_day_page() -> ResponseReturnValue:
    """Ask for what lies in the drawer; show what was counted, and what waits for another."""
    require(Right.WINDOW_WORK)
    desk = desk_here()
    return redirect(HERE, code=303) if desk is None else _page(desk)


def count_my_drawer() -> ResponseReturnValue:
    """Keep what a cashier counted."""
    require(Right.WINDOW_WORK)
    desk = desk_here()
    if desk is None:
        return redirect(HERE, code=303)
    try:
        with database().unit_of_work() as session:
            count_drawer(
                session,
                desk.site.id,
                float_fen=fen_of("float"),
                counted_fen=fen_of("counted"),
                by=actor(),
            )
    except (Conflict, Invalid) as refused:
        problem = Problem.of(refused, request_id())
        return _page(desk, refused=title_of(problem)), problem.status
    return redirect(DAY, code=303)


def settle_a_drawer(count_id: str) -> ResponseReturnValue:
    """Keep how the difference of another person's drawer came to its end."""
    require(Right.PAYMENTS_SETTLE)
    how = request.form.get("how", "")
    with database().reading() as session:
        count = session.get(CashCount, count_id)
        mine = my_sites(session, Right.PAYMENTS_SETTLE)
    if count is None or count.site_id not in mine:
        audit_refusal(Right.PAYMENTS_SETTLE, Subject("payment_drawer", count_id) if count else None)
        raise NotFound("drawer_not_found")
    if how not in BY_SECOND_PERSON:
        raise Invalid(fields=[FieldFault("how", "choice_unknown")])
    try:
        with database().unit_of_work() as session:
            settle_drawer(session, count_id, DrawerSettlement(how), by=actor())
    except Refused:
        audit_refusal(Right.PAYMENTS_SETTLE, Subject("payment_drawer", count_id))
        raise
    return redirect(DAY, code=303)


def _page(desk: Desk, *, refused: str | None = None) -> str:
    with database().reading() as session:
        settling = my_sites(session, Right.PAYMENTS_SETTLE)
        waiting = drawers_to_settle(session, settling)
        mine = last_counts(session, staff().staff_id)
        machine = machine_here(every_channel(), desk.window.id)
        return render_template(
            "staff/window_day.html",
            window=desk.window.label,
            name=site_name(desk.site),
            moved=len(uncounted(session, staff().staff_id, desk.site.id)),
            mine=_shown(session, mine),
            waiting=_shown(session, waiting),
            ways=BY_SECOND_PERSON,
            machine=machine,
            cards=_cards_today(session, machine) if machine else None,
            refused=refused,
            moment=moment,
        )


def _shown(session: Session, counts: Sequence[CashCount]) -> list[CountShown]:
    people = colleagues(
        session, {who for each in counts for who in (each.cashier_id, each.settled_by) if who}
    )
    sites = my_sites(session, Right.WINDOW_WORK)
    shown = []
    for each in counts:
        off = each.difference_fen
        settler = people.get(each.settled_by or "")
        cashier = people.get(each.cashier_id)
        site = sites.get(each.site_id)
        shown.append(
            CountShown(
                id=each.id,
                cashier=cashier.name if cashier else each.cashier_id,
                site=site_name(site) if site else each.site_id,
                at=each.counted_at,
                movements=each.movements,
                book=_signed(each.book_fen),
                counted=as_yuan(each.counted_fen),
                float=as_yuan(each.float_fen),
                over=as_yuan(off) if off > 0 else None,
                missing=as_yuan(-off) if off < 0 else None,
                settled_how=each.settled_how,
                settled_by=settler.name if settler else None,
                own=each.cashier_id == staff().staff_id,
            )
        )
    return shown


def _signed(fen: int) -> str:
    return as_yuan(fen) if fen >= 0 else f"−{as_yuan(-fen)}"


def _cards_today(session: Session, machine: str) -> tuple[int, str, str]:
    """Return how many cards a machine took today, what came and what went back, by our book."""
    begins, ends = day_in_beijing(clock.beijing_today())
    wanted = (
        select(LedgerEntry.movement, func.count(), func.sum(LedgerEntry.amount_fen))
        .join(PaymentAttempt, LedgerEntry.attempt_id == PaymentAttempt.id)
        .where(
            LedgerEntry.channel == Channel.BANK_POS.value,
            PaymentAttempt.machine == machine,
            LedgerEntry.at >= begins,
            LedgerEntry.at < ends,
        )
        .group_by(LedgerEntry.movement)
    )
    told = {movement: (count, int(total)) for movement, count, total in session.execute(wanted)}
    came, went = (told.get(each.value, (0, 0)) for each in Movement)
    return came[0], as_yuan(came[1]), as_yuan(went[1])
