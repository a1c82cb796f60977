"""Address book and deliveries through the phone's API, and those who would like another's."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import SYSTEM
from kiosk_server.core import clock
from kiosk_server.deliveries.following import look
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.deliveries.ports import Couriers
from kiosk_server.gateways.courier_simulated import NOT_CARRIED
from kiosk_server.own_data.copying import copy_of
from kiosk_server.own_data.queries import holdings_of
from kiosk_server.own_data.rules import DataKind
from kiosk_server.residents.models import PhoneAccount
from mobile_api.courier_partners import EXTENSION
from tests.support.counter import AYGUL as AT_COUNTER
from tests.support.counter import Counter
from tests.support.phone import AYGUL, MEMET, Program, carry_out
from tests.support.result_desk import FREE_ITEM, Desk

ADDRESS = {
    "name": "测试·阿依古丽",
    "phone": "138 0000 0001",
    "division_code": "653001101",
    "street": "示例巷 2 号（测试）",
}
KEY = {"Idempotency-Key": "a-key-of-this-test-alone"}


@pytest.fixture
def phone(app: Flask) -> Program:
    """Somebody who has proven her name, in a town whose places are known."""
    Counter(app.extensions["kiosk_database"], app.extensions["kiosk_settings"]).open()
    program = Program(app).sign_in()
    assert program.prove(AYGUL).status_code == 200
    return program


def other_phone(app: Flask) -> Program:
    program = Program(app, number="13800000002").sign_in()
    assert program.prove(MEMET).status_code == 200
    return program


def address(phone: Program, **changes: Any) -> str:
    answer = phone.call("POST", "/addresses", json=ADDRESS | changes)
    assert answer.status_code == 201, answer.text
    found: str = answer.get_json()["id"]
    return found


def papers(phone: Program, **changes: Any) -> dict[str, Any]:
    """Ask for two papers to be fetched."""
    asked = {
        "direction": "papers",
        "address_id": address(phone),
        "site_id": "atushi-centre",
        "pieces": [
            {"title": "户口簿（测试）", "original": True},
            {"title": "照片（测试）", "original": False},
        ],
    } | changes
    answer = phone.call("POST", "/deliveries", json=asked, headers=KEY)
    assert answer.status_code == 201, answer.text
    seen: dict[str, Any] = answer.get_json()
    return seen


@pytest.mark.policy("P42")
def test_papers_are_fetched_and_followed_to_the_hand_over(phone: Program) -> None:
    """Quoted, opened once, carried by a courier that says it is simulated, cancelled no more."""
    where = address(phone)
    quote = phone.call(
        "GET", f"/delivery-quotes?address_id={where}&site_id=atushi-centre&pieces=2"
    ).get_json()
    assert quote == {
        "courier": "simulated", "simulated": True, "payer": "recipient",
        "payers": ["recipient", "prepaid"], "fee_fen": 800,
    }  # fmt: skip
    seen = papers(phone, address_id=where)
    again = papers(phone, address_id=where)
    assert (again["id"], seen["state"], seen["simulated"]) == (seen["id"], "created", True)
    assert [each["original"] for each in seen["pieces"]] == [True, False]
    carry_out(phone.database, phone.settings)
    code = phone.call("POST", f"/deliveries/{seen['id']}/codes").get_json()["code"]
    assert len(code) == 6
    couriers: Couriers = phone.app.extensions[EXTENSION]
    with clock.frozen(clock.now() + timedelta(minutes=9)):
        look(phone.database, couriers, seen["id"])
        now = phone.call("GET", f"/deliveries/{seen['id']}").get_json()
    assert (now["state"], now["waybill"]) == ("delivered", f"SIM{seen['id']}")
    told = [(line["step"], line["words"]) for line in now["lines"] if line["words"]]
    assert told[-1] == ("deliver", "（模拟）已签收")
    late = phone.call("POST", f"/deliveries/{seen['id']}/cancel")
    assert (late.status_code, late.get_json()["code"]) == (409, "delivery_under_way")
    listed = phone.call("GET", "/deliveries").get_json()
    assert [each["id"] for each in listed["items"]] == [seen["id"]]


@pytest.mark.policy("P42")
def test_a_result_is_sent_as_its_owner_chooses(app: Flask) -> None:
    """Of one's own case alone, one parcel at a time, and not while it is being printed."""
    desk = Desk(Counter(app.extensions["kiosk_database"], app.extensions["kiosk_settings"]).open())
    case_id = desk.decided(item=FREE_ITEM)[1]
    phone = Program(app).sign_in()
    phone.prove(AYGUL)
    asked = {"direction": "result", "address_id": address(phone), "case_id": case_id}
    first = phone.call("POST", "/deliveries", json=asked)
    assert first.status_code == 201, first.text
    assert first.get_json()["case_id"] == case_id
    second = phone.call("POST", "/deliveries", json=asked)
    states = {
        each["id"]: each["state"] for each in phone.call("GET", "/deliveries").get_json()["items"]
    }
    assert second.status_code == 201, second.text
    assert states == {first.get_json()["id"]: "cancelled", second.get_json()["id"]: "created"}
    printing = desk.counter.comes_to_paper(AT_COUNTER)[1]
    late = phone.call("POST", "/deliveries", json=asked | {"case_id": printing})
    assert (late.status_code, late.get_json()["code"]) == (403, "way_not_open")
    stranger = other_phone(app)
    theirs = asked | {"address_id": address(stranger)}
    refused = stranger.call("POST", "/deliveries", json=theirs)
    assert (refused.status_code, refused.get_json()["code"]) == (404, "case_not_found")


