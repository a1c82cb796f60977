"""Bills on the phone, by the API: who can be paid, what is owed, one order, and how it ended."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.models import AuditEntry
from kiosk_server.bills.billers import billers
from kiosk_server.bills.rules import WRONG_ACCOUNTS
from kiosk_server.core.database import Database
from kiosk_server.core.identifiers import new_id
from kiosk_server.gateways.pay_simulated import PAGE, press
from kiosk_server.settings import Settings
from tests.support.phone import AYGUL, MEMET, Program, carry_out

WATER = {"biller": "sample-water", "account": "1010000001"}
TURNED_DOWN = {"biller": "sample-water", "account": "1010000003"}


@pytest.fixture
def mine(app: Flask) -> Program:
    """Somebody who has proven who she is."""
    program = Program(app).sign_in()
    assert program.prove(AYGUL).status_code == 200
    return program


def owed(who: Program, asked: dict[str, str]) -> list[str]:
    """Ask what an account owes; return the bills."""
    seen = who.call("POST", "/bills/questions", json=asked).get_json()
    assert seen["outcome"] == "owed"
    return [bill["id"] for bill in seen["bills"]]


def to_pay(asked: dict[str, str], bills: list[str]) -> dict[str, object]:
    """Return what is sent to pay bills."""
    return {"biller": asked["biller"], "accounts": [asked["account"]], "bills": bills}


def paid(who: Program, database: Database, settings: Settings, asked: dict[str, str]) -> str:
    """Pay what an account owes at the simulated cashier, to its end; return the order."""
    order = who.call("POST", "/bills/orders", json=to_pay(asked, owed(who, asked))).get_json()
    way = f"/payments/{order['id']}"
    who.call("POST", f"{way}/attempts", json={"channel": "simulated"})
    carry_out(database, settings)
    code = who.call("GET", way).get_json()["attempts"][0]["code"]
    with database.unit_of_work() as session:
        press(session, code.partition(PAGE)[2])
    for _ in range(4):
        carry_out(database, settings)
    return str(order["id"])


@pytest.mark.policy("P47")
def test_every_biller_says_who_answers_for_it(app: Flask) -> None:
    """Nobody has to sign in to be told whom to call; simulated ones say so."""
    items = Program(app).call("GET", "/billers").get_json()["items"]
    assert [item["code"] for item in items] == [biller.code for biller in billers()]
    assert all(item["answers"] and item["phone"] and item["simulated"] for item in items)


@pytest.mark.policy("P43")
def test_bills_are_asked_paid_and_booked(
    mine: Program, database: Database, settings: Settings
) -> None:
    """One order for two months; once the biller has booked them they are settled, and told."""
    order = paid(mine, database, settings, WATER)
    items = mine.call("GET", "/bills").get_json()["items"]
    assert {(item["payment_id"], item["state"]) for item in items} == {(order, "settled")}
    assert len(items) == 2
    assert all(item["reference"] and item["account_ends"] == "0001" for item in items)
    told = [each["kind"] for each in mine.call("GET", "/notices").get_json()["items"]]
    assert told.count("bill_settled") == 2
    again = mine.call("POST", "/bills/questions", json=WATER).get_json()
    assert again["outcome"] == "nothing_owed"


@pytest.mark.policy("P43")
def test_what_is_not_booked_comes_back(
    mine: Program, database: Database, settings: Settings
) -> None:
    """The biller refuses: the money goes back by itself, and the notice says what happened."""
    order = paid(mine, database, settings, TURNED_DOWN)
    assert mine.call("GET", f"/payments/{order}").get_json()["state"] == "refunded"
    assert mine.call("GET", "/bills").get_json()["items"][0]["state"] == "refused"
    words = [each["words"] for each in mine.call("GET", "/notices").get_json()["items"]]
    assert any("没有入账" in each for each in words)


@pytest.mark.parametrize(
    ("ends", "outcome"),
    [("02", "nothing_owed"), ("06", "asleep"), ("99", "account_unknown")],
)
def test_each_answer_is_an_outcome(mine: Program, ends: str, outcome: str) -> None:
    """What a biller says is told as it is, never as an empty list that means anything."""
    asked = WATER | {"account": f"10100000{ends}"}
    seen = mine.call("POST", "/bills/questions", json=asked).get_json()
    assert (seen["outcome"], seen["bills"]) == (outcome, [])
    assert (seen["asleep_until"] is not None) is (outcome == "asleep")


@pytest.mark.policy("P43")
def test_the_amount_cannot_be_given_by_the_client(mine: Program) -> None:
    """A body with an amount is refused whole; the biller alone says what is owed."""
    bills = owed(mine, WATER)
    for forged in ({"amount_fen": 1}, {"amounts": [1, 1]}, {"payer_id": new_id()}):
        refused = mine.call("POST", "/bills/orders", json=to_pay(WATER, bills) | forged)
        assert refused.status_code == 422
    assert mine.call("GET", "/payments").get_json()["items"] == []


@pytest.mark.policy("P37")
def test_anothers_bill_by_its_id_opens_nothing(
    app: Flask, mine: Program, database: Database
) -> None:
    """Without the account it is not there, and asking for it is audited; nor is its order."""
    bills = owed(mine, WATER)
    other = Program(app, number="13800000002").sign_in()
    assert other.call("POST", "/bills/questions", json=WATER).status_code == 403
    other.prove(MEMET)
    elsewhere = WATER | {"account": "1010000102"}
    for ids in (bills, [new_id()]):
        refused = other.call("POST", "/bills/orders", json=to_pay(elsewhere, ids))
        assert (refused.status_code, refused.get_json()["code"]) == (404, "bill_not_found")
    with database.reading() as session:
        named = AuditEntry.event == AuditEvent.BILL_REFUSED.value
        assert session.scalar(select(func.count()).where(named)) == 2
    order = mine.call("POST", "/bills/orders", json=to_pay(WATER, bills)).get_json()
    assert other.call("GET", f"/payments/{order['id']}").status_code == 404
    taken = other.call("POST", "/bills/orders", json=to_pay(WATER, bills))
    assert (taken.status_code, taken.get_json()["code"]) == (409, "bill_in_order")
    assert other.call("GET", "/bills").get_json()["items"] == []


@pytest.mark.policy("P37")
def test_guessing_accounts_ends_soon(mine: Program) -> None:
    """After ten wrong numbers the phone has to wait, even with a right one."""
    for number in range(WRONG_ACCOUNTS):
        wrong = WATER | {"account": f"10100099{number + 80}"}
        assert mine.call("POST", "/bills/questions", json=wrong).status_code == 200
    refused = mine.call("POST", "/bills/questions", json=WATER)
    assert (refused.status_code, refused.get_json()["code"]) == (429, "too_many_bill_accounts")
    assert int(refused.headers["Retry-After"]) > 0


def test_sent_again_an_order_is_the_same_one(mine: Program) -> None:
    """With its key it is answered again; without, the order that stands is returned."""
    bills = to_pay(WATER, owed(mine, WATER))
    headers = {"Idempotency-Key": "bills-of-this-test-1"}
    answers = [
        mine.call("POST", "/bills/orders", json=bills, headers=headers),
        mine.call("POST", "/bills/orders", json=bills, headers=headers),
        mine.call("POST", "/bills/orders", json=bills),
    ]
    assert {each.status_code for each in answers} == {201}
    assert len({each.get_json()["id"] for each in answers}) == 1
