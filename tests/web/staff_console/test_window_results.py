"""A result is handed out at the window: paid for there, to who was looked at, once."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import SYSTEM
from kiosk_server.cases.models import Case
from kiosk_server.core import clock
from kiosk_server.core.identifiers import new_id
from kiosk_server.core.masking import mask_name
from kiosk_server.deliveries.addresses import addresses_of
from kiosk_server.deliveries.handing_over import HandedOver, hand_over
from kiosk_server.deliveries.heard import OFFICE
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.deliveries.queries import pieces_of
from kiosk_server.payments.models import PaymentOrder
from kiosk_server.results.rules import ResultWay
from kiosk_server.settings import Settings
from tests.support.counter import AYGUL, THREE_AT_NIGHT, Counter
from tests.support.inspect_page import faults_of
from tests.support.result_desk import FREE_ITEM, Desk
from tests.support.staff_browser import StaffBrowser, database_of, seed

HERE = "/staff/window"


@pytest.fixture
def counter(app: Flask, settings: Settings) -> Iterator[Counter]:
    """Places, catalogue, two terminals and staff; time stands at three at night."""
    with clock.frozen(THREE_AT_NIGHT):
        opened = Counter(database_of(app), settings).open()
        seed(app)
        yield opened


def text_of(clerk: StaffBrowser, path: str, number: str) -> str:
    page = clerk.get(path)
    policy = page.headers["Content-Security-Policy"]
    # A case's number has as many digits as an identity's.
    assert faults_of(page.text.replace(number, ""), policy, help_phone="") == []
    return page.text


@pytest.mark.policy("P43")
def test_a_result_is_paid_for_and_handed_out(app: Flask, counter: Counter) -> None:
    """By its case's number: first the fee, then the paper, once; other places have no such case."""
    desk = Desk(counter)
    _, case_id = desk.decided()
    desk.chooses(case_id, ResultWay.COLLECT, to_site_id="atushi-centre")
    with desk.database.reading() as session:
        number = session.get_one(Case, case_id).number
    clerk = StaffBrowser(app).sign_in("chuangkou")
    clerk.post(f"{HERE}/choose", HERE, window="atushi-centre-1")
    place, order = f"{HERE}/cases/{case_id}", desk.order(case_id)
    found = clerk.post(f"{HERE}/find", HERE, number=number)
    assert found.headers["Location"] == place
    page = text_of(clerk, place, number)
    assert AYGUL["name"] not in page
    assert mask_name(AYGUL["name"]) in page
    assert "先缴费，再发放" in page
    assert clerk.post(f"{place}/hand-out", HERE, seen="yes").status_code == 403
    assert clerk.post(f"{place}/paper", HERE).status_code == 403
    paid = clerk.post(f"{HERE}/orders/{order.id}/cash", HERE, handed="10", number=new_id())
    assert paid.headers["Location"] == f"{HERE}/orders/{order.id}"
    assert "hand-out" in text_of(clerk, f"{HERE}/orders/{order.id}", number)
    assert clerk.post(f"{place}/hand-out", HERE).status_code == 422
    village = StaffBrowser(app).sign_in("songtake")
    village.post(f"{HERE}/choose", HERE, window="songtake-1")
    assert village.post(f"{HERE}/find", HERE, number=number).status_code == 404
    assert village.post(f"{place}/hand-out", HERE, seen="yes").status_code == 404
    assert village.post(f"{place}/paper", HERE).status_code == 404
    sheets = [clerk.post(f"{place}/paper", HERE) for _ in range(2)]
    assert [sheet.mimetype for sheet in sheets] == ["application/pdf"] * 2
    assert sheets[0].data == sheets[1].data
    assert clerk.post(f"{place}/hand-out", HERE, seen="yes").status_code == 303
    assert "已发放" in text_of(clerk, place, number)
    assert clerk.post(f"{place}/paper", HERE).status_code == 403
    assert clerk.post(f"{place}/hand-out", HERE, seen="yes").status_code == 403
    with desk.database.reading() as session:
        assert session.get_one(PaymentOrder, order.id).state == "paid"
        printed = AuditEntry.event == AuditEvent.RESULT_PRINTED_AT_WINDOW
        assert len(session.scalars(select(AuditEntry).where(printed)).all()) == 2


