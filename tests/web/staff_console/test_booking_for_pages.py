"""Booking for somebody in the console: by number and name, groups, and visits at home."""

from collections.abc import Iterator
from datetime import time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import SYSTEM
from kiosk_server.bookings.models import Booking
from kiosk_server.bookings.queries import slots_on
from kiosk_server.bookings.slots import fit_ahead
from kiosk_server.bookings.templates import enter_template
from kiosk_server.core import clock
from tests.support.booking import DAY, NOON, SITE, TERMS, BookedSite, number
from tests.support.inspect_page import faults_of
from tests.support.staff_browser import StaffBrowser, database_of, seed

HERE, VISITS = "/staff/bookings/new", f"/staff/bookings/visits?site={SITE}&day={DAY}"


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """It is Monday noon in Beijing."""
    with clock.frozen(NOON):
        yield


@pytest.fixture
def site(app: Flask) -> BookedSite:
    """Four slots of a Wednesday, two places in each of them to be booked; and two visits."""
    seed(app)
    site = BookedSite.open(database_of(app), capacity=3, closes=time(11))
    with site.database.unit_of_work() as session:
        enter_template(
            session,
            SITE,
            "home-visit",
            weekday=DAY.isoweekday(),
            spell=(time(10), time(12)),
            minutes=60,
            capacity=2,
            walk_in=1,
        )
        fit_ahead(session, SITE, terms=TERMS, by=SYSTEM)
    return site


@pytest.fixture
def clerk(app: Flask, site: BookedSite) -> StaffBrowser:
    """A clerk of the city, signed in."""
    return StaffBrowser(app).sign_in("chuangkou")


def proper(answer: TestResponse, status: int = 200) -> str:
    """The text of a page in which nothing is wrong."""
    assert answer.status_code == status
    policy = answer.headers["Content-Security-Policy"]
    assert faults_of(answer.text, policy, help_phone="") == []
    return answer.text


def slot_of(site: BookedSite, group: str, index: int = 0) -> str:
    with site.database.reading() as session:
        found = [each.id for each in slots_on(session, SITE, DAY) if each.group_code == group]
    return found[index]


def asked(site: BookedSite, **told: str) -> dict[str, str]:
    """A form that books one person of the social insurance at ten, unless *told* otherwise."""
    return {
        "site": SITE,
        "services": "insurance-record",
        "slot": slot_of(site, "social-insurance"),
        "way": "hotline",
        "number": number(1),
        "name": "测试·居民1",
        "people": "1",
        "once": "once",
        **told,
    }


def bookings(site: BookedSite) -> list[Booking]:
    with site.database.reading() as session:
        return list(session.scalars(select(Booking).order_by(Booking.id)))


def test_somebody_on_the_telephone_gets_a_time(clerk: StaffBrowser, site: BookedSite) -> None:
    """Matter, day and time are chosen; sent twice it is one booking; the day shows it masked."""
    page = proper(clerk.get(f"{HERE}?site={SITE}&services=insurance-record"))
    assert "10:00–10:15" in page
    for _again in range(2):
        made = clerk.post(HERE, HERE, **asked(site))
        assert made.status_code == 303
    (booking,) = bookings(site)
    assert (booking.state, booking.channel) == ("confirmed", "hotline")
    page = proper(clerk.get(made.location))
    assert "已经约好" in page
    assert "测***·居民1" in page


def test_what_is_wrong_is_said_at_its_field(clerk: StaffBrowser, site: BookedSite) -> None:
    """A wrong number, another's name, no time: nothing is booked, and no name is written over."""
    site.person(1)
    for told, words in (
        ({"number": "653001199001010000"}, "身份证号不对"),
        ({"name": "测试·别人"}, "另一个姓名"),
        ({"slot": "none"}, "请选时间"),
        ({"way": "phone"}, "怎么来约的"),
        ({"people": "99"}, "1 到 30"),
        ({"people": "9"}, "没有这么多号"),
    ):
        form = asked(site, **told) | {"day": DAY.isoformat()}
        answer = clerk.post(HERE, HERE, **form)
        assert words in proper(answer, 409 if told == {"people": "9"} else 422)
    assert bookings(site) == []


