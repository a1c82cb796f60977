"""
Pay at the terminal (缴费): with a phone that scans, or with a slip at a window for who has none.

Whoever opened an order puts its id into the visit's sealed draft (`pay_order`, and where to go
back to without paying, `pay_back`) and leads here. No address names an order. Paid is what its
channel has said; this page asks nobody.
"""

from flask import Blueprint, Response, jsonify, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict
from kiosk_server.payments import at_terminal, services
from kiosk_server.payments.at_terminal import PAY_ORDER, needed_here
from kiosk_server.payments.life import (
    OFFERED,
    PAYABLE,
    AttemptState,
    OrderState,
)
from kiosk_server.payments.models import PaymentAttempt, PaymentOrder, PaymentSlip
from kiosk_server.payments.queries import attempts_of, items_of, receipt_of, slip_of
from kiosk_server.payments.rules import Channel, as_yuan
from kiosk_server.payments.slip_rules import as_printed
from kiosk_server.payments.slips import cashier_of, pay_slip_asked, queue_pay_slip
from kiosk_server.printing.documents.codes import qr_path
from kiosk_server.visits.actors import resident_at
from kiosk_server.visits.drafts import draft_of, put_draft
from kiosk_server.visits.models import Visit
from kiosk_server.web.payment_channels import payment_channels
from kiosk_server.web.request_context import database
from kiosk_ui.pages.wanting import wanted
from kiosk_ui.paid import ON, PAID_ORDER, PAY_BACK
from kiosk_ui.presenters.paying import BY_PHONE, later_follows, owed_of, ways_by, what_follows
from kiosk_ui.presenters.places import hours_of
from kiosk_ui.presenters.wording import worded
from kiosk_ui.progress import progress_of
from kiosk_ui.showing import local_path, show, this_screen
from kiosk_ui.view_models import (
    Page,
    PaidPage,
    PayCodePage,
    PayOverPage,
    PaySlipPage,
    PayWaysPage,
    QrDrawing,
    Screen,
)
from kiosk_ui.visiting import deed, this_visit
from kiosk_ui.way import PAGE_OF, next_step

_DIGITS_AT_MOST = 24
_READ_SECONDS = 4
"""So long the sum that came stands on the screen before the way goes on by itself."""


def register(blueprint: Blueprint) -> None:
    """Put these pages into *blueprint*."""
    blueprint.get("/paying", endpoint="paying")(paying)
    blueprint.get("/paying/state", endpoint="paying_state")(paying_state)
    blueprint.post("/paying/code", endpoint="begin_paying")(begin_paying)
    blueprint.post("/paying/slip", endpoint="pay_slip")(pay_slip)
    blueprint.post("/paying/on", endpoint="paid_on")(paid_on)
    blueprint.post("/paying/stop", endpoint="stop_paying")(stop_paying)


def paying() -> ResponseReturnValue:
    """Show how the order stands: ways, code, slip, money that came, or that it is over."""
    with deed() as (session, visit):
        # Which visit shows the order is no deed of the person: as the nonce of a card's page.
        at_terminal.show_here(session, visit, needed_here(session, visit))
    visit = this_visit()
    with database().reading() as session:
        screen = this_screen(session)
        page = _page_of(session, screen, visit, needed_here(session, visit))
    return show(page)


def paying_state() -> ResponseReturnValue:
    """Tell a script whether the page would look different now (ETag, RFC 9110 8.8.3)."""
    with database().reading() as session:
        version = _version(session, needed_here(session, this_visit()))
    response: Response = jsonify({"version": version})
    response.set_etag(version)
    return response.make_conditional(request)


def begin_paying() -> ResponseReturnValue:
    """Ask the channel that was touched for a code; where there is one only, that one."""
    offered = [each for each in payment_channels() if each in BY_PHONE]
    chosen = request.form.get("channel")
    channel = next((each for each in offered if each.slug == chosen), None)
    if channel is None and len(offered) == 1:
        channel = offered[0]
    if channel is None:
        return redirect(url_for("kiosk.paying", ways="all"), 303)
    try:
        with deed() as (session, visit):
            order = needed_here(session, visit)
            services.begin_attempt(
                session, order.id, channel, connected=offered, by=resident_at(visit)
            )
    except Conflict as conflict:
        # Over, paid or closing meanwhile, or asked too often: the page says which.
        problem = "enough" if conflict.code == "attempts_enough" else None
        return redirect(url_for("kiosk.paying", problem=problem), 303)
    return redirect(url_for("kiosk.paying"), 303)


def pay_slip() -> ResponseReturnValue:
    """Keep the order for a window, and print what to show there."""
    simulated = all(each.simulated for each in payment_channels().values())
    onward = url_for("kiosk.paying", slip="yes")
    try:
        with deed() as (session, visit):
            queue_pay_slip(session, visit, needed_here(session, visit), sample=simulated)
    except Conflict as conflict:
        shut = conflict.code == "no_window_open"
        onward = url_for("kiosk.paying", problem="no-window" if shut else None)
    return wanted(make_response(redirect(onward, 303)))


def paid_on() -> ResponseReturnValue:
    """Go on to what was paid for; touched before the money came, look again."""
    with deed() as (session, visit):
        order = needed_here(session, visit)
        if order.state not in (OrderState.PAID, OrderState.PARTLY_REFUNDED):
            return redirect(url_for("kiosk.paying"), 303)
        put_draft(session, visit, **{PAY_ORDER: None, PAY_BACK: None, PAID_ORDER: order.id})
        onward = ON.get(order.subject_kind)
        return redirect(url_for(onward or PAGE_OF[next_step(progress_of(session, visit))]), 303)


