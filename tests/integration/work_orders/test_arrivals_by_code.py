"""Arriving by the code on the terminal's screen: now, here, and one person's, on both engines."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy.orm import Session

from kiosk_server.assets.arrival_codes import GOOD_FOR_STEPS, STEP_SECONDS, code_at
from kiosk_server.assets.screen_codes import screen_key
from kiosk_server.audit.services import Actor
from kiosk_server.core.errors import NotFound, Refused
from kiosk_server.terminals.models import Terminal
from kiosk_server.upkeep.causes import Severity
from kiosk_server.work_orders import services
from kiosk_server.work_orders.arrivals import Seen, arrive_by_code, forget_arrivals, look
from kiosk_server.work_orders.rules import Arrival, OrderState, Trouble
from kiosk_server.work_orders.services import Wish
from tests.support.workshop import OF_TOWN, ONE, Workshop

LATER = timedelta(seconds=STEP_SECONDS)


def shown(workshop: Workshop, terminal: str = ONE, *, ago: timedelta = timedelta()) -> str:
    """The code that a terminal showed so long ago; it needs no server for it."""

    def made(session: Session) -> str:
        row = session.get_one(Terminal, terminal)
        row.key_id = row.key_id or f"key-of-{terminal}"
        key = screen_key(session, terminal).key
        return code_at(key, int((workshop.town.now - ago).timestamp()) // STEP_SECONDS)

    return workshop.does(made)


def arrive(workshop: Workshop, code: str, who: Actor, terminal: str = ONE) -> list[str]:
    """Say that somebody is there."""
    return workshop.does(lambda session: arrive_by_code(session, terminal, code, by=who))


def given(workshop: Workshop, to: Actor | None = None) -> str:
    """An order that is given to somebody; returns its id."""
    order = workshop.opens()
    who = to or workshop.technician
    workshop.does(lambda session: services.assign(session, order, who.id, by=who))
    return order


@pytest.mark.policy("P53")
def test_what_stands_on_the_screen_now_is_an_arrival(workshop: Workshop) -> None:
    """All orders that he has at the machine arrive, marked as scanned; a second touch is none."""
    order = given(workshop)
    me = workshop.technician
    wish = Wish("qr_scanner", Trouble.FAULT, Severity.SOON)
    other = workshop.does(partial(services.open_by_hand, terminal_id=ONE, wish=wish, by=me))
    workshop.does(lambda session: services.assign(session, other, me.id, by=me))
    code = shown(workshop)
    assert arrive(workshop, code, me) == sorted([order, other])
    seen = workshop.seen(order)
    assert (seen.state, seen.arrival, seen.arrival_reason) == (
        OrderState.ARRIVED,
        Arrival.SCANNED,
        None,
    )
    assert arrive(workshop, code, me) == []


@pytest.mark.policy("P53")
def test_a_photograph_is_worth_nothing_later(workshop: Workshop) -> None:
    """A code is good for five minutes, and one minute early for a clock that runs ahead."""
    order, me = given(workshop), workshop.technician
    worth = {
        minutes: workshop.does(partial(look, terminal_id=ONE, code=code, staff_id=me.id))
        for minutes in (GOOD_FOR_STEPS, GOOD_FOR_STEPS + 1, 30 * 24 * 60, -1, -2)
        for code in [shown(workshop, ago=LATER * minutes)]
    }
    assert {minutes for minutes, seen in worth.items() if seen is Seen.GOOD} == {GOOD_FOR_STEPS, -1}
    with pytest.raises(Refused, match="arrival_code_old"):
        arrive(workshop, shown(workshop, ago=LATER * (GOOD_FOR_STEPS + 1)), me)
    assert workshop.seen(order).arrived_at is None


def test_what_no_screen_showed_is_refused(workshop: Workshop) -> None:
    """Made-up codes and other letters are old codes; nothing breaks."""
    order = given(workshop)
    shown(workshop)
    for code in ("", "ABCDEFGHIJ234567", "й" * 16, "0" * 200):
        with pytest.raises(Refused, match="arrival_code_old"):
            arrive(workshop, code, workshop.technician)
    assert workshop.seen(order).arrived_at is None


@pytest.mark.policy("P53")
def test_another_terminal_s_code_is_refused(workshop: Workshop) -> None:
    """Who stands at one machine has not arrived at another, nor at one whose key is gone."""
    given(workshop)
    shown(workshop)
    with pytest.raises(Refused, match="arrival_code_old"):
        arrive(workshop, shown(workshop, OF_TOWN), workshop.technician)

    def lose_its_key(session: Session) -> None:
        session.get_one(Terminal, ONE).key_id = None

    code = shown(workshop)
    workshop.does(lose_its_key)
    with pytest.raises(NotFound):
        arrive(workshop, code, workshop.technician)


@pytest.mark.policy("P53")
def test_a_code_is_one_person_s(workshop: Workshop) -> None:
    """A second person waits for the next minute's; a code by which nothing arrived is free."""
    me, other = workshop.technician, Actor("staff", workshop.town.on_call("songtake"))
    code = shown(workshop)
    assert arrive(workshop, code, other) == []
    given(workshop)
    assert len(arrive(workshop, code, me)) == 1
    wish = Wish("terminal", Trouble.HARDWARE, Severity.SOON)
    second = workshop.does(partial(services.open_by_hand, terminal_id=ONE, wish=wish, by=me))
    workshop.does(lambda session: services.assign(session, second, other.id, by=me))
    assert workshop.does(lambda s: look(s, ONE, code, staff_id=other.id)) is Seen.USED
    with pytest.raises(Refused, match="arrival_code_used"):
        arrive(workshop, code, other)
    workshop.town.now += LATER
    assert arrive(workshop, shown(workshop), other) == [second]


def test_taken_codes_are_forgotten(workshop: Workshop) -> None:
    """A day later nothing tells any more who scanned what when but the order itself."""
    given(workshop)
    arrive(workshop, shown(workshop), workshop.technician)
    assert workshop.does(forget_arrivals) == 0
    workshop.town.now += timedelta(hours=25)
    assert workshop.does(forget_arrivals) == 1
