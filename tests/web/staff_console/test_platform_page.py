"""The twelve shared systems on one page, each with who does its work and what waits for it."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from kiosk_server.cases.ports import Awake
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.deliveries.ports import CourierName
from kiosk_server.gateways.assembly import gateways_from
from kiosk_server.gateways.exchanges import Exchanges
from kiosk_server.gateways.platform import SharedSystem, Standing, twelve
from kiosk_server.gateways.records_http import HttpRecords
from kiosk_server.outbox.lanes import DEPARTMENTS, MESSAGES, RECORDS, REGION
from kiosk_server.outbox.queries import LaneView, lanes_now
from kiosk_server.outbox.rules import HOUSE
from kiosk_server.outbox.services import emit
from kiosk_server.payments.rules import Channel
from kiosk_server.settings import Settings
from tests.support.inspect_page import faults_of
from tests.support.records_server import KEY, serving
from tests.support.staff_browser import StaffBrowser, database_of, seed

HERE = "/staff/platform"
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
LANES = (
    HOUSE,
    MESSAGES,
    DEPARTMENTS,
    RECORDS,
    REGION,
    "hall",
    "unified_booking",
    "courier-tracker",
    *(channel.slug for channel in Channel),
    *(f"courier-{courier}" for courier in CourierName),
)


def standings(settings: Settings) -> dict[SharedSystem, Standing]:
    return {each.system: each.standing for each in twelve(settings)}


@pytest.mark.policy("P26")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_all_twelve_are_told_with_what_waits(app: Flask, language: str) -> None:
    """Each system by its name, whether it is simulated, and what waits in its lane."""
    seed(app)
    with database_of(app).unit_of_work() as session:
        for _ in range(7):
            emit(session, "report", {}, lane=DEPARTMENTS)
    browser = StaffBrowser(app).sign_in("weihu")
    browser.post("/staff/language", "/staff/menu", language=language, next=HERE)
    page = browser.get(HERE)
    assert faults_of(page.text, page.headers["Content-Security-Policy"], help_phone="") == []
    rows = re.findall(r"<tr><td>.*?</tr>", page.text, re.S)
    assert len(rows) == 12
    certificates = rows[list(SharedSystem).index(SharedSystem.CERTIFICATES)]
    assert '<span class="num">7</span>' in certificates
    assert {"zh": "模拟的", "en": "Simulated"}[language] in certificates


@pytest.mark.policy("P26")
def test_settings_say_who_does_the_work(settings: Settings) -> None:
    """Played here while developing; in production what is not connected is ours or not there."""
    found = standings(settings)
    assert list(found) == list(SharedSystem)
    assert found[SharedSystem.PAYMENTS] is Standing.SIMULATED
    bare = standings(replace(settings, environment="production"))
    assert Standing.SIMULATED not in (bare[SharedSystem.PAYMENTS], bare[SharedSystem.DELIVERIES])
    real = replace(
        settings,
        region="https://id.region.example",
        certificates="https://certs.region.example",
        couriers=replace(settings.couriers, platform="https://post.region.example"),
        region_desk=replace(settings.region_desk, hall="https://hall.region.example"),
    )
    connected = {system for system, told in standings(real).items() if told is Standing.CONNECTED}
    assert connected == {
        SharedSystem.IDENTITY,
        SharedSystem.CERTIFICATES,
        SharedSystem.DELIVERIES,
        SharedSystem.HALL,
    }


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_lane_has_a_name(app: Flask, language: str) -> None:
    """What stands in any lane is told by the name of its partner."""
    seed(app)
    with database_of(app).unit_of_work() as session:
        for lane in LANES:
            emit(session, "letter", {}, lane=lane)
    browser = StaffBrowser(app).sign_in("weihu")
    browser.post("/staff/language", "/staff/menu", language=language, next="/staff/outbox")
    page = browser.get("/staff/outbox").text
    assert page.count("<tr><td>") == len(LANES)
    assert "staff-lane-" not in page


@pytest.mark.policy("P26")
def test_a_partner_asked_while_a_person_waits_is_told_too(
    settings: Settings, database: Database
) -> None:
    """The records' last answer stands on the page, and the minute in which they were silent."""
    # The signed question bears the time, and the service lives in the real one.
    begun = clock.now()
    with serving() as service:
        service.answers["/sources/insurance"] = {"answer": "awake"}
        told = replace(settings, records=service.url, records_key=KEY)
        records = gateways_from(told, database).records
        assert isinstance(records, HttpRecords)
        assert isinstance(records.awake("insurance", begun), Awake)
    (answered,) = lanes(database)
    assert (answered.name, answered.silent_at) == (RECORDS, None)
    later = begun + timedelta(minutes=1)
    away = replace(told, records="http://127.0.0.1:9")
    with clock.frozen(later):
        gateways_from(away, database).records.awake("insurance", later)
    (silent,) = lanes(database)
    assert silent.answered_at == answered.answered_at
    assert (silent.silent_at, silent.rests_until) == (later, None)


def test_what_is_heard_often_is_written_once_a_minute(database: Database) -> None:
    """A busy partner costs one row a minute; a turn from silence to answer is written at once."""
    heard = Exchanges(database).of(REGION)
    with clock.frozen(NOON):
        heard(False)
    for seconds, answered in ((1, True), (30, True), (60, True), (61, True)):
        with clock.frozen(NOON + timedelta(seconds=seconds)):
            heard(answered)
            (lane,) = lanes(database)
            kept = NOON + timedelta(seconds=1 if seconds < 61 else 61)
            assert (lane.silent_at, lane.answered_at) == (NOON, kept)


def lanes(database: Database) -> list[LaneView]:
    with database.reading() as session:
        return list(lanes_now(session, clock.now()))
