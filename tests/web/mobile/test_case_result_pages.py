"""A case's result on the phone: one timeline, the ways it comes, their costs; and attacks."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import SYSTEM
from kiosk_server.cases.models import CaseState
from kiosk_server.core.identifiers import new_id
from kiosk_server.deliveries import addresses
from kiosk_server.deliveries.life import Step
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.payments.models import PaymentOrder
from kiosk_server.results.models import CaseResult
from kiosk_server.results.rules import ResultWay
from mobile_api.web.looks import OFFERED
from tests.support.counter import MEMET as CARD_OF_MEMET
from tests.support.counter import Counter
from tests.support.inspect_page import inspect
from tests.support.owner import resident_of
from tests.support.phone import AYGUL, MEMET, PhoneBrowser
from tests.support.result_desk import FREE_ITEM, WISH, Desk

KEY = "the-same-form-twice"


@pytest.fixture
def desk(app: Flask) -> Desk:
    """A counter whose paper costs ten yuan."""
    return Desk(Counter(app.extensions["kiosk_database"], app.extensions["kiosk_settings"]).open())


@pytest.fixture
def phone(app: Flask, desk: Desk) -> PhoneBrowser:
    """The person of that counter, with her phone."""
    return proven(PhoneBrowser(app), AYGUL)


def proven(browser: PhoneBrowser, person: dict[str, str]) -> PhoneBrowser:
    """Sign in and prove by name and number."""
    browser.sign_in()
    told = {"name": person["name"], "identity_number": person["number"]}
    assert browser.post("/m/me/prove/name", "/m/me/prove", **told).status_code == 303
    return browser


def address(phone: PhoneBrowser) -> str:
    """Keep an address of the phone's holder."""
    with phone.database.unit_of_work() as session:
        return addresses.keep(session, resident_of(phone), WISH, by=SYSTEM).id


def choose(phone: PhoneBrowser, page: str, way: str, **more: Any) -> TestResponse:
    """Choose a way on a case's page."""
    return phone.post(f"{page}/result", "/m/me", way=way, **{"key": KEY} | more)


def rows(phone: PhoneBrowser, table: type[Any]) -> list[Any]:
    """All rows of a table."""
    with phone.database.reading() as session:
        return list(session.scalars(select(table)))


@pytest.mark.parametrize("language", OFFERED)
def test_every_page_of_a_result_is_in_order(desk: Desk, phone: PhoneBrowser, language: str) -> None:
    """Choosing, where to send, owed, paid, money back, sent: each page is whole."""
    phone.client.set_cookie("m_look", f"{language}.xl.contrast", path="/m")
    case = desk.decided()[1]
    page, where = f"/m/cases/{case}", address(phone)
    for path in (page, f"{page}/send"):
        inspect(phone.get(path))
    choose(phone, page, "send", where=where, payer="prepaid")
    inspect(phone.get(page))
    desk.pays(case)
    for path in (page, f"{page}/money-back"):
        inspect(phone.get(path))
    choose(phone, page, "collect", key="another")
    inspect(phone.get(page))
    inspect(choose(phone, page, "by-pigeon"))
    inspect(choose(phone, page, "send", where=""))
    phone.post(f"{page}/money-back", f"{page}/money-back")
    inspect(phone.get(page))


@pytest.mark.policy("P43")
def test_the_cost_is_told_before_the_way_is_chosen(desk: Desk, phone: PhoneBrowser) -> None:
    """Paper and postage stand beside each way; a free paper says that it is free."""
    page = f"/m/cases/{desk.decided()[1]}"
    address(phone)
    text = phone.get(page).text
    assert "纸质件要付 10.00 元。电子版免费。" in text
    assert text.count("10.00 元") == 3
    send = phone.get(f"{page}/send").text
    assert "寄费 <span" in send
    assert "8.00 元" in send
    assert "示例一村" in send
    free = phone.get(f"/m/cases/{desk.decided(item=FREE_ITEM)[1]}").text
    assert "纸质件不收费" in free


@pytest.mark.policy("P43")
def test_a_way_that_was_given_up_is_open_anew(desk: Desk, phone: PhoneBrowser) -> None:
    """Owed, the page says what was chosen; its order closed, the same way is offered once more."""
    page, take = f"/m/cases/{desk.decided()[1]}", 'name="way" value="here"'
    order = choose(phone, page, "here").headers["Location"]
    owed = phone.get(page).text
    assert "您选的：自己打印" in owed
    assert take not in owed
    assert phone.post(f"{order}/close", f"{order}/close").status_code == 303
    free = phone.get(page).text
    assert "您想怎么拿？" in free
    assert take in free
    again = choose(phone, page, "here", key="another").headers["Location"]
    assert again.startswith("/m/payments/")
    assert again != order


