"""An order that is kept for a window: longer open, found by what its slip says."""

from datetime import timedelta

import pytest

from kiosk_server.audit.services import SYSTEM
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Conflict, Invalid, NotFound
from kiosk_server.payments.life import OrderState
from kiosk_server.payments.models import PaymentSlip
from kiosk_server.payments.queries import order_on_slip, slip_of
from kiosk_server.payments.services import keep_for_window
from kiosk_server.payments.slip_rules import as_printed
from tests.support.paying import NOON, Till

TOMORROW = NOON + timedelta(hours=31)


@pytest.fixture
def till(database: Database) -> Till:
    return Till(database)


def keep(till: Till, order_id: str) -> PaymentSlip:
    with till.database.unit_of_work() as session:
        return keep_for_window(session, order_id, until=TOMORROW, by=SYSTEM)


@pytest.mark.policy("P43")
def test_who_has_no_phone_has_a_day_more(till: Till) -> None:
    """A kept order is not closed with the half hour, and is with the day of the window."""
    with clock.frozen(NOON):
        order = till.open()
        keep(till, order.id)
    with clock.frozen(NOON + timedelta(hours=20)):
        till.tick()
        assert till.order(order.id).state == OrderState.OPENED
    with clock.frozen(TOMORROW):
        till.tick()
        assert till.order(order.id).state == OrderState.CLOSED


def test_a_slip_is_asked_for_twice_and_is_the_same(till: Till) -> None:
    """The same code comes out, and whoever types it as printed finds the order."""
    with clock.frozen(NOON):
        order = till.open()
        first, again = keep(till, order.id), keep(till, order.id)
        with till.database.reading() as session:
            found = order_on_slip(session, as_printed(first.code))
            kept = slip_of(session, order.id)
    assert first.code == again.code
    assert found is not None
    assert found.id == order.id
    assert kept is not None
    assert kept.code == first.code


def test_an_order_is_never_kept_shorter(till: Till) -> None:
    """A window that closes earlier takes nothing away."""
    with clock.frozen(NOON):
        order = till.open()
        keep(till, order.id)
        with till.database.unit_of_work() as session:
            keep_for_window(session, order.id, until=NOON + timedelta(hours=1), by=SYSTEM)
    assert till.order(order.id).expires_at == TOMORROW


def test_what_is_over_is_not_kept(till: Till) -> None:
    """A paid order, one whose time is over, and one that is not there have no slip."""
    with clock.frozen(NOON):
        paid, _ = till.paid()
        late = till.open()
        with pytest.raises(Conflict, match="order_over"):
            keep(till, paid)
    with clock.frozen(NOON + timedelta(hours=1)):
        with pytest.raises(Conflict, match="order_over"):
            keep(till, late.id)
        with pytest.raises(NotFound, match="order_not_found"):
            keep(till, "0" * 26)


def test_no_order_is_kept_for_months(till: Till) -> None:
    """A moment that is past or more than a month away is refused."""
    with clock.frozen(NOON):
        order = till.open()
        for until in (NOON, NOON + timedelta(days=40)):
            with till.database.unit_of_work() as session, pytest.raises(Invalid):
                keep_for_window(session, order.id, until=until, by=SYSTEM)
