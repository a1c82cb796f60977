"""
Paying on the phone (公共支付): what I owe and have paid, and one order with the ways to pay it.

Only the word of its channel makes an order paid (P43). Nothing in an address of these pages says
so, no channel leads back to one, and none leads to a place that a request has named.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict, WrongState
from kiosk_server.core.identifiers import digest, is_id
from kiosk_server.payments import queries, services
from kiosk_server.payments.life import OFFERED, PAYABLE, UNPAID, OrderState
from kiosk_server.payments.models import PaymentOrder
from kiosk_server.payments.rules import AT_WINDOW, Channel
from kiosk_server.residents.assurance import Act
from kiosk_server.web.payment_channels import payment_channels
from kiosk_server.web.request_context import database, settings
from mobile_api.access import holder
from mobile_api.v1.certificates import in_words
from mobile_api.v1.payments import PaymentSeen, payment_seen, strangers_noted
from mobile_api.wallets import actor_id
from mobile_api.web.frame import page
from mobile_api.web.guard import may, own_id
from mobile_api.web.pay_codes import PayCode, pay_code, window_code

HERE = "/m/payments"
ON_A_PAGE = 20
COUNTED_DOWN = timedelta(hours=1)
_SUBJECTS: Mapping[str, str] = {
    "case": "/m/cases/",
    "delivery_order": "/m/deliveries/",
    "bills": "/m/bills/paid/",
}
"""Where the thing that is paid for has a page of its own."""


@dataclass(frozen=True)
class PaymentLine:
    """One order in the list."""

    id: str
    name: str
    amount_fen: int
    state: OrderState
    over: bool
    """Its time has passed, and nobody has paid."""
    opened_at: datetime

    @property
    def owed(self) -> bool:
        """Return whether it can be paid now."""
        return self.state in PAYABLE and not self.over


@dataclass(frozen=True)
class Paying:
    """How far paying has come: a code that waits, or one that is being fetched."""

    code: PayCode | None
    fetching: bool
    chosen: Channel | None


def add_routes(blueprint: Blueprint) -> None:
    """Open the pages of payments."""
    blueprint.get("/payments", endpoint="payments")(payments)
    blueprint.get("/payments/<order_id>", endpoint="payment")(payment)
    blueprint.get("/payments/<order_id>/state", endpoint="payment_state")(state)
    blueprint.post("/payments/<order_id>/begin", endpoint="payment_begin")(begin)
    blueprint.get("/payments/<order_id>/close", endpoint="payment_ask_close")(ask_to_close)
    blueprint.post("/payments/<order_id>/close", endpoint="payment_close")(close)


def payments() -> ResponseReturnValue:
    """List my orders: first what is owed."""
    may(Act.PAY)
    asked = request.args.get("after", "")
    after = asked if is_id(asked) else None
    with database().reading() as session:
        found = queries.orders_of(session, actor_id(), after=after, limit=ON_A_PAGE + 1)
        lines = [_line(session, each) for each in found[:ON_A_PAGE]]
    more = found[ON_A_PAGE - 1].id if len(found) > ON_A_PAGE else None
    return page(
        "m/payments.html",
        tab="home",
        owed=[each for each in lines if each.owed],
        past=[each for each in lines if not each.owed],
        more=more,
    )


def payment(order_id: str) -> ResponseReturnValue:
    """Show one order of mine."""
    may(Act.PAY)
    return payment_page(own_id(order_id))


def state(order_id: str) -> ResponseReturnValue:
    """Answer what an order's page asks every few seconds; 304 while nothing has happened."""
    may(Act.PAY)
    with strangers_noted(), database().reading() as session:
        order = queries.order_of(session, actor_id(), own_id(order_id))
        version = _version(payment_seen(session, order))
    response = Response(version, content_type="text/plain; charset=utf-8")
    response.set_etag(version)
    return response.make_conditional(request)


def begin(order_id: str) -> ResponseReturnValue:
    """Ask a channel for a code; a double touch asks once, another channel's code ends."""
    may(Act.PAY)
    own_id(order_id)
    try:
        chosen = Channel(request.form.get("channel", ""))
    except ValueError:
        return payment_page(order_id, Conflict("channel_not_connected"))
    try:
        with strangers_noted(), database().unit_of_work() as session:
            services.begin_attempt(
                session,
                order_id,
                chosen,
                connected=payment_channels(),
                by=holder().actor,
                payer_id=actor_id(),
            )
    except Conflict as refused:
        return payment_page(order_id, refused)
    return redirect(f"{HERE}/{order_id}", code=303)


