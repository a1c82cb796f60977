"""Money at a window: found by what a payer has in hand, taken, given back, counted."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import SYSTEM, Actor
from kiosk_server.core import clock
from kiosk_server.core.identifiers import new_id
from kiosk_server.gateways.pay_bank_pos import BankPos
from kiosk_server.gateways.pos_simulated import SimulatedPos
from kiosk_server.payments import refunds
from kiosk_server.payments.cash import return_code
from kiosk_server.payments.cash_rules import DrawerSettlement
from kiosk_server.payments.drawers import settle_drawer
from kiosk_server.payments.exchange import Exchange
from kiosk_server.payments.models import CashMovement, PaymentAttempt
from kiosk_server.payments.queries import receipt_of
from kiosk_server.payments.rules import Channel, RefundReason
from kiosk_server.payments.services import keep_for_window
from kiosk_server.payments.settling import lock_order
from tests.support.inspect_page import faults_of
from tests.support.paying import FEES_FEN, WECHAT, Till
from tests.support.staff_browser import StaffBrowser, database_of, seed

HERE = "/staff/window"
WINDOW = "atushi-centre-1"


class WindowTill(Till):
    """The room with a POS that only plays one, as development has it."""

    @property
    def exchange(self) -> Exchange:
        """What asks the channels."""
        pos = BankPos(SimulatedPos(self.database, "http://127.0.0.1"))
        return Exchange(self.database, {**self.channels, Channel.BANK_POS: pos}, "http://127.0.0.1")


@pytest.fixture
def till(app: Flask) -> WindowTill:
    seed(app)
    return WindowTill(database_of(app))


@pytest.fixture
def clerk(app: Flask, till: WindowTill) -> StaffBrowser:
    clerk = StaffBrowser(app).sign_in("chuangkou")
    assert clerk.post(f"{HERE}/choose", HERE, window=WINDOW).status_code == 303
    return clerk


def proper(answer: TestResponse, status: int = 200) -> str:
    assert answer.status_code == status
    policy = answer.headers["Content-Security-Policy"]
    assert faults_of(answer.text, policy, help_phone="") == []
    return answer.text


def slip(till: Till, order_id: str) -> str:
    with till.database.unit_of_work() as session:
        until = clock.now() + timedelta(days=1)
        return keep_for_window(session, order_id, until=until, by=SYSTEM).code


def find(clerk: StaffBrowser, number: str) -> TestResponse:
    return clerk.post(f"{HERE}/find", HERE, number=number)


def page_of(order_id: str) -> str:
    return f"{HERE}/orders/{order_id}"


def pay_cash(clerk: StaffBrowser, order_id: str, handed: str = "100") -> TestResponse:
    return clerk.post(f"{page_of(order_id)}/cash", HERE, handed=handed, number=new_id())


def audited(till: Till, event: AuditEvent) -> list[AuditEntry]:
    with till.database.reading() as session:
        wanted = select(AuditEntry).where(AuditEntry.event == event)
        return list(session.scalars(wanted))


@pytest.mark.policy("P43")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_slip_is_paid_in_cash_and_has_its_receipt(
    till: WindowTill, clerk: StaffBrowser, language: str
) -> None:
    """Scanned with its gaps, the fee stands there with its basis; change and receipt are right."""
    clerk.client.set_cookie("staff_language", language, path="/staff")
    proper(clerk.get(HERE))
    order = till.open()
    code = slip(till, order.id)
    found = find(clerk, f"{code[:4]} {code[4:8]} {code[8:]}")
    assert found.headers["Location"] == page_of(order.id)
    page = proper(clerk.get(page_of(order.id)))
    assert "测试文件〔2026〕1号" in page
    assert "25.00" in page
    assert clerk.post(f"{page_of(order.id)}/receipt", HERE).status_code == 404
    assert pay_cash(clerk, order.id).status_code == 303
    assert "75.00" in proper(clerk.get(page_of(order.id)))
    receipt = proper(clerk.post(f"{page_of(order.id)}/receipt", HERE))
    with till.database.reading() as session:
        paid = receipt_of(session, order.id)
        cash = session.scalars(select(CashMovement)).one()
        digits = return_code(session, cash.id)
    assert paid is not None
    assert all(word in receipt for word in (paid.id, "贰拾伍元整", digits, "现金"))
    assert find(clerk, paid.id).headers["Location"] == page_of(order.id)
    assert len(audited(till, AuditEvent.WINDOW_LOOKED_UP)) == 2
    assert len(audited(till, AuditEvent.WINDOW_RECEIPT_PRINTED)) == 1
    (taken,) = audited(till, AuditEvent.CASH_TAKEN)
    assert taken.facts["handed_fen"] == 10_000


def test_a_form_that_is_sent_twice_takes_once(till: WindowTill, clerk: StaffBrowser) -> None:
    """The same form again shows what was taken; another form is told that it is paid."""
    order, number = till.open(), new_id()
    for _ in range(2):
        answer = clerk.post(f"{page_of(order.id)}/cash", HERE, handed="25", number=number)
        assert answer.status_code == 303
    proper(pay_cash(clerk, order.id), 409)
    assert till.balance() == FEES_FEN


@pytest.mark.parametrize("handed", ["", "ten", "24.99", "1.001", "-25", "NaN", "9999999", "1e9"])
def test_a_sum_that_cannot_be_takes_nothing(
    till: WindowTill, clerk: StaffBrowser, handed: str
) -> None:
    """It is said on the page, and nothing is booked."""
    order = till.open()
    proper(pay_cash(clerk, order.id, handed), 422)
    assert till.balance() == 0


def test_too_little_is_told_from_what_is_no_sum(till: WindowTill, clerk: StaffBrowser) -> None:
    """A cashier in a hurry reads which it is, and what he typed stands there still."""
    order = till.open()
    for handed, said in (("24.99", "不够"), ("999999", "多得不像"), ("ten", "金额不对")):
        page = pay_cash(clerk, order.id, handed).text
        assert said in page
        assert f'value="{handed}"' in page


def test_a_number_that_leads_nowhere_is_shown_again(till: WindowTill, clerk: StaffBrowser) -> None:
    """Whoever mistyped sees what he typed."""
    assert till.balance() == 0
    assert "1234 5678 9012" in clerk.post(f"{HERE}/find", HERE, number="1234 5678 9012").text


def test_whoever_guesses_is_stopped(till: WindowTill, clerk: StaffBrowser) -> None:
    """A wrong digit leads nowhere; after ten the right number serves no more either."""
    code = slip(till, till.open().id)
    wrong = code[:-1] + str((int(code[-1]) + 1) % 10)
    for _ in range(10):
        proper(find(clerk, wrong), 404)
    assert find(clerk, wrong).status_code == 429
    assert find(clerk, code).status_code == 429
    assert len(audited(till, AuditEvent.WINDOW_LOOK_REFUSED)) == 10


@pytest.mark.policy("P43")
def test_a_closed_order_takes_nothing(till: WindowTill, clerk: StaffBrowser) -> None:
    """The page says that it is over, and a form from before is refused."""
    order = till.open()
    till.close(order.id)
    page = proper(clerk.get(page_of(order.id)))
    assert 'name="handed"' not in page
    proper(pay_cash(clerk, order.id), 409)
    assert till.balance() == 0


@pytest.mark.policy("P43")
def test_cash_while_a_phone_pays(till: WindowTill, clerk: StaffBrowser) -> None:
    """The phone's money comes second and goes back by itself; the window's page tells of it."""
    order = till.open()
    attempt = till.begin(order.id)
    till.work()
    pay_cash(clerk, order.id)
    till.channels[WECHAT].pay(attempt.id)
    till.hear(WECHAT, till.channels[WECHAT].notice(attempt.id))
    till.work()
    assert till.balance() == FEES_FEN
    assert "重复缴费" in proper(clerk.get(page_of(order.id)))


@pytest.mark.policy("P43")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_card_is_shown_asked_about_and_paid(
    till: WindowTill, clerk: StaffBrowser, language: str
) -> None:
    """The machine has the sum; it can be taken away, shown again, and paid."""
    clerk.client.set_cookie("staff_language", language, path="/staff")
    order = till.open()
    path = page_of(order.id)
    assert clerk.post(f"{path}/card/ask", HERE).status_code == 404
    clerk.post(f"{path}/card", HERE)
    till.work()
    waiting = clerk.get(path)
    assert f"SIM-{WINDOW}" in proper(waiting)
    again = clerk.client.get(path, headers={"If-None-Match": waiting.headers["ETag"]})
    assert again.status_code == 304
    assert clerk.post(f"{path}/card/let-go", HERE).status_code == 303
    till.work()
    assert clerk.post(f"{path}/card/present", HERE).status_code == 404
    clerk.post(f"{path}/card", HERE)
    till.work()
    assert clerk.post(f"{path}/card/ask", HERE).status_code == 303
    assert clerk.post(f"{path}/card/present", HERE).status_code == 303
    till.work()
    assert till.order(order.id).state == "paid"
    receipt = proper(clerk.post(f"{path}/receipt", HERE))
    assert "银行卡" in receipt
    assert "w-return" not in receipt
    assert "25.00" in proper(clerk.get(f"{HERE}/day"))


def test_a_machine_that_declined_is_said(till: WindowTill, clerk: StaffBrowser) -> None:
    """Its own word stands there, and the order can be paid in another way."""
    order = till.open()
    clerk.post(f"{page_of(order.id)}/card", HERE)
    (attempt,) = till.attempts(order.id)
    with till.database.unit_of_work() as session:
        row = session.get_one(PaymentAttempt, attempt.id)
        row.state, row.refused_for = "refused", "machine_busy"
    page = proper(clerk.get(page_of(order.id)))
    assert "machine_busy" in page
    assert pay_cash(clerk, order.id).status_code == 303


@pytest.mark.policy("P43")
def test_cash_goes_back_to_who_has_the_code(till: WindowTill, clerk: StaffBrowser) -> None:
    """A wrong code is said and gives nothing; the right one gives it once."""
    order = till.open()
    pay_cash(clerk, order.id)
    with till.database.unit_of_work() as session:
        refund = refunds.refund(
            session, lock_order(session, order.id), reason=RefundReason.NOT_DONE, by=SYSTEM
        )
        code = return_code(session, refund.attempt_id)
    proper(clerk.get(page_of(order.id)))
    path = f"{HERE}/refunds/{refund.id}"
    wrong = f"{(int(code) + 1) % 10**6:06}"
    proper(clerk.post(path, HERE, code=wrong), 422)
    assert till.balance() == FEES_FEN
    assert clerk.post(path, HERE, code=code).status_code == 303
    assert till.balance() == 0
    proper(clerk.post(path, HERE, code=code), 409)
    assert clerk.post(f"{HERE}/refunds/{new_id()}", HERE, code=code).status_code == 404
    assert len(audited(till, AuditEvent.CASH_RETURNED)) == 1
    proper(clerk.get(page_of(order.id)))


@pytest.mark.policy("P43")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_day_is_counted_by_one_and_settled_by_another(
    app: Flask, till: WindowTill, clerk: StaffBrowser, language: str
) -> None:
    """Blind, then with the difference; who counted cannot settle, nor can another place."""
    clerk.client.set_cookie("staff_language", language, path="/staff")
    day = f"{HERE}/day"
    proper(clerk.get(day))
    proper(clerk.post(day, day, counted="0", float="0"), 409)
    pay_cash(clerk, till.open().id)
    assert "25.00" not in proper(clerk.get(day))
    proper(clerk.post(day, day, counted="ten", float="0"), 422)
    assert clerk.post(day, day, counted="120.00", float="100").status_code == 303
    page = proper(clerk.get(day))
    assert "5.00" in page
    with till.database.reading() as session:
        count_id = session.scalars(select(CashMovement.count_id)).one()
    path = f"{day}/{count_id}"
    assert clerk.post(path, day, how="made_good").status_code == 403
    assert clerk.post(path, day, how="even").status_code == 422
    village = StaffBrowser(app).sign_in("songtake")
    assert village.post(path, HERE, how="made_good").status_code == 404
    settle_as_another(till, str(count_id))
    assert proper(clerk.get(day)).count("<article") == 0


def settle_as_another(till: Till, count_id: str) -> None:
    """Let a second person of the same place settle it."""
    with till.database.unit_of_work() as session:
        somebody = Actor(kind="staff", id="another")
        settle_drawer(session, count_id, DrawerSettlement.MADE_GOOD, by=somebody)


def test_who_takes_no_money_sees_no_window(app: Flask, till: WindowTill) -> None:
    """Whoever minds the machines has no window; a clerk without one is asked for it first."""
    technician = StaffBrowser(app).sign_in("weihu")
    order = till.open()
    for path in (HERE, page_of(order.id), f"{HERE}/day", f"{HERE}/choose"):
        assert technician.get(path).status_code == 403
    assert HERE not in technician.get("/staff/menu").text
    clerk = StaffBrowser(app).sign_in("chuangkou")
    assert 'value="atushi-centre-1"' in proper(clerk.get(HERE))
    assert clerk.get(page_of(order.id)).headers["Location"] == HERE
    assert pay_cash(clerk, order.id).headers["Location"] == HERE
    assert till.balance() == 0


def test_no_page_names_a_payer(till: WindowTill, clerk: StaffBrowser) -> None:
    """Somebody who has not said who he is has no name here, and no address holds a code."""
    order = till.open()
    code = slip(till, order.id)
    answer = find(clerk, code)
    assert code not in answer.headers["Location"]
    assert not re.search(rf"/staff/[^\"]*{code}", clerk.get(page_of(order.id)).text)
