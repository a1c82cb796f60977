"""Booking at a terminal: what, where, when; kept, confirmed, moved, cancelled, waited for."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import SYSTEM
from kiosk_server.bookings.capacity import miscounted
from kiosk_server.bookings.check_in_codes import check_in_code
from kiosk_server.bookings.life import BookingState, Channel
from kiosk_server.bookings.models import Booking, Slot, WaitingEntry
from kiosk_server.bookings.slots import fit
from kiosk_server.bookings.terms import booking_terms
from kiosk_server.core import clock
from kiosk_server.core.identifiers import new_id
from kiosk_server.outbox.leases import Letter
from kiosk_server.reactions import Context, after_visit
from kiosk_server.settings import Settings
from kiosk_server.visits.models import Visit
from tests.support.booking_person import (
    BOOK,
    MORNING,
    NEW,
    booked,
    chosen_day,
    code_on,
    held,
    known,
    offered,
    opened,
    rows,
)
from tests.support.kiosk_person import MEMET, READY, Person, ready_terminal
from tests.support.terminal_client import SignedTerminal, database_of

OTHER_DAY = 1


@pytest.fixture
def at(app: Flask, settings: Settings) -> Iterator[Person]:
    """A person before a terminal of the centre on a Wednesday morning, with places to book."""
    with clock.frozen(MORNING):
        opened(app, settings)
        yield Person(ready_terminal(SignedTerminal(app))).start()


def ended(at: Person, settings: Settings) -> None:
    """The visit ends, and what follows from it is done."""
    with database_of(at.terminal.app).reading() as session:
        visit = session.scalars(select(Visit.id)).one()
    at.touch("/kiosk/end")
    letter = Letter(new_id(), "visit.ended", {"visit": visit}, 1)
    after_visit(Context(database_of(at.terminal.app), settings), letter)


def refusals(at: Person) -> list[object]:
    """Why bookings were refused, as the audit says it."""
    with database_of(at.terminal.app).reading() as session:
        wanted = select(AuditEntry.facts).where(AuditEntry.event == "booking.refused")
        return [facts["reason"] for facts in session.scalars(wanted)]


def fill(at: Person, day: int) -> None:
    """Nothing can be booked any more on the day so many days ahead."""
    on = clock.beijing_today() + timedelta(days=day)
    with database_of(at.terminal.app).unit_of_work() as session:
        session.execute(update(Slot).where(Slot.day == on).values(remaining_booked=0))


@pytest.mark.policy("P41")
def test_a_visit_is_booked_from_the_matter_to_the_slip(at: Person) -> None:
    """By card: kept while it is looked over, then booked; the slip bears time, place and code."""
    known(at)
    assert at.path == NEW
    held(at, day=OTHER_DAY)
    assert "给您留到" in at.answer.text
    [kept] = rows(at.terminal.app)
    assert (kept.state, kept.channel) == (BookingState.HELD, Channel.KIOSK)
    at.touch(f"/kiosk/bookings/{kept.id}/confirm")
    assert "约好了" in at.answer.text
    code = code_on(at)
    with database_of(at.terminal.app).reading() as session:
        assert code == check_in_code(kept.id, database_of(at.terminal.app).keyring)
        assert not miscounted(session)
    at.touch(f"/kiosk/bookings/{kept.id}/slip")
    [want] = at.wants()
    slip = at.document(want["job"]).decode()
    for told in (code, f"KCI1:{code}", "参保证明", "2026-11-26"):
        assert told in slip
    assert "阿依古丽" not in slip
    assert f"/kiosk/bookings/{kept.id}/slip" not in at.answer.text


def test_a_double_touch_books_once(at: Person) -> None:
    """The time touched twice keeps one place, the yes touched twice is one booking."""
    known(at)
    chosen_day(at, at=OTHER_DAY)
    slot = offered(at, "slot")
    address, own = at.form("/kiosk/bookings/time")
    for chosen in (slot[0], slot[0], slot[1]):
        answer = at.terminal.post(address, form={**own, "slot": chosen})
        assert answer.status_code == 303
    [kept] = rows(at.terminal.app)
    at.open(f"/kiosk/bookings/{kept.id}")
    address, own = at.form(f"/kiosk/bookings/{kept.id}/confirm")
    for _ in range(2):
        assert at.terminal.post(address, form=own).status_code == 303
    assert [row.state for row in rows(at.terminal.app)] == [BookingState.CONFIRMED]


@pytest.mark.parametrize("language", ["ug", "en", "ky"])
def test_the_pages_are_in_order_in_every_language(at: Person, language: str) -> None:
    """Each page from the choice to the cancelling passes the inspection in the visit's language."""
    at.touch("/kiosk/end").start(language).open("/kiosk/at-window")
    known(at)
    at.open(NEW).touch(NEW, group="general").open("/kiosk/bookings/priority")
    booked(at, day=OTHER_DAY)
    [row] = rows(at.terminal.app)
    at.open(f"/kiosk/bookings/{row.id}/change").open(f"/kiosk/bookings/{row.id}/cancel")
    at.touch(f"/kiosk/bookings/{row.id}/cancel").open("/kiosk/bookings?all=yes")
    assert rows(at.terminal.app)[0].state == BookingState.CANCELLED