def ask_to_close(order_id: str) -> ResponseReturnValue:
    """Ask once before an order is let go."""
    may(Act.PAY)
    with strangers_noted(), database().reading() as session:
        order = queries.order_of(session, actor_id(), own_id(order_id))
        if order.state not in PAYABLE:
            raise WrongState(state=order.state)
        return page("m/payment_close.html", tab="home", one=_line(session, order))


def close(order_id: str) -> ResponseReturnValue:
    """Let an order go; what was paid at its channel by then still pays it."""
    may(Act.PAY)
    try:
        with strangers_noted(), database().unit_of_work() as session:
            queries.order_of(session, actor_id(), own_id(order_id))
            services.close(session, order_id, by=holder().actor)
    except WrongState as refused:
        return payment_page(order_id, refused)
    return redirect(f"{HERE}/{order_id}", code=303)


def payment_page(order_id: str, refused: Conflict | None = None) -> ResponseReturnValue:
    """Return the page of one order of mine, with what was *refused* on it."""
    with strangers_noted(), database().reading() as session:
        order = queries.order_of(session, actor_id(), order_id)
        seen = payment_seen(session, order)
        at_window = window_code(session, order.id)
    over = _is_over(seen.state, seen.expires_at)
    return page(
        "m/payment.html",
        tab="home",
        status=409 if refused else 200,
        fault=refused.code if refused else None,
        one=seen,
        over=over,
        paying=_paying(seen),
        ways=[] if over else [way for way in seen.channels if way.channel not in _at(seen)],
        simulated={each.channel for each in payment_channels().values() if each.simulated},
        lives=seen.state in UNPAID or any(_under_way(each.state) for each in seen.refunds),
        version=_version(seen),
        left=_seconds_left(seen),
        at_window=at_window,
        subject=_subject(order),
    )


def _paying(seen: PaymentSeen) -> Paying:
    # A machine at a window shows its sum there: there is no code to wait for.
    offered = [
        each for each in seen.attempts if each.state in OFFERED and each.channel not in AT_WINDOW
    ]
    if not offered:
        return Paying(None, fetching=False, chosen=None)
    latest = offered[-1]
    if latest.code is None:
        return Paying(None, fetching=True, chosen=latest.channel)
    shown = pay_code(latest.channel, latest.code, origin=settings().public_origin)
    return Paying(shown, fetching=False, chosen=latest.channel)


def _at(seen: PaymentSeen) -> set[Channel]:
    """Return the channels at which the order stands: nobody has to choose them again."""
    return {each.channel for each in seen.attempts if each.state in OFFERED}


def _seconds_left(seen: PaymentSeen) -> int | None:
    """Return what is counted down on the page; None where it is long yet, as for a window."""
    left = seen.expires_at - clock.now()
    return max(0, int(left.total_seconds())) if left <= COUNTED_DOWN else None


def _subject(order: PaymentOrder) -> str | None:
    known = _SUBJECTS.get(order.subject_kind)
    return f"{known}{order.subject_id}" if known else None


def _line(session: Session, order: PaymentOrder) -> PaymentLine:
    first = queries.items_of(session, order.id)[0]
    return PaymentLine(
        id=order.id,
        name=in_words(first.names),
        amount_fen=order.amount_fen,
        state=OrderState(order.state),
        over=_is_over(order.state, order.expires_at),
        opened_at=order.opened_at,
    )


def _is_over(state: str, expires_at: datetime) -> bool:
    return state in PAYABLE and clock.now() >= expires_at


def _under_way(state: str) -> bool:
    return state not in ("done", "failed")


def _version(seen: PaymentSeen) -> str:
    told = (
        seen.returned_fen,
        seen.expires_at,
        seen.receipt,
        [(each.id, each.state, each.code is None) for each in seen.attempts],
        [(each.id, each.state) for each in seen.refunds],
    )
    return f"{seen.state}:{digest(repr(told))[:16]}"
