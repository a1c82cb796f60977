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
from kiosk_server.deliveries.heard import enter, hear, held
from kiosk_server.deliveries.life import Step, Trouble
from kiosk_server.deliveries.models import DeliveryOrder, DeliveryPiece
from kiosk_server.staff_console import deliveries
from tests.support.delivering import NOON, SITE, Town, line
from tests.support.inspect_page import faults_of
from tests.support.papers import texts_of
from tests.support.staff_browser import StaffBrowser, database_of, seed

HERE = "/staff/deliveries"
COURIERS = f"{HERE}/couriers"
VILLAGE = "sample-village-1"


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
        ("label", {}),
        (f"pieces/{order_id}", {"found": "present"}),
    ):
        assert clerk.post(f"{HERE}/{order_id}/{deed}", menu, **told).status_code == 404
    with town.database.reading() as session:
        events = session.scalars(select(AuditEntry.event)).all()
    assert events.count("staff.refused") == 5
    assert town.state(order_id) == "unknown"
    assert StaffBrowser(clerk.app).sign_in("weihu").get(HERE).status_code == 403


def accepted(town: Town, *, to_site: str | None = None) -> str:
    order_id = town.sent()
    with town.database.unit_of_work() as session:
        session.get_one(DeliveryOrder, order_id).to_site_id = to_site
    town.ask(order_id)
    return order_id


@pytest.mark.policy("P42")
def test_what_waits_for_couriers_gets_its_label(town: Town, clerk: StaffBrowser) -> None:
    """The page names nobody; a label is made by somebody, and that is audited."""
    assert "没有等快递来取的文件" in proper(clerk.get(COURIERS))
    order_id, papers = accepted(town), town.papers()
    town.ask(papers)
    page = proper(clerk.get(COURIERS))
    assert f"W{order_id}" in page
    assert papers not in page
    assert "示例巷" not in page
    label = clerk.post(f"{HERE}/{order_id}/label", COURIERS)
    assert (label.status_code, label.mimetype) == (200, "application/pdf")
    (front, _) = texts_of(label.data)
    assert "测***·阿依古丽" in front
    assert "138******01" in front
    assert clerk.post(f"{HERE}/{papers}/label", COURIERS).status_code == 409
    with town.database.reading() as session:
        wanted = select(AuditEntry).where(AuditEntry.event == "delivery.label_printed")
        (entry,) = session.scalars(wanted).all()
    assert (entry.subject_id, entry.actor_kind) == (order_id, "staff")


def test_a_driver_signs_for_what_he_takes(town: Town, clerk: StaffBrowser) -> None:
    """What is ticked is picked up; the list of the day still has it, and no name."""
    first, second = accepted(town), accepted(town)
    at = f"{COURIERS}/{SITE}/platform"
    assert clerk.post(f"{at}/taken", COURIERS, taken=first).status_code == 303
    assert (town.state(first), town.state(second)) == ("picked_up", "accepted")
    page = proper(clerk.get(COURIERS))
    assert f"W{second}" in page
    assert f"W{first}" not in page
    (text,) = texts_of(clerk.post(f"{at}/list", COURIERS).data)
    assert f"W{first}" in text
    assert f"W{second}" in text
    assert "阿依古丽" not in text
    assert clerk.post(f"{COURIERS}/{SITE}/nobody/list", COURIERS).status_code == 404
    assert clerk.post(f"{COURIERS}/elsewhere/platform/list", COURIERS).status_code == 404