@pytest.mark.policy("P43")
def test_of_two_sums_one_is_asked_for_first(desk: Desk, phone: PhoneBrowser) -> None:
    """Paper and postage are owed: the paper's is the main button, the postage stands beneath."""
    page, where = f"/m/cases/{desk.decided()[1]}", address(phone)
    choose(phone, page, "send", where=where, payer="prepaid")
    text = phone.get(page).text
    assert text.count("button-main") == 1
    assert text.index("缴费 <span") < text.index("缴寄费")


@pytest.mark.policy("P43")
def test_what_is_chosen_here_is_paid_and_then_printed(desk: Desk, phone: PhoneBrowser) -> None:
    """It leads to its payment; paid, it may be printed at any terminal, and says until when."""
    case = desk.decided()[1]
    page = f"/m/cases/{case}"
    first, again = (choose(phone, page, "here") for _ in range(2))
    assert first.headers["Location"] == again.headers["Location"]
    assert first.headers["Location"].startswith("/m/payments/")
    assert len(rows(phone, PaymentOrder)) == 1
    owed = phone.get(page).text
    assert "缴了费就可以拿" in owed
    assert f'href="{first.headers["Location"]}"' in owed
    assert f'href="{page}"' in phone.get(first.headers["Location"]).text
    desk.pays(case)
    paid = phone.get(page).text
    assert "刷身份证" in paid
    assert "前没有拿到，钱自动退回" in paid
    assert "已缴费" in paid


@pytest.mark.policy("P42", "P43")
def test_one_timeline_tells_of_case_payment_and_parcel(desk: Desk, phone: PhoneBrowser) -> None:
    """The latest first, in the courier's own words too; the page asks with a version."""
    case = desk.decided()[1]
    page = f"/m/cases/{case}"
    choose(phone, page, "send", where=address(phone), payer="recipient")
    before = phone.get(f"{page}/state")
    tag = {"If-None-Match": before.headers["ETag"]}
    assert phone.get(f"{page}/state", headers=tag).status_code == 304
    desk.pays(case)
    (parcel,) = rows(phone, DeliveryOrder)
    desk.parcel(parcel.id, Step.PICK_UP)
    assert phone.get(f"{page}/state", headers=tag).status_code == 200
    text = phone.get(page).text
    told = ["快递已取走", "已缴费", "选了寄送", "已有结果", "提出申请"]
    places = [text.index(f"<b>{each}</b>") for each in told]
    assert places == sorted(places)
    assert "已经交给快递" in text
    assert f'href="/m/deliveries/{parcel.id}"' in text


@pytest.mark.policy("P42")
def test_a_mind_can_be_changed_until_it_is_gone(desk: Desk, phone: PhoneBrowser) -> None:
    """Sent, then collected at another window for the same money; handed out, nothing is open."""
    case = desk.decided()[1]
    page = f"/m/cases/{case}"
    choose(phone, page, "send", where=address(phone), payer="recipient")
    desk.pays(case)
    choose(phone, page, "collect", site="atushi-centre", key="another")
    text = phone.get(page).text
    assert "阿图什市政务服务中心等您来领" in text
    assert "换方式不再收" in text
    assert len(rows(phone, PaymentOrder)) == 1
    desk.hands_out(case)
    gone = phone.get(page).text
    assert "窗口已经交给您" in gone
    assert "/result" not in gone.replace("/result.pdf", "")
    for way in ResultWay:
        late = choose(phone, page, way.value, key=f"late-{way}", where=address(phone))
        assert late.status_code in (403, 409), way
    assert phone.get(f"{page}/send").status_code == 403


@pytest.mark.policy("P43")
def test_the_money_takes_the_papers_place_once(desk: Desk, phone: PhoneBrowser) -> None:
    """Asked once more, given back once; the paper is not printed any more."""
    case = desk.decided()[1]
    page = f"/m/cases/{case}"
    assert phone.get(f"{page}/money-back").status_code == 403
    choose(phone, page, "here")
    desk.pays(case)
    assert "10.00 元" in phone.get(f"{page}/money-back").text
    answers = [phone.post(f"{page}/money-back", "/m/me").status_code for _ in range(2)]
    assert answers == [303, 409]
    assert len(desk.refunds(case)) == 1
    assert "钱正在原路退回" in phone.get(page).text


