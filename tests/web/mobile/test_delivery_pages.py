"""Deliveries on the phone's pages: papers fetched, followed, their code, trouble; and attacks."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import SYSTEM
from kiosk_server.core import clock
from kiosk_server.core.identifiers import new_id
from kiosk_server.deliveries import addresses, heard
from kiosk_server.deliveries.addresses import AddressWish
from kiosk_server.deliveries.following import look
from kiosk_server.deliveries.life import DeliveryState, Step, Trouble
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.deliveries.ports import CourierName, Couriers, Payer
from kiosk_server.deliveries.rules import WayOn
from kiosk_server.places import first_data
from mobile_api.courier_partners import EXTENSION
from mobile_api.web.looks import OFFERED
from tests.support.delivering import NOON, WISH
from tests.support.inspect_page import inspect
from tests.support.owner import resident_of
from tests.support.phone import AYGUL, MEMET, PhoneBrowser, carry_out

HERE, NEW = "/m/deliveries", "/m/deliveries/new"
SITE = "atushi-centre"
PIECES = ["户口簿（测试）", "照片（测试）"]


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """It is Monday noon."""
    with clock.frozen(NOON):
        yield


@pytest.fixture
def phone(app: Flask) -> PhoneBrowser:
    """Somebody who has proven her name, in a town whose places are known."""
    browser = PhoneBrowser(app)
    with browser.database.unit_of_work() as session:
        first_data.enter(session)
    return proven(browser, AYGUL)


def proven(browser: PhoneBrowser, person: dict[str, str]) -> PhoneBrowser:
    """Sign in and prove by name and number."""
    browser.sign_in()
    told = {"name": person["name"], "identity_number": person["number"]}
    assert browser.post("/m/me/prove/name", "/m/me/prove", **told).status_code == 303
    return browser


def address(phone: PhoneBrowser, wish: AddressWish = WISH) -> str:
    """Keep an address of the phone's holder."""
    with phone.database.unit_of_work() as session:
        return addresses.keep(session, resident_of(phone), wish, by=SYSTEM).id


def send(phone: PhoneBrowser, step: str, where: str, **more: Any) -> TestResponse:
    """Send the form of papers."""
    fields: dict[str, Any] = {
        "site": SITE, "address_id": where, "piece": PIECES, "original": ["0"], "step": step,
    } | more  # fmt: skip
    return phone.post(NEW, "/m/me", **fields)


def ordered(phone: PhoneBrowser, **more: Any) -> str:
    """Have two papers fetched; return the delivery's page."""
    answer = send(phone, "send", address(phone), **more)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def row(phone: PhoneBrowser, page: str) -> DeliveryOrder:
    """The delivery of a page as it stands."""
    with phone.database.reading() as session:
        return session.get_one(DeliveryOrder, page.rsplit("/", 1)[1])


def happens(phone: PhoneBrowser, page: str, step: Step, trouble: Trouble | None = None) -> None:
    """Let something be heard of the delivery of a page."""
    with phone.database.unit_of_work() as session:
        order = heard.held(session, page.rsplit("/", 1)[1])
        heard.enter(session, order, step, trouble=trouble)


@pytest.mark.parametrize("language", OFFERED)
def test_every_page_of_deliveries_is_in_order(phone: PhoneBrowser, language: str) -> None:
    """Empty, the form, one more paper, the price, one on its way, its code, trouble: all whole."""
    phone.client.set_cookie("m_look", f"{language}.xl.contrast", path="/m")
    for path in (HERE, NEW):
        inspect(phone.get(path))
    where = address(phone)
    inspect(phone.get(NEW))
    for step in ("add", "check", "change"):
        inspect(send(phone, step, where))
    page = ordered(phone)
    for path in (HERE, page, f"{page}/cancel"):
        inspect(phone.get(path))
    inspect(phone.post(f"{page}/code", page))
    happens(phone, page, Step.GIVE_BACK, Trouble.WRONG_ADDRESS)
    inspect(phone.get(page))


