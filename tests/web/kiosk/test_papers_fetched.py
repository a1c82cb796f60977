"""Papers fetched from one's door, asked for at the terminal: said by touch, followed by piece."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from kiosk_server.audit.models import AuditEntry
from kiosk_server.cases.models import Case
from kiosk_server.core import clock
from kiosk_server.deliveries import addresses
from kiosk_server.deliveries.asking import ask_courier
from kiosk_server.deliveries.following import look
from kiosk_server.deliveries.handing_over import HandedOver, hand_over
from kiosk_server.deliveries.heard import OFFICE
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.deliveries.ports import CourierName, Couriers
from kiosk_server.deliveries.postage import settle
from kiosk_server.deliveries.queries import pieces_of
from kiosk_server.deliveries.rules import Found
from kiosk_server.deliveries.settling import check_piece
from kiosk_server.gateways.courier_simulated import SimulatedCourier
from kiosk_server.payments.models import PaymentOrder
from kiosk_server.payments.rules import Channel
from kiosk_server.results.timeline import timeline_of
from tests.support.delivering import CLERK, WISH
from tests.support.kiosk_paying import pay, till_of
from tests.support.kiosk_person import AYGUL, MEMET, Person
from tests.support.paying import Till
from tests.support.terminal_client import database_of

RESULTS = "/kiosk/notice?errand=results"
FREE = "SAMPLE-ZR-01"


@pytest.fixture
def till(counter: Flask) -> Till:
    """One channel."""
    return till_of(counter, Channel.WECHAT_PAY)


@pytest.fixture
def at(person: Person, till: Till) -> Person:
    """A person before a terminal, whose case a clerk looks at, and who has an address."""
    person.start().agree(FREE).touch("/kiosk/purpose", purpose="loan", promise="yes")
    person.place_card(AYGUL).prove_by_face()
    person.open("/kiosk/decision/reasons").touch("/kiosk/decision/human")
    lives(person)
    person.open("/kiosk/services").touch("/kiosk/end").start()
    return known(person)


def known(at: Person, card: dict[str, str] = AYGUL) -> Person:
    """Come for one's cases, with the card."""
    at.open(RESULTS).touch("/kiosk/notice")
    return at.open("/kiosk/card").place_card(card)


def lives(at: Person) -> str:
    """Whoever applied last has an address in the book; its id."""
    with database_of(at.terminal.app).unit_of_work() as session:
        return addresses.keep(session, case_at(at).resident_id, WISH, by=CLERK).id


def case_at(at: Person) -> Case:
    """The newest case."""
    with database_of(at.terminal.app).reading() as session:
        return session.scalars(select(Case).order_by(Case.id.desc()).limit(1)).one()


def parcels(at: Person) -> list[DeliveryOrder]:
    """Every delivery."""
    with database_of(at.terminal.app).reading() as session:
        return list(session.scalars(select(DeliveryOrder).order_by(DeliveryOrder.id)))


def tick(at: Person, action: str, *papers: str) -> Person:
    """Tick *papers* on the page that is open, and no others."""
    address, own = at.form(action)
    form = {name: value for name, value in own.items() if name != "paper"}
    answer = at.terminal.post(address, form={**form, "paper": list(papers)})
    assert answer.status_code == 303, answer.text
    return at.open(answer.headers["Location"])


def for_its_case(at: Person) -> Person:
    """Touch what the newest case offers."""
    case = case_at(at).id
    at.open(f"/kiosk/results/{case}")
    assert f'name="case" value="{case}"' in at.answer.text
    return at.touch("/kiosk/papers", case=case)


def said(at: Person) -> Person:
    """Say everything up to the last look: a register as original, a copy of the card."""
    tick(at, "/kiosk/papers/what", "household-register", "id-card-copy")
    tick(at, "/kiosk/papers/originals", "household-register")
    door = re.findall(r'name="address" value="([^"]+)"', at.answer.text)[0]
    at.touch("/kiosk/papers/from", address=door)
    assert at.path == "/kiosk/papers/check", at.path
    return at


@pytest.mark.policy("P42")
def test_papers_of_a_case_are_called_for_and_followed(at: Person) -> None:
    """From the case to the simulated courier, who is told the slip's code; then piece by piece."""
    case = case_at(at)
    for_its_case(at)
    assert at.path == "/kiosk/papers/what"
    said(at)
    assert "示例巷 2 号" in at.answer.text
    assert WISH.name not in at.answer.text
    assert WISH.phone not in at.answer.text
    at.touch("/kiosk/papers/check", payer="recipient")
    [parcel] = parcels(at)
    here = f"/kiosk/papers/of/{parcel.id}"
    assert at.path == here
    assert (parcel.case_id, parcel.direction, parcel.site_id) == (case.id, "papers", case.site_id)
    assert parcel.released_at is not None, "papers do not wait for what waits for them"
    at.touch(f"{here}/code")
    digits = re.search(r"code-figure[^>]*>(\d{3}) (\d{3})<", at.answer.text)
    assert digits, at.path
    [want] = at.wants()
    slip = at.document(want["job"]).decode()
    assert "取件核验码" in slip
    code = "".join(digits.groups())
    assert code in slip
    database = database_of(at.terminal.app)
    couriers = Couriers({CourierName.SIMULATED: SimulatedCourier(database)})
    ask_courier(database, couriers, parcel.id)
    at.open(here)
    assert "快递员会上门来取" in at.answer.text
    with database.unit_of_work() as session:
        told = hand_over(session, parcel.id, code, by=CLERK, source=OFFICE)
        assert isinstance(told, HandedOver)
    at.open(here)
    assert "材料取走了，在路上" in at.answer.text
    assert f"{here}/cancel" not in at.answer.text
    with clock.frozen(clock.now() + timedelta(minutes=10)):
        look(database, couriers, parcel.id)
    with database.unit_of_work() as session:
        for piece in pieces_of(session, parcel.id):
            found = Found.PRESENT if piece.original else Found.DAMAGED
            check_piece(session, parcel.id, piece.id, found, by=CLERK)
        codes = [line.code for line in timeline_of(session, session.get_one(Case, case.id))]
        assert {"papers_opened", "papers_handed_over", "deliver"} <= set(codes)
    at.open(here)
    assert "窗口收到了" in at.answer.text
    assert "收到时有破损" in at.answer.text
    at.open("/kiosk/results")
    assert "材料已经送到窗口" in at.answer.text


