"""The queue at a terminal: a number without a name, check-in by code or card, refusals."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from kiosk_server.audit.models import AuditEntry
from kiosk_server.bookings.check_in_codes import check_in_code
from kiosk_server.bookings.life import BookingState, Channel
from kiosk_server.core import clock
from kiosk_server.queue import at_terminal
from kiosk_server.settings import Settings
from tests.support.booking_person import (
    CHECK_IN,
    MORNING,
    NIGHT,
    booked,
    held,
    known,
    moved_to_bank,
    offered,
    opened,
    rows,
    tickets,
)
from tests.support.kiosk_person import AYGUL, MEMET, READY, Person, ready_terminal
from tests.support.one_code import scan, scanning
from tests.support.terminal_client import SignedTerminal, database_of

TODAY, TOMORROW = 0, 1


@pytest.fixture
def at(app: Flask, settings: Settings) -> Iterator[Person]:
    """A person before a terminal of the centre on a Wednesday morning."""
    with clock.frozen(MORNING):
        opened(app, settings)
        yield Person(ready_terminal(SignedTerminal(app))).start()


def code_of(at: Person, index: int = 0) -> str:
    """The check-in code of a booking."""
    return check_in_code(rows(at.terminal.app)[index].id, database_of(at.terminal.app).keyring)


def booked_by(at: Person, *, day: int = TODAY, card: dict[str, str] = AYGUL) -> str:
    """Somebody has booked and gone; the code he has in his hand."""
    booked(known(at, card=card), day=day)
    at.touch("/kiosk/end").start()
    return code_of(at)


def refusals(at: Person) -> list[object]:
    """Why somebody was not checked in, as the audit says it."""
    with database_of(at.terminal.app).reading() as session:
        wanted = select(AuditEntry.facts).where(AuditEntry.event == "booking.refused")
        return [facts["reason"] for facts in session.scalars(wanted)]


@pytest.mark.policy("P16")
def test_a_number_is_taken_without_a_name(at: Person) -> None:
    """Two touches from the list: the number stands large, its slip comes out, nobody is asked."""
    at.open("/kiosk/services").open("/kiosk/at-window")
    assert "不预约也行" in at.answer.text
    at.open("/kiosk/tickets").touch("/kiosk/tickets", group="medical-insurance")
    [ticket] = tickets(at.terminal.app)
    assert ticket.label in at.answer.text
    assert ticket.channel == Channel.KIOSK
    [row] = rows(at.terminal.app)
    assert (row.resident_id, row.walk_in) == (None, True)
    [want] = at.wants()
    slip = at.document(want["job"]).decode()
    assert ticket.label in slip
    assert "/q/" in slip
    assert "号票出来了" in at.answer.text


def test_a_double_touch_takes_one_number(at: Person) -> None:
    """The same touch, sent three times, is one ticket, one place and one slip."""
    at.open("/kiosk/tickets")
    address, own = at.form("/kiosk/tickets")
    for _ in range(3):
        answer = at.terminal.post(address, form={**own, "group": "general"})
        assert answer.status_code == 303
    assert len(tickets(at.terminal.app)) == len(rows(at.terminal.app)) == 1
    assert len(at.wants()) == 1


@pytest.mark.policy("P41")
def test_who_goes_first_says_so_if_he_likes(at: Person) -> None:
    """The number of somebody who told it is of the priority lane; nobody else is asked."""
    at.open("/kiosk/tickets/priority").touch("/kiosk/tickets/priority", priority="disabled")
    assert "残疾人" in at.answer.text
    at.touch("/kiosk/tickets", group="general")
    assert [ticket.lane for ticket in tickets(at.terminal.app)] == ["priority"]


@pytest.mark.policy("P16")
def test_at_night_it_says_when_it_opens_and_offers_booking(at: Person) -> None:
    """No number is offered and then refused; a form from before is refused in words."""
    at.open("/kiosk/tickets")
    address, own = at.form("/kiosk/tickets")
    at.touch("/kiosk/end")
    with clock.frozen(NIGHT):
        ready_terminal(at.terminal)
        at.start().open("/kiosk/at-window")
        assert "没开门" in at.answer.text
        assert "/kiosk/tickets" not in at.answer.text
        assert "/kiosk/notice?errand=bookings" in at.answer.text
        at.open("/kiosk/tickets")
        assert "取不了号" in at.answer.text
        own |= at.form("/kiosk/end")[1]
        refused = at.terminal.post(address, form={**own, "group": "general"})
        assert refused.status_code == 409
    assert tickets(at.terminal.app) == []


def test_a_bank_gives_no_numbers(at: Person) -> None:
    """A terminal in a bank names the hall, offers booking, and takes neither number nor code."""
    at.open("/kiosk/tickets")
    own = at.form("/kiosk/tickets")[1]
    moved_to_bank(at)
    at.open("/kiosk/at-window")
    assert "不在办事大厅" in at.answer.text
    for page in ("/kiosk/tickets", "/kiosk/check-in"):
        assert at.open(page).path == "/kiosk/at-window"
    for address, form in (
        ("/kiosk/tickets", {"group": "general"}),
        ("/kiosk/check-in", {"code": "12345678"}),
    ):
        assert at.terminal.post(address, form={**own, **form}).status_code == 403
    assert tickets(at.terminal.app) == []


@pytest.mark.parametrize("language", ["ug", "en", "ky"])
def test_the_pages_are_in_order_in_every_language(at: Person, language: str) -> None:
    """From the ways to the ticket each page passes the inspection in the visit's language."""
    at.touch("/kiosk/end").start(language)
    at.open("/kiosk/at-window").open("/kiosk/check-in").touch("/kiosk/check-in", code="123")
    at.touch("/kiosk/check-in", code="12345678")
    known(at, CHECK_IN)
    assert at.path == "/kiosk/check-in/mine"
    at.open("/kiosk/tickets/priority").open("/kiosk/tickets")
    at.touch("/kiosk/tickets", group="general")
    assert at.path == "/kiosk/ticket"