@pytest.mark.policy("P42")
def test_papers_are_fetched_from_the_door_piece_by_piece(phone: PhoneBrowser) -> None:
    """Listed one by one, the price and who pays told before, ordered once for a double touch."""
    where = address(phone)
    added = send(phone, "add", where).text
    assert added.count('name="piece"') == 3
    assert added.index('id="piece-2"') < added.index(" autofocus>")
    quoted = send(phone, "check", where)
    assert "8.00 元" in quoted.text
    assert "原件，要还给您" in quoted.text
    assert "不会真的寄" in quoted.text
    key = re.search(r'name="key" value="([^"]+)"', quoted.text)
    assert key is not None
    first, again = (send(phone, "send", where, key=key[1], payer="recipient") for _ in range(2))
    assert first.headers["Location"] == again.headers["Location"]
    text = phone.get(first.headers["Location"]).text
    assert all(piece in text for piece in PIECES)
    assert "138****0001" in text
    assert row(phone, first.headers["Location"]).fee_fen == 800


@pytest.mark.policy("P42")
def test_a_parcel_is_followed_in_the_couriers_own_words(phone: PhoneBrowser) -> None:
    """Each line has its time, our word and what the courier wrote; the page asks with a version."""
    page = ordered(phone)
    carry_out(phone.database, phone.settings)
    before = phone.get(f"{page}/state")
    tag = {"If-None-Match": before.headers["ETag"]}
    assert phone.get(f"{page}/state", headers=tag).status_code == 304
    couriers: Couriers = phone.app.extensions[EXTENSION]
    with clock.frozen(NOON + timedelta(minutes=9)):
        look(phone.database, couriers, page.rsplit("/", 1)[1])
        text = phone.get(page).text
        assert phone.get(f"{page}/state", headers=tag).status_code == 200
    assert "（模拟）已签收" in text
    assert text.index("（模拟）已签收") < text.index("（模拟）已揽收")
    assert "小字是快递公司的原话" in text
    assert "http-equiv" not in text


@pytest.mark.policy("P42")
def test_the_hand_over_code_is_shown_once(phone: PhoneBrowser) -> None:
    """It stands on the answer to a touch and on no page; too many in a day are refused in words."""
    page = ordered(phone)
    shown = phone.post(f"{page}/code", page)
    code = re.search(r'role="status">(\d{3}) (\d{3})<', shown.text)
    assert code is not None
    assert shown.headers["Cache-Control"] == "no-store"
    assert code[0] not in phone.get(page).text
    assert phone.get(f"{page}/code").status_code == 405
    for _ in range(4):
        phone.post(f"{page}/code", page)
    refused = phone.post(f"{page}/code", page)
    assert refused.status_code == 409
    assert "验证码太多了" in refused.text


def test_what_is_not_fetched_yet_can_be_cancelled(phone: PhoneBrowser) -> None:
    """Asked once more, cancelled once; on its way it is refused with what to do."""
    page = ordered(phone)
    assert "取消这次寄递" in phone.get(f"{page}/cancel").text
    for _ in range(2):
        phone.post(f"{page}/cancel", "/m/me")
    carry_out(phone.database, phone.settings)
    assert row(phone, page).state == DeliveryState.CANCELLED
    other = ordered(phone)
    happens(phone, other, Step.PICK_UP)
    late = phone.post(f"{other}/cancel", "/m/me")
    assert late.status_code == 409
    assert "快递已经取走" in late.text
    assert phone.get(f"{other}/cancel").status_code == 409


