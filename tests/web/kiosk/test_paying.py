"""Paying at a terminal: with a phone that scans, with a slip at a window, or not at all."""

import pytest
from flask import Flask
from sqlalchemy import select

from kiosk_server.cases.slips import slip_possible
from kiosk_server.payments import at_terminal
from kiosk_server.payments.life import OrderState
from kiosk_server.payments.models import PaymentSlip, PaymentVisit
from kiosk_server.payments.rules import Channel, Origin
from kiosk_server.payments.services import MOST_ATTEMPTS
from tests.support.kiosk_paying import order_of, owing, pay, till_of, visit_at
from tests.support.kiosk_person import READY, Person, ready_terminal
from tests.support.paying import Till
from tests.support.terminal_client import database_of

PAYING = "/kiosk/paying"
PUBLIC, WECHAT, ALIPAY = Channel.PUBLIC_PAYMENT, Channel.WECHAT_PAY, Channel.ALIPAY


@pytest.fixture
def till(counter: Flask) -> Till:
    """One channel, WeChat Pay."""
    return till_of(counter, WECHAT)


@pytest.fixture
def at(person: Person, till: Till) -> Person:
    """A person in a visit."""
    return person.start()


def leaves(at: Person) -> None:
    """The visit ends, and the worker hears of it."""
    visit = visit_at(at)
    at.touch("/kiosk/end")
    with database_of(at.terminal.app).unit_of_work() as session:
        at_terminal.let_go_of_visit(session, visit.id)


def slips(at: Person) -> list[PaymentSlip]:
    """Every slip that was made."""
    with database_of(at.terminal.app).reading() as session:
        return list(session.scalars(select(PaymentSlip)))


@pytest.mark.policy("P43")
def test_the_one_channel_gives_its_code_by_itself(at: Person, till: Till) -> None:
    """Fees, their basis and the sum stand there; the code comes, and what is paid goes on."""
    order = owing(at)
    at.open(PAYING)
    for words in ("档案复制费", "测试文件〔2026〕1号", "25.00"):
        assert words in at.answer.text
    at.touch("/kiosk/paying/code")
    before = at.terminal.get("/kiosk/paying/state")
    assert "正在取付款码" in at.answer.text
    till.work()
    after = at.terminal.get("/kiosk/paying/state")
    assert before.get_json() != after.get_json()
    assert after.headers["ETag"]
    assert "请用手机扫码付款" in at.open(PAYING).answer.text
    pay(till, order)
    assert "钱收到了" in at.open(PAYING).answer.text
    assert at.touch("/kiosk/paying/on").path == "/kiosk/services"
    assert at.open(PAYING).path == "/kiosk/services"


def test_nothing_else_is_open_while_an_order_waits(at: Person) -> None:
    """A typed address, a second touch and the list of services lead back to paying."""
    owing(at)
    for page in ("/kiosk/services", "/kiosk/guides", "/kiosk/printing", "/kiosk/card"):
        assert at.open(page).path == PAYING
    assert at.touch("/kiosk/paying/stop").path == "/kiosk/services"
    assert at.open(PAYING).path == "/kiosk/services"


def test_a_way_back_is_only_a_page_of_the_kiosk(at: Person) -> None:
    """Who does not pay returns to the page that sent him, and to no foreign address."""
    owing(at, back="/kiosk/guides")
    assert at.open(PAYING).touch("/kiosk/paying/stop").path == "/kiosk/guides"
    owing(at, back="//evil.example/kiosk/")
    assert at.open(PAYING).touch("/kiosk/paying/stop").path == "/kiosk/services"


def test_a_code_touched_twice_is_one_attempt(at: Person, till: Till) -> None:
    """The same touch, sent three times, asks the channel once."""
    order = owing(at)
    address, own = at.open(PAYING).form("/kiosk/paying/code")
    for _ in range(3):
        assert at.terminal.post(address, form=own).status_code == 303
    assert len(till.attempts(order)) == 1


def test_several_channels_are_chosen_from(at: Person, counter: Flask) -> None:
    """The platform's stands first; another one can be taken after, and a foreign one cannot."""
    till = till_of(counter, PUBLIC, WECHAT, ALIPAY)
    order = owing(at)
    at.open(PAYING)
    assert at.answer.text.index("公共支付平台") < at.answer.text.index("微信支付")
    at.touch("/kiosk/paying/code", channel="cash")
    assert till.attempts(order) == []
    at.touch("/kiosk/paying/code", channel="wechat-pay")
    till.work()
    at.open(f"{PAYING}?ways=all").touch("/kiosk/paying/code", channel="alipay")
    till.work()
    assert "打开支付宝" in at.open(PAYING).answer.text
    assert [each.channel for each in till.attempts(order)] == [WECHAT, ALIPAY]


def test_a_channel_that_declines_leaves_the_others(at: Person, counter: Flask) -> None:
    """It is said that nothing was taken; the list of ways stands there again."""
    till = till_of(counter, WECHAT, ALIPAY)
    till.channels[WECHAT].declines = "not_served"
    owing(at)
    at.open(PAYING).touch("/kiosk/paying/code", channel="wechat-pay")
    till.work()
    assert "没有扣钱" in at.open(PAYING).answer.text


