"""Bills on the phone's pages: asked for, remembered only if wished, paid, and how they ended."""

import re

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from kiosk_server.audit.models import AuditEntry
from kiosk_server.bills.models import BillPayment, KeptAccount
from kiosk_server.bills.rules import MOST_KEPT
from kiosk_server.core.identifiers import new_id
from kiosk_server.payments.models import PaymentOrder
from kiosk_server.web.biller_gateways import EXTENSION
from kiosk_server.web.payment_channels import EXTENSION as CHANNELS
from mobile_api.web.looks import OFFERED
from tests.support.billing import ACCOUNT, NEIGHBOUR, SOCIAL, WATER, Billing
from tests.support.inspect_page import inspect
from tests.support.kiosk_paying import pay
from tests.support.phone import AYGUL, MEMET, PhoneBrowser

HERE = "/m/bills"
AT_WATER, AT_SOCIAL = f"{HERE}/{WATER}", f"{HERE}/{SOCIAL}"
MINE, MOTHERS = "SB70109901", "SB70109902"


@pytest.fixture
def billing(app: Flask) -> Billing:
    """Billers that owe on demand, and channels to pay by."""
    billing = Billing(app.extensions["kiosk_database"])
    app.extensions[EXTENSION] = billing.bill_exchange.gateways
    app.extensions[CHANNELS] = billing.till.channels
    return billing


@pytest.fixture
def phone(app: Flask, billing: Billing) -> PhoneBrowser:
    """Somebody who has proven her name."""
    return proven(PhoneBrowser(app), AYGUL)


def proven(browser: PhoneBrowser, person: dict[str, str]) -> PhoneBrowser:
    """Sign in and prove by name and number."""
    browser.sign_in()
    told = {"name": person["name"], "identity_number": person["number"]}
    assert browser.post("/m/me/prove/name", "/m/me/prove", **told).status_code == 303
    return browser


def asks(phone: PhoneBrowser, account: str = ACCOUNT, **more: str) -> TestResponse:
    """Type an account of the water works."""
    return phone.post(AT_WATER, AT_WATER, account=account, **more)


def form_of(answer: TestResponse) -> dict[str, list[str]]:
    """What the first form of the page would send: hidden fields, and the boxes that are ticked."""
    form = re.findall(r"<form\b.*?</form>", answer.text, re.DOTALL)[0]
    fields: dict[str, list[str]] = {}
    for tag in re.findall(r"<input\b[^>]*>", form):
        if 'type="checkbox"' in tag and " checked" not in tag:
            continue
        name, value = (re.search(rf'{part}="([^"]*)"', tag) for part in ("name", "value"))
        if name is not None:
            fields.setdefault(name[1], []).append(value[1] if value else "")
    return fields


def pays(phone: PhoneBrowser, answer: TestResponse, *, at: str = AT_WATER) -> str:
    """Send the form of what is owed; return the order."""
    sent = phone.client.post(f"{at}/pay", data=form_of(answer))
    assert sent.status_code == 303, sent.text
    assert sent.headers["Location"].startswith("/m/payments/")
    return sent.headers["Location"].rsplit("/", 1)[1]


def paid(phone: PhoneBrowser, billing: Billing, order_id: str) -> str:
    """Pay an order with a code, and return the page of what became of it."""
    page = f"/m/payments/{order_id}"
    phone.post(f"{page}/begin", page, channel="wechat_pay")
    billing.till.work()
    pay(billing.till, order_id)
    billing.follow()
    return f"{HERE}/paid/{billing.payments(order_id)[0].id}"


def counted(phone: PhoneBrowser, model: type) -> int:
    """How many rows of a table there are."""
    with phone.database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.parametrize("language", OFFERED)
def test_every_page_of_bills_is_in_order(
    phone: PhoneBrowser, billing: Billing, language: str
) -> None:
    """Lists, the form, its fault, what is owed, nothing owed, what was paid: each page is whole."""
    phone.client.set_cookie("m_look", f"{language}.xl.contrast", path="/m")
    billing.owes(6820, 7105)
    for path in (HERE, AT_WATER, AT_SOCIAL, f"{HERE}/paid"):
        inspect(phone.get(path))
    inspect(asks(phone, "12"))
    inspect(asks(phone, NEIGHBOUR))
    owed = asks(phone, keep="yes")
    inspect(owed)
    inspect(phone.get(paid(phone, billing, pays(phone, owed))))
    for path in (HERE, f"{HERE}/paid"):
        inspect(phone.get(path))