@pytest.mark.policy("P42")
def test_postage_paid_now_calls_the_courier_when_it_came(at: Person, till: Till) -> None:
    """Any office, prepaid: nobody is called before the money came; touched twice, it is one."""
    at.touch("/kiosk/papers")
    assert at.path == "/kiosk/papers/where"
    site = re.findall(r'name="site" value="([^"]+)"', at.answer.text)[0]
    at.touch("/kiosk/papers/where", site=site)
    said(at)
    address, own = at.form("/kiosk/papers/check")
    for _ in range(2):
        again = at.terminal.post(address, form={**own, "payer": "prepaid"})
        assert again.headers["Location"] == "/kiosk/paying"
    [parcel] = parcels(at)
    assert (parcel.site_id, parcel.case_id, parcel.released_at) == (site, None, None)
    at.open("/kiosk/paying").touch("/kiosk/paying/slip")
    assert "缴了钱，快递员就上门来取" in at.answer.text
    at.touch("/kiosk/paying/stop")
    assert "还没有付邮费" in at.answer.text
    at.touch(f"/kiosk/papers/of/{parcel.id}/pay").open("/kiosk/paying?ways=all")
    at.touch("/kiosk/paying/code")
    till.work()
    with database_of(at.terminal.app).reading() as session:
        order = session.scalars(select(PaymentOrder)).one()
    pay(till, order.id)
    with database_of(at.terminal.app).unit_of_work() as session:
        # What the worker does with every word of the payment.
        settle(session, parcel.id)
    at.open("/kiosk/paying")
    assert "接着叫快递员来取材料" in at.answer.text
    at.touch("/kiosk/paying/on")
    assert at.path == f"/kiosk/papers/of/{parcel.id}"
    assert parcels(at)[0].released_at is not None


def test_nobody_comes_once_it_is_cancelled(at: Person) -> None:
    """Asked once, and then the courier is told; what is over offers nothing more."""
    for_its_case(at)
    said(at).touch("/kiosk/papers/check", payer="recipient")
    here = f"/kiosk/papers/of/{parcels(at)[0].id}"
    at.open(f"{here}/cancel").touch(f"{here}/cancel")
    assert at.path == here
    assert parcels(at)[0].cancel_asked_at is not None
    assert at.open(f"{here}/cancel").path == here


def test_what_is_missing_is_asked_for_first(at: Person) -> None:
    """No paper ticked is said above the papers; no page is open before the one it rests on."""
    for page in ("from", "originals", "check", "what"):
        assert at.open(f"/kiosk/papers/{page}").path == "/kiosk/papers/where", page
    for_its_case(at)
    own = at.form("/kiosk/papers/what")[1]
    assert "请至少选一样材料" in at.terminal.post("/kiosk/papers/what", form=own).text
    assert parcels(at) == []


def test_nothing_is_fetched_from_anothers_door(at: Person) -> None:
    """Another's address, case or parcel by its id: not found, audited, and nothing is opened."""
    case = case_at(at)
    for_its_case(at)
    said(at).touch("/kiosk/papers/check", payer="recipient")
    [parcel] = parcels(at)
    with database_of(at.terminal.app).reading() as session:
        theirs = addresses.addresses_of(session, case.resident_id)[0].id
    at.open("/kiosk/results").touch("/kiosk/end").start()
    known(at, MEMET)
    for page in ("", "/code", "/cancel"):
        assert at.terminal.get(f"/kiosk/papers/of/{parcel.id}{page}").status_code == 404
    own = at.form("/kiosk/papers")[1]
    assert at.terminal.post("/kiosk/papers", form={**own, "case": case.id}).status_code == 404
    form = {**own, "address": theirs}
    assert at.terminal.post("/kiosk/papers/from", form=form).status_code == 404
    assert len(parcels(at)) == 1
    with database_of(at.terminal.app).reading() as session:
        wanted = select(AuditEntry.facts).where(AuditEntry.event == "result.refused")
        refused = {facts["reason"] for facts in session.scalars(wanted)}
    assert refused == {"delivery_not_found", "case_not_found", "address_not_found"}


@pytest.mark.parametrize("language", ["ug", "en", "ky"])
def test_the_pages_are_in_order_in_every_language(at: Person, language: str) -> None:
    """Each page of the way passes the inspection in the visit's language."""
    at.open("/kiosk/services").touch("/kiosk/end").start(language)
    known(at).touch("/kiosk/papers")
    for_its_case(at)
    said(at).touch("/kiosk/papers/check", payer="recipient")
    here = at.path
    at.touch(f"{here}/code").open("/kiosk/papers/add").open(f"{here}/cancel").open("/kiosk/results")
    assert at.path == "/kiosk/results"