@pytest.mark.policy("P42")
def test_a_site_hands_out_by_code_and_piece(
    town: Town, clerk: StaffBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who works at the site alone finds it there, types the code, and looks each piece through."""
    order_id = accepted(town, to_site=VILLAGE)
    heard(town, order_id, Step.DELIVER)
    village = {VILLAGE: True}
    monkeypatch.setattr(deliveries, "my_sites", lambda session, right: village)
    with town.database.unit_of_work() as session:
        code = new_code(session, order_id, by=SYSTEM)
    page = f"{HERE}/hand-over?number=W{order_id}"
    assert "送到代收点" in proper(clerk.get(page))
    path = f"{HERE}/{order_id}/hand-over"
    wrong = clerk.post(
        path, page, code=f"{(int(code) + 1) % 1_000_000:06}", **{"from": "hand-over"}
    )
    assert "还可以试 4 次" in proper(wrong)
    right = clerk.post(path, page, code=code, **{"from": "hand-over"})
    assert right.location == f"{HERE}/hand-over?number={order_id}"
    assert "已交件" in proper(clerk.get(right.location))
    with town.database.reading() as session:
        pieces = session.scalars(select(DeliveryPiece.id).order_by(DeliveryPiece.id)).all()
    for piece in pieces:
        told = {"found": "present", "from": "hand-over"}
        assert clerk.post(f"{HERE}/{order_id}/pieces/{piece}", page, **told).status_code == 303
    assert "户口簿" not in proper(clerk.get(right.location))
    # What its office decides is not the village's.
    assert clerk.post(f"{HERE}/{order_id}/go-on", page, way="collect").status_code == 404
    assert "没有这个号码的文件" in proper(clerk.get(f"{HERE}/hand-over?number={'W' * 9}"))


@pytest.mark.policy("P42")
def test_what_nobody_fetched_goes_on_by_whoever_has_it(
    town: Town, clerk: StaffBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The village sends it on to a site that is named, the near ones first; its code is still good
    there, and only the office itself says that it is back."""
    order_id = accepted(town, to_site=VILLAGE)
    heard(town, order_id, Step.DELIVER)
    with town.database.unit_of_work() as session:
        enter(session, held(session, order_id), Step.WAIT_OUT, trouble=Trouble.NOT_FETCHED)
    office = {SITE: True}
    monkeypatch.setattr(deliveries, "my_sites", lambda session, right: office)
    page = proper(clerk.get(HERE))
    assert "没人来取" in page
    assert 'value="back_here"' in page
    assert f'action="{HERE}/{order_id}/hand-over"' not in page
    village = {VILLAGE: True}
    monkeypatch.setattr(deliveries, "my_sites", lambda session, right: village)
    page = proper(clerk.get(HERE))
    assert f'action="{HERE}/{order_id}/hand-over"' in page
    assert 'value="back_here"' not in page
    assert page.index("阿扎克镇便民服务中心") < page.index("幸福路街道便民服务中心")
    assert f'value="{VILLAGE}"' not in page
    back = clerk.post(f"{HERE}/{order_id}/find", HERE, finding="back_here")
    assert back.status_code == 404
    assert clerk.post(f"{HERE}/{order_id}/go-on", HERE, way="send_again").status_code == 422
    sent = {"way": "send_again", "to_site": "azhake"}
    assert clerk.post(f"{HERE}/{order_id}/go-on", HERE, **sent).status_code == 303
    with town.database.reading() as session:
        replaces = select(DeliveryOrder).where(DeliveryOrder.replaces == order_id)
        new = session.scalars(replaces).one()
    assert (new.site_id, new.to_site_id) == (VILLAGE, "azhake")
    assert order_id not in proper(clerk.get(HERE))


def test_papers_at_the_door_are_taken_against_the_code(town: Town, clerk: StaffBrowser) -> None:
    """Whoever of the house fetches them types what their owner tells; they are picked up."""
    order_id = town.papers()
    town.ask(order_id)
    with town.database.unit_of_work() as session:
        code = new_code(session, order_id, by=SYSTEM)
    page = f"{HERE}/hand-over?number={order_id}"
    assert "取件码" in proper(clerk.get(page))
    done = clerk.post(f"{HERE}/{order_id}/hand-over", page, code=code, **{"from": "hand-over"})
    assert done.status_code == 303
    assert town.state(order_id) == "picked_up"
