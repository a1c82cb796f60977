"""Booking on the phone's pages: from the matter to the code, moved, cancelled, waited for."""

import re
from collections.abc import Iterator
from datetime import time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import SYSTEM
from kiosk_server.bookings import chores
from kiosk_server.bookings.check_in_codes import check_in_code
from kiosk_server.bookings.life import BookingState, EndedFor
from kiosk_server.bookings.models import Booking, WaitingEntry
from kiosk_server.bookings.priorities import add_group
from kiosk_server.bookings.services import cancel
from kiosk_server.core import clock
from kiosk_server.core.database import keyring_of
from kiosk_server.queue import calling
from kiosk_server.queue.services import check_in
from mobile_api.web.looks import OFFERED
from tests.support.booking import DAY, NOON, SHORT, SITE, TERMS, TWO_SLOTS, BookedSite
from tests.support.booking_phone import BookingPhone
from tests.support.inspect_page import inspect
from tests.support.phone import MEMET, PhoneBrowser

STEPS = ("/m/book", "/m/book/place?services=insurance-enrol", "/m/bookings")


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """It is Monday noon, and the places are those of Wednesday."""
    with clock.frozen(NOON):
        yield


@pytest.fixture
def phone(app: Flask) -> BookingPhone:
    """Somebody at a site that has one bookable place at a time, from 10:00 to 11:30."""
    site = BookedSite.open(app.extensions["kiosk_database"], closes=time(11, 30))
    return BookingPhone(app, site)


def other(phone: BookingPhone) -> BookingPhone:
    """A second person with a phone of his own."""
    return BookingPhone(phone.app, phone.site, person=MEMET, number="13800000002")


def row(phone: BookingPhone, booking_id: str) -> Booking:
    """A booking as it is now."""
    with phone.site.database.reading() as session:
        return session.get_one(Booking, booking_id)


@pytest.mark.policy("P16")
@pytest.mark.parametrize("language", OFFERED)
def test_every_step_is_in_order_and_says_that_one_may_simply_come(
    phone: BookingPhone, language: str
) -> None:
    """Matters, place, day, time, what is kept, the booking, giving it up: each page is whole."""
    phone.browser.client.set_cookie("m_look", f"{language}.m.light", path="/m")
    held = phone.choose().headers["Location"]
    day = f"/m/book/day?services=insurance-enrol&site={SITE}"
    pages = [*STEPS, day, phone.times(), held]
    phone.browser.post(f"{held}/confirm", held)
    anyway = {"zh": "也可以直接来", "ug": "بىۋاسىتە كەلسىڭىزمۇ بولىدۇ", "en": "simply come"}
    for path in [*pages, held]:
        answer = phone.get(path)
        assert answer.status_code == 200, path
        inspect(answer)
        assert anyway[language] in answer.text, path
    inspect(phone.get(f"{held}/cancel"))


def test_what_is_chosen_is_kept_until_it_is_confirmed(phone: BookingPhone) -> None:
    """The page says until when; a yes makes it a booking, with a code and a way to a calendar."""
    page = phone.choose().headers["Location"]
    held = phone.get(page).text
    assert "请在 12:05 前确认" in held
    assert 'data-left="300"' in held
    assert 'http-equiv="refresh" content="301"' in held
    assert phone.browser.post(f"{page}/confirm", page).status_code == 303
    booked = phone.get(page).text
    with phone.site.database.reading() as session:
        code = check_in_code(phone.bookings()[0].id, keyring_of(session))
    assert f"{code[:4]} {code[4:]}" in booked
    assert "visit.ics" in booked
    assert "已约好" in booked


def test_a_touch_sent_twice_keeps_one_place(phone: BookingPhone) -> None:
    """The same form is the same place; another time gives up the one that was kept till then."""
    form = phone.form()
    first, again = phone.send(form), phone.send(form)
    assert first.headers["Location"] == again.headers["Location"]
    phone.choose(1)
    states = [each.state for each in phone.bookings()]
    assert states == [BookingState.CANCELLED, BookingState.HELD]
    assert phone.site.counted_right()


