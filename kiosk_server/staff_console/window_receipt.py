"""
The receipt that a window prints (缴费凭证) on an office printer: fees with their basis, the sum in
figures and in capitals, who took it where, and for cash the code against which it would go back.

Each print is audited. It is no fiscal bill, and says so.
"""

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from kiosk_server.audit.events import AuditEvent
from kiosk_server.core import clock
from kiosk_server.core.errors import NotFound
from kiosk_server.payments import queries
from kiosk_server.payments.cash import return_code
from kiosk_server.payments.cash_rules import in_capitals
from kiosk_server.payments.models import CashMovement, PaymentOrder
from kiosk_server.payments.rules import Channel, as_yuan
from kiosk_server.payments.settling import note_order
from kiosk_server.staff.queries import colleague
from kiosk_server.staff.rules import Right
from kiosk_server.staff_console.session import actor, require
from kiosk_server.staff_console.window import HERE, desk_here
from kiosk_server.staff_console.window_view import fee_lines
from kiosk_server.web.request_context import database

_WAYS = {
    Channel.CASH: "现金",
    Channel.BANK_POS: "银行卡",
    Channel.PUBLIC_PAYMENT: "公共支付",
    Channel.WECHAT_PAY: "微信支付",
    Channel.ALIPAY: "支付宝",
    Channel.SIMULATED: "模拟支付（未收款）",
}
"""In Chinese alone, as all that stands on the paper."""


def add_routes(blueprint: Blueprint) -> None:
    """Put the page under *blueprint*."""
    blueprint.post("/window/orders/<order_id>/receipt")(print_receipt)


def print_receipt(order_id: str) -> ResponseReturnValue:
    """Show an order's receipt as it is printed; `NotFound("order_not_found")` before it is paid."""
    require(Right.WINDOW_WORK)
    desk = desk_here()
    if desk is None:
        return redirect(HERE, code=303)
    with database().unit_of_work() as session:
        order = session.get(PaymentOrder, order_id)
        receipt = queries.receipt_of(session, order_id)
        if order is None or receipt is None:
            raise NotFound("order_not_found")
        attempt = queries.counted_attempt(session, order_id)
        cash = session.get(CashMovement, attempt.id)
        cashier = colleague(session, cash.cashier_id) if cash else None
        note_order(
            session,
            AuditEvent.WINDOW_RECEIPT_PRINTED,
            order,
            by=actor(),
            channel=attempt.channel,
        )
        return render_template(
            "staff/window_receipt.html",
            order=order,
            receipt=receipt,
            fees=fee_lines(session, order_id, "zh"),
            total=as_yuan(order.amount_fen),
            returned=as_yuan(order.returned_fen),
            capitals=in_capitals(order.amount_fen),
            way=_WAYS[Channel(attempt.channel)],
            cash=cash,
            handed=as_yuan(cash.handed_fen or 0) if cash else None,
            change=as_yuan((cash.handed_fen or 0) - cash.amount_fen) if cash else None,
            code=return_code(session, attempt.id) if cash else None,
            cashier=cashier.name if cashier else None,
            window=cash.window if cash else desk.window.label,
            name=desk.site.names["zh"],
            # A paper is kept for years: its moment has its year.
            paid_at=f"{clock.to_beijing(receipt.issued_at):%Y-%m-%d %H:%M}",
        )