def stop_paying() -> ResponseReturnValue:
    """Go on without paying. The order stands until the visit ends: a code may be in use."""
    with deed() as (session, visit):
        back = draft_of(session, visit).get(PAY_BACK)
        put_draft(session, visit, **{PAY_ORDER: None, PAY_BACK: None})
        due = url_for(PAGE_OF[next_step(progress_of(session, visit))])
    return redirect(local_path(back, due), 303)


def _page_of(session: Session, screen: Screen, visit: Visit, order: PaymentOrder) -> Page:
    if order.state not in PAYABLE or order.expires_at <= clock.now():
        return _ended(session, screen, order)
    attempts, ways = attempts_of(session, order.id), ways_by(payment_channels())
    standing = [each for each in attempts if each.state in OFFERED and _by_phone(each)]
    slip, asked = slip_of(session, order.id), request.args
    choosing = "ways" in asked or "problem" in asked
    slip_last = "slip" in asked or not standing or _is_before(standing[-1], slip)
    if slip is not None and slip_last and not choosing:
        return _kept(session, screen, visit, order, slip)
    if standing and not choosing:
        return _code(session, screen, order, standing[-1])
    if not attempts and len(ways) == 1 and not choosing:
        return _code(session, screen, order, None)
    return PayWaysPage(
        screen=screen,
        owed=owed_of(order, items_of(session, order.id), screen),
        ways=ways,
        begin_url=url_for("kiosk.begin_paying"),
        slip_url=url_for("kiosk.pay_slip"),
        stop_url=url_for("kiosk.stop_paying"),
        problem=_problem(attempts),
    )


def _problem(attempts: list[PaymentAttempt]) -> str | None:
    told = request.args.get("problem")
    if told in ("enough", "no-window"):
        return told
    return "refused" if attempts and attempts[-1].state == AttemptState.REFUSED else None


def _code(
    session: Session, screen: Screen, order: PaymentOrder, attempt: PaymentAttempt | None
) -> PayCodePage:
    ways = {way.channel: way for way in ways_by(payment_channels())}
    way = ways[Channel(attempt.channel).slug] if attempt else next(iter(ways.values()))
    ready = attempt.code if attempt and attempt.state == AttemptState.WAITING else None
    spoken = ready is not None and ready.isascii() and ready.isdigit()
    return PayCodePage(
        screen=screen,
        owed=owed_of(order, items_of(session, order.id), screen),
        way=way,
        until=clock.to_beijing(order.expires_at),
        state_url=url_for("kiosk.paying_state"),
        version=_version(session, order),
        here_url=url_for("kiosk.paying"),
        slip_url=url_for("kiosk.pay_slip"),
        stop_url=url_for("kiosk.stop_paying"),
        begin_url=url_for("kiosk.begin_paying") if attempt is None else None,
        qr=QrDrawing(*qr_path(ready)) if ready else None,
        digits=as_printed(ready) if ready and spoken and len(ready) <= _DIGITS_AT_MOST else None,
        ways_url=url_for("kiosk.paying", ways="all") if len(ways) > 1 else None,
    )


def _is_before(attempt: PaymentAttempt, slip: PaymentSlip | None) -> bool:
    return slip is not None and attempt.asked_at < slip.made_at


def _by_phone(attempt: PaymentAttempt) -> bool:
    return any(each == attempt.channel for each in payment_channels() if each in BY_PHONE)


def _kept(
    session: Session, screen: Screen, visit: Visit, order: PaymentOrder, slip: PaymentSlip
) -> PaySlipPage:
    site = cashier_of(session, visit)
    return PaySlipPage(
        screen=screen,
        amount=as_yuan(order.amount_fen),
        code=as_printed(slip.code),
        until=clock.to_beijing(order.expires_at),
        place=worded(site.names, screen.language),
        address=worded(site.addresses, screen.language),
        hours=tuple(hours_of(site.hours)),
        printed=pay_slip_asked(session, visit, order.id),
        later=later_follows(session, order),
        state_url=url_for("kiosk.paying_state"),
        version=_version(session, order),
        ways_url=url_for("kiosk.paying", ways="all"),
        done_url=url_for("kiosk.end"),
        stop_url=url_for("kiosk.stop_paying"),
    )


def _ended(session: Session, screen: Screen, order: PaymentOrder) -> Page:
    receipt = receipt_of(session, order.id)
    if order.state == OrderState.PAID and receipt is not None:
        return PaidPage(
            screen=screen,
            amount=as_yuan(order.amount_fen),
            receipt=receipt.id,
            on_url=url_for("kiosk.paid_on"),
            what=what_follows(session, order),
            after_seconds=_READ_SECONDS,
            simulated=_paid_in_play(session, order),
        )
    why = "over"
    if order.state == OrderState.CLOSING:
        why = "closing"
    elif receipt is not None:
        why = "returned"
    return PayOverPage(
        screen=screen,
        why=why,
        amount=as_yuan(order.amount_fen),
        stop_url=url_for("kiosk.stop_paying"),
        state_url=url_for("kiosk.paying_state"),
        version=_version(session, order),
    )


def _paid_in_play(session: Session, order: PaymentOrder) -> bool:
    paid = next((each for each in attempts_of(session, order.id) if each.counted), None)
    return paid is not None and paid.channel == Channel.SIMULATED


def _version(session: Session, order: PaymentOrder) -> str:
    """What the page's looks depend on, in one word."""
    attempts = attempts_of(session, order.id)
    last = f"{attempts[-1].id}.{attempts[-1].state}" if attempts else "none"
    over = order.expires_at <= clock.now()
    return f"{order.state}.{last}.{'over' if over else 'open'}"
