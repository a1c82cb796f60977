"""A site's week changed on both databases: slots follow, nobody loses a place unseen."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta

import pytest
from sqlalchemy import select

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import SYSTEM
from kiosk_server.bookings import desk, waiting
from kiosk_server.bookings.extra_places import OpenedFor, end_extra, open_extra
from kiosk_server.bookings.life import BookingState, EndedFor
from kiosk_server.bookings.preview import effects_of
from kiosk_server.bookings.queries import bookings_of
from kiosk_server.bookings.services import cancel
from kiosk_server.bookings.shaping import Draft, Extra
from kiosk_server.bookings.slots import fit_ahead
from kiosk_server.bookings.templates import save_week, week_of
from kiosk_server.bookings.weeks import Week, digest_of
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Conflict
from tests.support.booking import DAY, DAY_OF, GROUP, NOON, SITE, TERMS, BookedSite

HOUR = Draft(GROUP, DAY.isoweekday(), time(10), time(10, 30), 15, 3, 1)


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """It is Monday noon in Beijing."""
    with clock.frozen(NOON):
        yield


@pytest.fixture
def site(database: Database) -> BookedSite:
    """Two slots of three places, one of them for who just comes."""
    return BookedSite.open(database, capacity=3)


def week(site: BookedSite) -> Week:
    with site.database.reading() as session:
        return week_of(session, SITE)


def saves(site: BookedSite, new: Week, looked_at: Week | None = None) -> int:
    seen = digest_of(week(site) if looked_at is None else looked_at)
    with site.database.unit_of_work() as session:
        save_week(session, SITE, new, AuditEvent.SITE_TEMPLATE_SET, looked_at=seen, by=SYSTEM)
        return fit_ahead(session, SITE, terms=TERMS, by=SYSTEM)


def with_places(site: BookedSite, capacity: int, walk_in: int = 1) -> Week:
    return tuple(replace(each, capacity=capacity, walk_in=walk_in) for each in week(site))


def said(site: BookedSite, event: AuditEvent) -> int:
    with site.database.reading() as session:
        return len(session.scalars(select(AuditEntry).where(AuditEntry.event == event)).all())


def test_a_slot_grows_and_who_waits_is_offered_the_place_at_once(site: BookedSite) -> None:
    """More places are offered in the unit of work that makes them."""
    for index in (1, 2):
        site.hold(index)
    for index in (3, 4):
        site.hold(index, 1)
    wish = site.wish(5)
    with site.database.unit_of_work() as session:
        waiting.join(session, DAY_OF, wish, terms=TERMS, by=SYSTEM)
    saves(site, with_places(site, 4))
    assert site.left() == [(0, 1), (1, 2)]
    assert site.counted_right()
    with site.database.reading() as session:
        assert [each.state for each in bookings_of(session, site.person(5))] == ["held"]


def test_a_slot_shrinks_to_what_is_taken_and_says_so(site: BookedSite) -> None:
    """Nobody loses a place by it; what is freed later goes with the next fitting."""
    held = [site.hold(index) for index in (1, 2)]
    new = with_places(site, 2)
    with site.database.reading() as session:
        (day,) = effects_of(session, SITE, new, TERMS).days
    assert (day.shrink, day.kept, day.bookings) == (1, 1, 0)
    assert saves(site, new) == 0
    assert [(slot.capacity, slot.remaining_booked) for slot in site.slots()] == [(3, 0), (2, 1)]
    assert site.counted_right()
    with site.database.unit_of_work() as session:
        cancel(session, held[0].id, EndedFor.BY_STAFF, terms=TERMS, by=SYSTEM)
        fit_ahead(session, SITE, terms=TERMS, by=SYSTEM)
    assert [slot.capacity for slot in site.slots()] == [2, 2]
    assert site.counted_right()


def test_a_template_that_goes_tells_who_has_booked_and_offers_another(site: BookedSite) -> None:
    """The preview says how many; afterwards each of them has been offered the next free time."""
    afternoon = replace(HOUR, opens=time(11), closes=time(12))
    saves(site, (*week(site), afternoon))
    booked = site.hold(1)
    new = (afternoon,)
    with site.database.reading() as session:
        effects = effects_of(session, SITE, new, TERMS)
    assert [(each.day, each.go, each.bookings) for each in effects.days] == [(DAY, 2, 1)]
    assert saves(site, new) == effects.bookings
    with site.database.reading() as session:
        found = {each.id: each for each in bookings_of(session, site.person(1))}
    assert found.pop(booked.id).state == BookingState.CANCELLED
    (another,) = found.values()
    assert (another.state, another.moved_from) == ("held", booked.id)
    assert clock.to_beijing(another.starts_at).hour == 11
    assert site.counted_right()


def test_slots_that_are_cut_anew_keep_their_counters(site: BookedSite) -> None:
    """Half hours in place of quarters: the slot of ten stays, with its bookings gone to others."""
    site.hold(1)
    saves(site, tuple(replace(each, minutes=30) for each in week(site)))
    slots = [slot for slot in site.slots() if slot.closed_at is None]
    assert [(slot.ends_at - slot.starts_at) for slot in slots] == [timedelta(minutes=30)]
    assert site.counted_right()
    saves(site, tuple(replace(each, minutes=15) for each in week(site)))
    assert [slot.closed_at for slot in site.slots()] == [None, None]
    assert site.counted_right()


def test_saving_again_changes_nothing_and_two_at_once_do_not_undo_each_other(
    site: BookedSite,
) -> None:
    """One audit entry for one change; who looked at an older week is told to look again."""
    old = week(site)
    new = with_places(site, 4)
    saves(site, new, looked_at=old)
    saves(site, new, looked_at=old)
    assert said(site, AuditEvent.SITE_TEMPLATE_SET) == 1
    with pytest.raises(Conflict) as refused:
        saves(site, with_places(site, 5), looked_at=old)
    assert refused.value.code == "week_changed"


@pytest.mark.policy("P41")
def test_an_emergency_opens_places_for_a_day_and_ends_by_itself(site: BookedSite) -> None:
    """More places in the slots it reaches, at once; ended sooner, what is taken of them stays."""
    extra = Extra(GROUP, DAY, (time(10), time(10, 15)), 2)
    for _again in range(2):
        with site.database.unit_of_work() as session:
            row = open_extra(session, SITE, extra, OpenedFor.EMERGENCY, by=SYSTEM)
            fit_ahead(session, SITE, terms=TERMS, by=SYSTEM)
    assert [slot.capacity for slot in site.slots()] == [5, 3]
    assert said(site, AuditEvent.SITE_PLACES_ADDED) == 1
    for index in (1, 2, 3):
        site.hold(index)
    with site.database.unit_of_work() as session:
        end_extra(session, SITE, row.id, by=SYSTEM)
        fit_ahead(session, SITE, terms=TERMS, by=SYSTEM)
    assert [(slot.capacity, slot.remaining_booked) for slot in site.slots()] == [(4, 0), (3, 2)]
    assert site.counted_right()


def test_who_came_today_stays_where_the_slot_goes(site: BookedSite) -> None:
    """A walk-in of the day keeps his place in the count though the template is taken away."""
    morning = NOON + timedelta(days=1, hours=21)
    with clock.frozen(morning):
        with site.database.unit_of_work() as session:
            desk.walk_in(session, SITE, GROUP, by=SYSTEM)
        saves(site, ())
        assert all(slot.closed_at is not None for slot in site.slots())
        assert site.counted_right()
