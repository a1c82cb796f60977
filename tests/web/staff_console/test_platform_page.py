"""The twelve shared systems on one page, each with who does its work and what waits for it."""

import re
from dataclasses import replace

import pytest
from flask import Flask

from kiosk_server.deliveries.ports import CourierName
from kiosk_server.gateways.platform import SharedSystem, Standing, twelve
from kiosk_server.outbox.lanes import DEPARTMENTS, MESSAGES
from kiosk_server.outbox.rules import HOUSE
from kiosk_server.outbox.services import emit
from kiosk_server.payments.rules import Channel
from kiosk_server.settings import Settings
from tests.support.inspect_page import faults_of
from tests.support.staff_browser import StaffBrowser, database_of, seed

HERE = "/staff/platform"
LANES = (
    HOUSE,
    MESSAGES,
    DEPARTMENTS,
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
