"""The screen of a window: whom it calls, in which order and why, and what it may not do."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.models import AuditEntry
from kiosk_server.bookings.life import Priority
from kiosk_server.core import clock
from kiosk_server.queue.models import QueueTicket
from tests.support.booking import GROUP, SITE, BookedSite
from tests.support.inspect_page import faults_of
from tests.support.queue_hall import Hall, at
from tests.support.staff_browser import StaffBrowser, database_of, seed

HERE = "/staff/queue"
WINDOW, OTHER_WINDOW, OTHER_GROUP = f"{SITE}-1", f"{SITE}-2", "medical-insurance"


@pytest.fixture(autouse=True)
def after_ten() -> Iterator[None]:
    """It is twenty minutes past ten in the morning."""
    with clock.frozen(at(20)):
        yield


@pytest.fixture
def hall(app: Flask) -> Hall:
    """An empty hall, with places for bookings from ten o'clock."""
    seed(app)
    return Hall(BookedSite.open(database_of(app), capacity=6))


@pytest.fixture
def clerk(app: Flask, hall: Hall) -> StaffBrowser:
    """A clerk of the city, signed in, at the first window."""
    clerk = StaffBrowser(app).sign_in("chuangkou")
    assert clerk.post(f"{HERE}/window", HERE, window=WINDOW).status_code == 303
    return clerk


def proper(answer: TestResponse) -> str:
    """The text of a page in which nothing is wrong."""
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert faults_of(answer.text, policy, help_phone="") == []
    return answer.text


def work(clerk: StaffBrowser, ticket_id: str, verb: str, **fields: str) -> int:
    """Press a button of a ticket; return the status."""
    return clerk.post(f"{HERE}/tickets/{ticket_id}/{verb}", HERE, **fields).status_code


def states(hall: Hall) -> list[str]:
    """The state of every ticket, in the order in which they were taken."""
    with hall.site.database.reading() as session:
        return list(session.scalars(select(QueueTicket.state).order_by(QueueTicket.taken_at)))


def audited(hall: Hall, event: AuditEvent) -> list[dict[str, object]]:
    """The facts of each entry of *event*."""
    with hall.site.database.reading() as session:
        wanted = select(AuditEntry).where(AuditEntry.event == event)
        return [dict(entry.facts) for entry in session.scalars(wanted)]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_window_is_chosen_once(app: Flask, hall: Hall, language: str) -> None:
    """Without one the page asks; chosen, it stays, and only a window of one's own sites counts."""
    clerk = StaffBrowser(app).sign_in("songtake")
    clerk.client.set_cookie("staff_language", language, path="/staff")
    page = proper(clerk.get(HERE))
    assert "songtake-1" in page
    assert WINDOW not in page
    assert clerk.post(f"{HERE}/window", HERE, window=WINDOW).status_code == 404
    assert audited(hall, AuditEvent.STAFF_REFUSED)[-1]["right"] == "queue.work"
    assert clerk.post(f"{HERE}/window", HERE, window="songtake-1").status_code == 303
    assert 'data-key="N"' in proper(clerk.get(HERE))
    clerk.client.set_cookie("staff_window", WINDOW, path="/staff")
    assert 'data-key="N"' not in proper(clerk.get(HERE))


@pytest.mark.policy("P41")
def test_the_order_is_said_in_words(hall: Hall, clerk: StaffBrowser) -> None:
    """A booking, a priority and a walk-in stand in the fair order, each with its reason."""
    hall.checks_in(2, hall.books(1, slot=1))
    hall.takes(3)
    hall.takes(5, priority=Priority.ELDERLY)
    page = proper(clerk.get(HERE))
    rows = page.split("q-list")[1].split("</ol>")[0]
    order = [rows.index(label) for label in ("A003", "A001", "A002")]
    assert order == sorted(order)
    for reason in ("10:05 到，按 08:05 排", "约的 10:15，10:02 到，按 09:15 排", "10:03 取号"):
        assert reason in rows
    assert "测***·居民1" in rows
    assert "测试·居民1" not in page
    clerk.client.set_cookie("staff_language", "en", path="/staff")
    assert "booked 10:15, came 10:02, due 09:15" in proper(clerk.get(HERE))


