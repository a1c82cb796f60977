"""The region's unified booking on both databases: its wishes take our places, once each."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from kiosk_server.audit.services import SYSTEM
from kiosk_server.bookings import region
from kiosk_server.bookings.life import Channel, EndedFor
from kiosk_server.bookings.models import Booking, RegionBooking
from kiosk_server.bookings.services import cancel
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.gateways.region_desk_http import HttpHall, HttpUnifiedBooking
from kiosk_server.outbox.models import OutboxMessage
from kiosk_server.queue import hall
from kiosk_server.queue.services import take_ticket
from kiosk_server.reactions import CHORES, HANDLERS
from kiosk_server.region_desk_reactions import RegionDesks, desks_from
from kiosk_server.settings import Settings
from kiosk_server.settings_region_desk import RegionDeskSettings, region_desk_faults
from tests.support.booking import GROUP, NOON, SITE, TERMS, BookedSite, number
from tests.support.records_server import KEY
from tests.support.region_desk_server import RegionDesk, region_desk


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """It is Monday noon in Beijing."""
    with clock.frozen(NOON):
        yield


@pytest.fixture(scope="module")
def served() -> Iterator[RegionDesk]:
    """The region's services, for all tests."""
    with region_desk() as found:
        found.service.now = lambda: NOON
        yield found


@pytest.fixture
def desk(served: RegionDesk) -> RegionDesk:
    """The same, with nothing asked and nothing wished for."""
    served.service.asked.clear()
    served.service.misbehave.clear()
    served.wishes(0)
    return served


@pytest.fixture
def site(database: Database) -> BookedSite:
    """Two slots of two places, one of them for who just comes."""
    return BookedSite.open(database)


def ours(desk: RegionDesk) -> HttpUnifiedBooking:
    return HttpUnifiedBooking(desk.service.url, KEY, timeout_seconds=30, pause=lambda _: None)


def wish(site: BookedSite, position: int, index: int, **told: Any) -> dict[str, Any]:
    return {
        "position": position,
        "id": f"R-{position}",
        "verb": "book",
        "slot": site.slots()[0].id,
        "services": ["insurance-record"],
        "number": number(index),
        "name": f"测试·居民{index}",
        **told,
    }


def letters(site: BookedSite, topic: str) -> list[OutboxMessage]:
    with site.database.reading() as session:
        wanted = select(OutboxMessage).where(OutboxMessage.topic == topic)
        return list(session.scalars(wanted.order_by(OutboxMessage.id)))


def answers(site: BookedSite) -> dict[str, str]:
    with site.database.reading() as session:
        return {row.id: row.answer for row in session.scalars(select(RegionBooking))}


@pytest.mark.policy("P26")
def test_what_is_published_is_what_can_be_booked(site: BookedSite, desk: RegionDesk) -> None:
    """A day of a group is shown whole, with what is left; the walk-in share is not among it."""
    site.hold(1)
    region.publish_site(site.database, ours(desk), SITE, TERMS)
    (day,) = desk.told("/days")
    assert [slot["free"] for slot in day["slots"]] == [0, 1]
    desk.service.misbehave[:] = ["gateway"] * 3
    with pytest.raises(region.RegionSilent):
        region.publish_site(site.database, ours(desk), SITE, TERMS)


@pytest.mark.policy("P41")
def test_a_wish_takes_a_place_once_and_the_last_place_goes_to_one(
    site: BookedSite, desk: RegionDesk
) -> None:
    """Two want one place: one has it, the other is refused; the feed sent again changes nothing."""
    desk.wishes(0, wish(site, 1, 1), wish(site, 2, 2))
    assert region.take_wishes(site.database, ours(desk), TERMS) == 2
    assert answers(site) == {"R-1": "booked", "R-2": "slot_full"}
    assert region.take_wishes(site.database, ours(desk), TERMS) == 0
    again = ours(desk).wishes(0)
    assert again is not None
    for each in again:
        region.take_wish(site.database, each, TERMS)
    assert answers(site) == {"R-1": "booked", "R-2": "slot_full"}
    with site.database.reading() as session:
        (booking,) = session.scalars(select(Booking)).all()
    assert (booking.state, booking.channel) == ("confirmed", Channel.REGION)
    assert site.left()[0] == (0, 1)
    assert site.counted_right()
    for letter in letters(site, region.REGION_ANSWERED):
        assert letter.lane == region.LANE
        region.send_answer(site.database, ours(desk), str(letter.payload["wish"]))
    assert [(told["id"], told["answer"]) for told in desk.told("/answers")] == [
        ("R-1", "booked"),
        ("R-2", "slot_full"),
    ]