def test_choosing_again_gives_up_nothing_that_was_confirmed(phone: BookingPhone) -> None:
    """What somebody said yes to is not what a phone keeps while it chooses."""
    booked = phone.booked()
    phone.choose(0)
    assert row(phone, booked).state == BookingState.CONFIRMED


def test_what_is_not_of_one_window_is_said_where_it_was_chosen(phone: BookingPhone) -> None:
    """Nothing chosen, and two windows' matters: the choice stands as it was, with what to do."""
    nothing = phone.get("/m/book/place")
    both = phone.get("/m/book/place?services=insurance-enrol&services=medical-enrol")
    assert (nothing.status_code, both.status_code) == (422, 422)
    assert "请先选要办的事" in nothing.text
    assert both.text.count(" checked") == 2


def test_a_place_that_went_meanwhile_is_said_beside_the_others(phone: BookingPhone) -> None:
    """The page of the day comes back with what is left."""
    form = phone.form()
    assert other(phone).choose().status_code == 303
    late = phone.send(form)
    assert late.status_code == 409
    assert "刚刚约满了" in late.text
    assert form["slot_id"] not in late.text
    inspect(late)


def test_what_was_kept_too_long_is_chosen_anew(phone: BookingPhone) -> None:
    """After five minutes a yes is too late; the page says so and leads to choosing."""
    page = phone.choose().headers["Location"]
    with clock.frozen(NOON + timedelta(minutes=6)):
        late = phone.browser.post(f"{page}/confirm", phone.times())
        assert late.status_code == 409
        assert "号已放回" in late.text
        chores.end_holds(phone.site.database, TERMS)
        assert "重新选时间" in phone.get(page).text


@pytest.mark.policy("P41")
def test_the_green_channel_is_asked_for_and_stays_optional(phone: BookingPhone) -> None:
    """Whoever belongs to a group, one that the site added too, says so once; nobody has to."""
    names = {"zh": "孕妇", "ug": "ھامىلدار ئايال", "en": "Pregnant women"}
    with phone.site.database.unit_of_work() as session:
        own = add_group(session, SITE, names, by=SYSTEM).id
    assert "孕妇" in phone.get(phone.times()).text
    for asked in ("elderly", own, "king"):
        phone.send(phone.form(1) | {"priority": asked})
    assert [each.priority for each in phone.bookings()] == ["elderly", "other", None]


def test_a_booking_is_moved_without_losing_its_place_first(phone: BookingPhone) -> None:
    """The old time is kept until the new one is had; both pages lead to the new one."""
    old = phone.booked()
    day = phone.get(f"/m/book/day?moves={old}&site={SITE}")
    assert "您在给这个预约改时间" in day.text
    inspect(day)
    other(phone).booked(0)
    moved = phone.choose(0, moves=old)
    new = moved.headers["Location"]
    assert row(phone, old).state == BookingState.MOVED
    assert row(phone, new.rsplit("/", 1)[1]).state == BookingState.CONFIRMED
    assert new in phone.get(f"/m/bookings/{old}").text
    assert phone.get(phone.times(moves=old)).status_code == 409
    assert phone.site.counted_right()


def test_a_move_that_finds_no_place_leaves_the_old_one(phone: BookingPhone) -> None:
    """Somebody was quicker: the booking stands where it stood."""
    old = phone.booked()
    form = phone.form(0, moves=old)
    other(phone).choose(0)
    assert phone.send(form, moves=old).status_code == 409
    assert row(phone, old).state == BookingState.CONFIRMED


def test_a_booking_is_given_up_after_being_asked_once(phone: BookingPhone) -> None:
    """A page that is opened does nothing; the form gives the place back."""
    booked = phone.booked()
    inspect(phone.get(f"/m/bookings/{booked}/cancel"))
    assert row(phone, booked).state == BookingState.CONFIRMED
    phone.browser.post(f"/m/bookings/{booked}/cancel", f"/m/bookings/{booked}/cancel")
    assert row(phone, booked).ended_for == EndedFor.OWN_WISH
    assert "您自己取消的" in phone.get(f"/m/bookings/{booked}").text
    assert phone.get(f"/m/bookings/{booked}/cancel").status_code == 409