def test_several_matters_take_their_time_together(at: Person) -> None:
    """Two matters of one group are one visit; none chosen is said at the question."""
    known(at).touch(NEW, group="social-insurance")
    at.touch("/kiosk/bookings/services")
    assert "请先选要办的事" in at.answer.text
    address, own = at.form("/kiosk/bookings/services")
    chosen = {"service": ["insurance-enrol", "insurance-record"]}
    at.terminal.post(address, form={**own, **chosen})
    at.open("/kiosk/bookings/site")
    assert "25 分钟" in at.answer.text
    at.touch("/kiosk/bookings/site", site="atushi-centre")
    at.touch("/kiosk/bookings/day", day=offered(at, "day")[1])
    at.touch("/kiosk/bookings/time", slot=offered(at, "slot")[0])
    [kept] = rows(at.terminal.app)
    assert kept.ends_at - kept.starts_at == timedelta(minutes=30)


@pytest.mark.policy("P41")
def test_who_goes_first_says_so_if_he_likes(at: Person) -> None:
    """It is asked beside the way, kept with the booking, and taken back as easily."""
    known(at).touch(NEW, group="social-insurance").open("/kiosk/bookings/priority")
    at.touch("/kiosk/bookings/priority", priority="elderly")
    assert "老年人" in at.answer.text
    held(at, day=OTHER_DAY)
    [kept] = rows(at.terminal.app)
    assert kept.priority == "elderly"
    at.touch(f"/kiosk/bookings/{kept.id}/let-go")
    at.open("/kiosk/bookings/priority").touch("/kiosk/bookings/priority", priority="none")
    held(at, day=OTHER_DAY)
    assert rows(at.terminal.app)[1].priority is None


def test_another_time_gives_the_first_back(at: Person) -> None:
    """What was kept and not wanted is free at once, and the times are shown again."""
    held(known(at), day=OTHER_DAY)
    [kept] = rows(at.terminal.app)
    at.touch(f"/kiosk/bookings/{kept.id}/let-go")
    assert at.path == "/kiosk/bookings/time"
    assert rows(at.terminal.app)[0].state == BookingState.CANCELLED
    with database_of(at.terminal.app).reading() as session:
        assert not miscounted(session)


@pytest.mark.policy("P52")
def test_the_end_of_the_visit_lets_the_place_go(at: Person, settings: Settings) -> None:
    """Who leaves before saying yes leaves nothing: no place kept, no choice in any row."""
    held(known(at), day=OTHER_DAY)
    ended(at, settings)
    assert [row.state for row in rows(at.terminal.app)] == [BookingState.CANCELLED]
    with database_of(at.terminal.app).reading() as session:
        assert not miscounted(session)
        assert all(visit.draft_sealed is None for visit in session.scalars(select(Visit)))
    at.start().open("/kiosk/bookings/time")
    assert at.path == "/kiosk/services"


