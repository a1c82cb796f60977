"""Taking a card: every refusal has its code and its audit row, and a nonce serves once."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from kiosk_server.core import clock
from kiosk_server.core.errors import Invalid, Refused
from kiosk_server.residents.models import Resident
from kiosk_server.visits import services as visits
from kiosk_server.visits.card_reads import CardReadRefused, CardReadTaken
from kiosk_server.visits.models import EndReason, Visit
from tests.support.at_once import at_once
from tests.support.counter import AYGUL, MEMET, OTHER_TERMINAL, THREE_AT_NIGHT, Counter, Person

FOREIGNER = {"name": "测试外", "number": "KGZ653085010102", "valid_until": "2029-01-01"}


@pytest.fixture
def person(counter: Counter) -> Person:
    """Somebody who chose an item and agreed to its notice."""
    arrived = counter.starts()
    counter.chooses(arrived, "SAMPLE-RS-01")
    return arrived


def refusal(counter: Counter, outcome: object) -> str:
    """The code of a refusal, which must have been audited."""
    assert isinstance(outcome, CardReadRefused)
    assert counter.refusals("visit.card_read_refused")[-1] == outcome.code
    return outcome.code


def test_taken_card_gives_a_masked_name(counter: Counter, person: Person) -> None:
    """A card in order is taken; the page learns a read id and a masked name."""
    taken = counter.places(person, AYGUL)
    assert isinstance(taken, CardReadTaken)
    assert taken.masked_name == "阿***·测试"
    [entry] = counter.audited("visit.card_read")
    assert entry.facts["fields"] == "name number valid_until"


def test_unknown_nonce(counter: Counter, person: Person) -> None:
    """A nonce that the server never issued opens nothing."""
    outcome = counter.places(person, AYGUL, nonce="made-up-by-a-page")
    assert refusal(counter, outcome) == "nonce_unknown"


def test_replayed_nonce(counter: Counter, person: Person) -> None:
    """The same reading a second time is refused."""
    nonce = counter.asked(person).nonce
    counter.places(person, AYGUL, nonce=nonce)
    assert refusal(counter, counter.places(person, AYGUL, nonce=nonce)) == "nonce_used"


def test_stale_nonce(counter: Counter, person: Person) -> None:
    """A nonce serves for two minutes, even while its visit goes on."""
    nonce = counter.asked(person).nonce
    for seconds in (60, 120):
        with clock.frozen(THREE_AT_NIGHT + timedelta(seconds=seconds)):
            counter.resumes(person)
    with clock.frozen(THREE_AT_NIGHT + timedelta(seconds=121)):
        assert refusal(counter, counter.places(person, AYGUL, nonce=nonce)) == "nonce_stale"


def test_newer_nonce_replaces_the_older(counter: Counter, person: Person) -> None:
    """Once a new card is asked for, the earlier request serves no more."""
    older = counter.asked(person).nonce
    counter.asked(person)
    assert refusal(counter, counter.places(person, AYGUL, nonce=older)) == "nonce_stale"


@pytest.mark.policy("P34")
def test_nonce_of_another_choice(counter: Counter, person: Person) -> None:
    """A card asked for under one item's notice is not read once another item was chosen."""
    nonce = counter.asked(person).nonce
    counter.chooses(person, "SAMPLE-GJJ-01")
    assert refusal(counter, counter.places(person, AYGUL, nonce=nonce)) == "nonce_stale"


def test_foreign_terminal_does_not_burn_the_nonce(counter: Counter, person: Person) -> None:
    """Another terminal is refused, and the one that was asked can still use its nonce."""
    nonce = counter.asked(person).nonce
    stolen = counter.places(person, AYGUL, nonce=nonce, signed_by=OTHER_TERMINAL)
    assert refusal(counter, stolen) == "wrong_terminal"
    assert isinstance(counter.places(person, AYGUL, nonce=nonce), CardReadTaken)


def test_terminal_must_name_itself(counter: Counter, person: Person) -> None:
    """A reading that names another terminal than the key that signed it is refused."""
    outcome = counter.places(person, AYGUL, says=OTHER_TERMINAL)
    assert refusal(counter, outcome) == "wrong_terminal"


def test_visit_that_ended(counter: Counter, person: Person) -> None:
    """A card that comes after the end belongs to nobody's visit."""
    nonce = counter.asked(person).nonce
    with counter.database.unit_of_work() as session:
        visits.end(session, session.get_one(Visit, person.visit_id), reason=EndReason.LEFT)
    assert refusal(counter, counter.places(person, AYGUL, nonce=nonce)) == "visit_over"


@pytest.mark.parametrize(
    ("card", "kind", "code"),
    [
        ({**AYGUL, "number": "653001199003070021"}, "resident", "number_invalid"),
        ({**AYGUL, "number": None}, "resident", "number_invalid"),
        ({**AYGUL, "valid_until": "2026-11-21"}, "resident", "card_expired"),
        (FOREIGNER, "foreigner_2017", "card_kind_not_served"),
        ({"name": ""}, "foreigner_2023", "card_kind_not_served"),
    ],
)
def test_card_that_is_not_taken(
    counter: Counter, person: Person, card: dict[str, Any], kind: str, code: str
) -> None:
    """Each fault of a card has its own code, is audited, and registers nobody."""
    assert refusal(counter, counter.places(person, card, kind=kind)) == code
    with counter.database.reading() as session:
        assert session.scalars(select(Resident)).all() == []


