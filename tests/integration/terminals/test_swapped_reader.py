"""A reader that was swapped: two different people accept it, or it stays out."""

from datetime import timedelta

import pytest

from kiosk_server.audit.services import Actor
from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict, NotFound, Refused, WrongState
from kiosk_server.terminals import readers
from kiosk_server.terminals.queries import ability_at
from kiosk_server.terminals.reader_life import ReaderState
from kiosk_server.terminals.rules import Condition, Reason
from kiosk_server.terminals.services import DeviceReport, report_states
from kiosk_server.upkeep import queries as upkeep
from kiosk_server.upkeep.causes import Cause, Severity
from kiosk_server.upkeep.services import review
from kiosk_server.visits.card_reads import CardReadRefused, CardReadTaken
from tests.support.counter import AYGUL, SAM, TERMINAL, THREE_AT_NIGHT, Counter

OTHER, THIRD = "05.03-20210601-0000654321-0123456789", "05.03-20220101-0000999999-0000000001"
FIRST_PERSON, SECOND_PERSON = Actor("staff", "technician-a"), Actor("staff", "technician-b")
SWAPPED = Reason("id_reader", "reader_swapped")


def tells(counter: Counter, sam_id: str) -> None:
    """The terminal says which reader it reads with, and is judged by it."""
    report = DeviceReport("id_reader", Condition.READY, (), {"sam_id": sam_id})
    with counter.database.unit_of_work() as session:
        report_states(session, TERMINAL, devices=[report])
        review(session, TERMINAL)


def does(counter: Counter, verb: str, sam_id: str, by: Actor) -> None:
    """A person does something about a reader."""
    with counter.database.unit_of_work() as session:
        getattr(readers, verb)(session, TERMINAL, sam_id=sam_id, by=by)


def state(counter: Counter) -> ReaderState | None:
    """What we hold of the reader that is there now."""
    with counter.database.reading() as session:
        present = readers.stand_of(session, TERMINAL).present
        return present.state if present else None


def reasons(counter: Counter) -> tuple[Reason, ...]:
    """Why no card can be read at the terminal now."""
    with counter.database.reading() as session:
        return ability_at(session, TERMINAL, needs=["id_reader"]).reasons


@pytest.fixture
def swapped(counter: Counter) -> Counter:
    """A terminal whose accepted reader was swapped for another."""
    tells(counter, SAM)
    tells(counter, OTHER)
    return counter


def test_the_first_reader_comes_with_the_terminal(counter: Counter) -> None:
    """The first reader ever seen is accepted by itself, once, and audited as that."""
    tells(counter, SAM)
    tells(counter, SAM)
    assert (state(counter), reasons(counter)) == (ReaderState.ACCEPTED, ())
    [entry] = counter.audited("terminal.reader_accepted")
    assert entry.facts == {"sam_id": SAM, "state": "accepted", "first": True}


def test_another_reader_closes_what_needs_a_card(swapped: Counter) -> None:
    """From the word on that names another reader, no service with a card is offered."""
    assert reasons(swapped) == (SWAPPED,)
    [seen] = swapped.audited("terminal.reader_seen")
    assert (seen.actor_id, seen.facts["sam_id"]) == (TERMINAL, OTHER)


def test_a_read_with_another_reader_is_refused(counter: Counter) -> None:
    """A card read itself shows the swap, before any state does; its nonce is spent."""
    person = counter.starts()
    counter.chooses(person, "SAMPLE-RS-01")
    tells(counter, OTHER)
    nonce = counter.asked(person).nonce
    assert counter.places(person, AYGUL, nonce=nonce) == CardReadRefused("reader_not_accepted")
    assert counter.refusals("visit.card_read_refused") == ["reader_not_accepted"]
    assert counter.places(person, AYGUL, nonce=nonce) == CardReadRefused("nonce_used")
    assert reasons(counter) == (SWAPPED,)


def test_two_people_accept_it(swapped: Counter) -> None:
    """Proposed by one and confirmed by another it serves at once; both stand in the audit."""
    does(swapped, "propose", OTHER, FIRST_PERSON)
    assert reasons(swapped) == (SWAPPED,)
    does(swapped, "confirm", OTHER, SECOND_PERSON)
    assert (state(swapped), reasons(swapped)) == (ReaderState.ACCEPTED, ())
    accepted = swapped.audited("terminal.reader_accepted")[-1]
    assert accepted.actor_id == SECOND_PERSON.id
    assert accepted.facts == {
        "sam_id": OTHER, "proposed_by": FIRST_PERSON.id, "replaced": SAM
    }  # fmt: skip


def test_it_is_accepted_while_the_terminal_is_silent(swapped: Counter) -> None:
    """Nothing is asked of the machine: what was accepted at night serves when it comes back."""
    with clock.frozen(THREE_AT_NIGHT + timedelta(hours=5)):
        does(swapped, "propose", OTHER, FIRST_PERSON)
        does(swapped, "confirm", OTHER, SECOND_PERSON)
        tells(swapped, OTHER)
        assert reasons(swapped) == ()


