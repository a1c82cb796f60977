"""Paying on the phone's pages: owed, a code, paid by its channel's word alone; attacks on it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import SYSTEM, Subject
from kiosk_server.core import clock
from kiosk_server.core.identifiers import new_id
from kiosk_server.gateways.pay_simulated import PAGE, press
from kiosk_server.payments import refunds
from kiosk_server.payments.life import RefundState
from kiosk_server.payments.models import PaymentAttempt, PaymentOrder, PaymentSlip
from kiosk_server.payments.queries import attempts_of
from kiosk_server.payments.rules import Channel, Origin, RefundReason
from kiosk_server.payments.services import open_order
from kiosk_server.payments.slip_rules import as_printed
from kiosk_server.places import first_data
from kiosk_server.web.payment_channels import EXTENSION
from mobile_api.web.looks import OFFERED
from mobile_api.web.pay_codes import link_of, pay_code
from tests.support.inspect_page import inspect
from tests.support.owner import resident_of
from tests.support.pay_channel import FakeChannel
from tests.support.paying import FEE, FEES_FEN, NOON
from tests.support.phone import AYGUL, MEMET, PhoneBrowser, carry_out

HERE = "/m/payments"
ORIGIN = "https://city.example"


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """It is Monday noon."""
    with clock.frozen(NOON):
        yield


@pytest.fixture
def phone(app: Flask) -> PhoneBrowser:
    """Somebody who has proven who she is."""
    return signed_in(app)


def signed_in(
    app: Flask, person: dict[str, str] = AYGUL, number: str = "13800000001"
) -> PhoneBrowser:
    """Sign in and prove by name and number."""
    browser = PhoneBrowser(app, number=number)
    browser.sign_in()
    told = {"name": person["name"], "identity_number": person["number"]}
    assert browser.post("/m/me/prove/name", "/m/me/prove", **told).status_code == 303
    return browser


def owed(phone: PhoneBrowser, kind: str = "case") -> str:
    """Twenty-five yuan that the phone's holder owes; returns the order's page."""
    with phone.database.unit_of_work() as session:
        order = open_order(
            session,
            subject=Subject(kind, new_id()),
            items=[FEE],
            payer_id=resident_of(phone),
            channel=Origin.PHONE,
            by=SYSTEM,
        )
        return f"{HERE}/{order.id}"


def begin(phone: PhoneBrowser, page: str, channel: str = "simulated") -> TestResponse:
    """Choose a channel on an order's page."""
    return phone.post(f"{page}/begin", "/m/me", channel=channel)


def work(phone: PhoneBrowser) -> None:
    """Let the worker do what waits, and what follows from it."""
    carry_out(phone.database, phone.settings)
    carry_out(phone.database, phone.settings)


def attempts(phone: PhoneBrowser, page: str) -> list[PaymentAttempt]:
    """The attempts to pay the order of a page."""
    with phone.database.reading() as session:
        return attempts_of(session, page.rsplit("/", 1)[1])


def paid(phone: PhoneBrowser) -> str:
    """Bring an order to be paid at the simulated cashier."""
    page = owed(phone)
    begin(phone, page)
    work(phone)
    code = attempts(phone, page)[0].code
    assert code is not None
    with phone.database.unit_of_work() as session:
        press(session, code.partition(PAGE)[2])
    work(phone)
    return page


@pytest.mark.policy("P43")
@pytest.mark.parametrize("language", OFFERED)
def test_every_state_of_an_order_has_a_whole_page(phone: PhoneBrowser, language: str) -> None:
    """Owed, code on its way, code, asked to close, closed, paid, going back: each page is whole."""
    phone.client.set_cookie("m_look", f"{language}.xl.contrast", path="/m")
    whole = [inspect(phone.get(HERE))]
    page = owed(phone)
    whole.append(inspect(phone.get(page)))
    begin(phone, page)
    whole.append(inspect(phone.get(page)))
    work(phone)
    for path in (page, f"{page}/close", HERE):
        whole.append(inspect(phone.get(path)))
    phone.post(f"{page}/close", f"{page}/close")
    whole.append(inspect(phone.get(page)))
    done = paid(phone)
    refund(phone, done)
    whole.append(inspect(phone.get(done)))
    assert len(whole) == 8


def refund(phone: PhoneBrowser, page: str) -> None:
    """Ask ten yuan of a paid order back."""
    with phone.database.unit_of_work() as session:
        order = session.get_one(PaymentOrder, page.rsplit("/", 1)[1])
        refunds.refund(session, order, reason=RefundReason.BY_STAFF, by=SYSTEM, amount_fen=1000)


@pytest.mark.policy("P43")
def test_an_order_says_what_it_is_for_until_when_and_how(phone: PhoneBrowser) -> None:
    """Fees with their basis, the sum, the time, the ways; the simulated one says that it is."""
    page = owed(phone)
    text = phone.get(page).text
    for said in ("档案复制费", "测试文件〔2026〕1号", "12.50 元", "25.00 元", "2026-11-23 12:30"):
        assert said in text
    assert "模拟，不收钱" in text
    assert 'data-left="1800"' in text
    assert "25.00 元" in phone.get(HERE).text