@pytest.mark.policy("P41")
def test_a_full_day_is_waited_for_and_its_offer_answered(phone: BookingPhone) -> None:
    """The day offers the waiting list; what is freed is kept for who waits, to take or to leave."""
    theirs = other(phone).booked(0)
    phone.site.hold(5, 2, TWO_SLOTS)
    phone.site.hold(6, 4, TWO_SLOTS)
    page = phone.get(phone.times())
    assert "这一天约满了" in page.text
    inspect(page)
    assert "满" in phone.get(f"/m/book/day?services=insurance-enrol&site={SITE}").text
    assert phone.wait().headers["Location"] == "/m/bookings#waiting"
    again = phone.wait()
    assert again.status_code == 409
    assert "不等了" in phone.get("/m/bookings").text
    with phone.site.database.unit_of_work() as session:
        cancel(session, theirs, EndedFor.OWN_WISH, terms=TERMS, by=SYSTEM)
    listed = phone.get("/m/bookings").text
    assert "给您留的号" in listed
    assert "不等了" not in listed
    offer = phone.bookings()[-1].id
    kept = phone.get(f"/m/bookings/{offer}")
    inspect(kept)
    phone.browser.post(f"/m/bookings/{offer}/cancel", f"/m/bookings/{offer}")
    assert row(phone, offer).state == BookingState.CANCELLED


def test_who_waits_can_leave(phone: BookingPhone) -> None:
    """One form, and nothing is kept for him."""
    for at in range(3):
        phone.site.hold(5 + at, 2 * at, TWO_SLOTS)
    phone.wait()
    with phone.site.database.reading() as session:
        entry = session.scalars(select(WaitingEntry.id)).one()
    phone.browser.post(f"/m/waiting/{entry}/leave", "/m/bookings")
    with phone.site.database.reading() as session:
        assert session.get_one(WaitingEntry, entry).state == "left"


def test_nobody_elses_booking_is_known_here(phone: BookingPhone) -> None:
    """Looking, moving, cancelling, confirming, a calendar: not found, and each try is audited."""
    theirs = other(phone).booked()
    for path in ("", "/cancel", "/visit.ics", "/state"):
        assert phone.get(f"/m/bookings/{theirs}{path}").status_code == 404, path
    assert phone.get(f"/m/book/day?moves={theirs}&site={SITE}").status_code == 404
    for verb in ("cancel", "confirm"):
        sent = phone.browser.post(f"/m/bookings/{theirs}/{verb}", phone.times())
        assert sent.status_code == 404
    assert row(phone, theirs).state == BookingState.CONFIRMED
    with phone.site.database.reading() as session:
        noted = select(AuditEntry).where(AuditEntry.event == AuditEvent.BOOKING_REFUSED)
        assert len(session.scalars(noted).all()) == 6


def test_enough_is_enough_and_says_what_else_can_be_done(phone: BookingPhone) -> None:
    """Beyond the day's two the page refuses in words, and the refusal is audited."""
    phone.booked(0)
    phone.booked(0)
    third = phone.choose(0)
    assert third.status_code == 403
    assert "不预约也可以直接到窗口" in third.text
    inspect(third)
    with phone.site.database.reading() as session:
        noted = select(AuditEntry).where(AuditEntry.event == AuditEvent.BOOKING_REFUSED)
        assert len(session.scalars(noted).all()) == 1


def test_who_is_not_proven_is_led_to_prove_himself(app: Flask) -> None:
    """A number alone books nothing."""
    nobody = PhoneBrowser(app, number="13800000009")
    nobody.sign_in()
    answer = nobody.get("/m/book")
    assert answer.status_code == 403
    assert "/m/me/prove" in answer.text


def test_what_was_never_confirmed_is_nobodys_past(phone: BookingPhone) -> None:
    """A place that was given back before the yes is not listed; a booking that was cancelled is."""
    kept = phone.choose().headers["Location"]
    phone.browser.post(f"{kept}/cancel", kept)
    booked = phone.booked()
    phone.browser.post(f"/m/bookings/{booked}/cancel", f"/m/bookings/{booked}/cancel")
    listed = phone.get("/m/bookings").text
    assert kept not in listed
    assert f"/m/bookings/{booked}" in listed