def test_what_was_confirmed_stays_when_the_visit_ends(at: Person, settings: Settings) -> None:
    """The end lets go of what is kept, never of what was booked."""
    booked(known(at), day=OTHER_DAY)
    ended(at, settings)
    assert [row.state for row in rows(at.terminal.app)] == [BookingState.CONFIRMED]


def test_a_yes_that_comes_too_late_says_so(at: Person) -> None:
    """The times are shown again, and a new choice is not counted against what has lapsed."""
    held(known(at), day=OTHER_DAY)
    [kept] = rows(at.terminal.app)
    over = MORNING - timedelta(seconds=1)
    with database_of(at.terminal.app).unit_of_work() as session:
        session.execute(update(Booking).values(held_until=over))
    at.touch(f"/kiosk/bookings/{kept.id}/confirm")
    assert "没有确认" in at.answer.text
    at.touch("/kiosk/bookings/time", slot=offered(at, "slot")[0])
    states = [row.state for row in rows(at.terminal.app)]
    assert states == [BookingState.EXPIRED, BookingState.HELD]


def test_a_time_that_was_just_taken_is_said(at: Person) -> None:
    """Somebody was faster: nothing is wrong, another time is chosen."""
    chosen_day(known(at), at=OTHER_DAY)
    slot = offered(at, "slot")[0]
    with database_of(at.terminal.app).unit_of_work() as session:
        session.execute(update(Slot).where(Slot.id == slot).values(remaining_booked=0))
    at.touch("/kiosk/bookings/time", slot=slot)
    assert "被约走了" in at.answer.text
    assert rows(at.terminal.app) == []
    assert refusals(at) == []


def test_moving_takes_the_new_place_first(at: Person) -> None:
    """The old time stands until the new one is had; where that is gone, it still stands."""
    booked(known(at), day=OTHER_DAY)
    [old] = rows(at.terminal.app)
    at.open(f"/kiosk/bookings/{old.id}/change").touch(f"/kiosk/bookings/{old.id}/move")
    at.touch("/kiosk/bookings/day", day=offered(at, "day")[OTHER_DAY])
    slot = offered(at, "slot")[3]
    at.touch("/kiosk/bookings/time", slot=slot)
    assert "改到这个时间" in at.answer.text
    assert [row.state for row in rows(at.terminal.app)] == [BookingState.CONFIRMED]
    at.touch("/kiosk/bookings/move")
    assert "改好了" in at.answer.text
    states = [row.state for row in rows(at.terminal.app)]
    assert states == [BookingState.MOVED, BookingState.CONFIRMED]


def test_a_move_to_a_place_that_is_gone_changes_nothing(at: Person) -> None:
    """Who was too slow keeps what he had and chooses again."""
    booked(known(at), day=OTHER_DAY)
    [old] = rows(at.terminal.app)
    at.open(f"/kiosk/bookings/{old.id}/change").touch(f"/kiosk/bookings/{old.id}/move")
    at.touch("/kiosk/bookings/day", day=offered(at, "day")[OTHER_DAY])
    slot = offered(at, "slot")[3]
    at.touch("/kiosk/bookings/time", slot=slot)
    with database_of(at.terminal.app).unit_of_work() as session:
        session.execute(update(Slot).where(Slot.id == slot).values(remaining_booked=0))
    at.touch("/kiosk/bookings/move")
    assert "被约走了" in at.answer.text
    assert [row.state for row in rows(at.terminal.app)] == [BookingState.CONFIRMED]