@pytest.mark.policy("P43")
def test_a_code_is_paid_and_only_its_channels_word_says_so(phone: PhoneBrowser) -> None:
    """Pressed at the cashier it stays unpaid until the channel is heard; then it has a receipt."""
    page = owed(phone)
    assert begin(phone, page).headers["Location"] == page
    assert "正在取收款码" in phone.get(page).text
    assert 'http-equiv="refresh" content="5;' in phone.get(page).text
    work(phone)
    code = attempts(phone, page)[0].code
    assert code is not None
    token = code.partition(PAGE)[2]
    # The cashier speaks the phone's language, whatever its browser prefers.
    assert f'href="{PAGE}{token}?lang=zh"' in phone.get(page).text
    with phone.database.unit_of_work() as session:
        press(session, token)
    for claimed in ("", "?paid=1", "?state=paid", "?next=https://evil.example"):
        answer = phone.get(page + claimed)
        assert answer.status_code == 200
        assert "缴费凭证" not in answer.text
        assert "evil" not in answer.text
    work(phone)
    text = phone.get(page).text
    assert "已缴费" in text
    assert "凭证号" in text
    assert "http-equiv" not in text


def test_the_page_asks_and_hears_when_something_has_happened(phone: PhoneBrowser) -> None:
    """Nothing new is 304; a code that came is another version."""
    page = owed(phone)
    begin(phone, page)
    first = phone.get(f"{page}/state")
    again = phone.get(f"{page}/state", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert f'data-version="{first.text}"' in phone.get(page).text
    work(phone)
    now = phone.get(f"{page}/state", headers={"If-None-Match": first.headers["ETag"]})
    assert now.status_code == 200


@pytest.mark.policy("P26")
def test_the_platform_comes_first_and_another_way_ends_the_one_before(
    app: Flask, phone: PhoneBrowser
) -> None:
    """Ways stand in the order of the channels; of two codes one lives."""
    app.extensions[EXTENSION] = {
        channel: FakeChannel(channel) for channel in (Channel.PUBLIC_PAYMENT, Channel.ALIPAY)
    }
    page = owed(phone)
    text = phone.get(page).text
    assert text.index('value="public_payment"') < text.index('value="alipay"')
    assert begin(phone, page, "public_payment").status_code == 303
    assert begin(phone, page, "public_payment").status_code == 303
    assert begin(phone, page, "alipay").status_code == 303
    assert [(each.channel, each.state) for each in attempts(phone, page)] == [
        ("public_payment", "closing"),
        ("alipay", "asked"),
    ]


@pytest.mark.policy("P43")
def test_who_pays_at_a_window_gets_the_slips_code(phone: PhoneBrowser) -> None:
    """Twelve digits and squares, kept to the end of the next working day; twice it is the same."""
    with phone.database.unit_of_work() as session:
        first_data.enter(session)
    page = owed(phone, "test_thing")
    for _ in range(2):
        assert phone.post(f"{page}/window", "/m/me").headers["Location"] == f"{page}#window"
    text = phone.get(page).text
    with phone.database.reading() as session:
        (slip,) = session.scalars(select(PaymentSlip)).all()
    # On one line, from left to right: twelve digits that break are read out wrong.
    assert f'm-window-digits num" dir="ltr">{as_printed(slip.code)}<' in text
    assert "2026-11-24" in text
    assert "data-left=" not in text
    inspect(phone.get(page))
    phone.post(f"{page}/close", "/m/me")
    late = phone.post(f"{page}/window", "/m/me")
    assert late.status_code == 409
    assert as_printed(slip.code) not in late.text


def test_what_a_form_says_of_money_is_not_read(phone: PhoneBrowser) -> None:
    """Amount, payer and state in a form change nothing; a channel that is none is refused."""
    page = owed(phone)
    lied = {"amount_fen": "1", "amount": "0.01", "payer_id": new_id(), "state": "paid"}
    answer = phone.post(f"{page}/begin", "/m/me", channel="simulated", **lied)
    assert answer.status_code == 303
    assert [each.amount_fen for each in attempts(phone, page)] == [FEES_FEN]
    for channel in ("cash", "alipay", "", "https://evil.example"):
        refused = begin(phone, page, channel)
        assert refused.status_code == 409
        assert "还没有接通" in refused.text
        inspect(refused)


def test_a_double_touch_asks_the_channel_once(phone: PhoneBrowser) -> None:
    """The same form twice is one attempt, and closing twice is one end."""
    page = owed(phone)
    begin(phone, page)
    begin(phone, page)
    assert len(attempts(phone, page)) == 1
    other = owed(phone)
    for _ in range(2):
        answer = phone.post(f"{other}/close", "/m/me")
        assert answer.headers["Location"] == other
    late = begin(phone, other)
    assert late.status_code == 409
    inspect(late)


def test_a_time_that_has_passed_takes_no_money(phone: PhoneBrowser) -> None:
    """After half an hour the page offers nothing, before any chore has closed the order."""
    page = owed(phone)
    with clock.frozen(NOON + timedelta(minutes=31)):
        text = phone.get(page).text
        assert "过时了" in text
        assert 'name="channel"' not in text
        assert begin(phone, page).status_code == 409
        assert "过时了" in phone.get(HERE).text


@pytest.mark.policy("P43")
def test_money_that_goes_back_is_told_with_where_it_stands(phone: PhoneBrowser) -> None:
    """Asked, done: the sum, the reason and the state stand on the order's page."""
    page = paid(phone)
    refund(phone, page)
    text = phone.get(page).text
    assert "10.00 元</span> · 已提出退款" in text
    assert "工作人员办理的" in text
    work(phone)
    assert "10.00 元</span> · 已退回" in phone.get(page).text


@pytest.mark.policy("P43")
def test_an_order_is_nobody_elses(app: Flask, phone: PhoneBrowser) -> None:
    """By its id another gets what he gets for none: 404 at every door, and it is audited."""
    page = owed(phone)
    thief = signed_in(app, MEMET, "13800000002")
    own = HERE
    for which in (page, f"{HERE}/{new_id()}"):
        answers = [thief.get(which), thief.get(f"{which}/state"), thief.get(f"{which}/close")]
        answers += [
            thief.post(f"{which}/begin", "/m/me", channel="simulated"),
            thief.post(f"{which}/close", "/m/me"),
            thief.post(f"{which}/window", "/m/me"),
        ]
        assert [each.status_code for each in answers] == [404] * 6
    assert page.rsplit("/", 1)[1] not in thief.get(own).text
    with phone.database.reading() as session:
        named = AuditEntry.event == AuditEvent.PAYMENT_REFUSED.value
        assert session.scalar(select(func.count()).where(named)) == 12
        assert session.scalar(select(PaymentOrder.state)) == "opened"
    assert thief.get(f"{HERE}/not-an-id").status_code == 404


def test_a_form_of_another_site_pays_and_closes_nothing(phone: PhoneBrowser) -> None:
    """Without the form's own token nothing is begun and nothing let go."""
    page = owed(phone)
    for door, sent in (("begin", {"channel": "simulated"}), ("close", {}), ("window", {})):
        assert phone.client.post(f"{page}/{door}", data=sent).status_code == 400
    assert attempts(phone, page) == []


def test_who_has_not_proven_who_he_is_sees_no_money(app: Flask) -> None:
    """A number alone lists nothing, and the way to prove oneself is shown."""
    browser = PhoneBrowser(app, number="13800000003")
    browser.sign_in()
    assert browser.get(HERE).status_code == 403


@pytest.mark.parametrize(
    ("channel", "code", "link"),
    [
        ("simulated", f"{ORIGIN}{PAGE}{'a' * 64}", f"{PAGE}{'a' * 64}"),
        ("simulated", f"https://evil.example{PAGE}{'a' * 64}", None),
        ("simulated", f"{ORIGIN}{PAGE}../../staff", None),
        ("wechat_pay", "weixin://wxpay/bizpayurl?pr=p4lpSuKzz", "weixin://wxpay/bizpayurl?pr=p4lpSuKzz"),
        ("wechat_pay", "weixin://dl/business?t=1", None),
        ("wechat_pay", "https://evil.example/", None),
        ("alipay", "https://qr.alipay.com/bavh4wjlxf12tper3a", "https://qr.alipay.com/bavh4wjlxf12tper3a"),
        ("alipay", "https://qr.alipay.com.evil.example/a", None),
        ("alipay", "https://qr.alipay.com/a@evil.example", None),
        ("alipay", "javascript:alert(1)", None),
        ("public_payment", "https://evil.example/", None),
        ("public_payment", "650000260000123456", None),
    ],
)  # fmt: skip
def test_a_link_leads_to_the_wallet_of_its_channel_or_nowhere(
    channel: str, code: str, link: str | None
) -> None:
    """Whatever a channel may answer, no page of ours sends anybody to another place."""
    assert link_of(Channel(channel), code, origin=ORIGIN) == link


def test_a_payment_code_of_digits_can_be_typed() -> None:
    """缴款码 stands in groups of four beside its squares."""
    shown = pay_code(Channel.PUBLIC_PAYMENT, "650000260000123456", origin=ORIGIN)
    assert shown.digits == "6500 0026 0000 1234 56"
    assert shown.qr.startswith("<svg")


def test_every_channel_and_state_of_money_has_words(app: Flask) -> None:
    """What an order, a refund or a channel may be called is said in every language."""
    known = app.extensions["kiosk_messages"]
    wanted = [f"m-channel-{each.slug}" for each in Channel]
    wanted += [f"m-refund-state-{each.value}" for each in RefundState]
    wanted += [f"m-refund-for-{each.value}".replace("_", "-") for each in RefundReason]
    assert [each for each in wanted if not known.knows(each)] == []
