"""Bills at a terminal: nobody is asked who he is, and what is paid is booked or comes back."""

import json
import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from kiosk_server.bills.billers import billers
from kiosk_server.bills.models import Bill, BillPayment
from kiosk_server.bills.rules import FRESH, WRONG_ACCOUNTS
from kiosk_server.core import clock
from kiosk_server.payments.models import PaymentOrder
from kiosk_server.web.biller_gateways import EXTENSION
from kiosk_ui.presenters.bills import keys_of
from tests.support.billing import ACCOUNT, SOCIAL, WATER, Billing
from tests.support.kiosk_paying import pay, till_of, visit_at
from tests.support.kiosk_person import READY, Person, ready_terminal
from tests.support.paying import WECHAT
from tests.support.terminal_client import database_of

AT_WATER, AT_SOCIAL = f"/kiosk/bills/billers/{WATER}", f"/kiosk/bills/billers/{SOCIAL}"
OWED = "/kiosk/bills/owed"
MINE, MOTHERS = "70109901", "70109902"


@pytest.fixture
def billing(counter: Flask) -> Billing:
    """Billers that owe on demand, and one channel to pay by."""
    billing = Billing(database_of(counter))
    counter.extensions[EXTENSION] = billing.bill_exchange.gateways
    billing.till = till_of(counter, WECHAT)
    return billing


@pytest.fixture
def at(person: Person, billing: Billing) -> Person:
    """A person in a visit, with no card."""
    return person.start()


def asks(at: Person, account: str = ACCOUNT, *, page: str = AT_WATER) -> Person:
    """Type an account, and let the biller be asked."""
    at.open(page).touch(AT_WATER if WATER in page else AT_SOCIAL, account=account)
    return at.touch("/kiosk/bills/asking") if at.path == "/kiosk/bills/asking" else at


def pays(at: Person, billing: Billing) -> str:
    """Pay what is chosen with a phone, and go on to its page; return the order."""
    at.touch("/kiosk/bills/pay").touch("/kiosk/paying/code")
    billing.till.work()
    order = last_order(at).id
    pay(billing.till, order)
    billing.follow()
    at.open("/kiosk/paying").touch("/kiosk/paying/on")
    return order


def bills_on(at: Person) -> list[str]:
    """The ids of the bills that can be touched on the page."""
    return re.findall(r'name="bill" value="([^"]+)"', at.answer.text)


def acts_on(at: Person) -> set[str]:
    """Where the forms of the page lead."""
    return {address for _, address in at.page.actions}


def last_order(at: Person) -> PaymentOrder:
    """The order that was opened last."""
    with database_of(at.terminal.app).reading() as session:
        found = session.scalars(select(PaymentOrder).order_by(PaymentOrder.id.desc())).first()
    assert found is not None
    return found


def payments(at: Person) -> list[BillPayment]:
    """Every payment of a bill."""
    with database_of(at.terminal.app).reading() as session:
        return list(session.scalars(select(BillPayment).order_by(BillPayment.id)))


@pytest.mark.policy("P16", "P43", "P47")
def test_a_bill_is_paid_without_a_name(at: Person, billing: Billing) -> None:
    """From the list of services to the biller's own number, with no card and no sign-in."""
    billing.owes(6820, 7105)
    assert "/kiosk/life" in at.open("/kiosk/services").page.links
    assert "/kiosk/bills" in at.open("/kiosk/life").page.links
    at.open("/kiosk/bills")
    assert "不看证件" in at.answer.text
    asks(at)
    assert at.path == OWED
    for words in ("测*·古**", "2026-01", "68.20", "71.05", "付款 139.25 元"):
        assert words in at.answer.text
    pays(at, billing)
    assert at.path == "/kiosk/bills/done"
    assert "钱收到了，正在记账" in at.answer.text
    before = at.terminal.get("/kiosk/bills/done/state")
    billing.work()
    after = at.terminal.get("/kiosk/bills/done/state")
    assert before.get_json() != after.get_json()
    at.open("/kiosk/bills/done")
    assert "缴好了" in at.answer.text
    assert f"F-{payments(at)[0].id}" in at.answer.text
    assert visit_at(at).resident_id is None
    assert last_order(at).payer_id is None


def test_nothing_of_an_account_stands_in_an_address(at: Person, billing: Billing) -> None:
    """Account, bill and order are in the sealed draft alone, and leave with the visit."""
    billing.owes(6820)
    asks(at)
    assert ACCOUNT not in at.path + at.answer.text
    assert visit_at(at).draft_sealed is not None
    at.touch("/kiosk/end").start()
    assert at.open(OWED).path == "/kiosk/bills"


