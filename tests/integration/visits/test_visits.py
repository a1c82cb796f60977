"""A visit from the first touch to the end: its limits, its looks, what it leaves behind."""

from datetime import timedelta

import pytest

from kiosk_server.cases import services as cases
from kiosk_server.cases.queries import of_visit
from kiosk_server.core import clock
from kiosk_server.core.errors import Invalid, NotFound, Refused
from kiosk_server.terminals.models import Terminal
from kiosk_server.visits import queries
from kiosk_server.visits import services as visits
from kiosk_server.visits.drafts import draft_of
from kiosk_server.visits.models import EndReason, Visit, VisitState
from kiosk_server.visits.services import VisitOver
from tests.support.counter import AYGUL, OTHER_TERMINAL, TERMINAL, THREE_AT_NIGHT, Counter


def visit_of(counter: Counter, visit_id: str) -> Visit:
    with counter.database.reading() as session:
        return session.get_one(Visit, visit_id)


def test_idle_visit_ends(counter: Counter) -> None:
    """Ninety seconds without a touch end the visit, and say that it was idleness."""
    person = counter.starts()
    with clock.frozen(THREE_AT_NIGHT + timedelta(seconds=89)):
        assert isinstance(counter.resumes(person), Visit)
    with clock.frozen(THREE_AT_NIGHT + timedelta(seconds=89 + 90)):
        assert counter.resumes(person) == VisitOver(EndReason.IDLE)
        assert counter.resumes(person) == VisitOver(None)


@pytest.mark.policy("P51")
def test_large_print_gives_twice_the_time(counter: Counter) -> None:
    """Whoever needs large print gets twice the time before the visit ends."""
    person = counter.starts(size="xl")
    with clock.frozen(THREE_AT_NIGHT + timedelta(seconds=179)):
        assert isinstance(counter.resumes(person), Visit)


def test_polling_is_no_sign_of_life(counter: Counter) -> None:
    """A page that only asks for news does not keep an empty chair's visit alive."""
    person = counter.starts()
    with (
        clock.frozen(THREE_AT_NIGHT + timedelta(seconds=60)),
        counter.database.unit_of_work() as session,
    ):
        visits.resume(session, terminal_id=TERMINAL, secret=person.secret, touch=False)
    with clock.frozen(THREE_AT_NIGHT + timedelta(seconds=95)):
        assert counter.resumes(person) == VisitOver(EndReason.IDLE)


def test_hard_limit_can_be_put_off_ten_times(counter: Counter) -> None:
    """After 15 minutes a visit ends unless more time was asked for, up to ten times."""
    person = counter.starts()
    with counter.database.unit_of_work() as session:
        visit = session.get_one(Visit, person.visit_id)
        for _ in range(10):
            visits.extend(session, visit)
        with pytest.raises(Refused, match="no_more_extensions"):
            visits.extend(session, visit)
        assert visit.ends_at == THREE_AT_NIGHT + timedelta(minutes=65)


def test_cookie_of_another_terminal(counter: Counter) -> None:
    """A visit's secret is worthless at another terminal, and the attempt is audited."""
    person = counter.starts()
    assert counter.resumes(person, terminal=OTHER_TERMINAL) == VisitOver(None)
    assert counter.refusals("visit.refused") == ["wrong_terminal"]
    assert isinstance(counter.resumes(person), Visit)


def test_new_visit_ends_the_one_left_behind(counter: Counter) -> None:
    """One person at a time: a new start ends what was still open at the terminal."""
    left = counter.starts()
    counter.starts()
    ended = visit_of(counter, left.visit_id)
    assert (ended.state, ended.end_reason) == (VisitState.ENDED, EndReason.SUPERSEDED)


@pytest.mark.policy("P52")
def test_end_wipes_what_was_typed(counter: Counter) -> None:
    """At the end the secret is worthless and purpose, phone and codes are gone."""
    person = counter.starts()
    counter.chooses(person, "SAMPLE-ZR-01")
    counter.states(person, "loan")
    with counter.database.unit_of_work() as session:
        visit = session.get_one(Visit, person.visit_id)
        assert draft_of(session, visit)["purpose"] == "loan"
        visits.end(session, visit, reason=EndReason.DONE)
    ended = visit_of(counter, person.visit_id)
    assert ended.session_digest is None
    assert ended.draft_sealed is None
    assert counter.resumes(person) == VisitOver(None)
    with counter.database.reading() as session:
        assert queries.active(session, terminal_id=TERMINAL, secret=person.secret) is None


def test_chore_ends_what_nobody_asks_for(counter: Counter) -> None:
    """A visit whose page is gone is ended by the clock."""
    person = counter.starts()
    with (
        clock.frozen(THREE_AT_NIGHT + timedelta(minutes=3)),
        counter.database.unit_of_work() as session,
    ):
        assert visits.end_overdue(session) == 1
        assert visits.end_overdue(session) == 0
    assert visit_of(counter, person.visit_id).end_reason == EndReason.IDLE


