"""`/payments`: what I owe and have paid; a code for one of the channels; let an order go."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http import HTTPStatus

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import note
from kiosk_server.core.errors import NotFound
from kiosk_server.fiscal.queries import fiscal_bills_of
from kiosk_server.fiscal.rules import BillKind, BillState
from kiosk_server.payments import queries, services
from kiosk_server.payments.cash import return_code
from kiosk_server.payments.life import PAYABLE, AttemptState, OrderState, RefundState
from kiosk_server.payments.models import PaymentAttempt, PaymentOrder, PaymentRefund
from kiosk_server.payments.rules import Channel, RefundReason
from kiosk_server.residents.assurance import Act
from kiosk_server.web.payment_channels import payment_channels
from kiosk_server.web.request_context import database
from mobile_api.access import holder, signed_in
from mobile_api.doors import Door
from mobile_api.v1.certificates import in_words
from mobile_api.v1.schemas import Asked, Page, PageAsked, page_of
from mobile_api.wallets import actor_id


class AttemptAsked(Asked):
    """By which channel."""

    channel: Channel


class FeeSeen(BaseModel):
    """One fee of an order (收费项目)."""

    name: str
    basis: str = Field(description="收费依据: the document on whose basis it is taken.")
    unit_fen: int
    quantity: int


class AttemptSeen(BaseModel):
    """One attempt to pay; `code` is there once the channel gave it."""

    id: str
    channel: Channel
    state: AttemptState
    code: str | None = Field(description="Text for a QR code, or 缴款码; null until it is there.")


class RefundSeen(BaseModel):
    """Money that goes back to me."""

    id: str
    amount_fen: int
    reason: RefundReason
    state: RefundState
    asked_at: datetime
    window_code: str | None = Field(
        description="退款码: what to say at a window to be given cash; null for other refunds."
    )


class FiscalBillSeen(BaseModel):
    """A bill of the treasury (财政电子票据); `red` ones take back what went back to me."""

    kind: BillKind
    state: BillState
    amount_fen: int
    code: str | None = Field(description="票据代码, once it is issued.")
    number: str | None = Field(description="票据号码.")
    check_code: str | None = Field(description="校验码.")
    address: str | None = Field(description="Where it can be looked at, as the treasury told.")
    issued_at: datetime | None
    simulated: bool = Field(description="It is worth nothing: no treasury issued it.")


class ChannelSeen(BaseModel):
    """A way to pay; `simulated` ones move no money."""

    channel: Channel
    simulated: bool


class PaymentSeen(BaseModel):
    """One order of mine. Amounts are integer fen."""

    id: str
    state: OrderState
    amount_fen: int
    returned_fen: int
    fees: list[FeeSeen]
    opened_at: datetime
    expires_at: datetime
    paid_at: datetime | None
    receipt: str | None = Field(description="缴费凭证号, once it is paid.")
    fiscal_bills: list[FiscalBillSeen] = Field(
        description="Of government fees alone: the bill, then what was taken back of it."
    )
    channels: list[ChannelSeen] = Field(description="Ways to pay it now, the platform's first.")
    attempts: list[AttemptSeen]
    refunds: list[RefundSeen]


def list_payments(query: PageAsked) -> Page[PaymentSeen]:
    """List my orders."""
    with database().reading() as session:
        found = queries.orders_of(session, actor_id(), after=query.cursor, limit=query.limit + 1)
        items = [payment_seen(session, each) for each in found]
    return page_of(items, [item.id for item in items], query.limit)


def see_payment(order_id: str) -> PaymentSeen:
    """Show one of my orders; the word of its channel alone makes it paid."""
    with strangers_noted(), database().reading() as session:
        return payment_seen(session, queries.order_of(session, actor_id(), order_id))


def begin_payment(order_id: str, body: AttemptAsked) -> AttemptSeen:
    """Ask a channel for a code; it is there within seconds. Codes of other channels end."""
    with strangers_noted(), database().unit_of_work() as session:
        attempt = services.begin_attempt(
            session,
            order_id,
            body.channel,
            connected=payment_channels(),
            by=holder().actor,
            payer_id=actor_id(),
        )
        return _attempt_seen(attempt)


def close_payment(order_id: str) -> PaymentSeen:
    """Let an order of mine go; what was paid at its channel by then still pays it."""
    with strangers_noted(), database().unit_of_work() as session:
        queries.order_of(session, actor_id(), order_id)
        order = services.close(session, order_id, by=holder().actor)
        return payment_seen(session, order)


@contextmanager
def strangers_noted() -> Iterator[None]:
    """Audit who asks for an order that is somebody else's or nobody's."""
    try:
        yield
    except NotFound as refused:
        with database().unit_of_work() as session:
            facts = {"reason": refused.code}
            note(session, AuditEvent.PAYMENT_REFUSED, actor=holder().actor, facts=facts)
        raise


def payment_seen(session: Session, order: PaymentOrder) -> PaymentSeen:
    """Return an order as the phone shows it."""
    receipt = queries.receipt_of(session, order.id)
    ways = payment_channels().values() if order.state in PAYABLE else ()
    return PaymentSeen(
        id=order.id,
        state=OrderState(order.state),
        amount_fen=order.amount_fen,
        returned_fen=order.returned_fen,
        fees=[
            FeeSeen(
                name=in_words(item.names),
                basis=item.basis,
                unit_fen=item.unit_fen,
                quantity=item.quantity,
            )
            for item in queries.items_of(session, order.id)
        ],
        opened_at=order.opened_at,
        expires_at=order.expires_at,
        paid_at=order.paid_at,
        receipt=receipt.id if receipt else None,
        fiscal_bills=[
            FiscalBillSeen(
                kind=BillKind(bill.kind),
                state=BillState(bill.state),
                amount_fen=bill.amount_fen,
                code=bill.code,
                number=bill.number,
                check_code=bill.check_code,
                address=bill.address,
                issued_at=bill.issued_at,
                simulated=bill.simulated,
            )
            for bill in fiscal_bills_of(session, order.id)
        ],
        channels=[ChannelSeen(channel=way.channel, simulated=way.simulated) for way in ways],
        attempts=[_attempt_seen(each) for each in queries.attempts_of(session, order.id)],
        refunds=[_refund_seen(session, made) for made in queries.refunds_of(session, order.id)],
    )


def _refund_seen(session: Session, made: PaymentRefund) -> RefundSeen:
    attempt = session.get_one(PaymentAttempt, made.attempt_id)
    waits = attempt.channel == Channel.CASH and made.state == RefundState.ACCEPTED
    return RefundSeen(
        id=made.id,
        amount_fen=made.amount_fen,
        reason=RefundReason(made.reason),
        state=RefundState(made.state),
        asked_at=made.asked_at,
        window_code=return_code(session, attempt.id) if waits else None,
    )


def _attempt_seen(attempt: PaymentAttempt) -> AttemptSeen:
    state = AttemptState(attempt.state)
    return AttemptSeen(
        id=attempt.id,
        channel=Channel(attempt.channel),
        state=state,
        # A code whose channel is being asked to close it is not shown any more.
        code=attempt.code if state is AttemptState.WAITING else None,
    )


MAY = signed_in(Act.PAY)
GONE = {HTTPStatus.NOT_FOUND: ("order_not_found",)}
DOORS = (
    Door("GET", "/payments", list_payments, MAY),
    Door("GET", "/payments/<order_id>", see_payment, MAY, refuses=GONE),
    Door(
        "POST",
        "/payments/<order_id>/attempts",
        begin_payment,
        MAY,
        HTTPStatus.CREATED,
        refuses=GONE
        | {
            HTTPStatus.CONFLICT: (
                "order_over",
                "channel_not_connected",
                "attempts_enough",
                "wrong_state",
            )
        },
    ),
    Door(
        "POST",
        "/payments/<order_id>/close",
        close_payment,
        MAY,
        refuses=GONE | {HTTPStatus.CONFLICT: ("wrong_state",)},
    ),
)