def test_a_touch_leaves_a_bill_out_and_takes_it_in(at: Person, billing: Billing) -> None:
    """The sum stands on the button; with nothing chosen there is nothing to press."""
    billing.owes(6820, 7105)
    asks(at)
    first, second = bills_on(at)
    at.touch(OWED, bill=first)
    assert "付款 71.05 元" in at.answer.text
    at.touch(OWED, bill=second)
    assert "/kiosk/bills/pay" not in acts_on(at)
    at.touch(OWED, bill=first).touch(OWED, bill="01KAM7Q3M8ZP5N4R2T6V8X0Y1Z")
    assert "付款 68.20 元" in at.answer.text
    at.touch("/kiosk/bills/pay")
    assert last_order(at).amount_fen == 6820


@pytest.mark.policy("P43")
def test_a_family_pays_in_one_order(at: Person, billing: Billing) -> None:
    """Several accounts of social insurance, one after the other, are one sum."""
    billing.owes(40000, account=f"SB{MINE}")
    billing.owes(30000, account=f"SB{MOTHERS}")
    asks(at, MINE, page=AT_SOCIAL)
    at.open(f"{AT_SOCIAL}?more=yes")
    assert "前面已选好 1 笔" in at.answer.text
    asks(at, MOTHERS, page=f"{AT_SOCIAL}?more=yes")
    assert "付款 700.00 元" in at.answer.text
    pays(at, billing)
    assert len(payments(at)) == 2
    billing.work()
    assert "缴好了" in at.open("/kiosk/bills/done").answer.text


def test_a_wrong_account_of_the_family_loses_nothing(at: Person, billing: Billing) -> None:
    """Who is not found is said, and what was chosen before stands there still."""
    billing.owes(40000, account=f"SB{MINE}")
    asks(at, MINE, page=AT_SOCIAL)
    asks(at, MOTHERS, page=f"{AT_SOCIAL}?more=yes")
    assert "没有查到这个号码" in at.answer.text
    assert "付款 400.00 元" in at.open(f"{OWED}?list=yes").answer.text


@pytest.mark.policy("P47")
@pytest.mark.parametrize(
    ("behaves", "says"),
    [
        ("unknown", "没有查到这个号码"),
        ("nothing", "这个号码没有要缴的"),
        ("asleep", "要到 07:00（北京时间）才能查"),
        ("silent", "收费单位没有应答"),
    ],
)
def test_what_cannot_be_paid_says_whom_to_call(
    at: Person, billing: Billing, behaves: str, says: str
) -> None:
    """Each reason is a sentence that says what to do, with who answers and the number."""
    if behaves == "nothing":
        billing.biller.owed[ACCOUNT] = {}
    elif behaves == "asleep":
        morning = clock.to_beijing(clock.now()).replace(hour=7, minute=0)
        billing.biller.asleep_until = morning + timedelta(days=1)
    elif behaves == "silent":
        billing.biller.lose.append("query")
    asks(at)
    assert at.path == OWED
    for words in (says, "示例供水单位客服", "0908-0000101"):
        assert words in at.answer.text


def test_what_cannot_be_an_account_asks_nobody(at: Person, billing: Billing) -> None:
    """Too short or of another shape is said beside the field, and no biller is asked."""
    asks(at, "123")
    assert "还差 7 位" in at.answer.text
    asks(at, "12345abcde")
    assert "号码的样子不对" in at.answer.text
    assert billing.biller.questions == 0


@pytest.mark.policy("P43")
def test_a_touch_twice_opens_one_order(at: Person, billing: Billing) -> None:
    """The same touch, sent three times, is one order; back and again it is the same one."""
    billing.owes(6820)
    asks(at)
    address, own = at.form("/kiosk/bills/pay")
    for _ in range(3):
        assert at.terminal.post(address, form=own).status_code == 303
    assert len(payments(at)) == 1
    first = last_order(at).id
    at.open("/kiosk/paying?ways=all").touch("/kiosk/paying/stop")
    assert at.path.startswith(OWED)
    assert not bills_on(at)
    at.touch("/kiosk/bills/pay")
    assert last_order(at).id == first


@pytest.mark.policy("P43")
def test_a_bill_that_is_paid_elsewhere_is_not_paid_again(at: Person, billing: Billing) -> None:
    """Who comes second is told that it is being paid, and later that it waits to be booked."""
    billing.owes(6820)
    order = billing.order(billing.found())
    asks(at)
    assert "正在别处付" in at.answer.text
    billing.pay(order.id)
    billing.follow()
    asks(at)
    assert "这个号码没有要缴的" in at.answer.text
    assert len(payments(at)) == 1