def test_a_visit_behind_a_dead_line_is_not_swept_away(counter: Counter) -> None:
    """While its terminal is silent a visit waits; the terminal's word on a touch brings it back."""
    person = counter.starts()
    with counter.database.unit_of_work() as session:
        session.get_one(Terminal, TERMINAL).last_seen_at = THREE_AT_NIGHT
    back = THREE_AT_NIGHT + timedelta(minutes=4)
    with clock.frozen(back), counter.database.unit_of_work() as session:
        assert visits.end_overdue(session) == 0
        found = visits.resume(
            session,
            terminal_id=TERMINAL,
            secret=person.secret,
            touched_at=back - timedelta(seconds=20),
        )
        assert isinstance(found, Visit)
    with clock.frozen(back + timedelta(seconds=95)):
        assert counter.resumes(person) == VisitOver(EndReason.IDLE)


def test_a_terminal_that_speaks_shelters_no_empty_chair(counter: Counter) -> None:
    """Once the terminal is heard again, a visit that nobody took up is ended by the clock."""
    person = counter.starts()
    heard = THREE_AT_NIGHT + timedelta(minutes=3)
    with counter.database.unit_of_work() as session:
        session.get_one(Terminal, TERMINAL).last_seen_at = heard
    with clock.frozen(heard), counter.database.unit_of_work() as session:
        assert visits.end_overdue(session) == 1
    assert visit_of(counter, person.visit_id).end_reason == EndReason.IDLE


def test_looks_that_nobody_drew(counter: Counter) -> None:
    """A language, size or theme that does not exist is refused, all of them at once."""
    person = counter.starts()
    with counter.database.unit_of_work() as session, pytest.raises(Invalid) as fault:
        visits.dress(session, session.get_one(Visit, person.visit_id), size="xxl", language="tlh")
    assert {field.at for field in fault.value.fields} == {"size", "language"}


def test_looks_last_one_visit(counter: Counter) -> None:
    """Language and size chosen on the way are kept for the rest of the visit."""
    person = counter.starts()
    with counter.database.unit_of_work() as session:
        visits.dress(session, session.get_one(Visit, person.visit_id), size="xl", language="ug")
    visit = visit_of(counter, person.visit_id)
    assert (visit.size, visit.language) == ("xl", "ug")


def test_guide_cannot_be_begun(counter: Counter) -> None:
    """What is only a guide says where to go and cannot be begun at a terminal."""
    person = counter.starts()
    with counter.database.unit_of_work() as session:
        visit = session.get_one(Visit, person.visit_id)
        with pytest.raises(Refused, match="item_not_handled_here"):
            visits.choose_item(session, visit, "SAMPLE-G-12")
        with pytest.raises(NotFound):
            visits.choose_item(session, visit, "SAMPLE-XX-99")


def test_another_item_forgets_the_first_ones_answers(counter: Counter) -> None:
    """A purpose stated for one item is not carried over to the next."""
    person = counter.starts()
    counter.chooses(person, "SAMPLE-ZR-01")
    counter.states(person, "loan")
    counter.chooses(person, "SAMPLE-RS-01")
    with counter.database.reading() as session:
        assert draft_of(session, session.get_one(Visit, person.visit_id)) == {}


@pytest.mark.parametrize(
    ("purpose", "promised", "faults"),
    [
        ("", True, {"purpose"}),
        ("curiosity", True, {"purpose"}),
        ("loan", False, {"promise"}),
        ("", False, {"purpose", "promise"}),
    ],
)
def test_purpose_and_promise_are_both_wanted(
    counter: Counter, purpose: str, promised: bool, faults: set[str]
) -> None:
    """A missing purpose and a missing promise are named together."""
    person = counter.starts()
    counter.chooses(person, "SAMPLE-ZR-01")
    with counter.database.unit_of_work() as session, pytest.raises(Invalid) as fault:
        visits.state_purpose(
            session,
            session.get_one(Visit, person.visit_id),
            purpose=purpose,
            promised=promised,
        )
    assert {field.at for field in fault.value.fields} == faults


def test_end_withdraws_what_was_never_decided(counter: Counter) -> None:
    """Whoever leaves while a source does not answer leaves no open case behind."""
    person = counter.starts()
    counter.chooses(person, "SAMPLE-RS-01")
    counter.places(person, AYGUL)
    counter.shows_face(person)
    with counter.database.unit_of_work() as session:
        visit = session.get_one(Visit, person.visit_id)
        cases.open_case(session, visit)
        visits.end(session, visit, reason=EndReason.LEFT)
    counter.works()
    with counter.database.reading() as session:
        case = of_visit(session, person.visit_id)
        assert case is not None
        assert case.state == "withdrawn"