@pytest.mark.policy("P42")
def test_a_result_is_sent_as_its_resident_says_at_the_window(app: Flask, counter: Counter) -> None:
    """A new address is kept in his book, sent twice it is one parcel; nobody else's case opens."""
    desk = Desk(counter)
    _, case_id = desk.decided(item=FREE_ITEM)
    place = f"{HERE}/cases/{case_id}/ways"
    clerk = StaffBrowser(app).sign_in("chuangkou")
    clerk.post(f"{HERE}/choose", HERE, window="atushi-centre-1")
    page = text_of(clerk, place, "")
    number = re.search(r'name="number" value="([^"]+)"', page)
    assert number
    assert AYGUL["name"] not in page
    typed = {"recipient": AYGUL["name"], "phone": "13800000001", "division": "653001"}
    missing = clerk.post(place, place, to="new", number=number[1], **typed)
    assert missing.status_code == 422
    assert "详细地址" in missing.text
    assert 'value="13800000001"' in missing.text
    assert re.search(r'value="new" required checked', missing.text)
    assert "邮费 8.00 元" in missing.text
    whole = typed | {"street": "示例巷 2 号", "number": number[1], "to": "new"}
    for _ in range(2):
        assert clerk.post(place, place, **whole).headers["Location"] == f"{HERE}/cases/{case_id}"
    with desk.database.reading() as session:
        (parcel,) = session.scalars(select(DeliveryOrder)).all()
        (kept,) = addresses_of(session, parcel.resident_id)
        assert (parcel.case_id, kept.street) == (case_id, "示例巷 2 号")
    assert clerk.post(place, place, to="moon", number=new_id()).status_code == 422
    village = StaffBrowser(app).sign_in("songtake")
    village.post(f"{HERE}/choose", HERE, window="songtake-1")
    assert village.get(place).status_code == 404
    assert village.post(place, HERE, to="here", number=new_id()).status_code == 404


@pytest.mark.policy("P42")
def test_papers_are_fetched_for_whoever_sits_at_the_window(app: Flask, counter: Counter) -> None:
    """Piece by piece, from a new address kept once; the courier's code is told once and shown."""
    desk = Desk(counter)
    _, case_id = desk.decided()
    place = f"{HERE}/cases/{case_id}/papers"
    clerk = StaffBrowser(app).sign_in("chuangkou")
    clerk.post(f"{HERE}/choose", HERE, window="atushi-centre-1")
    assert place in clerk.get(f"{HERE}/cases/{case_id}").text
    page = text_of(clerk, place, "")
    number = re.search(r'name="number" value="([^"]+)"', page)
    assert number
    typed = {"recipient": AYGUL["name"], "phone": "13800000001", "division": "653001"}
    whole = typed | {"from": "new", "street": "示例巷 2 号", "number": number[1]}
    assert clerk.post(place, place, **whole).status_code == 422
    for _ in range(2):
        done = clerk.post(place, place, **whole, piece="户口簿", original="0", payer="recipient")
        assert done.headers["Location"] == place
    with desk.database.reading() as session:
        (parcel,) = session.scalars(select(DeliveryOrder)).all()
        (kept,) = addresses_of(session, parcel.resident_id)
        (piece,) = pieces_of(session, parcel.id)
        assert (parcel.case_id, parcel.direction) == (case_id, "papers")
        assert (kept.street, piece.title, piece.original) == ("示例巷 2 号", "户口簿", True)
    shown = text_of(clerk, place, "")
    assert "户口簿" in shown
    assert "邮费" in shown
    assert AYGUL["name"] not in shown
    told = clerk.post(f"{place}/{parcel.id}/code", place)
    digits = re.search(r"w-digits num\">(\d{3}) (\d{3})<", told.text)
    assert digits
    with desk.database.unit_of_work() as session:
        code = "".join(digits.groups())
        assert isinstance(hand_over(session, parcel.id, code, by=SYSTEM, source=OFFICE), HandedOver)
    assert "已揽收" in clerk.get(place).text
    village = StaffBrowser(app).sign_in("songtake")
    village.post(f"{HERE}/choose", HERE, window="songtake-1")
    assert village.get(place).status_code == 404
    assert village.post(f"{place}/{parcel.id}/code", HERE).status_code == 404