def test_a_group_is_booked_and_given_up(app: Flask, clerk: StaffBrowser, site: BookedSite) -> None:
    """Five people at once, shown as one group; a clerk of another place cannot end it."""
    assert clerk.post(HERE, HERE, **asked(site, people="5", way="counter")).status_code == 303
    page = proper(clerk.get(f"/staff/bookings?site={SITE}&day={DAY}"))
    assert "团体 5 人" in page
    party = bookings(site)[0].party_id
    address = f"/staff/bookings/parties/{party}/cancel"
    other = StaffBrowser(app).sign_in("songtake")
    assert other.post(address, "/staff/bookings").status_code == 404
    assert clerk.post(address, "/staff/bookings").status_code == 303
    assert {each.state for each in bookings(site)} == {"cancelled"}
    assert site.counted_right()


@pytest.mark.policy("P41")
def test_an_address_is_covered_until_somebody_asks(
    app: Flask, clerk: StaffBrowser, site: BookedSite
) -> None:
    """The list stands by time without addresses; opened, it is audited and kept by no browser."""
    form = asked(
        site,
        services="visit-at-home",
        slot=slot_of(site, "home-visit", 1),
        priority="elderly",
        address="测试乡测试村三组十二号",
        contact="13900000001",
    )
    refused = clerk.post(HERE, HERE, **{**form, "priority": "soldier"})
    assert "只给老年人和残疾人" in proper(refused, 422)
    assert clerk.post(HERE, HERE, **form).status_code == 303
    page = proper(clerk.get(VISITS))
    assert "盖着" in page
    assert "测试乡" not in page
    opened = clerk.post("/staff/bookings/visits", VISITS, site=SITE, day=DAY.isoformat())
    assert "测试乡测试村三组十二号" in proper(opened)
    assert opened.headers["Cache-Control"] == "no-store"
    with site.database.reading() as session:
        looks = select(AuditEntry).where(AuditEntry.event == AuditEvent.HOME_VISITS_SEEN)
        assert len(session.scalars(looks).all()) == 1
    technician = StaffBrowser(app).sign_in("weihu")
    assert technician.get(VISITS).status_code == 403


def test_days_whose_calendar_is_not_known_are_said_to_be(
    clerk: StaffBrowser, site: BookedSite
) -> None:
    """Near the end of the year the page says from when on there are no places yet."""
    with clock.frozen(NOON + timedelta(days=37)):
        again = StaffBrowser(clerk.app).sign_in("chuangkou")
        page = proper(again.get(f"{HERE}?site={SITE}&services=insurance-record"))
    assert "2027-01-01 起" in page


def test_what_the_book_refuses_is_said_in_words(clerk: StaffBrowser, site: BookedSite) -> None:
    """A third booking of a day and a form sent again after its booking has ended."""
    for index in (0, 1):
        slot = slot_of(site, "social-insurance", index)
        assert clerk.post(HERE, HERE, **asked(site, slot=slot)).status_code == 303
    third = asked(site, slot=slot_of(site, "social-insurance", 2), day=DAY.isoformat())
    assert "约得够多" in proper(clerk.post(HERE, HERE, **third), 409)
    ended = bookings(site)[0]
    assert clerk.post(f"/staff/bookings/{ended.id}", HERE, verb="cancel").status_code == 303
    again = clerk.post(HERE, HERE, **asked(site, day=DAY.isoformat()))
    assert "不在了" in proper(again, 409)
    with site.database.reading() as session:
        refused = select(AuditEntry).where(AuditEntry.event == AuditEvent.BOOKING_REFUSED)
        assert len(session.scalars(refused).all()) == 2
