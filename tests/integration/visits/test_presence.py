"""The second proof: codes to a phone and the outside comparison, their limits and their ends."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from kiosk_server.cases import handling
from kiosk_server.cases.handling import ContactKnown
from kiosk_server.cases.ports import NoContact
from kiosk_server.core import clock
from kiosk_server.core.errors import Refused, TooMany
from kiosk_server.gateways.sms_simulated import code_sent
from kiosk_server.outbox.ports import MessageOutcome, PhoneMessage
from kiosk_server.visits import presence, queries
from kiosk_server.visits.models import PhoneCode, Visit, VisitState
from kiosk_server.visits.ports import Likeness
from kiosk_server.visits.presence import (
    CodeExpired,
    CodeWrong,
    NotProven,
    PhoneCodeRefused,
    PhoneCodeSent,
    Proven,
    VisitEnded,
)
from tests.support.counter import AYGUL, MEMET, THREE_AT_NIGHT, Counter, Person

PHONE = "19900000022"


@pytest.fixture
def person(counter: Counter) -> Person:
    """Somebody whose card was taken."""
    arrived = counter.starts()
    counter.chooses(arrived, "SAMPLE-RS-01")
    counter.places(arrived, AYGUL)
    return arrived


def asks(counter: Counter, person: Person) -> PhoneCodeSent | PhoneCodeRefused:
    with counter.database.unit_of_work() as session:
        visit = session.get_one(Visit, person.visit_id)
        return presence.ask_phone_code(session, visit, phone=PHONE)


def types(counter: Counter, person: Person, code: str) -> object:
    with counter.database.unit_of_work() as session:
        return presence.check_phone_code(session, session.get_one(Visit, person.visit_id), code)


def arrived_code(counter: Counter, person: Person) -> str:
    """The code that the simulated phone shows."""
    counter.works()
    with counter.database.reading() as session:
        asked = queries.phone_code(session, session.get_one(Visit, person.visit_id))
        assert asked is not None
        code = code_sent(session, asked.id)
        assert code is not None
        return code


def wrong_for(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_right_code_proves_the_holder(counter: Counter, person: Person) -> None:
    """The code that reached the phone is the second proof; the message is wiped once sent."""
    sent = asks(counter, person)
    assert isinstance(sent, PhoneCodeSent)
    assert sent.masked_phone == "199****0022"
    code = arrived_code(counter, person)
    assert types(counter, person, code) == Proven("phone_code", simulated=False)
    with counter.database.reading() as session:
        assert session.get_one(Visit, person.visit_id).assurance == "card_and_presence"
        assert session.scalars(select(PhoneCode.message_sealed)).all() == [None]


def test_code_serves_once(counter: Counter, person: Person) -> None:
    """A code that proved the holder proves nothing a second time."""
    asks(counter, person)
    code = arrived_code(counter, person)
    types(counter, person, code)
    assert types(counter, person, code) == CodeExpired()


def test_code_lapses_after_five_minutes(counter: Counter, person: Person) -> None:
    """Five minutes later the right code is no longer right."""
    asks(counter, person)
    code = arrived_code(counter, person)
    with clock.frozen(THREE_AT_NIGHT + timedelta(minutes=5)):
        assert types(counter, person, code) == CodeExpired()


def test_five_wrong_codes_end_the_visit(counter: Counter, person: Person) -> None:
    """Wrong codes count together, whichever code was asked for; the fifth ends the visit."""
    asks(counter, person)
    first = wrong_for(arrived_code(counter, person))
    assert [types(counter, person, first) for _ in range(3)] == [
        CodeWrong(4),
        CodeWrong(3),
        CodeWrong(2),
    ]
    asks(counter, person)
    second = wrong_for(arrived_code(counter, person))
    assert types(counter, person, second) == CodeWrong(1)
    assert types(counter, person, second) == VisitEnded()
    with counter.database.reading() as session:
        visit = session.get_one(Visit, person.visit_id)
        assert (visit.state, visit.end_reason) == (VisitState.ENDED, "codes")
        assert session.scalars(select(PhoneCode)).all() == []
    assert counter.refusals("visit.presence_refused") == ["phone_code_wrong"] * 5


def test_fourth_code_is_not_sent(counter: Counter, person: Person) -> None:
    """A visit gets three codes; the refusal says when again, and is audited."""
    assert all(isinstance(asks(counter, person), PhoneCodeSent) for _ in range(3))
    refused = asks(counter, person)
    assert isinstance(refused, PhoneCodeRefused)
    assert refused.retry_after_seconds > 0
    assert counter.refusals("visit.presence_refused") == ["too_many_codes"]


def test_no_code_before_the_card(counter: Counter) -> None:
    """Nobody gets a code who has not shown a card."""
    with pytest.raises(Refused, match="card_first"):
        asks(counter, counter.starts())


def test_face_that_is_the_holders(counter: Counter, person: Person) -> None:
    """The outside comparison proves the holder, and the proof says that it was simulated."""
    assert counter.shows_face(person) == Proven("face", simulated=True)
    with counter.database.reading() as session:
        [proof] = queries.proofs(session, session.get_one(Visit, person.visit_id))
    assert proof.simulated


@pytest.mark.parametrize("said", ["other", "unclear", "down", "nonsense"])
def test_face_that_is_not(counter: Counter, person: Person, said: str) -> None:
    """Another face, an unclear one and a service that is down prove nothing and are audited."""
    outcome = counter.shows_face(person, said)
    assert isinstance(outcome, NotProven)
    assert len(counter.refusals("visit.presence_refused")) == 1
    with counter.database.reading() as session:
        assert session.get_one(Visit, person.visit_id).assurance == "card"


def test_face_is_tried_three_times(counter: Counter, person: Person) -> None:
    """After three comparisons the visit offers another way."""
    for _ in range(3):
        assert counter.shows_face(person, "unclear") == NotProven(Likeness.UNCLEAR)
    with pytest.raises(TooMany):
        counter.shows_face(person, "same")


def test_phone_is_the_one_the_source_holds(counter: Counter, person: Person) -> None:
    """The phone comes from the record source, is asked for once, and only shown masked."""
    for _ in range(2):
        known = handling.contact_of_visit(
            counter.database, counter.records, visit_id=person.visit_id
        )
        assert known == ContactKnown("199****0022")
    [entry] = counter.audited("records.fetched")
    assert entry.facts["purpose"] == "presence"


def test_who_has_no_phone_is_told(counter: Counter) -> None:
    """Where the source holds no phone, that is an answer, and it is not asked again."""
    person = counter.starts()
    counter.chooses(person, "SAMPLE-RS-01")
    counter.places(person, MEMET)
    for _ in range(2):
        found = handling.contact_of_visit(
            counter.database, counter.records, visit_id=person.visit_id
        )
        assert found == NoContact()
    assert len(counter.audited("records.fetched")) == 1


class LosingPhones:
    """A channel that takes the message and loses the answer."""

    simulated = True

    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, message: PhoneMessage) -> MessageOutcome:
        self.sent.append(message.id)
        return MessageOutcome.ANSWER_LOST


def test_lost_answer_sends_nothing_twice(counter: Counter, person: Person) -> None:
    """A message whose answer was lost is not sent again by itself."""
    asks(counter, person)
    phones = LosingPhones()
    with counter.database.reading() as session:
        [code_id] = session.scalars(select(PhoneCode.id)).all()
    first, second = (presence.send_phone_code(counter.database, phones, code_id) for _ in range(2))
    assert first is MessageOutcome.ANSWER_LOST
    assert second is MessageOutcome.REFUSED
    assert phones.sent == [code_id]