@pytest.mark.policy("P43", "P47")
def test_a_bill_is_paid_and_booked(phone: PhoneBrowser, billing: Billing) -> None:
    """Owed, ticked, one order, the biller's number; each page names who answers for it."""
    billing.owes(6820, 7105)
    owed = asks(phone)
    for words in ("68.20", "139.25", "测*·古**", "示例供水单位客服", "0908-0000101"):
        assert words in owed.text
    order = pays(phone, owed)
    page = paid(phone, billing, order)
    shown = phone.get(page)
    assert "钱收到了，正在记账" in shown.text
    version = re.search(r'data-version="(\w+)"', shown.text)
    assert version is not None
    same = {"If-None-Match": f'"{version[1]}"'}
    assert phone.get(f"{page}/state", headers=same).status_code == 304
    billing.work()
    assert phone.get(f"{page}/state", headers=same).status_code == 200
    done = phone.get(page).text
    assert "缴好了" in done
    assert f"F-{billing.payments(order)[0].id}" in done
    assert f'href="{page}"' in phone.get(f"/m/payments/{order}").text
    assert "已记账" in phone.get(HERE).text


def test_no_address_holds_an_account(phone: PhoneBrowser, billing: Billing) -> None:
    """An account is sent in forms alone: no link and no action of any page bears it."""
    billing.owes(6820)
    page = inspect(asks(phone, keep="yes"))
    page_of_all = inspect(phone.get(HERE))
    links = [*page.links, *page_of_all.links]
    links += [address for one in (page, page_of_all) for _, address in one.actions]
    assert not [each for each in links if ACCOUNT in each]


def test_an_account_is_remembered_only_if_asked(phone: PhoneBrowser, billing: Billing) -> None:
    """The box is not ticked beforehand; ticked, the account stands on the list, sealed, until it is
    forgotten."""
    billing.owes(6820)
    assert " checked" not in phone.get(AT_WATER).text
    asks(phone)
    assert counted(phone, KeptAccount) == 0
    asks(phone, keep="yes")
    asks(phone, keep="yes")
    with phone.database.reading() as session:
        row = session.scalars(select(KeptAccount)).one()
    assert ACCOUNT.encode() not in row.account_sealed
    assert "尾号 9901" in phone.get(HERE).text
    again = phone.post(f"{HERE}/accounts/{row.id}", HERE)
    assert "68.20" in again.text
    assert phone.post(f"{HERE}/accounts/{row.id}/forget", HERE).headers["Location"] == HERE
    assert counted(phone, KeptAccount) == 0
    with phone.database.reading() as session:
        events = session.scalars(select(AuditEntry.event)).all()
    assert {"bill.account_kept", "bill.account_forgotten"} <= set(events)


def test_what_is_unknown_is_not_remembered(phone: PhoneBrowser, billing: Billing) -> None:
    """An account that its biller does not know is kept by nobody's wish."""
    assert "没有查到这个号码" in asks(phone, keep="yes").text
    assert counted(phone, KeptAccount) == 0


def test_enough_accounts_can_still_be_paid(phone: PhoneBrowser, billing: Billing) -> None:
    """The twenty-first is not remembered, which is said; its bill is there all the same."""
    for one in range(MOST_KEPT):
        billing.biller.owed[f"10100088{one:02}"] = {}
        asks(phone, f"10100088{one:02}", keep="yes")
    billing.owes(6820)
    told = asks(phone, keep="yes").text
    assert "记住的号码够多了" in told
    assert "68.20" in told
    assert counted(phone, KeptAccount) == MOST_KEPT


@pytest.mark.policy("P43")
def test_a_family_pays_in_one_order(phone: PhoneBrowser, billing: Billing) -> None:
    """Another account is asked for from the list, and what was found before comes along."""
    billing.owes(40000, account=MINE)
    billing.owes(30000, account=MOTHERS)
    owed = phone.post(AT_SOCIAL, AT_SOCIAL, account=MINE)
    form = phone.client.post(f"{AT_SOCIAL}/more", data=form_of(owed))
    assert "前面已查到 1 笔" in form.text
    missed = phone.client.post(AT_SOCIAL, data={**form_of(form), "account": "SB70100000"})
    assert "没有查到这个号码" in missed.text
    both = phone.client.post(AT_SOCIAL, data={**form_of(form), "account": MOTHERS})
    assert "700.00" in both.text
    pays(phone, both, at=AT_SOCIAL)
    assert counted(phone, BillPayment) == 2
    assert counted(phone, PaymentOrder) == 1