@pytest.mark.policy("P42")
def test_trouble_has_its_way_on(phone: PhoneBrowser) -> None:
    """A wrong address asks for another one of mine; sent again it leads to the new parcel."""
    page = ordered(phone)
    happens(phone, page, Step.GIVE_BACK, Trouble.WRONG_ADDRESS)
    text = phone.get(page).text
    assert "按这个地址找不到" in text
    assert "请选另一个" in text
    nowhere = phone.post(f"{page}/way-on", page, way="send_again", where="")
    assert nowhere.status_code == 409
    assert "请选另一个地址" in nowhere.text
    other = address(phone)
    new = phone.post(f"{page}/way-on", page, way="send_again", where=other)
    assert new.status_code == 303
    assert row(phone, new.headers["Location"]).replaces == page.rsplit("/", 1)[1]
    assert row(phone, page).way_on == WayOn.SEND_AGAIN
    again = phone.post(f"{page}/way-on", "/m/me", way="send_again", where=other)
    assert again.status_code == 409


@pytest.mark.parametrize("way", ["issue_anew", "claim", "", "delivered"])
def test_a_resident_chooses_only_his_own_ways(phone: PhoneBrowser, way: str) -> None:
    """What staff may let follow is not taken from a form."""
    page = ordered(phone)
    happens(phone, page, Step.STRAY, Trouble.LOST)
    refused = phone.post(f"{page}/way-on", "/m/me", way=way)
    assert refused.status_code == 409
    assert row(phone, page).way_on is None


@pytest.mark.policy("P43")
def test_postage_that_is_owed_is_paid_first(phone: PhoneBrowser) -> None:
    """Paid beforehand, the parcel waits; its page leads to the payment with the sum."""
    page = ordered(phone, payer="prepaid")
    text = phone.get(page).text
    leads = re.search(r'href="(/m/payments/\w+)"', text)
    assert leads is not None
    assert "缴了寄费就寄出" in text
    assert "8.00 元" in phone.get(leads[1]).text
    assert f'href="{page}"' in phone.get(leads[1]).text


def test_what_a_form_says_of_fees_is_not_read(phone: PhoneBrowser) -> None:
    """Fee, courier and state in a form change nothing; a payer that is not offered is refused."""
    page = ordered(phone, fee_fen="1", courier="ems", state="delivered", payer="recipient")
    made = row(phone, page)
    assert (made.fee_fen, made.courier, made.state) == (800, CourierName.SIMULATED, "created")
    refused = send(phone, "send", address(phone), payer=Payer.OFFICE.value)
    assert refused.status_code == 422
    inspect(refused)


def test_what_is_missing_is_said_where_it_is_missing(phone: PhoneBrowser) -> None:
    """No site, no address, no paper, one too long: the form stays with what was typed."""
    where = address(phone)
    for step in ("check", "send"):
        empty = send(phone, step, "", site="", piece=[" "], original=[])
        assert empty.status_code == 422
        for said in ("请选送到哪里", "请选从哪里取", "请至少写一件"):
            assert said in empty.text
    lengthy = send(phone, "send", where, piece=["测" * 61])
    assert lengthy.status_code == 422
    assert send(phone, "send", where, site="nowhere").status_code == 422
    many = send(phone, "check", where, piece=["测试"] * 50)
    assert many.text.count('name="piece"') == 20
    with phone.database.reading() as session:
        assert session.scalars(select(DeliveryOrder)).all() == []


@pytest.mark.policy("P42")
def test_anothers_delivery_and_address_are_not_there(app: Flask, phone: PhoneBrowser) -> None:
    """By id: 404 at every door, the same as for what does not exist; and it is audited."""
    page = ordered(phone)
    happens(phone, page, Step.GIVE_BACK, Trouble.REFUSED)
    with phone.database.reading() as session:
        home = addresses.addresses_of(session, resident_of(phone))[0].id
    thief = proven(PhoneBrowser(app, number="13800000002"), MEMET)
    for which in (page, f"{HERE}/{new_id()}"):
        answers = [thief.get(which), thief.get(f"{which}/state"), thief.get(f"{which}/cancel")]
        answers += [
            thief.post(f"{which}/{door}", "/m/me", way="collect")
            for door in ("code", "cancel", "way-on")
        ]
        assert [each.status_code for each in answers] == [404] * 6
    for step in ("check", "send"):
        assert send(thief, step, home).status_code == 404
    own = send(phone, "send", home).headers["Location"]
    happens(phone, own, Step.GIVE_BACK, Trouble.REFUSED)
    assert page.rsplit("/", 1)[1] not in thief.get(HERE).text
    with phone.database.reading() as session:
        events = session.scalars(select(AuditEntry.event)).all()
    assert events.count("delivery.refused") == 14