def test_the_next_booking_stands_on_the_first_page(phone: BookingPhone) -> None:
    """Whoever opens the app sees when he is expected."""
    assert "下一个预约" not in phone.get("/m/").text
    booked = phone.booked()
    home = phone.get("/m/").text
    assert "下一个预约" in home
    assert f"/m/bookings/{booked}" in home


def test_a_notice_leads_to_its_booking(phone: BookingPhone) -> None:
    """What is told of a booking opens it."""
    booked = phone.booked()
    assert f'href="/m/bookings/{booked}"' in phone.get("/m/notices").text


def test_a_calendar_learns_the_site_and_the_time_alone(phone: BookingPhone) -> None:
    """No matter, no name; a move keeps the entry and raises its number; an end ends it."""
    booked = phone.booked()
    file = phone.get(f"/m/bookings/{booked}/visit.ics")
    assert file.content_type == "text/calendar; charset=utf-8"
    text = file.text.replace("\r\n ", "")
    assert "DTSTART:20261125T020000Z" in text
    assert "METHOD:PUBLISH" in text
    assert not re.search("参保|insurance|测试|13800000001", text)
    new = phone.choose(0, moves=booked).headers["Location"]
    moved = phone.get(f"{new}/visit.ics").text.replace("\r\n ", "")
    assert _said(moved, "UID") == _said(text, "UID")
    assert (_said(text, "SEQUENCE"), _said(moved, "SEQUENCE")) == ("0", "2")
    phone.browser.post(f"{new}/cancel", f"{new}/cancel")
    ended = phone.get(f"{new}/visit.ics").text.replace("\r\n ", "")
    assert "METHOD:CANCEL" in ended
    assert "STATUS:CANCELLED" in ended
    assert (_said(ended, "UID"), _said(ended, "SEQUENCE")) == (_said(text, "UID"), "3")


def test_after_the_check_in_the_page_is_the_ticket(phone: BookingPhone) -> None:
    """Number, how many before, how long; then the window; a poll without news costs nothing."""
    booked = phone.booked()
    page = f"/m/bookings/{booked}"
    with clock.frozen(NOON + timedelta(days=1, hours=21, minutes=30)):
        with phone.site.database.unit_of_work() as session:
            ticket = check_in(session, booked, site_id=SITE, by=SYSTEM).ticket
        waiting = phone.get(page)
        inspect(waiting)
        assert ticket.label in waiting.text
        assert "前面还有 0 人" in waiting.text
        version = re.search(r'data-version="([^"]+)"', waiting.text)
        assert version is not None
        known = {"If-None-Match": f'"{version[1]}"'}
        assert phone.browser.get(f"{page}/state", headers=known).status_code == 304
        with phone.site.database.unit_of_work() as session:
            calling.call_next(session, f"{SITE}-1", by=SYSTEM)
        assert phone.browser.get(f"{page}/state", headers=known).status_code == 200
        called = phone.get(page)
        inspect(called)
        assert "请到 1 号窗口" in called.text


def test_who_waits_at_the_site_gives_his_ticket_up_with_the_booking(phone: BookingPhone) -> None:
    """One deed ends both."""
    booked = phone.booked(services=SHORT)
    page = f"/m/bookings/{booked}/cancel"
    with clock.frozen(NOON + timedelta(days=1, hours=21, minutes=30)):
        with phone.site.database.unit_of_work() as session:
            check_in(session, booked, site_id=SITE, by=SYSTEM)
        assert phone.browser.post(page, page).status_code == 303
        assert row(phone, booked).state == BookingState.CANCELLED


def test_a_day_that_is_none_is_not_found(phone: BookingPhone) -> None:
    """What was typed into an address opens nothing."""
    wish = "services=insurance-enrol"
    assert phone.get(f"/m/book/time?{wish}&site={SITE}&day=soon").status_code == 404
    assert phone.get(f"/m/book/day?{wish}&site=nowhere").status_code == 404
    shut = phone.get(f"/m/book/time?{wish}&site={SITE}&day={DAY + timedelta(days=60)}")
    assert "这一天不能预约" in shut.text


def _said(text: str, name: str) -> str:
    found = re.search(rf"^{name}:(.+?)\r$", text, re.MULTILINE)
    assert found is not None, name
    return found[1]