def test_a_visit_from_call_to_end(hall: Hall, clerk: StaffBrowser) -> None:
    """Next, again, aside, back, done: each by its button, the window shows whom it has."""
    first = hall.takes(1)
    assert clerk.post(f"{HERE}/next", HERE, finish="").status_code == 303
    page = proper(clerk.get(HERE))
    assert '<p class="q-label num">A001</p>' in page
    assert work(clerk, first, "recall", calls="1") == 303
    assert work(clerk, first, "park") == 303
    assert states(hall) == ["parked"]
    assert work(clerk, first, "recall") == 303
    assert hall.ticket(first).calls == 3
    assert work(clerk, first, "finish") == 303
    assert states(hall) == ["finished"]
    assert "窗口现在没有人" in proper(clerk.get(HERE))
    verbs = [facts["verb"] for facts in audited(hall, AuditEvent.TICKET_WORKED)]
    assert verbs == ["recall", "park", "recall", "finish"]


def test_what_is_sent_twice_is_done_once(hall: Hall, clerk: StaffBrowser) -> None:
    """A double click calls one, recalls once, finishes one, gives one number."""
    first, second, third = hall.takes(1), hall.takes(2), hall.takes(3)
    for _ in range(2):
        assert clerk.post(f"{HERE}/next", HERE, finish="").status_code == 303
    assert states(hall) == ["called", "waiting", "waiting"]
    for _ in range(2):
        assert work(clerk, first, "recall", calls="1") == 303
    assert hall.ticket(first).calls == 2
    for _ in range(2):
        assert clerk.post(f"{HERE}/next", HERE, finish=first).status_code == 303
    assert states(hall) == ["finished", "called", "waiting"]
    assert work(clerk, first, "finish") == 303
    assert [hall.ticket(each).calls for each in (second, third)] == [1, 0]
    given = {
        clerk.post(f"{HERE}/walk-in", HERE, site=SITE, group=GROUP, once="a" * 32).location
        for _ in range(2)
    }
    assert len(given) == 1
    assert len(states(hall)) == 4


def test_handed_on_missed_and_brought_back(hall: Hall, clerk: StaffBrowser, app: Flask) -> None:
    """Who needs another window waits there with his number; who missed his call may come back."""
    first, second = hall.takes(1), hall.takes(2)
    clerk.post(f"{HERE}/next", HERE, finish="")
    assert work(clerk, first, "transfer", group=OTHER_GROUP) == 303
    moved = hall.ticket(first)
    assert (moved.group_code, moved.label, moved.due_at) == (OTHER_GROUP, "A001", at(1))
    clerk.post(f"{HERE}/next", HERE, finish="")
    assert work(clerk, second, "miss") == 303
    page = proper(clerk.get(HERE))
    assert "10:50 前来了可以恢复排队" in page
    assert work(clerk, second, "bring-back") == 303
    assert states(hall) == ["waiting", "waiting"]
    clerk.post(f"{HERE}/next", HERE, finish="")
    work(clerk, second, "miss")
    with clock.frozen(at(40)):
        assert "恢复排队" in clerk.get(HERE).text
    with clock.frozen(at(51)):
        assert clerk.get(HERE).text.count("恢复排队") == 0
        late = clerk.post(f"{HERE}/tickets/{second}/bring-back", HERE)
    assert late.status_code == 409
    assert "notice-warn" in late.text


def test_out_of_turn_wants_a_reason(hall: Hall, clerk: StaffBrowser) -> None:
    """The link asks why; with a reason he is called and it is written down, without one not."""
    hall.takes(1)
    urgent = hall.takes(2)
    page = proper(clerk.get(f"{HERE}?call={urgent}"))
    assert "先叫 A002" in page
    assert work(clerk, urgent, "call") == 422
    assert work(clerk, urgent, "call", reason="friend") == 422
    assert work(clerk, urgent, "call", reason="unwell") == 303
    assert states(hall) == ["waiting", "called"]
    (facts,) = audited(hall, AuditEvent.TICKET_CALLED_OUT_OF_TURN)
    assert (facts["reason"], facts["window"]) == ("unwell", WINDOW)


