"""The phone says how a result comes, pays for it, and follows it on one timeline."""

import pytest
from flask import Flask

from kiosk_server.deliveries.life import Step
from tests.support.counter import AYGUL as AT_COUNTER
from tests.support.counter import Counter
from tests.support.phone import AYGUL, MEMET, Program
from tests.support.result_desk import Desk

ADDRESS = {
    "name": "测试·阿依古丽",
    "phone": "138 0000 0001",
    "division_code": "653001101",
    "street": "示例巷 2 号（测试）",
}


@pytest.fixture
def desk(app: Flask) -> Desk:
    """A counter whose paper costs ten yuan."""
    kept = app.extensions
    return Desk(Counter(kept["kiosk_database"], kept["kiosk_settings"]).open())


def phone_of(app: Flask, who: dict[str, str], number: str = "13800000001") -> Program:
    program = Program(app, number=number).sign_in()
    assert program.prove(who).status_code == 200
    return program


@pytest.mark.policy("P42", "P43")
def test_chosen_paid_and_followed(app: Flask, desk: Desk) -> None:
    """Chosen to be sent, paid, carried and brought: one timeline tells all of it, by time."""
    _, case_id = desk.decided(AT_COUNTER)
    phone = phone_of(app, AYGUL)
    where = phone.call("POST", "/addresses", json=ADDRESS).get_json()["id"]
    seen = phone.call("GET", f"/cases/{case_id}").get_json()["result"]
    assert (seen["open_ways"], seen["fee_fen"], seen["owed"]) == (
        ["here", "collect", "send"],
        1000,
        True,
    )
    asked = {"way": "send", "address_id": where, "payer": "recipient"}
    chosen = phone.call("POST", f"/cases/{case_id}/result", json=asked)
    assert chosen.status_code == 200, chosen.text
    told = chosen.get_json()
    assert told["payment"]["state"] == "opened"
    assert "示例" in told["fees"][0]["basis"]
    desk.pays(case_id)
    for step in (Step.PICK_UP, Step.DELIVER):
        desk.parcel(told["delivery"]["id"], step)
    now = phone.call("GET", f"/cases/{case_id}").get_json()
    lines = [(line["kind"], line["code"]) for line in now["timeline"]]
    for line in (("case", "decided"), ("payment", "paid"), ("delivery", "deliver")):
        assert line in lines
    assert [line["at"] for line in now["timeline"]] == sorted(
        line["at"] for line in now["timeline"]
    )
    assert (now["state"], now["result"]["open_ways"]) == ("completed", [])


@pytest.mark.policy("P43")
def test_money_in_place_of_the_paper(app: Flask, desk: Desk) -> None:
    """The phone takes the money back once; nothing is printed for it after that."""
    _, case_id = desk.decided(AT_COUNTER)
    phone = phone_of(app, AYGUL)
    unpaid = phone.call("POST", f"/cases/{case_id}/result/money-back")
    assert (unpaid.status_code, unpaid.get_json()["code"]) == (403, "nothing_to_return")
    phone.call("POST", f"/cases/{case_id}/result", json={"way": "here"})
    desk.pays(case_id)
    seen = phone.call("GET", f"/cases/{case_id}").get_json()["result"]
    assert seen["may_have_money"]
    assert seen["print_until"] is not None
    taken = phone.call("POST", f"/cases/{case_id}/result/money-back").get_json()
    assert (taken["money_goes_back"], taken["open_ways"]) == (True, [])
    again = phone.call("POST", f"/cases/{case_id}/result/money-back")
    assert again.get_json()["code"] == "nothing_to_return"
    assert len(desk.refunds(case_id)) == 1


@pytest.mark.policy("P42")
def test_anothers_case_is_not_there(app: Flask, desk: Desk) -> None:
    """By id: 404 for its result, its money and itself; and it is audited."""
    _, case_id = desk.decided(AT_COUNTER)
    thief = phone_of(app, MEMET, "13800000002")
    for path, body in (("result", {"way": "here"}), ("result/money-back", None)):
        answer = thief.call("POST", f"/cases/{case_id}/{path}", json=body)
        assert (answer.status_code, answer.get_json()["code"]) == (404, "case_not_found")
    assert len(desk.counter.audited("result.refused")) == 2
    assert desk.sees(case_id).way is None
