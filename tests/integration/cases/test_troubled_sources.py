"""Sources that sleep, fail, refuse or send nonsense: the person is told, the case is kept."""

from datetime import datetime, time
from typing import Any

import pytest

from kiosk_server.cases import handling
from kiosk_server.cases.handling import NotReady, Prepared
from kiosk_server.cases.models import Case
from kiosk_server.cases.ports import (
    Answer,
    ContactAnswer,
    ContactQuery,
    Found,
    NoContact,
    Readiness,
    RecordQuery,
    SourceAsleep,
    SourceDown,
    SourceRefused,
)
from kiosk_server.core import clock
from kiosk_server.core.errors import Refused
from kiosk_server.gateways.records_simulated import SimulatedRecords, Sleep
from kiosk_server.visits import services as visits
from kiosk_server.visits.models import EndReason, Visit
from tests.support.counter import AYGUL, THREE_AT_NIGHT, Counter, Person, printable


class ToldRecords:
    """Gives one answer after the other, and may do something while it is asked."""

    simulated = True

    def __init__(self, *answers: Answer, meanwhile: Any = None) -> None:
        self.answers = list(answers)
        self.meanwhile = meanwhile

    def awake(self, source: str, now: datetime) -> Readiness:
        return SourceDown()

    def contact(self, query: ContactQuery) -> ContactAnswer:
        return NoContact()

    def fetch(self, query: RecordQuery) -> Answer:
        if self.meanwhile is not None:
            self.meanwhile()
        return self.answers.pop(0)


def record() -> Found:
    return Found({"name": AYGUL["name"], "as_of": "今日", "insurances": []}, THREE_AT_NIGHT)


@pytest.fixture
def person(counter: Counter) -> Person:
    """Somebody proven, one touch before the decision."""
    arrived = counter.starts()
    counter.chooses(arrived, "SAMPLE-RS-01")
    counter.places(arrived, AYGUL)
    counter.shows_face(arrived)
    return arrived


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (SourceDown(), "source_down"),
        (SourceAsleep(THREE_AT_NIGHT.replace(hour=6)), "source_asleep"),
        (SourceRefused("not_authorised"), "source_refused"),
        (Found({"name": ""}, THREE_AT_NIGHT), "source_down"),
    ],
)
def test_no_decision_now(counter: Counter, person: Person, answer: Answer, code: str) -> None:
    """Each trouble has its code; the case is kept and decided when the source answers again."""
    counter.records = ToldRecords(answer, record())
    first = counter.tries_to_prepare(person)
    assert isinstance(first, NotReady)
    assert first.code == code
    assert (first.until is not None) is (code == "source_asleep")
    second = counter.tries_to_prepare(person)
    assert isinstance(second, Prepared)
    with counter.database.reading() as session:
        assert session.query(Case).count() == 1


@pytest.mark.policy("P34")
def test_every_fetch_is_audited_whatever_came(counter: Counter, person: Person) -> None:
    """A fetch that brought nothing is a fetch all the same."""
    counter.records = ToldRecords(SourceDown(), SourceRefused("no"), record())
    for _ in range(3):
        counter.tries_to_prepare(person)
    answers = [entry.facts["answer"] for entry in counter.audited("records.fetched")]
    assert answers == ["down", "refused", "found"]


def test_register_at_three_in_the_morning(counter: Counter) -> None:
    """The sample register sleeps at three, and says until when."""
    counter.records = SimulatedRecords(asleep={"real_estate": Sleep(time(2), time(6))})
    person = counter.starts()
    counter.chooses(person, "SAMPLE-ZR-01")
    counter.states(person, "own_check")
    counter.places(person, AYGUL)
    counter.shows_face(person)
    told = counter.tries_to_prepare(person)
    assert told == NotReady("source_asleep", THREE_AT_NIGHT.replace(hour=6))


def test_person_who_leaves_while_the_source_is_asked(counter: Counter, person: Person) -> None:
    """A record that comes after the person left decides nothing."""

    def leave() -> None:
        with counter.database.unit_of_work() as session:
            visits.end(session, session.get_one(Visit, person.visit_id), reason=EndReason.LEFT)
        counter.works()

    counter.records = ToldRecords(record(), meanwhile=leave)
    with pytest.raises(Refused, match="visit_over"):
        counter.tries_to_prepare(person)
    with counter.database.reading() as session:
        [case] = session.query(Case).all()
    assert (case.state, case.decision_sealed) == ("withdrawn", None)


def test_two_touches_decide_once(counter: Counter, person: Person) -> None:
    """A second request that overtakes the first finds the decision that stands."""

    def overtake() -> None:
        with clock.frozen(THREE_AT_NIGHT):
            handling.prepare(
                counter.database,
                ToldRecords(record()),
                visit_id=person.visit_id,
                unprintable=printable,
            )

    counter.records = ToldRecords(record(), meanwhile=overtake)
    counter.prepares(person)
    assert len(counter.audited("case.decided")) == 1


def test_paper_that_could_not_be_set_is_not_promised(counter: Counter, person: Person) -> None:
    """What no font can set is found out when the record is read, not at the printer."""
    insured = {
        "kind": "养老保险",
        "status": "参保缴费",
        "unit": "测试\ue000单位",
        "since": "2012-03",
        "months": 1,
    }
    found = Found({"name": AYGUL["name"], "as_of": "今日", "insurances": [insured]}, THREE_AT_NIGHT)
    told = handling.prepare(
        counter.database,
        ToldRecords(found),
        visit_id=person.visit_id,
        unprintable=lambda text: tuple(mark for mark in text if mark == "\ue000"),
    )
    assert told == NotReady("paper_unprintable")