def test_a_form_of_another_site_sends_and_cancels_nothing(phone: PhoneBrowser) -> None:
    """Without the form's own token no courier comes, no code is made, nothing is cancelled."""
    page = ordered(phone)
    sent = {"site": SITE, "piece": "测试", "step": "send", "way": "collect"}
    for door in (NEW, f"{page}/code", f"{page}/cancel", f"{page}/way-on"):
        assert phone.client.post(door, data=sent).status_code == 400
    assert row(phone, page).code_mac is None


def test_no_courier_is_said_before_anything_is_typed(app: Flask, phone: PhoneBrowser) -> None:
    """With none connected the form says so and its button does nothing."""
    where = address(phone)
    app.extensions[EXTENSION] = Couriers({})
    text = phone.get(NEW).text
    assert "现在没有可用的快递" in text
    refused = send(phone, "check", where)
    assert refused.status_code == 503
    inspect(refused)


def test_everything_that_a_delivery_may_say_has_words(app: Flask) -> None:
    """States, steps, troubles, ways, couriers and payers are named in every language."""
    known = app.extensions["kiosk_messages"]
    wanted = [f"m-delivery-state-{each}" for each in DeliveryState]
    wanted += [f"m-delivery-step-{each}" for each in Step]
    wanted += [f"m-delivery-trouble-{each}" for each in Trouble]
    wanted += [f"m-delivery-went-{each}" for each in WayOn]
    wanted += [f"m-courier-{each}" for each in CourierName]
    wanted += [f"m-payer-{each}" for each in Payer]
    assert [each for each in wanted if not known.knows(each.replace("_", "-"))] == []


@pytest.mark.policy("P42")
def test_who_cannot_come_to_the_site_has_it_sent_elsewhere_or_back(phone: PhoneBrowser) -> None:
    """It waits there with its code; another site, near first, costs postage; the window none."""
    page = ordered(phone)
    waits_in_village(phone, page)
    text = phone.get(page).text
    assert "在示例一村便民服务站等您来取" in text
    assert "去不了" in text
    assert f'action="{page}/code"' in text
    assert text.index("阿扎克镇便民服务中心") < text.index("幸福路街道便民服务中心")
    assert 'value="site:sample-village-1"' not in text
    assert phone.post(f"{page}/way-on", page, way="send_again", where="").status_code == 409
    new = phone.post(f"{page}/way-on", page, way="send_again", where="site:sample-village-2")
    sent = row(phone, new.headers["Location"])
    assert (sent.site_id, sent.to_site_id) == ("sample-village-1", "sample-village-2")
    assert "已经重新寄出" in phone.get(page).text
    phone.post(f"/m/deliveries/{sent.id}/cancel", "/m/me")
    again = phone.get(page).text
    assert "一直没有人取" not in again
    assert "还没有取" in again
    back = phone.post(f"{page}/way-on", page, way="send_back")
    returned = row(phone, back.headers["Location"])
    assert (returned.to_site_id, returned.payer) == (SITE, Payer.OFFICE)
    inspect(phone.get(page))


def waits_in_village(phone: PhoneBrowser, page: str) -> None:
    """As if a result had been brought to the first village, where it lies for her."""
    with phone.database.unit_of_work() as session:
        order = session.get_one(DeliveryOrder, page.rsplit("/", 1)[1])
        order.direction, order.to_site_id = "result", "sample-village-1"
    happens(phone, page, Step.DELIVER)
