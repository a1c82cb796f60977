"""What is owed, as the paying pages show it: fees with their basis, the sum, the ways to pay."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.deliveries.postage_orders import SUBJECT as POSTAGE
from kiosk_server.deliveries.rules import Direction
from kiosk_server.payments.case_fees import CASE
from kiosk_server.payments.models import PaymentItem, PaymentOrder
from kiosk_server.payments.ports import Gateways
from kiosk_server.payments.rules import Channel, as_yuan
from kiosk_server.results.models import CaseResult
from kiosk_server.results.rules import ResultWay
from kiosk_ui.presenters.wording import chinese, worded
from kiosk_ui.view_models import Owed, PayLine, PayWay, Screen, Size

BY_PHONE = (Channel.PUBLIC_PAYMENT, Channel.WECHAT_PAY, Channel.ALIPAY, Channel.SIMULATED)
"""Channels whose code a phone scans; the others are a window's."""
_BILLS = "bills"
_LINES = {Size.S: 4, Size.M: 3, Size.L: 2, Size.XL: 1}


def owed_of(order: PaymentOrder, items: Sequence[PaymentItem], screen: Screen) -> Owed:
    """Return what *order* is for: as many of its fees as the page holds."""
    room = _LINES[screen.size]
    shown = items if len(items) <= room else items[: max(1, room - 1)]
    return Owed(
        tuple(
            PayLine(
                worded(item.names, screen.language),
                as_yuan(item.unit_fen * item.quantity),
                chinese(item.basis, screen.language),
                item.quantity,
            )
            for item in shown
        ),
        as_yuan(order.amount_fen),
        len(items) - len(shown),
    )


def ways_by(channels: Gateways) -> tuple[PayWay, ...]:
    """Return the ways for a phone among the connected *channels*, as they are offered."""
    return tuple(
        PayWay(channel.slug, gateway.simulated)
        for channel, gateway in channels.items()
        if channel in BY_PHONE
    )


def what_follows(session: Session, order: PaymentOrder) -> str:
    """Return what money for *order* sets going: `case`, `bills`, `papers`, or `on` for the rest."""
    if order.subject_kind == POSTAGE:
        parcel = session.get(DeliveryOrder, order.subject_id)
        fetched = parcel is not None and parcel.direction == Direction.PAPERS
        return "papers" if fetched else CASE
    return order.subject_kind if order.subject_kind in (CASE, _BILLS) else "on"


def later_follows(session: Session, order: PaymentOrder) -> str:
    """Return what follows once a slip is paid at a window: an id behind `pay-slip-later-`."""
    what = what_follows(session, order)
    if what != CASE:
        return what
    if order.subject_kind == POSTAGE:
        return ResultWay.SEND.value
    result = session.get(CaseResult, order.subject_id)
    return result.way if result is not None and result.way else ResultWay.HERE.value