def test_who_tries_too_often_is_sent_to_a_window(at: Person, counter: Flask) -> None:
    """After so many codes the page offers the slip, and asks no channel any more."""
    till = till_of(counter, WECHAT, ALIPAY)
    order = owing(at)
    for turn in range(MOST_ATTEMPTS + 1):
        slug = ("wechat-pay", "alipay")[turn % 2]
        at.open(f"{PAYING}?ways=all").touch("/kiosk/paying/code", channel=slug)
    assert "试的次数太多" in at.answer.text
    assert len(till.attempts(order)) == MOST_ATTEMPTS


@pytest.mark.policy("P43")
def test_who_has_no_phone_takes_a_slip(at: Person, till: Till) -> None:
    """Digits, sum, place and time stand on slip and screen; the order outlives the visit."""
    order = owing(at)
    before = order_of(at, order).expires_at
    at.open(PAYING).touch("/kiosk/paying/slip")
    [slip] = slips(at)
    digits = f"{slip.code[:4]} {slip.code[4:8]} {slip.code[8:]}"
    [want] = at.wants()
    printed = at.document(want["job"]).decode()
    assert digits in at.answer.text
    for words in (digits, "25.00 元", "到哪里缴", "现金"):
        assert words in printed
    assert order_of(at, order).expires_at > before
    leaves(at)
    assert order_of(at, order).state == OrderState.OPENED


def test_a_slip_touched_twice_comes_out_once(at: Person) -> None:
    """The same touch, sent three times, is one slip with one code."""
    owing(at)
    address, own = at.open(PAYING).form("/kiosk/paying/slip")
    for _ in range(3):
        assert at.terminal.post(address, form=own).status_code == 303
    assert len(slips(at)) == len(at.wants()) == 1


def test_without_a_printer_the_digits_stand_on_the_screen(at: Person) -> None:
    """They are kept all the same, and the page says to write them down."""
    broken = {**READY[2], "condition": "absent", "troubles": ["offline"]}
    ready_terminal(at.terminal, [*READY[:2], broken])
    owing(at)
    at.open(PAYING).touch("/kiosk/paying/slip")
    with database_of(at.terminal.app).reading() as session:
        assert not slip_possible(session, visit_at(at))
    assert "抄下来" in at.answer.text
    assert len(slips(at)) == 1
    assert at.wants() == []


def test_a_slip_is_no_obstacle_to_a_phone(at: Person, till: Till) -> None:
    """Who took a slip and finds a phone after all scans, and pays once."""
    order = owing(at)
    at.open(PAYING).touch("/kiosk/paying/slip")
    at.open(f"{PAYING}?ways=all").touch("/kiosk/paying/code", channel="wechat-pay")
    till.work()
    assert "请用手机扫码付款" in at.open(PAYING).answer.text
    pay(till, order)
    assert "钱收到了" in at.open(PAYING).answer.text


@pytest.mark.policy("P52")
def test_who_leaves_leaves_nothing_open(at: Person, till: Till) -> None:
    """The order closes with the visit, at its channel too; nothing tells where he was."""
    order = owing(at)
    at.open(PAYING).touch("/kiosk/paying/code")
    till.work()
    leaves(at)
    assert order_of(at, order).state == OrderState.CLOSING
    till.work()
    assert order_of(at, order).state == OrderState.CLOSED
    with database_of(at.terminal.app).reading() as session:
        assert session.scalars(select(PaymentVisit)).all() == []


def test_who_pays_while_he_leaves_has_paid(at: Person, till: Till) -> None:
    """Money that is on its way when the visit ends still pays the order."""
    order = owing(at)
    at.open(PAYING).touch("/kiosk/paying/code")
    till.work()
    leaves(at)
    pay(till, order)
    assert order_of(at, order).state == OrderState.PAID


def test_an_order_of_a_phone_stays_with_the_phone(at: Person) -> None:
    """What somebody opened on his phone and looks at here does not close when he leaves."""
    order = owing(at, origin=Origin.PHONE)
    at.open(PAYING)
    leaves(at)
    assert order_of(at, order).state == OrderState.OPENED


def test_an_order_that_is_over_says_so(at: Person, till: Till) -> None:
    """Closed meanwhile: nothing was taken, and the way leads back; going on is not possible."""
    order = owing(at)
    at.open(PAYING)
    address, own = at.form("/kiosk/paying/code")
    till.close(order)
    assert "没有扣钱" in at.open(PAYING).answer.text
    assert at.terminal.post(address, form=own).status_code == 303
    assert at.terminal.post("/kiosk/paying/on", form=own).headers["Location"] == PAYING
    assert at.open(PAYING).touch("/kiosk/paying/stop").path == "/kiosk/services"


@pytest.mark.parametrize("language", ["ug", "en", "ky"])
def test_the_pages_are_in_order_in_every_language(
    person: Person, till: Till, language: str
) -> None:
    """Each page of paying passes the inspection in the visit's language."""
    at = person.start(language)
    order = owing(at)
    at.open(PAYING).open(f"{PAYING}?ways=all").touch("/kiosk/paying/code", channel="wechat-pay")
    till.work()
    at.open(PAYING).touch("/kiosk/paying/slip")
    pay(till, order)
    assert at.open(PAYING).form("/kiosk/paying/on")