def test_one_person_is_not_two(swapped: Counter) -> None:
    """Who proposed a reader cannot confirm it, however often."""
    does(swapped, "propose", OTHER, FIRST_PERSON)
    for _ in range(2):
        with pytest.raises(Refused, match="second_person_wanted"):
            does(swapped, "confirm", OTHER, FIRST_PERSON)
    assert state(swapped) is ReaderState.PROPOSED


def test_nobody_confirms_what_nobody_proposed(swapped: Counter) -> None:
    """A confirmation without a proposal is refused."""
    with pytest.raises(WrongState):
        does(swapped, "confirm", OTHER, SECOND_PERSON)


def test_a_proposal_dies_when_a_third_reader_appears(swapped: Counter) -> None:
    """What was said of one reader never admits another, nor itself when it comes back later."""
    does(swapped, "propose", OTHER, FIRST_PERSON)
    tells(swapped, THIRD)
    with pytest.raises(Conflict, match="reader_changed"):
        does(swapped, "confirm", OTHER, SECOND_PERSON)
    with pytest.raises(WrongState):
        does(swapped, "confirm", THIRD, SECOND_PERSON)
    tells(swapped, OTHER)
    with pytest.raises(WrongState):
        does(swapped, "confirm", OTHER, SECOND_PERSON)


def test_a_refused_reader_stays_out(swapped: Counter) -> None:
    """One person keeps a reader out; the terminal's word of it changes nothing."""
    does(swapped, "refuse", OTHER, FIRST_PERSON)
    tells(swapped, OTHER)
    assert (state(swapped), reasons(swapped)) == (ReaderState.REFUSED, (SWAPPED,))
    assert len(swapped.audited("terminal.reader_refused")) == 1


def test_the_accepted_reader_may_come_back(swapped: Counter) -> None:
    """Plugged in again before anything was accepted, the old reader serves as it did."""
    tells(swapped, SAM)
    assert (state(swapped), reasons(swapped)) == (ReaderState.ACCEPTED, ())


def test_a_replaced_reader_does_not(swapped: Counter) -> None:
    """Once another was accepted, the old one is a stranger too until two people say otherwise."""
    does(swapped, "propose", OTHER, FIRST_PERSON)
    does(swapped, "confirm", OTHER, SECOND_PERSON)
    tells(swapped, SAM)
    assert (state(swapped), reasons(swapped)) == (ReaderState.REPLACED, (SWAPPED,))


@pytest.mark.parametrize("sam_id", ["", "x" * 65, "05.03 or 1=1", "编号"])
def test_what_is_no_number_of_a_reader_is_not_accepted(counter: Counter, sam_id: str) -> None:
    """A word that is no SAM number neither becomes the first reader nor replaces one."""
    with counter.database.unit_of_work() as session:
        assert readers.notice(session, TERMINAL, sam_id) is False
    assert state(counter) is None


def test_a_terminal_that_we_do_not_know_has_no_reader(counter: Counter) -> None:
    """A reader is accepted at a terminal of ours or nowhere."""
    with pytest.raises(NotFound), counter.database.unit_of_work() as session:
        readers.propose(session, "AT-9999", sam_id=SAM, by=FIRST_PERSON)


@pytest.mark.policy("P53")
def test_technicians_are_called_and_the_alert_ends_by_itself(swapped: Counter) -> None:
    """A swapped reader is an urgent alert until two people have accepted it."""
    for seconds in (10, 20):
        with clock.frozen(THREE_AT_NIGHT + timedelta(seconds=seconds)):
            tells(swapped, OTHER)
            with swapped.database.reading() as session:
                found = upkeep.of_terminal(session, TERMINAL, since=THREE_AT_NIGHT)
    ours = [alert for alert in found if alert.cause == Cause("id_reader", "reader_swapped")]
    assert [alert.severity for alert in ours] == [Severity.URGENT]
    does(swapped, "propose", OTHER, FIRST_PERSON)
    does(swapped, "confirm", OTHER, SECOND_PERSON)
    for seconds in (60, 120):
        with clock.frozen(THREE_AT_NIGHT + timedelta(seconds=seconds)):
            tells(swapped, OTHER)
    with swapped.database.reading() as session:
        alert = upkeep.find(session, ours[0].id)
    assert alert is not None
    assert alert.closed_at is not None


def test_cards_are_read_again_after_acceptance(swapped: Counter) -> None:
    """A visit that was refused reads its card with the next nonce once the reader is accepted."""
    person = swapped.starts()
    swapped.chooses(person, "SAMPLE-RS-01")
    tells(swapped, SAM)
    assert isinstance(swapped.places(person, AYGUL), CardReadTaken)