@pytest.mark.policy("P42")
def test_anothers_address_and_delivery_are_not_there(app: Flask, phone: Program) -> None:
    """By id: 404, the same as for what does not exist; and it is audited."""
    mine = papers(phone)
    home = phone.call("GET", "/addresses").get_json()["items"][0]["id"]
    thief = other_phone(app)
    own = address(thief)
    for method, path, body in (
        ("PUT", f"/addresses/{home}", ADDRESS),
        ("DELETE", f"/addresses/{home}", None),
        ("GET", f"/delivery-quotes?address_id={home}&site_id=atushi-centre", None),
        ("GET", f"/deliveries/{mine['id']}", None),
        ("POST", f"/deliveries/{mine['id']}/cancel", None),
        ("POST", f"/deliveries/{mine['id']}/codes", None),
        ("POST", f"/deliveries/{mine['id']}/ways-on", {"way": "collect", "address_id": own}),
        ("POST", "/deliveries", {
            "direction": "papers", "address_id": home, "site_id": "atushi-centre",
            "pieces": [{"title": "测试", "original": False}],
        }),
    ):  # fmt: skip
        answer = thief.call(method, path, json=body) if body else thief.call(method, path)
        assert answer.status_code == 404, (method, path, answer.text)
    with phone.database.reading() as session:
        events = session.scalars(select(AuditEntry.event)).all()
    assert events.count("delivery.refused") == 8
    assert thief.call("GET", "/deliveries").get_json()["items"] == []


def test_the_book_is_kept_changed_and_forgotten(phone: Program) -> None:
    """One default; every fault of an address named; the divisions to choose from."""
    first, second = address(phone), address(phone, is_default=True)
    book = phone.call("GET", "/addresses").get_json()["items"]
    assert [(each["id"], each["is_default"]) for each in book] == [(second, True), (first, False)]
    assert book[0]["phone"] == "13800000001"
    wrong = phone.call("POST", "/addresses", json=ADDRESS | {"phone": "0908", "name": " "})
    assert (wrong.status_code, wrong.get_json()["code"]) == (422, "address_invalid")
    assert phone.call("PUT", f"/addresses/{first}", json=ADDRESS).status_code == 200
    assert phone.call("DELETE", f"/addresses/{second}").status_code == 204
    assert [each["id"] for each in phone.call("GET", "/addresses").get_json()["items"]] == [first]
    tree = {each["code"]: each for each in phone.call("GET", "/divisions").get_json()["items"]}
    assert (tree["653001101"]["parent_code"], tree["653001101"]["sends"]) == ("653001", True)
    assert not tree["650000"]["sends"]


def test_what_nobody_carries_can_be_collected(phone: Program) -> None:
    """Turned down: its owner chooses what follows, once."""
    seen = papers(phone, address_id=address(phone, street=f"{NOT_CARRIED}（测试）"))
    with phone.database.unit_of_work() as session:
        session.get_one(DeliveryOrder, seen["id"]).direction = "result"
    carry_out(phone.database, phone.settings)
    now = phone.call("GET", f"/deliveries/{seen['id']}").get_json()
    assert (now["state"], now["ways_on"]) == ("exception", ["collect", "send_again"])
    path = f"/deliveries/{seen['id']}/ways-on"
    chosen = phone.call("POST", path, json={"way": "collect"})
    assert chosen.get_json()["way_on"] == "collect"
    twice = phone.call("POST", path, json={"way": "collect"})
    assert (twice.status_code, twice.get_json()["code"]) == (409, "way_not_open")


@pytest.mark.policy("P63")
def test_my_data_tells_of_addresses_and_deliveries(phone: Program) -> None:
    """Counted, copied in clear for their owner; the book can be erased."""
    papers(phone)
    with phone.database.unit_of_work() as session:
        account = session.scalars(select(PhoneAccount)).one()
        assert account.resident_id is not None
        counts = {
            each.kind: each.count for each in holdings_of(session, account.id, account.resident_id)
        }
        copy = copy_of(session, account.id, account.resident_id, by=SYSTEM)
    assert (counts[DataKind.ADDRESSES], counts[DataKind.DELIVERIES]) == (1, 1)
    assert "示例巷" in copy[DataKind.ADDRESSES][0]["content"]
    assert copy[DataKind.DELIVERIES][0]["name"] == "户口簿（测试）; 照片（测试）"
