"""The region's desks over HTTP: what is said, what is believed, and what is no answer."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from kiosk_server.bookings.ports import (
    DayPublished,
    RegionWish,
    SlotPublished,
    WishAnswer,
    WishVerb,
)
from kiosk_server.gateways.region_desk_http import HttpHall, HttpUnifiedBooking
from kiosk_server.gateways.region_desk_simulated import SimulatedHall, SimulatedUnifiedBooking
from kiosk_server.queue.ports import HallReport, TicketTold
from tests.support.records_server import KEY
from tests.support.region_desk_server import RegionDesk, region_desk

TEN = datetime(2026, 11, 25, 2, tzinfo=UTC)
DAY = DayPublished(
    "atushi-centre", "general", date(2026, 11, 25), TEN, (SlotPublished("slot", TEN, TEN, 3),)
)
TICKET = TicketTold("A012", "general", "walk_in", "called", "3", 1, TEN, TEN, None)
BOOK = {
    "position": 4,
    "id": "R-1",
    "verb": "book",
    "slot": "slot",
    "services": ["other-matter"],
    "number": "65",
    "name": "测试·居民",
}


@pytest.fixture
def desk() -> Iterator[RegionDesk]:
    """Both services, which keep to the contract."""
    with region_desk() as found:
        yield found


def booking(desk: RegionDesk, key: bytes = KEY) -> HttpUnifiedBooking:
    """Our side of the unified booking."""
    return HttpUnifiedBooking(desk.service.url, key, timeout_seconds=30.0, pause=lambda _: None)


def test_a_day_an_answer_and_a_ticket_are_told_whole(desk: RegionDesk) -> None:
    """Moments carry their offset; nobody's name is among what is told."""
    region = booking(desk)
    assert region.publish(DAY)
    assert region.answer(WishAnswer("R-1", "booked", TEN))
    hall = HttpHall(desk.service.url, KEY, timeout_seconds=30.0, pause=lambda _: None)
    assert hall.report(HallReport("atushi-centre", TEN, (TICKET,)))
    (day,), (answer,), (report,) = (
        desk.told(f"/{path}") for path in ("days", "answers", "tickets")
    )
    assert day["slots"] == [
        {"slot": "slot", "starts_at": TEN.isoformat(), "ends_at": TEN.isoformat(), "free": 3}
    ]
    assert answer["starts_at"] == "2026-11-25T02:00:00+00:00"
    assert report["tickets"][0]["label"] == "A012"
    assert desk.service.refused == []


def test_wishes_come_in_their_order(desk: RegionDesk) -> None:
    """Books and cancels are read, the earliest position first."""
    desk.wishes(3, {"position": 5, "id": "R-1", "verb": "cancel"}, BOOK)
    assert booking(desk).wishes(3) == [
        RegionWish(4, "R-1", WishVerb.BOOK, "slot", ("other-matter",), "65", "测试·居民"),
        RegionWish(5, "R-1", WishVerb.CANCEL),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {**BOOK, "position": 3},
        {**BOOK, "verb": "move"},
        {**BOOK, "services": [1]},
        {"position": 4, "verb": "cancel"},
    ],
    ids=["an old one", "unknown", "no words", "no name"],
)
def test_a_wish_that_cannot_be_read_makes_it_no_answer(
    desk: RegionDesk, wrong: dict[str, object]
) -> None:
    """Half a list is none: nothing is skipped unseen."""
    desk.wishes(3, BOOK, wrong)
    assert booking(desk).wishes(3) is None


@pytest.mark.parametrize("wrong", ["unsigned", "another", "old", "no_json", "list", "gateway"])
def test_what_cannot_be_believed_is_asked_again(desk: RegionDesk, wrong: str) -> None:
    """One misbehaviour is got over by asking again; three in a row are no answer."""
    desk.service.misbehave[:] = [wrong]
    assert booking(desk).publish(DAY)
    desk.service.misbehave[:] = [wrong] * 3
    assert booking(desk).wishes(0) is None


def test_a_stranger_is_refused_and_a_dead_line_is_left_alone(desk: RegionDesk) -> None:
    """A wrong key gets nothing; after five failures the service is not asked any more."""
    assert not booking(desk, b"x" * 32).publish(DAY)
    assert set(desk.service.refused) == {"signature_wrong"}
    region = booking(desk)
    desk.service.misbehave[:] = ["gateway"] * 15
    assert [region.publish(DAY) for _each in range(6)] == [False] * 6
    assert len(desk.told("/days")) == 15


def test_who_only_plays_his_part_says_so() -> None:
    """The simulated desks take everything and wish for nothing."""
    region, hall = SimulatedUnifiedBooking(), SimulatedHall()
    assert region.simulated
    assert hall.simulated
    assert region.publish(DAY)
    assert region.answer(WishAnswer("R-1", "booked", None))
    assert hall.report(HallReport("atushi-centre", TEN, (TICKET,)))
    assert region.wishes(0) == ()