@pytest.mark.policy("P43")
def test_a_form_sent_twice_is_one_order(phone: PhoneBrowser, billing: Billing) -> None:
    """The same form, and the same bills asked for again, lead to the order that stands."""
    billing.owes(6820)
    owed = asks(phone)
    assert pays(phone, owed) == pays(phone, owed)
    assert counted(phone, PaymentOrder) == 1
    again = asks(phone)
    assert "正在付，还没有付完" in again.text
    assert 'name="bills"' not in again.text


def test_nothing_ticked_is_said(phone: PhoneBrowser, billing: Billing) -> None:
    """No order of nothing: the list stands there again with what to do."""
    billing.owes(6820)
    fields = form_of(asks(phone)) | {"bills": []}
    answer = phone.client.post(f"{AT_WATER}/pay", data=fields)
    assert answer.status_code == 422
    assert "请先选要缴的账单" in answer.text


@pytest.mark.policy("P43")
def test_what_another_pays_meanwhile_is_not_paid_twice(
    phone: PhoneBrowser, billing: Billing
) -> None:
    """The second of a family is told so, and the bill shows that it is being paid."""
    billing.owes(6820)
    owed = asks(phone)
    billing.order(billing.found())
    answer = phone.client.post(f"{AT_WATER}/pay", data=form_of(owed))
    assert answer.status_code == 409
    assert "已有一张没付的缴费单" in answer.text
    assert "正在付，还没有付完" in answer.text


def test_a_bill_is_opened_by_its_account_alone(phone: PhoneBrowser, billing: Billing) -> None:
    """Whoever has a bill's id, and not its account, is told that there is none; it is audited."""
    billing.owes(6820)
    billing.owes(9900, account=NEIGHBOUR)
    fields = form_of(asks(phone))
    [foreign] = [bill.id for bill in billing.found(NEIGHBOUR)]
    for tampered in ({"found": [foreign], "bills": [foreign]}, {"accounts": [NEIGHBOUR]}):
        answer = phone.client.post(f"{AT_WATER}/pay", data=fields | tampered)
        assert answer.status_code == 404
    assert counted(phone, PaymentOrder) == 0
    with phone.database.reading() as session:
        wanted = select(AuditEntry.facts).where(AuditEntry.event == "bill.refused")
        assert {facts["reason"] for facts in session.scalars(wanted)} == {"bill_not_found"}


def test_what_others_keep_and_paid_is_as_unknown_as_none(
    app: Flask, phone: PhoneBrowser, billing: Billing
) -> None:
    """Neither somebody else's account nor his bills are shown, asked about or forgotten."""
    billing.owes(6820)
    page = paid(phone, billing, pays(phone, asks(phone, keep="yes")))
    with phone.database.reading() as session:
        kept = session.scalars(select(KeptAccount)).one().id
    stranger = proven(PhoneBrowser(app, number="13800000077"), MEMET)
    assert stranger.get(page).status_code == 404
    assert stranger.get(f"{page}/state").status_code == 404
    assert stranger.get(f"{HERE}/paid/{new_id()}").status_code == 404
    for deed in (kept, f"{kept}/forget"):
        assert stranger.post(f"{HERE}/accounts/{deed}", AT_WATER).status_code == 404
    assert "尾号" not in stranger.get(HERE).text
    assert counted(phone, KeptAccount) == 1


@pytest.mark.policy("P43")
def test_money_that_comes_back_is_told(phone: PhoneBrowser, billing: Billing) -> None:
    """Not booked: the page says that the money goes back by itself."""
    billing.owes(6820)
    billing.biller.refuses = True
    page = paid(phone, billing, pays(phone, asks(phone)))
    billing.work()
    assert "没有缴成，钱会退回" in phone.get(page).text


def test_who_is_not_connected_can_be_called(app: Flask, phone: PhoneBrowser) -> None:
    """A biller that cannot be asked from here shows its number, and its page is none."""
    app.extensions[EXTENSION] = {}
    assert 'href="tel:0908-0000101"' in phone.get(HERE).text
    assert phone.get(AT_WATER).status_code == 404


def test_nobody_pays_without_a_proven_name(app: Flask, billing: Billing) -> None:
    """A phone whose holder is not known is led to prove himself."""
    browser = PhoneBrowser(app)
    browser.sign_in()
    answer = browser.get(HERE)
    assert answer.status_code == 403
    assert "/m/me/prove" in answer.text
