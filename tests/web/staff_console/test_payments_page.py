"""What of money wants a person: differences, failed refunds, and money back by its receipt."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.models import AuditEntry
from kiosk_server.core import clock
from kiosk_server.fiscal.asking import ask_treasury
from kiosk_server.fiscal.queries import fiscal_bills_of
from kiosk_server.fiscal.services import follow
from kiosk_server.gateways.fiscal_simulated import SimulatedTreasury
from kiosk_server.payments.models import PaymentOrder, PaymentReceipt
from kiosk_server.payments.ports import Bill, Paid
from kiosk_server.payments.queries import (
    failed_refunds,
    open_differences,
    receipt_of,
    refunds_of,
)
from kiosk_server.payments.reconciling import compare
from kiosk_server.payments.rules import Moved, Movement
from tests.support.inspect_page import faults_of
from tests.support.paying import FEES_FEN, WECHAT, Till
from tests.support.staff_browser import StaffBrowser, database_of, seed

HERE = "/staff/payments"


@pytest.fixture
def till(app: Flask) -> Till:
    """The room, with channels in memory."""
    seed(app)
    return Till(database_of(app))


@pytest.fixture
def clerk(app: Flask, till: Till) -> StaffBrowser:
    """Somebody at a window."""
    return StaffBrowser(app).sign_in("chuangkou")


def receipt(till: Till, order_id: str) -> PaymentReceipt:
    """The receipt of an order that is paid."""
    with till.database.reading() as session:
        found = receipt_of(session, order_id)
    assert found is not None
    return found


def refused(till: Till) -> int:
    """How often somebody would have given back what is not there, as the audit has it."""
    with till.database.reading() as session:
        named = AuditEntry.event == AuditEvent.PAYMENT_REFUSED.value
        return session.scalar(select(func.count()).where(named)) or 0


@pytest.mark.policy("P43")
def test_money_goes_back_by_the_number_of_its_receipt(till: Till, clerk: StaffBrowser) -> None:
    """Found by receipt, in part and then the rest; a form that is sent twice counts once."""
    order_id, attempt_id = till.paid()
    number = receipt(till, order_id).id
    for asked in (number, order_id, attempt_id):
        page = clerk.get(f"{HERE}?number={asked}")
        assert faults_of(page.text, page.headers["Content-Security-Policy"], help_phone="") == []
        assert number in page.text
    path, form = f"{HERE}/{order_id}/refund", f"{HERE}?number={number}"
    for _ in range(2):
        answer = clerk.post(path, form, amount="10.00", reason="not_done", key="k1")
        assert answer.status_code == 303
    assert [made.amount_fen for made in till.refunds(order_id)] == [1000]
    for wrong in ("0", "-1", "1.001", "NaN", "ten"):
        assert clerk.post(path, form, amount=wrong, reason="not_done", key="k").status_code == 422
    assert clerk.post(path, form, amount="15.01", reason="not_done", key="k").status_code == 409
    assert refused(till) == 1
    assert clerk.post(path, form, amount="1", reason="paid_twice", key="k").status_code == 422
    clerk.post(path, form, amount="", reason="own_wish", key="k2")
    till.work()
    assert till.order(order_id).state == "refunded"
    assert till.balance() == 0
    assert clerk.post(path, form, amount="", reason="own_wish", key="k3").status_code == 409
    assert (refused(till), till.balance()) == (2, 0)
    assert "10.00" in clerk.get(form).text
    assert clerk.get(f"{HERE}?number=20261123-00000000000").status_code == 200


def test_a_refund_that_failed_is_sent_again(till: Till, clerk: StaffBrowser) -> None:
    """It stands there with what the channel said, until it is done."""
    order_id, _ = till.paid()
    till.channels[WECHAT].declines = "NOT_ENOUGH"
    path = f"{HERE}/{order_id}/refund"
    clerk.post(path, f"{HERE}?number={order_id}", amount="", reason="by_staff", key="k")
    till.work()
    page = clerk.get(HERE)
    assert faults_of(page.text, page.headers["Content-Security-Policy"], help_phone="") == []
    assert "NOT_ENOUGH" in page.text
    till.channels[WECHAT].declines = None
    with till.database.reading() as session:
        (failed,) = failed_refunds(session)
    assert clerk.post(f"{HERE}/refunds/{failed.id}/again", HERE).status_code == 303
    assert clerk.post(f"{HERE}/refunds/{failed.id}/again", HERE).status_code == 409
    till.work()
    assert till.order(order_id).returned_fen == FEES_FEN


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_difference_is_settled_by_a_person(
    till: Till, clerk: StaffBrowser, language: str
) -> None:
    """The page says what differs by how much; settled it is gone."""
    clerk.post("/staff/language", HERE, language=language, next=HERE)
    order_id, attempt_id = till.paid()
    today: date = clock.beijing_today()
    with till.database.unit_of_work() as session:
        lines = (Moved(Movement.RECEIVED, attempt_id, 1), Moved(Movement.RECEIVED, "x", 700))
        assert compare(session, WECHAT, today, Bill(lines)) == 2
        assert refunds_of(session, order_id) == []
        found = [one.id for one in open_differences(session)]
    page = clerk.get(HERE)
    assert faults_of(page.text, page.headers["Content-Security-Policy"], help_phone="") == []
    assert "0.01" in page.text
    assert "7.00" in page.text
    for number in found:
        path = f"{HERE}/differences/{number}/settle"
        assert clerk.post(path, HERE, how="came_right").status_code == 422
        assert clerk.post(path, HERE, how="channel_wrong").status_code == 303
        assert clerk.post(path, HERE, how="channel_wrong").status_code == 409
    with till.database.reading() as session:
        assert open_differences(session) == []


def test_who_settles_no_money_sees_none(app: Flask, till: Till) -> None:
    """Whoever minds the machines has no business with money."""
    technician = StaffBrowser(app).sign_in("weihu")
    assert technician.get(HERE).status_code == 403
    assert "/staff/payments" not in technician.get("/staff/menu").text


def test_money_of_yesterday_is_of_its_own_day(till: Till) -> None:
    """A payment stands in the bill of the day on which the channel took it."""
    order = till.open()
    attempt = till.begin(order.id)
    till.work()
    yesterday = clock.now() - timedelta(days=1)
    till.channels[WECHAT].paid[attempt.id] = Paid("y", FEES_FEN, yesterday)
    till.hear(WECHAT, till.channels[WECHAT].notice(attempt.id))
    day = clock.to_beijing(yesterday).date()
    with till.database.unit_of_work() as session:
        bill = Bill((Moved(Movement.RECEIVED, attempt.id, FEES_FEN),))
        assert compare(session, WECHAT, day, bill) == 0
        assert compare(session, WECHAT, clock.beijing_today(), Bill(())) == 0


@pytest.mark.policy("P43")
def test_a_bill_that_the_treasury_refused_is_asked_for_again(
    till: Till, clerk: StaffBrowser
) -> None:
    """It stands there with what the treasury said; asked again, the order shows its number."""
    order_id, _ = till.paid()
    with till.database.unit_of_work() as session:
        session.get_one(PaymentOrder, order_id).subject_kind = "case"
        session.flush()
        follow(session, order_id)
        (bill,) = fiscal_bills_of(session, order_id)
        bill.state, bill.refused_for = "refused", "unit_not_open"
        bill_id = bill.id
    page = clerk.get(HERE)
    assert faults_of(page.text, page.headers["Content-Security-Policy"], help_phone="") == []
    assert "unit_not_open" in page.text
    path = f"{HERE}/fiscal/{bill_id}/again"
    assert clerk.post(path, HERE).status_code == 303
    assert clerk.post(path, HERE).status_code == 409
    ask_treasury(till.database, SimulatedTreasury(), bill_id)
    found = clerk.get(f"{HERE}?number={order_id}").text
    assert "00000000 SIM" in found
    assert "模拟票据，没有效力" in found
    assert clerk.post(f"{HERE}/fiscal/{order_id}/again", HERE).status_code == 404