def test_it_is_cancelled_there_or_ended_here(site: BookedSite, desk: RegionDesk) -> None:
    """A cancelled wish gives its place back; what we end is told once."""
    second = wish(site, 2, 2, slot=site.slots()[1].id)
    cancelled = {"position": 3, "id": "R-1", "verb": "cancel"}
    unknown = {"position": 4, "id": "R-9", "verb": "cancel"}
    desk.wishes(0, wish(site, 1, 1), second, cancelled, unknown)
    region.take_wishes(site.database, ours(desk), TERMS)
    assert answers(site) == {"R-1": "cancelled", "R-2": "booked", "R-9": "booking_not_found"}
    with site.database.unit_of_work() as session:
        row = session.get_one(RegionBooking, "R-2")
        cancel(session, row.booking_id or "", EndedFor.SITE_CLOSED, terms=TERMS, by=SYSTEM)
    for _again in range(2):
        with site.database.unit_of_work() as session:
            region.note_ends(session)
    assert answers(site)["R-2"] == "ended"
    assert len(letters(site, region.REGION_ANSWERED)) == 5
    assert site.left() == [(1, 2), (1, 2)]


def test_a_wish_that_is_not_right_is_refused(site: BookedSite, desk: RegionDesk) -> None:
    """Another's name, a wrong number, a slot of nobody's, a name that cannot be one."""
    site.person(1)
    desk.wishes(
        0,
        wish(site, 1, 1, name="测试·别人"),
        wish(site, 2, 2, number="653001199001010000"),
        wish(site, 3, 3, slot="none"),
        wish(site, 4, 4, id="../4"),
    )
    assert region.take_wishes(site.database, ours(desk), TERMS) == 4
    assert answers(site) == {
        "R-1": "name_differs",
        "R-2": "number_invalid",
        "R-3": "slot_not_found",
    }
    assert region.take_wishes(site.database, ours(desk), TERMS) == 0


def test_the_hall_hears_of_tickets_that_changed(site: BookedSite, desk: RegionDesk) -> None:
    """A walk-in's ticket is told with its state and nobody's name, each minute only what is new."""
    with site.database.unit_of_work() as session:
        ticket = take_ticket(session, SITE, GROUP, channel=Channel.COUNTER, by=SYSTEM).ticket
        hall.send_out_reports(session)
    (letter,) = letters(site, hall.HALL_REPORTED)
    partner = HttpHall(desk.service.url, KEY, timeout_seconds=30, pause=lambda _: None)
    hall.report_site(site.database, partner, SITE, NOON - hall.OVERLAP)
    (told,) = desk.told("/tickets")
    assert [each["label"] for each in told["tickets"]] == [ticket.label]
    assert letter.lane == hall.LANE
    with clock.frozen(NOON + 2 * hall.OVERLAP), site.database.unit_of_work() as session:
        hall.send_out_reports(session)
    assert len(letters(site, hall.HALL_REPORTED)) == 1


def test_settings_say_who_is_connected(settings: Settings, site: BookedSite) -> None:
    """None, a player, or a real one; production knows no player, and no line in the clear."""
    assert desks_from(replace(settings, environment="production")) == RegionDesks(None, None)
    played = desks_from(settings)
    assert played.booking is not None
    assert played.booking.simulated
    told = RegionDeskSettings(booking="http://region.example", hall="https://hall.example")
    real = desks_from(replace(settings, region_desk=told))
    assert real.hall is not None
    assert not real.hall.simulated
    assert len(region_desk_faults(told)) == 3
    assert {"publish_places", "look_for_wishes", "look_for_tickets"} <= {c.name for c in CHORES}
    assert {region.REGION_READ, region.REGION_PUBLISHED, hall.HALL_REPORTED} <= HANDLERS.keys()