@pytest.mark.policy("P43")
def test_postage_paid_beforehand_is_owed_on_the_cases_page(desk: Desk, phone: PhoneBrowser) -> None:
    """A free paper that is sent: its postage is what is paid, and it goes once that is."""
    page = f"/m/cases/{desk.decided(item=FREE_ITEM)[1]}"
    choose(phone, page, "send", where=address(phone), payer="prepaid")
    text = phone.get(page).text
    assert "缴了寄费就寄出" in text
    (postage,) = rows(phone, PaymentOrder)
    assert f'href="/m/payments/{postage.id}"' in text


@pytest.mark.policy("P42")
def test_it_can_be_sent_to_a_site_that_hands_it_out(desk: Desk, phone: PhoneBrowser) -> None:
    """The village's site stands among the places; where none hands parcels out it is refused."""
    page = f"/m/cases/{desk.decided(item=FREE_ITEM)[1]}"
    refused = choose(phone, page, "send", where="site:atushi-centre")
    assert refused.status_code == 409
    inspect(refused)
    assert rows(phone, DeliveryOrder) == []
    chosen = choose(phone, page, "send", where="site:sample-village-1", payer="recipient")
    assert chosen.status_code == 303
    (parcel,) = rows(phone, DeliveryOrder)
    assert parcel.to_site_id == "sample-village-1"
    assert "示例一村" in phone.get(f"/m/deliveries/{parcel.id}").text


def test_what_a_form_says_of_money_is_not_read(desk: Desk, phone: PhoneBrowser) -> None:
    """Amounts, fees and states in a form change nothing."""
    page = f"/m/cases/{desk.decided()[1]}"
    lied = {"amount_fen": "1", "fee_fen": "0", "state": "paid", "paid": "1"}
    choose(phone, page, "send", where=address(phone), payer="recipient", **lied)
    (order,), (parcel,) = rows(phone, PaymentOrder), rows(phone, DeliveryOrder)
    assert (order.amount_fen, order.state, parcel.fee_fen) == (1000, "opened", 800)
    assert parcel.released_at is None


@pytest.mark.policy("P23", "P42")
def test_a_case_and_an_address_are_nobody_elses(
    app: Flask, desk: Desk, phone: PhoneBrowser
) -> None:
    """By id: 404 at every door, the same as for what does not exist; and it is audited."""
    case, home = desk.decided()[1], address(phone)
    thief = proven(PhoneBrowser(app, number="13800000002"), MEMET)
    for which in (case, new_id()):
        page = f"/m/cases/{which}"
        answers = [thief.get(f"{page}{rest}") for rest in ("", "/state", "/send", "/money-back")]
        answers += [choose(thief, page, "here"), thief.post(f"{page}/money-back", "/m/me")]
        assert [each.status_code for each in answers] == [404] * 6
    own = desk.decided(CARD_OF_MEMET)[1]
    assert choose(thief, f"/m/cases/{own}", "send", where=home).status_code == 404
    with phone.database.reading() as session:
        events = session.scalars(select(AuditEntry.event)).all()
    assert events.count("result.refused") == 13
    assert rows(phone, CaseResult) == []


def test_a_form_of_another_site_chooses_nothing(desk: Desk, phone: PhoneBrowser) -> None:
    """Without the form's own token nothing is chosen and no money goes back."""
    page = f"/m/cases/{desk.decided()[1]}"
    for door in ("result", "money-back"):
        assert phone.client.post(f"{page}/{door}", data={"way": "here"}).status_code == 400
    assert rows(phone, CaseResult) == []


def test_every_line_and_state_of_a_result_has_words(app: Flask) -> None:
    """What the timeline may tell is said in every language."""
    known = app.extensions["kiosk_messages"]
    wanted = [f"delivery-{each}" for each in (*Step, "opened", "papers_opened", "asked", "note")]
    wanted += [f"print-{each}" for each in ("asked", "printed", "not_printed", "unknown")]
    wanted += [f"payment-{each}" for each in ("opened", "paid", "closed", "refund_asked")]
    wanted += ["payment-refunded"]
    wanted += [
        f"hand-out-{each}"
        for each in ("handed_out", "handed_over", "given_up", "papers_handed_over")
    ]
    told = (CaseState.APPLIED, CaseState.RECEIVED, CaseState.ACCEPTED, CaseState.DECIDED)
    wanted += [f"case-{each}" for each in (*told, CaseState.COMPLETED, CaseState.WITHDRAWN)]
    missing = {
        (each, language)
        for each in wanted
        for language in OFFERED
        if not known.knows(f"timeline-{each}".replace("_", "-"), language)
    }
    assert missing == set()