def test_another_amount_is_shown_before_it_is_paid(at: Person, billing: Billing) -> None:
    """What the biller owes by now is what is paid; nobody pays a sum that he has not seen."""
    billing.owes(6820)
    asks(at)
    [number] = billing.biller.owed[ACCOUNT]
    billing.biller.owed[ACCOUNT][number] = 9900
    with billing.database.unit_of_work() as session:
        session.scalars(select(Bill)).one().told_at = clock.now() - FRESH
    at.touch("/kiosk/bills/pay")
    assert "账单刚有变化" in at.answer.text
    assert "付款 99.00 元" in at.answer.text
    assert payments(at) == []


@pytest.mark.policy("P43")
def test_money_comes_back_when_the_biller_does_not_book(at: Person, billing: Billing) -> None:
    """Refused by the biller: the page says that it comes back by itself, and then that it has."""
    billing.owes(6820)
    billing.biller.refuses = True
    asks(at)
    pays(at, billing)
    billing.work()
    billing.work()
    at.open("/kiosk/bills/done")
    assert "没有缴成，钱会退回" in at.answer.text
    assert "不用您再跑" in at.answer.text


@pytest.mark.policy("P43")
def test_an_answer_that_was_lost_is_told_as_what_it_is(at: Person, billing: Billing) -> None:
    """Not confirmed is neither paid nor lost; the page says what happens either way."""
    billing.owes(6820)
    billing.biller.lose += ["write_off"]
    asks(at)
    pays(at, billing)
    billing.work()
    assert "收费单位还没有确认" in at.open("/kiosk/bills/done").answer.text
    billing.work()
    assert "缴好了" in at.open("/kiosk/bills/done").answer.text


@pytest.mark.policy("P43")
def test_the_receipt_comes_out_once_and_names_nobody(at: Person, billing: Billing) -> None:
    """The slip has the sum, the receipt's number and whom to call; no name, no whole account."""
    billing.owes(6820, 7105)
    asks(at)
    pays(at, billing)
    billing.work()
    address, own = at.open("/kiosk/bills/done").form("/kiosk/bills/done/slip")
    for _ in range(2):
        assert at.terminal.post(address, form=own).status_code == 303
    [want] = at.wants()
    slip = json.dumps(json.loads(at.document(want["job"])), ensure_ascii=False)
    for words in ("缴费凭条", "139.25 元", "示例·城区供水", "0908-0000101", "已记账 F-"):
        assert words in slip
    assert ACCOUNT not in slip
    assert "古" not in slip
    assert "凭条出来了" in at.open("/kiosk/bills/done").answer.text


def test_without_a_receipt_printer_the_number_is_on_the_screen(
    at: Person, billing: Billing
) -> None:
    """No slip is offered where none comes out; the number to note down stands there."""
    billing.owes(6820)
    asks(at)
    pays(at, billing)
    ready_terminal(at.terminal, [*READY[:2], {**READY[2], "condition": "absent"}])
    at.open("/kiosk/bills/done")
    assert "凭条现在打不出来" in at.answer.text
    assert "缴费凭证号" in at.answer.text
    assert "/kiosk/bills/done/slip" not in acts_on(at)


def test_who_tries_numbers_is_stopped(at: Person, billing: Billing) -> None:
    """After ten accounts that do not exist this terminal asks about no other for an hour."""
    for one in range(WRONG_ACCOUNTS):
        asks(at, f"10100088{one:02}")
        assert "没有查到这个号码" in at.answer.text
    asks(at, "1010008899")
    assert at.answer.status_code == 429
    assert "输错的号码太多了" in at.answer.text


def test_another_visits_bills_are_nobodys(at: Person, billing: Billing) -> None:
    """A bill that somebody else has found cannot be chosen, paid or seen by its id."""
    billing.owes(6820)
    asks(at)
    [bill] = bills_on(at)
    at.touch("/kiosk/end").start()
    billing.owes(9900, account="1010009903")
    asks(at, "1010009903")
    at.touch(OWED, bill=bill)
    assert "付款 99.00 元" in at.answer.text


def test_every_biller_is_typed_on_ten_keys_or_says_that_it_is_not() -> None:
    """Digits suffice for all that ship; a pattern with letters among them is not offered here."""
    assert all(keys_of(each) for each in billers())
    keys = keys_of(next(each for each in billers() if each.code == SOCIAL))
    assert keys is not None
    assert (keys.prefix, keys.fewest, keys.most) == ("SB", 8, 8)


def test_where_no_biller_is_connected_none_is_offered(at: Person, counter: Flask) -> None:
    """Nothing is offered and then refused: the row is gone with its partners."""
    counter.extensions[EXTENSION] = {}
    links = at.open("/kiosk/life").page.links
    assert "/kiosk/bills" not in links
    assert "/kiosk/guides/SAMPLE-G-23" in links
    assert "/kiosk/bills" not in at.open("/kiosk/guides/SAMPLE-G-23").page.links
