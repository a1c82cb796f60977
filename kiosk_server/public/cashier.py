"""
`/pay/simulated/<token>` (模拟收银台): a cashier that only plays one, and says so on every line.

It leads nowhere: no address is taken from the request, and whoever has paid goes back to his own
window by himself. The page shows what is asked and is no proof of payment. Absent in production.
"""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from kiosk_server.core import clock
from kiosk_server.gateways.models import SimulatedPayment
from kiosk_server.gateways.pay_simulated import PAGE, order_at, press
from kiosk_server.payments.rules import as_yuan
from kiosk_server.web.request_context import database
from kiosk_server.web.surface import OPEN, Surface


def cashier_surface(blueprint: Blueprint) -> Surface:
    """Return the simulated cashier as a surface of its own."""
    blueprint.add_url_rule(f"{PAGE}<token>", view_func=show_cashier)
    blueprint.add_url_rule(f"{PAGE}<token>", view_func=press_pay, methods=["POST"])
    return Surface(blueprint, OPEN)


def show_cashier(token: str) -> ResponseReturnValue:
    """Show what is asked for; a GET pays nothing."""
    with database().reading() as session:
        return _page(token, order_at(session, token))


def press_pay(token: str) -> ResponseReturnValue:
    """Play the payment; pressed twice it is one."""
    with database().unit_of_work() as session:
        return _page(token, press(session, token))


def _page(token: str, order: SimulatedPayment) -> str:
    if order.paid_at is not None:
        state = "paid"
    elif order.closed_at is not None or order.expires_at <= clock.now():
        state = "over"
    else:
        state = "waiting"
    return render_template(
        "public/cashier.html",
        token=token,
        state=state,
        title=order.title,
        amount=as_yuan(order.amount_fen),
        number=order.id,
    )
