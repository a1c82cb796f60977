"""Orders before a person at a terminal: opened for his visit, paid at channels in memory."""

from flask import Flask
from sqlalchemy import select

from kiosk_server.audit.services import SYSTEM, Subject
from kiosk_server.core.identifiers import new_id
from kiosk_server.payments.at_terminal import PAY_ORDER
from kiosk_server.payments.models import PaymentOrder
from kiosk_server.payments.rules import Channel, Origin
from kiosk_server.payments.services import open_order
from kiosk_server.visits.drafts import put_draft
from kiosk_server.visits.models import Visit, VisitState
from kiosk_server.web.payment_channels import EXTENSION
from kiosk_ui.paid import PAY_BACK
from tests.support.kiosk_person import Person
from tests.support.pay_channel import FakeChannel
from tests.support.paying import FEE, Till
from tests.support.terminal_client import database_of


def till_of(app: Flask, *channels: Channel) -> Till:
    """Connect *channels* to the whole server, and return what works for them."""
    made = {channel: FakeChannel(channel, simulated=False) for channel in channels}
    app.extensions[EXTENSION] = made
    return Till(database_of(app), made)


def visit_at(at: Person) -> Visit:
    """The visit that goes on."""
    with database_of(at.terminal.app).reading() as session:
        return session.scalars(select(Visit).where(Visit.state == VisitState.ACTIVE)).one()


def owing(at: Person, *, origin: Origin = Origin.KIOSK, back: str | None = None) -> str:
    """Bring the visit to an order of twenty-five yuan, as a page that opens one does."""
    with database_of(at.terminal.app).unit_of_work() as session:
        order = open_order(
            session,
            subject=Subject("test_thing", new_id()),
            items=[FEE],
            payer_id=None,
            channel=origin,
            by=SYSTEM,
        )
        visit = session.get_one(Visit, visit_at(at).id, with_for_update=True)
        put_draft(session, visit, **{PAY_ORDER: order.id, PAY_BACK: back})
        return order.id


def order_of(at: Person, order_id: str) -> PaymentOrder:
    """An order as it stands."""
    with database_of(at.terminal.app).reading() as session:
        return session.get_one(PaymentOrder, order_id)


def pay(till: Till, order_id: str) -> None:
    """The payer pays what he scanned, and the channel says so."""
    attempt = till.attempts(order_id)[-1]
    channel = till.channels[Channel(attempt.channel)]
    channel.pay(attempt.id)
    till.hear(channel.channel, channel.notice(attempt.id))
