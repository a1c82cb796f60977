"""
The line dies in each step of a visit, before a request or after it: the real door, the real server.

Whatever is lost, the person is told, the page goes on where the visit stands, and nothing happens
twice.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from devices.api.line_texts import LINE_TEXTS, filled
from devices.host.kept_visit import PATIENCE_SECONDS, GivenUpFor, Phase
from kiosk_server.cases.models import Case
from kiosk_server.certificates.models import Certificate
from kiosk_server.core import clock
from kiosk_server.printing.models import PrintJob
from kiosk_server.ratings.models import Rating
from kiosk_server.settings import Settings
from kiosk_server.visits.models import EndReason, Visit, VisitState
from tests.support.behind_line import StubbornPerson, TerminalBehindLine, terminal_behind_line
from tests.support.terminal_client import database_of
from tests.support.thin_line import LostAt

ITEM = "SAMPLE-RS-01"
ZH = LINE_TEXTS["zh"]
ORDERS = (
    "/kiosk/start",
    "/kiosk/notice",
    "/kiosk/proof/face/begin",
    "/kiosk/proof/face ",
    "/kiosk/deciding",
    "/kiosk/decision/print",
    "/kiosk/printing/came-out",
    "/kiosk/rating",
)
LOOKS = (
    "/kiosk/services",
    "/kiosk/card ",
    "/kiosk/proof ",
    "/kiosk/deciding",
    "/kiosk/decision",
    "/kiosk/printing",
    "/kiosk/rating",
)


@pytest.fixture
def person(settings: Settings) -> Iterator[StubbornPerson]:
    """Somebody who wants a proof of insurance and does not go away."""
    with terminal_behind_line(settings) as found:
        yield found


def _count(person: StubbornPerson, *models: type) -> list[int]:
    with database_of(person.terminal.app).reading() as session:
        return [session.scalar(select(func.count()).select_from(model)) or 0 for model in models]


def _check_once(person: StubbornPerson) -> None:
    """One case, one certificate, one sheet and its slip, one rating: nothing twice."""
    assert _count(person, Case, Certificate, Rating) == [1, 1, 1]
    with database_of(person.terminal.app).reading() as session:
        jobs = session.scalars(select(PrintJob)).all()
        states = {job.state for job in jobs if job.kind == "a4"}
        assert [job.kind for job in jobs].count("a4") == 1
        assert states == {"printed"}
        assert {visit.state for visit in session.scalars(select(Visit))} == {VisitState.ENDED}


def test_the_way_without_trouble(person: StubbornPerson) -> None:
    """With a good line the walk sees no page of the host's own, and everything happens once."""
    person.walk(ITEM)
    assert person.said == []
    _check_once(person)


@pytest.mark.policy("P50")
@pytest.mark.parametrize("at", LostAt)
def test_every_order_is_lost_once(person: StubbornPerson, at: LostAt) -> None:
    """Before it left or after it arrived: the person is told, goes on, and it happened once."""
    person.line.lose(*(f"POST {order}".encode() for order in ORDERS), at=at)
    person.walk(ITEM)
    assert len(person.said) == len(ORDERS)
    assert all(ZH.title[0] in page for page in person.said)
    _check_once(person)


def test_every_page_is_lost_once(person: StubbornPerson) -> None:
    """A page that did not come is come back to by itself, and the visit goes on from it."""
    person.line.lose(*(f"GET {path}".encode() for path in LOOKS), at=LostAt.REQUEST)
    person.walk(ITEM)
    assert len(person.said) == len(LOOKS)
    _check_once(person)


@pytest.mark.parametrize("at", LostAt)
def test_a_card_read_is_lost(person: StubbornPerson, at: LostAt) -> None:
    """A read that the server took counts, one that never arrived is read again."""
    person.line.lose(b"POST /api/terminal/v1/card-reads", at=at)
    person.walk(ITEM)
    assert ZH.kept[Phase.PROVING][0] in person.said[0]
    _check_once(person)


@pytest.mark.policy("P52")
def test_who_walks_away_from_a_dead_line_is_not_found_again(person: StubbornPerson) -> None:
    """Nobody touches the screen, the line comes back: the visit is over, here and at the server."""
    terminal = person.terminal
    assert isinstance(terminal, TerminalBehindLine)
    person.start().agree(ITEM)
    person.line.cut = True
    person.open("/kiosk/card")
    assert person.answer.status_code == 503
    terminal.door.time.passed_seconds += PATIENCE_SECONDS
    refreshed = terminal.browser.get("/kiosk/card", base_url="http://127.0.0.1:8731")
    assert ZH.given_up[GivenUpFor.NOBODY] in refreshed.text
    person.line.mend()
    person.open("/kiosk/")
    assert ("post", "/kiosk/start") in person.page.actions
    person.start()
    with database_of(terminal.app).reading() as session:
        first, second = session.scalars(select(Visit).order_by(Visit.id)).all()
        assert (first.state, first.end_reason) == (VisitState.ENDED, EndReason.SUPERSEDED)
        assert second.state == VisitState.ACTIVE


def test_who_stays_goes_on_after_minutes_without_the_line(person: StubbornPerson) -> None:
    """The server, which saw nobody for four minutes, believes its terminal's word on the touch."""
    terminal = person.terminal
    assert isinstance(terminal, TerminalBehindLine)
    person.start().agree(ITEM)
    person.line.cut = True
    person.open("/kiosk/card")
    terminal.door.time.passed_seconds += 3 * 60
    with database_of(terminal.app).unit_of_work() as session:
        session.execute(update(Visit).values(last_seen_at=clock.now() - timedelta(minutes=4)))
    person.open("/kiosk/card")
    assert filled(ZH.kept[Phase.PROVING][1], minutes=2) in person.answer.text
    person.line.mend()
    person.open("/kiosk/card")
    assert (person.answer.status_code, person.path) == (200, "/kiosk/card")
