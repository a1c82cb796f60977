"""Bills whose biller has not told the end: a person calls him, and says what he heard."""

import pytest
from flask import Flask

from kiosk_server.audit.events import AuditEvent
from kiosk_server.bills import settling
from kiosk_server.bills.billers import billers
from kiosk_server.bills.life import BillState
from kiosk_server.web.words import messages
from tests.support.biller_fake import HOLDER
from tests.support.billing import ACCOUNT, Billing
from tests.support.inspect_page import faults_of
from tests.support.staff_browser import StaffBrowser, database_of, seed

HERE = "/staff/bills"


@pytest.fixture
def bills(app: Flask) -> Billing:
    """The room, with a biller in memory."""
    seed(app)
    return Billing(database_of(app))


@pytest.fixture
def clerk(app: Flask, bills: Billing) -> StaffBrowser:
    """Somebody at a window."""
    return StaffBrowser(app).sign_in("chuangkou")


def unknown(bills: Billing) -> str:
    """A payment whose biller's answer was lost."""
    bills.biller.lose = ["write_off", "ask"]
    (payment,) = bills.paid(1250)
    bills.work()
    return payment


@pytest.mark.policy("P43", "P47")
def test_what_is_unknown_names_whom_to_call_and_not_who_paid(
    bills: Billing, clerk: StaffBrowser
) -> None:
    """The number that the biller knows, his telephone, the last digits; no name, no account."""
    assert "没有要人核实的账单" in clerk.get(HERE).text
    payment = unknown(bills)
    page = clerk.get(HERE)
    assert faults_of(page.text, page.headers["Content-Security-Policy"], help_phone="") == []
    water = billers()[0]
    assert all(word in page.text for word in (payment, water.phone, "12.50", ACCOUNT[-4:]))
    assert not any(word in page.text for word in (ACCOUNT, HOLDER))
    assert 'href="/staff/bills"' in page.text


def test_a_person_settles_it_as_booked_by_the_billers_number(
    bills: Billing, clerk: StaffBrowser
) -> None:
    """Booked needs the biller's number; then it is settled, audited, and stands among the deeds."""
    payment = unknown(bills)
    path = f"{HERE}/{payment}/find"
    assert clerk.post(path, HERE, found="booked", reference=" ").status_code == 422
    assert clerk.post(path, HERE, found="perhaps").status_code == 422
    assert clerk.post(path, HERE, found="booked", reference="TEL-7").status_code == 303
    assert bills.state(payment) is BillState.SETTLED
    assert bills.payment(payment).reference == "TEL-7"
    assert clerk.post(path, HERE, found="not_booked").status_code == 409
    assert bills.audited(AuditEvent.BILL_FOUND_OUT.value) == 1
    page = clerk.get(HERE).text
    assert "记为已入账" in page
    assert payment in page


def test_a_person_settles_it_as_not_booked(bills: Billing, clerk: StaffBrowser) -> None:
    """The money goes back whole, and what the biller may have booked is undone."""
    payment = unknown(bills)
    assert clerk.post(f"{HERE}/{payment}/find", HERE, found="not_booked").status_code == 303
    bills.work()
    assert bills.state(payment) is BillState.REVERSED
    assert bills.returned_fen(payment) == 1250
    assert not bills.biller.has_booked(payment)


def test_a_dispute_stands_there_until_both_agree(bills: Billing, clerk: StaffBrowser) -> None:
    """The biller keeps what was given back: somebody talks to him, and says so."""
    bills.biller.keeps = True
    payment = unknown(bills)
    clerk.post(f"{HERE}/{payment}/find", HERE, found="not_booked")
    bills.work()
    page = clerk.get(HERE)
    assert faults_of(page.text, page.headers["Content-Security-Policy"], help_phone="") == []
    assert "请两边对好" in page.text
    assert clerk.post(f"{HERE}/{payment}/agree", HERE).status_code == 303
    assert clerk.post(f"{HERE}/{payment}/agree", HERE).status_code == 409
    assert "请两边对好" not in clerk.get(HERE).text


@pytest.mark.policy("P43")
def test_money_of_bills_is_not_given_back_behind_their_billers(
    bills: Billing, clerk: StaffBrowser
) -> None:
    """What is booked would be paid twice: the page of payments offers it not, and refuses it."""
    (payment,) = bills.paid(1250)
    bills.work()
    order = bills.payment(payment).order_id
    form = f"/staff/payments?number={order}"
    assert f'action="/staff/payments/{order}/refund"' not in clerk.get(form).text
    refused = clerk.post(
        f"/staff/payments/{order}/refund", HERE, amount="", reason="by_staff", key="k"
    )
    assert refused.status_code == 409
    assert bills.returned_fen(payment) == 0


def test_only_who_settles_payments_sees_it(app: Flask, bills: Billing) -> None:
    """A technician has no business with who owes what."""
    other = StaffBrowser(app).sign_in("weihu")
    assert other.get(HERE).status_code == 403
    payment = unknown(bills)
    assert other.post(f"{HERE}/{payment}/find", "/staff/", found="booked").status_code == 403
    assert 'href="/staff/bills"' not in other.get("/staff/").text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_lane_and_state_has_words(app: Flask, language: str) -> None:
    """Whatever biller is added has to be named in the outbox, too."""
    with app.test_request_context():
        known = messages()
        for biller in billers():
            assert known.knows(f"staff-lane-{biller.lane}", language)
        assert known.knows("staff-bills-unknown", language)


def test_given_up_it_stands_there_until_the_biller_has_undone_it(
    bills: Billing, clerk: StaffBrowser
) -> None:
    """Reversing is a state that a person may end as well."""
    payment = unknown(bills)
    with bills.database.unit_of_work() as session:
        settling.give_up(session, payment)
    assert "正在请收费单位冲正" in clerk.get(HERE).text
