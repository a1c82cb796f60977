"""
What a cashier does with an order (收现金、刷卡、退现金), and a clerk with a result (发放结果).

What is sent twice is done once: a form of cash has a number of its own, a machine shows a sum once,
a refund and a result go out once.
"""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.core.errors import Conflict, FieldFault, Invalid, NotFound
from kiosk_server.core.identifiers import is_id
from kiosk_server.gateways.pos_simulated import present_card
from kiosk_server.payments.asking import ask_about
from kiosk_server.payments.cash import ReturnCodeWrong, Till, give_cash_back, take_cash
from kiosk_server.payments.events import PaymentErrand
from kiosk_server.payments.life import OFFERED
from kiosk_server.payments.models import PaymentAttempt, PaymentRefund
from kiosk_server.payments.queries import attempts_of
from kiosk_server.payments.rules import Channel, as_fen
from kiosk_server.payments.services import begin_attempt, let_go
from kiosk_server.results.services import hand_out
from kiosk_server.staff.rules import Right
from kiosk_server.staff_console.session import actor, require
from kiosk_server.staff_console.window import case_of_mine, desk_here, do_here
from kiosk_server.staff_console.window_view import machine_here
from kiosk_server.web.payment_channels import every_channel
from kiosk_server.web.request_context import database


def add_routes(blueprint: Blueprint) -> None:
    """Put the deeds under *blueprint*."""
    blueprint.post("/window/orders/<order_id>/cash")(take_cash_here)
    blueprint.post("/window/orders/<order_id>/card")(show_on_machine)
    blueprint.post("/window/orders/<order_id>/card/ask")(ask_bank_again)
    blueprint.post("/window/orders/<order_id>/card/let-go")(take_from_machine)
    blueprint.post("/window/orders/<order_id>/card/present")(present_simulated_card)
    blueprint.post("/window/refunds/<refund_id>")(give_back_here)
    blueprint.post("/window/cases/<case_id>/hand-out")(hand_out_here)


def take_cash_here(order_id: str) -> ResponseReturnValue:
    """Take what is owed in cash."""

    def deed(session: Session, till: Till) -> None:
        number = request.form.get("number", "")
        if not is_id(number):
            raise Invalid("cash_invalid", fields=[FieldFault("number", "invalid")])
        take_cash(
            session, order_id, handed_fen=fen_of("handed"), number=number, till=till, by=actor()
        )

    return do_here(deed, order_id=order_id)


def show_on_machine(order_id: str) -> ResponseReturnValue:
    """Let the machine of this window show the sum."""
    desk, channels = desk_here(), every_channel()
    machine = machine_here(channels, desk.window.id) if desk else None

    def deed(session: Session, _: Till) -> None:
        if machine is None:
            raise Conflict("channel_not_connected")
        begin_attempt(
            session, order_id, Channel.BANK_POS, connected=channels, by=actor(), machine=machine
        )

    return do_here(deed, order_id=order_id)


def ask_bank_again(order_id: str) -> ResponseReturnValue:
    """Ask the bank now what became of the card."""

    def deed(session: Session, _: Till) -> None:
        ask_about(session, PaymentErrand.QUERY, _card_of(session, order_id))

    return do_here(deed, order_id=order_id)


def take_from_machine(order_id: str) -> ResponseReturnValue:
    """Take the sum from the machine, so that it can be paid in another way."""
    return do_here(lambda session, _: let_go(session, order_id, by=actor()), order_id=order_id)


def present_simulated_card(order_id: str) -> ResponseReturnValue:
    """Play a card at a machine that is not there."""

    def deed(session: Session, _: Till) -> None:
        bank = every_channel().get(Channel.BANK_POS)
        if bank is None or not bank.simulated:
            raise Conflict("channel_not_connected")
        present_card(session, _card_of(session, order_id).id)

    return do_here(deed, order_id=order_id)


def give_back_here(refund_id: str) -> ResponseReturnValue:
    """Give cash back against its code; a wrong code is counted and said."""
    with database().reading() as session:
        refund = session.get(PaymentRefund, refund_id)
    if refund is None:
        raise NotFound("refund_not_found")
    wrong: list[int] = []

    def deed(session: Session, till: Till) -> None:
        typed = request.form.get("code", "")
        told = give_cash_back(session, refund_id, typed, till=till, by=actor())
        if isinstance(told, ReturnCodeWrong):
            wrong.append(told.tries_left)

    answer = do_here(deed, order_id=refund.order_id)
    if wrong:
        # The try is counted and committed; the refusal is said on the page of the order.
        return do_here(_refuse_code, order_id=refund.order_id)
    return answer


def hand_out_here(case_id: str) -> ResponseReturnValue:
    """Hand a result out to whom the clerk has looked at and compared with his document."""
    require(Right.WINDOW_WORK)
    with database().reading() as session:
        case_of_mine(session, case_id)

    def deed(session: Session, _: Till) -> None:
        if request.form.get("seen") != "yes":
            raise Invalid("hand_out_invalid", fields=[FieldFault("seen", "required")])
        hand_out(session, case_id, by=actor())

    return do_here(deed, case_id=case_id)


def fen_of(field: str) -> int:
    """Return what was typed in yuan in *field*; `Invalid("cash_invalid")` where it is no amount."""
    try:
        fen = as_fen(request.form.get(field, "").strip())
    except ValueError:
        fen = -1
    if not 0 <= fen < 10**10:
        raise Invalid("cash_invalid", fields=[FieldFault(field, "amount_invalid")])
    return fen


def _refuse_code(_: Session, __: Till) -> None:
    raise Invalid("cash_code_wrong", fields=[FieldFault("code", "wrong")])


def _card_of(session: Session, order_id: str) -> PaymentAttempt:
    attempts = attempts_of(session, order_id)
    waiting = [
        each for each in attempts if each.channel == Channel.BANK_POS and each.state in OFFERED
    ]
    if not waiting:
        raise NotFound("order_not_found")
    return waiting[-1]