def test_card_serves_on_its_last_day_and_without_end(counter: Counter, person: Person) -> None:
    """A card is taken on the last day that stands on it, and one of 长期 always."""
    today = counter.places(person, {**AYGUL, "valid_until": "2026-11-22"})
    assert isinstance(today, CardReadTaken)
    always = counter.places(person, {**AYGUL, "valid_until": None})
    assert isinstance(always, CardReadTaken)


def test_name_that_cannot_be_printed(counter: Counter, person: Person) -> None:
    """A name with a character that no font has is refused before anything is promised."""
    outcome = counter.places(person, AYGUL, unprintable=lambda text: tuple(text[:1]))
    assert refusal(counter, outcome) == "name_unprintable"


def test_second_person_in_one_visit(counter: Counter, person: Person) -> None:
    """After one card another person's card is not taken in the same visit."""
    counter.places(person, AYGUL)
    assert refusal(counter, counter.places(person, MEMET)) == "not_this_card"
    with counter.database.reading() as session:
        assert len(session.scalars(select(Resident)).all()) == 1


def test_reading_without_what_was_asked_for(counter: Counter, person: Person) -> None:
    """A terminal that leaves out a field is told which; nothing is kept."""
    with pytest.raises(Invalid) as fault:
        counter.places(person, {"name": "阿依古丽·测试"})
    assert {field.at for field in fault.value.fields} == {"fields.number", "fields.valid_until"}


def test_unreadable_day(counter: Counter, person: Person) -> None:
    """A validity that is no day is the terminal's mistake, not the card's."""
    with pytest.raises(Invalid, match="card_reading_invalid"):
        counter.places(person, {**AYGUL, "valid_until": "2026-02-30"})


@pytest.mark.policy("P34")
def test_no_card_before_consent(counter: Counter) -> None:
    """Nobody is asked for a card before agreeing to who reads what, why and for how long."""
    arrived = counter.starts()
    with counter.database.unit_of_work() as session:
        visits.choose_item(session, session.get_one(Visit, arrived.visit_id), "SAMPLE-RS-01")
    with pytest.raises(Refused, match="consent_missing"):
        counter.asked(arrived)


@pytest.mark.policy("P34")
def test_consent_names_the_text_that_was_read(counter: Counter) -> None:
    """Consent to another version of the notice than the published one does not count."""
    arrived = counter.starts()
    with counter.database.unit_of_work() as session:
        visit = session.get_one(Visit, arrived.visit_id)
        visits.choose_item(session, visit, "SAMPLE-RS-01")
        with pytest.raises(Refused, match="notice_outdated"):
            visits.consent(session, visit, text_version="SAMPLE-RS-01/notice/0")


def test_consent_holds_for_its_item_alone(counter: Counter, person: Person) -> None:
    """Going on to another item asks for consent again."""
    with counter.database.unit_of_work() as session:
        visits.choose_item(session, session.get_one(Visit, person.visit_id), "SAMPLE-GJJ-01")
    with pytest.raises(Refused, match="consent_missing"):
        counter.asked(person)


@pytest.mark.policy("P37")
def test_only_what_is_needed_is_asked_for(counter: Counter, person: Person) -> None:
    """The terminal is asked for name, number and validity, and for no other field of the card."""
    assert counter.asked(person).needs == ("name", "number", "valid_until")


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_two_at_once_with_one_nonce(counter: Counter, person: Person) -> None:
    """Of two readings with one nonce at the same moment exactly one is taken."""
    nonce = counter.asked(person).nonce

    def place() -> object:
        with clock.frozen(THREE_AT_NIGHT):
            return counter.places(person, AYGUL, nonce=nonce)

    outcomes = at_once(place, place, place)
    taken = [outcome for outcome in outcomes if isinstance(outcome, CardReadTaken)]
    assert len(taken) == 1
    assert counter.refusals("visit.card_read_refused") == ["nonce_used", "nonce_used"]


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_one_person_at_two_terminals_at_once(counter: Counter) -> None:
    """Two terminals that read a new person's card together register one person."""
    people = [counter.starts(), counter.starts(terminal=OTHER_TERMINAL)]
    for arrived in people:
        counter.chooses(arrived, "SAMPLE-RS-01")

    def place(arrived: Person) -> object:
        with clock.frozen(THREE_AT_NIGHT):
            return counter.places(arrived, AYGUL)

    outcomes = at_once(*(lambda arrived=arrived: place(arrived) for arrived in people))
    assert all(isinstance(outcome, CardReadTaken) for outcome in outcomes)
    with counter.database.reading() as session:
        assert len(session.scalars(select(Resident)).all()) == 1
