"""A visit ends when nobody is there, and never while somebody is."""

from datetime import datetime, timedelta

import pytest

from kiosk_server.core import clock
from kiosk_server.visits.models import Visit
from tests.support.inspect_page import inspect
from tests.support.kiosk_person import Person
from tests.support.terminal_client import database_of


def visit_of(person: Person) -> Visit:
    """The newest visit."""
    with database_of(person.terminal.app).reading() as session:
        return session.query(Visit).order_by(Visit.id.desc()).first() or Visit()


@pytest.fixture
def now() -> datetime:
    """This moment, from which a test counts."""
    return clock.now()


@pytest.mark.policy("P52")
def test_nobody_there_for_ninety_seconds_ends_the_visit(person: Person, now: datetime) -> None:
    """After 60 and 30 seconds without a sign of life the next touch finds the visit ended."""
    with clock.frozen(now):
        person.start("ug")
    with clock.frozen(now + timedelta(seconds=91)):
        person.open("/kiosk/services")
    assert person.path == "/kiosk/ended?why=idle&language=ug"
    assert person.page.language == "ug"
    assert visit_of(person).end_reason == "idle"
    assert visit_of(person).session_digest is None


def test_large_print_doubles_the_time(person: Person, now: datetime) -> None:
    """Who reads large print has 180 seconds."""
    with clock.frozen(now):
        person.start().touch("/kiosk/settings", size="xl")
        assert 'data-warn-after="120"' in person.answer.text
        assert 'data-end-after="180"' in person.answer.text
    with clock.frozen(now + timedelta(seconds=170)):
        assert person.open("/kiosk/services").path == "/kiosk/services"


def test_a_sign_of_life_keeps_the_visit(person: Person, now: datetime) -> None:
    """Each sign of life counts anew."""
    with clock.frozen(now):
        person.start()
        address, fields = "/kiosk/keep", person.form("/kiosk/end")[1]
    for seconds in (80, 160, 240):
        with clock.frozen(now + timedelta(seconds=seconds)):
            assert person.terminal.post(address, form=fields).status_code == 204
    with clock.frozen(now + timedelta(seconds=320)):
        assert person.open("/kiosk/services").path == "/kiosk/services"


def test_what_a_page_asks_by_itself_is_no_sign_of_life(person: Person, now: datetime) -> None:
    """The page that asks whether somebody is there does not keep the visit by being shown."""
    with clock.frozen(now):
        person.start()
    with clock.frozen(now + timedelta(seconds=70)):
        inspect(person.terminal.get("/kiosk/still-there?back=/kiosk/services"))
    with clock.frozen(now + timedelta(seconds=95)):
        assert "why=idle" in person.open("/kiosk/services").path


def test_still_there_leads_back(person: Person) -> None:
    """“I am here” leads back to the page where it was asked."""
    person.start().open("/kiosk/still-there?back=/kiosk/guides")
    assert person.touch("/kiosk/still-there").path == "/kiosk/guides"


def test_fifteen_minutes_are_the_limit_and_can_be_extended(person: Person, now: datetime) -> None:
    """The hard limit moves by five minutes for the asking, and then ends the visit."""
    with clock.frozen(now):
        person.start()
        fields = person.form("/kiosk/end")[1]
        told = person.terminal.post("/kiosk/extend", form=fields).get_json()
        assert told == {"left_seconds": 20 * 60}
    for minute in range(1, 20):
        with clock.frozen(now + timedelta(minutes=minute)):
            assert person.open("/kiosk/services").path == "/kiosk/services"
    with clock.frozen(now + timedelta(minutes=20)):
        assert "why=limit" in person.open("/kiosk/services").path


def test_the_tenth_extension_is_the_last(person: Person) -> None:
    """An eleventh is refused, in words."""
    person.start()
    fields = person.form("/kiosk/end")[1]
    for _ in range(10):
        assert person.terminal.post("/kiosk/extend", form=fields).status_code == 200
    assert person.terminal.post("/kiosk/extend", form=fields).status_code == 403