def test_cancelling_asks_once(at: Person) -> None:
    """One clear question; after it the place is free and the page says so."""
    booked(known(at), day=OTHER_DAY)
    [row] = rows(at.terminal.app)
    at.open(f"/kiosk/bookings/{row.id}/change").open(f"/kiosk/bookings/{row.id}/cancel")
    assert len(re.findall("<h1", at.answer.text)) == 1
    at.touch(f"/kiosk/bookings/{row.id}/cancel")
    assert "已取消" in at.answer.text
    assert f"/kiosk/bookings/{row.id}/change" not in at.answer.text


def test_a_full_day_offers_the_waiting_list(at: Person) -> None:
    """The day says that it is full; who waits stands in the list and can leave it."""
    fill(at, OTHER_DAY)
    chosen_day(known(at), at=OTHER_DAY)
    assert at.path == "/kiosk/bookings/wait"
    at.touch("/kiosk/bookings/wait")
    assert "候补好了" in at.answer.text
    with database_of(at.terminal.app).reading() as session:
        entry = session.scalars(select(WaitingEntry)).one()
    assert entry.state == "waiting"
    at.open("/kiosk/bookings?all=yes")
    assert "候补中" in at.answer.text
    at.open(f"/kiosk/bookings/waiting/{entry.id}").touch(f"/kiosk/bookings/waiting/{entry.id}")
    assert "还没有预约" in at.answer.text


def test_nobody_sees_or_changes_anothers_booking(at: Person) -> None:
    """By its id a booking opens for its holder alone, and the refusal of a deed is audited."""
    booked(known(at), day=OTHER_DAY)
    [row] = rows(at.terminal.app)
    at.touch("/kiosk/end").start()
    known(at, card=MEMET)
    one = f"/kiosk/bookings/{row.id}"
    for address in (one, f"{one}/cancel", f"{one}/change"):
        assert at.open(address).answer.status_code == 404
    own = at.form("/kiosk/end")[1]
    for deed in ("confirm", "let-go", "cancel", "move", "slip"):
        assert at.terminal.post(f"{one}/{deed}", form=own).status_code == 404
    assert refusals(at) == ["booking_not_found"] * 5
    assert [each.state for each in rows(at.terminal.app)] == [BookingState.CONFIRMED]


def test_no_page_opens_before_one_is_known(at: Person) -> None:
    """Without the card of this very errand each page leads to the step that is due."""
    at.agree("SAMPLE-RS-01")
    for page in ("", "/group", "/site", "/day", "/time", "/move"):
        assert not at.open(f"/kiosk/bookings{page}").path.startswith("/kiosk/bookings"), page
    at.open(BOOK).touch("/kiosk/notice")
    assert at.open("/kiosk/bookings").path == "/kiosk/card"


def test_one_person_has_bookings_enough(at: Person) -> None:
    """The third on one day is refused in words that name the way without a booking (P16)."""
    known(at)
    for slot in (0, 2):
        booked(at, at=slot, day=OTHER_DAY)
    held(at, at=4, day=OTHER_DAY)
    assert "够多了" in at.answer.text
    assert "取号" in at.answer.text
    assert refusals(at) == ["bookings_enough"]


def test_without_a_printer_no_slip_is_offered(at: Person) -> None:
    """Where none would come out the page offers none, and the code stands on the screen."""
    broken = {**READY[2], "condition": "absent", "troubles": ["offline"]}
    ready_terminal(at.terminal, [*READY[:2], broken])
    booked(known(at), day=OTHER_DAY)
    assert code_on(at)
    assert "/slip" not in at.answer.text


def test_this_site_stands_first(at: Person) -> None:
    """Of the sites that take the matter this one is first, then who is free soonest."""
    with database_of(at.terminal.app).unit_of_work() as session:
        terms = booking_terms(at.terminal.app.extensions["kiosk_settings"])
        today = clock.beijing_today()
        fit(session, "xingfulu", today, today, terms, by=SYSTEM)
    known(at).touch(NEW, group="social-insurance")
    at.touch("/kiosk/bookings/services", service="insurance-record")
    assert offered(at, "site") == ["atushi-centre", "xingfulu"]