@pytest.mark.policy("P16")
def test_a_number_without_a_name(hall: Hall, clerk: StaffBrowser) -> None:
    """Who just comes is asked nothing; his number can be told, or printed with the way to it."""
    page = proper(clerk.get(HERE))
    assert "不用问是谁" in page
    given = clerk.post(f"{HERE}/walk-in", HERE, site=SITE, group=GROUP, priority="elderly")
    assert given.status_code == 303
    slip = proper(clerk.get(given.location))
    assert "A001" in slip
    assert "<svg xmlns" in slip
    assert states(hall) == ["waiting"]
    assert "绿色通道" in proper(clerk.get(HERE)).split("q-list")[1]
    assert clerk.post(f"{HERE}/walk-in", HERE, site=SITE, group="weddings").status_code == 422


def test_a_booking_is_checked_in_at_the_counter(hall: Hall, clerk: StaffBrowser) -> None:
    """He stands in the list from an hour before; checked in he has a number, once."""
    booking = hall.books(1, slot=1)
    assert booking in proper(clerk.get(HERE))
    given = {clerk.post(f"{HERE}/check-in", HERE, booking=booking).location for _ in range(2)}
    assert len(given) == 1
    page = proper(clerk.get(HERE))
    assert booking not in page
    assert "参保证明" in page


def test_windows_of_others_are_not_worked(hall: Hall, clerk: StaffBrowser, app: Flask) -> None:
    """Neither another window's ticket nor another site's: not there, and written down."""
    theirs = hall.takes(1, group=OTHER_GROUP)
    hall.calls(2, OTHER_WINDOW)
    for verb in ("recall", "park", "miss", "finish", "transfer"):
        assert work(clerk, theirs, verb, group=GROUP) == 404
    assert clerk.post(f"{HERE}/next", HERE, finish=theirs).status_code == 404
    stranger = StaffBrowser(app).sign_in("songtake")
    stranger.post(f"{HERE}/window", HERE, window="songtake-1")
    booking = hall.books(1, slot=1)
    for verb in ("call", "bring-back", "finish"):
        assert work(stranger, theirs, verb, reason="emergency") == 404
    assert stranger.get(f"{HERE}/tickets/{theirs}").status_code == 404
    assert stranger.post(f"{HERE}/check-in", HERE, booking=booking).status_code == 404
    assert stranger.post(f"{HERE}/walk-in", HERE, site=SITE, group=GROUP).status_code == 404
    assert states(hall) == ["called"]
    assert len(audited(hall, AuditEvent.STAFF_REFUSED)) >= 11


def test_who_has_no_right_sees_no_queue(hall: Hall, app: Flask) -> None:
    """A technician has no line in the menu, no page and no verb; a form needs its token."""
    technician = StaffBrowser(app).sign_in("weihu")
    assert technician.get(HERE).status_code == 403
    assert technician.post(f"{HERE}/next", "/staff/alerts", finish="").status_code == 403
    assert 'href="/staff/queue"' not in technician.get("/staff/alerts").text
    clerk = StaffBrowser(app).sign_in("chuangkou")
    assert clerk.client.post(f"{HERE}/next", data={"finish": ""}).status_code == 400


def test_the_screen_answers_seldom(hall: Hall, clerk: StaffBrowser) -> None:
    """The same ETag while nothing has changed in this minute; another once somebody comes."""
    first = clerk.get(HERE)
    asked = {"If-None-Match": first.headers["ETag"]}
    assert clerk.client.get(HERE, headers=asked).status_code == 304
    hall.takes(20)
    assert clerk.client.get(HERE, headers=asked).status_code == 200
