"""Paying on the phone, by the API: my own orders alone, a code for a channel, and letting go."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import SYSTEM, Subject
from kiosk_server.core.database import Database
from kiosk_server.core.identifiers import new_id
from kiosk_server.fiscal.asking import ask_treasury
from kiosk_server.fiscal.queries import fiscal_bills_of
from kiosk_server.fiscal.services import follow
from kiosk_server.gateways.fiscal_simulated import SimulatedTreasury
from kiosk_server.gateways.pay_simulated import PAGE, press
from kiosk_server.payments.models import PaymentOrder
from kiosk_server.payments.rules import Origin
from kiosk_server.payments.services import open_order
from kiosk_server.residents.models import AccountPhone, PhoneAccount
from kiosk_server.settings import Settings
from tests.support.paying import FEE, FEES_FEN
from tests.support.phone import AYGUL, MEMET, Program, carry_out


@pytest.fixture
def mine(app: Flask) -> Program:
    """Somebody who has proven who she is."""
    program = Program(app).sign_in()
    assert program.prove(AYGUL).status_code == 200
    return program


def owed(app: Flask) -> str:
    """An order that the first of all accounts' holders owes."""
    database: Database = app.extensions["kiosk_database"]
    with database.unit_of_work() as session:
        wanted = select(PhoneAccount.resident_id).join(
            AccountPhone, AccountPhone.account_id == PhoneAccount.id
        )
        payer = session.scalars(wanted.order_by(PhoneAccount.id)).first()
        return open_order(
            session,
            subject=Subject("test_thing", new_id()),
            items=[FEE],
            payer_id=payer,
            channel=Origin.PHONE,
            by=SYSTEM,
        ).id


@pytest.mark.policy("P43")
def test_an_order_is_paid_by_its_channels_word(
    app: Flask, mine: Program, database: Database, settings: Settings
) -> None:
    """A code is asked for, comes, is paid at the channel; then there is a receipt and a notice."""
    order = owed(app)
    seen = mine.call("GET", f"/payments/{order}").get_json()
    assert (seen["state"], seen["amount_fen"], seen["receipt"]) == ("opened", FEES_FEN, None)
    assert seen["fees"][0]["basis"] == FEE.basis
    assert seen["channels"] == [{"channel": "simulated", "simulated": True}]
    asked = {"json": {"channel": "simulated"}}
    first = mine.call("POST", f"/payments/{order}/attempts", **asked)
    assert (first.status_code, first.get_json()["state"]) == (201, "asked")
    again = mine.call("POST", f"/payments/{order}/attempts", **asked)
    assert again.get_json()["id"] == first.get_json()["id"]
    carry_out(database, settings)
    attempt = mine.call("GET", f"/payments/{order}").get_json()["attempts"][0]
    assert attempt["state"] == "waiting"
    with database.unit_of_work() as session:
        press(session, attempt["code"].partition(PAGE)[2])
    assert mine.call("GET", f"/payments/{order}").get_json()["state"] == "waiting"
    carry_out(database, settings)
    carry_out(database, settings)
    paid = mine.call("GET", f"/payments/{order}").get_json()
    assert (paid["state"], paid["channels"], paid["attempts"][0]["code"]) == ("paid", [], None)
    assert paid["receipt"]
    assert [each["id"] for each in mine.call("GET", "/payments").get_json()["items"]] == [order]
    told = mine.call("GET", "/notices").get_json()["items"]
    assert any("档案复制费" in notice["words"] for notice in told)
    assert paid["fiscal_bills"] == []
    issue_bill(database, order)
    (bill,) = mine.call("GET", f"/payments/{order}").get_json()["fiscal_bills"]
    assert (bill["kind"], bill["state"], bill["amount_fen"]) == ("blue", "issued", FEES_FEN)
    assert (bill["simulated"], bill["code"], bill["address"]) == (True, "00000000", None)


def issue_bill(database: Database, order_id: str) -> None:
    """Let it have been for a government fee, and the simulated treasury do its part."""
    with database.unit_of_work() as session:
        session.get_one(PaymentOrder, order_id).subject_kind = "case"
        session.flush()
        follow(session, order_id)
        (bill,) = fiscal_bills_of(session, order_id)
    ask_treasury(database, SimulatedTreasury(), bill.id)


def test_an_order_can_be_let_go(app: Flask, mine: Program) -> None:
    """Closed it cannot be paid any more; closing it twice changes nothing."""
    order = owed(app)
    for _ in range(2):
        answer = mine.call("POST", f"/payments/{order}/close")
        assert (answer.status_code, answer.get_json()["state"]) == (200, "closed")
    refused = mine.call("POST", f"/payments/{order}/attempts", json={"channel": "simulated"})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "wrong_state")


def test_a_channel_that_is_not_connected_is_refused(app: Flask, mine: Program) -> None:
    """Its name is known, and it is not offered here."""
    order = owed(app)
    refused = mine.call("POST", f"/payments/{order}/attempts", json={"channel": "alipay"})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "channel_not_connected")
    for at_window in ("cash", "bank_pos"):
        named = mine.call("POST", f"/payments/{order}/attempts", json={"channel": at_window})
        assert (named.status_code, named.get_json()["code"]) == (409, "channel_not_connected")
    wrong = mine.call("POST", f"/payments/{order}/attempts", json={"channel": "barter"})
    assert wrong.status_code == 422


@pytest.mark.policy("P43")
def test_an_order_is_nobody_elses(app: Flask, mine: Program, database: Database) -> None:
    """By its id another gets what he gets for none: 404, and it is audited."""
    order = owed(app)
    other = Program(app, number="13800000002").sign_in()
    assert other.call("GET", "/payments").status_code == 403
    other.prove(MEMET)
    asked = {"json": {"channel": "simulated"}}
    for which in (order, new_id()):
        answers = [
            other.call("GET", f"/payments/{which}"),
            other.call("POST", f"/payments/{which}/attempts", **asked),
            other.call("POST", f"/payments/{which}/close"),
        ]
        assert {(each.status_code, each.get_json()["code"]) for each in answers} == {
            (404, "order_not_found")
        }
    assert other.call("GET", "/payments").get_json()["items"] == []
    with database.reading() as session:
        named = AuditEntry.event == AuditEvent.PAYMENT_REFUSED.value
        assert session.scalar(select(func.count()).where(named)) == 6


def test_who_is_not_signed_in_sees_nothing(client: FlaskClient) -> None:
    """Without a token there is no door."""
    assert client.get("/api/mobile/v1/payments").status_code == 401