@pytest.mark.policy("P41")
def test_the_code_of_a_booking_checks_in(at: Person) -> None:
    """Typed at the site within the hour: one ticket that waits for its time; again, the same."""
    code = booked_by(at)
    for _ in range(2):
        at.open("/kiosk/check-in").touch("/kiosk/check-in", code=f"{code[:4]} {code[4:]}")
        assert at.path == "/kiosk/ticket"
    [ticket] = tickets(at.terminal.app)
    assert (ticket.lane, ticket.label in at.answer.text) == ("booked", True)
    assert rows(at.terminal.app)[0].state == BookingState.CHECKED_IN


def test_the_slip_is_shown_to_the_scanner(at: Person) -> None:
    """What stands on the slip checks in; a poster's code costs no try and says what it is."""
    code = booked_by(at)
    scanning(at.terminal)
    at.open("/kiosk/check-in")
    refused = scan(at, "https://example.test/poster")
    assert refused.get_json()["code"] == "scan_not_fitting"
    at.open("/kiosk/check-in?scan=scan_not_fitting")
    assert "不是签到码" in at.answer.text
    assert scan(at, f"KCI1:{code}").status_code == 201
    assert at.open("/kiosk/check-in/scanned").path == "/kiosk/ticket"
    assert len(tickets(at.terminal.app)) == 1


@pytest.mark.policy("P41")
def test_the_card_checks_in_what_its_holder_booked(at: Person) -> None:
    """Without any code: the card's holder sees what he booked here today, and touches it."""
    booked_by(at)
    known(at, CHECK_IN)
    assert at.path == "/kiosk/check-in/mine"
    at.touch("/kiosk/check-in/mine", booking=offered(at, "booking")[0])
    assert at.path == "/kiosk/ticket"
    assert len(tickets(at.terminal.app)) == 1


def test_nobody_is_checked_in_for_another(at: Person) -> None:
    """Another's card finds nothing, and another's booking by its id is refused and audited."""
    booked_by(at)
    known(at, CHECK_IN, MEMET)
    assert "没有您的预约" in at.answer.text
    form = {**at.form("/kiosk/end")[1], "booking": rows(at.terminal.app)[0].id}
    assert at.terminal.post("/kiosk/check-in/mine", form=form).status_code == 404
    assert refusals(at) == ["booking_not_found"]
    assert tickets(at.terminal.app) == []


def test_wrong_codes_are_counted_against_the_terminal(
    at: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After so many of them none is taken, the right one neither, in a new visit neither."""
    monkeypatch.setattr(at_terminal, "MOST_WRONG_CODES", 2)
    code = booked_by(at)
    wrong = f"{(int(code) + 1) % 10**8:08}"
    for _ in range(2):
        at.open("/kiosk/check-in").touch("/kiosk/check-in", code=wrong)
        assert "没有这个签到码" in at.answer.text
    at.touch("/kiosk/end").start().open("/kiosk/check-in").touch("/kiosk/check-in", code=code)
    assert "试的次数太多" in at.answer.text
    assert tickets(at.terminal.app) == []
    assert refusals(at) == ["check_in_unknown", "check_in_unknown", "too_many"]


def test_too_early_is_said_and_a_number_offered(at: Person) -> None:
    """More than an hour before: by code a page that says from when, by card from which time on."""
    booked(known(at), at=12)
    at.touch("/kiosk/end").start()
    code = code_of(at)
    at.open("/kiosk/check-in").touch("/kiosk/check-in", code=code)
    assert "来早了" in at.answer.text
    known(at, CHECK_IN)
    assert "起可以签到" in at.answer.text
    assert "/kiosk/tickets" in at.answer.text


def test_tomorrows_code_opens_nothing_today(at: Person) -> None:
    """A code is that of its day: today it is as unknown as any."""
    code = booked_by(at, day=TOMORROW)
    at.open("/kiosk/check-in").touch("/kiosk/check-in", code=code)
    assert "没有这个签到码" in at.answer.text


@pytest.mark.policy("P52")
def test_the_next_person_sees_no_ticket(at: Person) -> None:
    """The number goes with the visit: a new one has none to show."""
    at.open("/kiosk/tickets").touch("/kiosk/tickets", group="general").touch("/kiosk/end")
    assert at.start().open("/kiosk/ticket").path == "/kiosk/at-window"


def test_without_a_printer_the_number_stands_on_the_screen(at: Person) -> None:
    """It is taken all the same, and the page says to remember or to scan it."""
    broken = {**READY[2], "condition": "absent", "troubles": ["offline"]}
    ready_terminal(at.terminal, [*READY[:2], broken])
    at.open("/kiosk/tickets").touch("/kiosk/tickets", group="general")
    assert "请记住这个号" in at.answer.text
    assert at.wants() == []


def test_a_place_that_is_only_kept_is_no_ticket(at: Person) -> None:
    """What nobody said yes to is not expected, whoever has its digits."""
    held(known(at))
    at.open("/kiosk/services").open("/kiosk/check-in").touch("/kiosk/check-in", code=code_of(at))
    assert "没有这个签到码" in at.answer.text


def test_a_late_check_in_still_has_its_turn(at: Person) -> None:
    """Half an hour after his time he is checked in like anybody."""
    code = booked_by(at)
    at.touch("/kiosk/end")
    with clock.frozen(MORNING + timedelta(minutes=40)):
        ready_terminal(at.terminal)
        at.start().open("/kiosk/check-in").touch("/kiosk/check-in", code=code)
        assert at.path == "/kiosk/ticket"
