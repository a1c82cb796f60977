"""Parcels that need a person, in the console: settled, handed over, looked through."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import SYSTEM
from kiosk_server.core import clock
from kiosk_server.deliveries.handing_over import new_code
from kiosk_server.deliveries.heard import hear, held
from kiosk_server.deliveries.life import Step
from kiosk_server.deliveries.models import DeliveryPiece
from kiosk_server.staff_console import deliveries
from tests.support.delivering import NOON, Town, line
from tests.support.inspect_page import faults_of
from tests.support.staff_browser import StaffBrowser, database_of, seed

HERE = "/staff/deliveries"


@pytest.fixture
def town(app: Flask) -> Iterator[Town]:
    """The town before the console; it is noon."""
    with clock.frozen(NOON):
        seed(app)
        yield Town(database_of(app))


@pytest.fixture
def clerk(app: Flask, town: Town) -> StaffBrowser:
    """A clerk of the city, signed in."""
    return StaffBrowser(app).sign_in("chuangkou")


def proper(answer: TestResponse) -> str:
    """The text of a page in which nothing is wrong."""
    assert answer.status_code in (200, 422)
    policy = answer.headers["Content-Security-Policy"]
    assert faults_of(answer.text, policy, help_phone="") == []
    return answer.text


def unknown(town: Town) -> str:
    order_id = town.sent()
    town.platform.takes.append("lost")
    town.ask(order_id)
    return order_id


def heard(town: Town, order_id: str, step: Step) -> None:
    with town.database.unit_of_work() as session:
        hear(session, held(session, order_id), [line(1, step)], by=SYSTEM)


@pytest.mark.policy("P42")
def test_what_nobody_knows_is_settled_by_a_person(town: Town, clerk: StaffBrowser) -> None:
    """He called the courier, and writes down the number; no address stands on the page."""
    assert "没有要处理的寄递" in proper(clerk.get(HERE))
    order_id = unknown(town)
    page = proper(clerk.get(HERE))
    assert order_id in page
    assert "示例巷" not in page
    path = f"{HERE}/{order_id}/find"
    assert clerk.post(path, HERE, finding="lost").status_code == 409
    assert clerk.post(path, HERE, finding="guessed").status_code == 422
    assert clerk.post(path, HERE, finding="has_it", waybill="W-9").status_code == 303
    assert (town.state(order_id), town.order(order_id).waybill) == ("accepted", "W-9")


@pytest.mark.policy("P42")
def test_what_came_back_is_collected_against_its_code(town: Town, clerk: StaffBrowser) -> None:
    """Kept at the window; a wrong code is said with the tries that are left."""
    order_id = unknown(town)
    town.ask(order_id)
    heard(town, order_id, Step.GIVE_BACK)
    assert clerk.post(f"{HERE}/{order_id}/go-on", HERE, way="collect").status_code == 303
    with town.database.unit_of_work() as session:
        code = new_code(session, order_id, by=SYSTEM)
    path = f"{HERE}/{order_id}/hand-over"
    wrong = clerk.post(path, HERE, code=f"{(int(code) + 1) % 1_000_000:06}")
    assert wrong.status_code == 422
    assert "还可以试 4 次" in proper(wrong)
    assert clerk.post(path, HERE, code=code).status_code == 303
    assert "没有要处理的寄递" in proper(clerk.get(HERE))


def test_papers_that_came_are_looked_through(town: Town, clerk: StaffBrowser) -> None:
    """Each piece, until none is left; a missing one brings the parcel back to the list."""
    order_id = town.papers()
    town.ask(order_id)
    heard(town, order_id, Step.DELIVER)
    assert "户口簿（测试）0" in proper(clerk.get(HERE))
    with town.database.reading() as session:
        pieces = session.scalars(select(DeliveryPiece.id).order_by(DeliveryPiece.id)).all()
    for piece, found in zip(pieces, ("present", "missing"), strict=True):
        answer = clerk.post(f"{HERE}/{order_id}/pieces/{piece}", HERE, found=found)
        assert answer.status_code == 303
    assert "少了材料" in proper(clerk.get(HERE))
    assert clerk.post(f"{HERE}/{order_id}/go-on", HERE, way="claim").status_code == 303


def test_another_sites_parcel_is_not_there(
    town: Town, clerk: StaffBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By id, with the right of another place: not found, and audited; without it, no page."""
    order_id = unknown(town)
    menu = "/staff/menu"
    monkeypatch.setattr(deliveries, "my_sites", lambda session, right: {})
    for deed, told in (
        ("find", {"finding": "has_it", "waybill": "W-1"}),
        ("go-on", {"way": "collect"}),
        ("hand-over", {"code": "000000"}),
        (f"pieces/{order_id}", {"found": "present"}),
    ):
        assert clerk.post(f"{HERE}/{order_id}/{deed}", menu, **told).status_code == 404
    with town.database.reading() as session:
        events = session.scalars(select(AuditEntry.event)).all()
    assert events.count("staff.refused") == 4
    assert town.state(order_id) == "unknown"
    assert StaffBrowser(clerk.app).sign_in("weihu").get(HERE).status_code == 403
