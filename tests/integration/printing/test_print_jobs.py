"""Print jobs: reports in any order, troubles, what a person says, what a terminal may see."""

from datetime import timedelta

import pytest

from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict, Invalid, NotFound, Refused, WrongState
from kiosk_server.printing import queries
from kiosk_server.printing import services as printing
from kiosk_server.printing.models import JobState
from kiosk_server.visits import services as visits
from kiosk_server.visits.models import EndReason, Visit
from tests.support.counter import AYGUL, OTHER_TERMINAL, TERMINAL, THREE_AT_NIGHT, Counter, Person


@pytest.fixture
def job(counter: Counter) -> str:
    """A sheet that waits for its terminal."""
    return counter.comes_to_paper(AYGUL)[2]


def leaves(counter: Counter, person: Person) -> None:
    with counter.database.unit_of_work() as session:
        visits.end(session, session.get_one(Visit, person.visit_id), reason=EndReason.LEFT)
    counter.works()


def says(counter: Counter, job_id: str, *, came_out: bool) -> JobState:
    with counter.database.unit_of_work() as session:
        return printing.answer_came_out(session, job_id, came_out=came_out)


def test_repeated_report_changes_nothing(counter: Counter, job: str) -> None:
    """A report that comes twice gets the same answer and leaves one audit row."""
    for _ in range(2):
        assert counter.reports(job, 1, "taken") == "taken"
    for _ in range(2):
        assert counter.reports(job, 2, "printed", pages_done=2) == "printed"
    assert len(counter.audited("print.ended")) == 1


def test_late_report_does_not_turn_back(counter: Counter, job: str) -> None:
    """What was overtaken by a newer report is answered with the newer state."""
    counter.reports(job, 3, "printed", pages_done=2)
    assert counter.reports(job, 2, "printing", pages_done=1) == "printed"
    assert counter.sees(job).pages_done == 2


def test_report_against_the_end_is_a_conflict(counter: Counter, job: str) -> None:
    """A job that ended one way does not end another way."""
    counter.reports(job, 1, "not_printed", trouble="jam")
    with pytest.raises(WrongState):
        counter.reports(job, 2, "printed", pages_done=2)
    assert counter.sees(job).state is JobState.NOT_PRINTED


def test_trouble_and_its_cure(counter: Counter, job: str) -> None:
    """Paper out is seen at once, the job is kept, and it goes on after the cure."""
    counter.reports(job, 1, "printing")
    before = counter.sees(job).version
    counter.reports(job, 2, "printing", trouble="paper_out", pages_done=1)
    troubled = counter.sees(job)
    assert (troubled.trouble, troubled.pages_done) == ("paper_out", 1)
    assert troubled.version != before
    counter.reports(job, 3, "printing", pages_done=1)
    assert counter.sees(job).trouble is None
    assert counter.reports(job, 4, "printed", pages_done=2) == "printed"


def test_version_stays_while_nothing_changes(counter: Counter, job: str) -> None:
    """A page that polls is not drawn again for nothing."""
    counter.reports(job, 1, "printing")
    before = counter.sees(job).version
    counter.reports(job, 2, "printing")
    assert counter.sees(job).version == before


def test_pages_are_never_more_than_there_are(counter: Counter, job: str) -> None:
    """A printer that counts wrongly does not make the screen say page 7 of 2."""
    counter.reports(job, 1, "printing", pages_done=7)
    assert counter.sees(job).pages_done == 2


def test_unknown_state_is_refused(counter: Counter, job: str) -> None:
    """A word that is no state of the wire is refused."""
    with pytest.raises(Invalid):
        counter.reports(job, 1, "waiting")


def test_foreign_terminal_sees_nothing(counter: Counter, job: str) -> None:
    """Another terminal is told that there is no such job, whatever it does with it."""
    assert counter.wants(OTHER_TERMINAL) == []
    with pytest.raises(NotFound, match="print_job_not_found"):
        counter.reports(job, 1, "printed", terminal_id=OTHER_TERMINAL)
    with (
        counter.database.reading() as session,
        pytest.raises(NotFound, match="print_job_not_found"),
    ):
        queries.job_for_terminal(session, OTHER_TERMINAL, job)


def test_terminal_sees_no_personal_data(counter: Counter, job: str) -> None:
    """What a printer's panel may show is the service's name, and nothing of the person."""
    with counter.database.reading() as session:
        told = queries.job_for_terminal(session, TERMINAL, job)
    assert told.title == "社会保险个人参保证明"
    assert (told.kind, told.media_type, told.copies) == ("a4", "application/pdf", 1)
    assert "测试" not in repr(told)


def test_ended_job_is_not_given_out(counter: Counter, job: str) -> None:
    """A document whose job has ended cannot be fetched again."""
    counter.reports(job, 1, "printed", pages_done=2)
    with counter.database.reading() as session, pytest.raises(Conflict, match="print_job_over"):
        queries.job_for_terminal(session, TERMINAL, job)


def test_job_is_wanted_until_it_prints(counter: Counter, job: str) -> None:
    """After a crash the terminal still finds what it took, but not what it began to print."""
    counter.reports(job, 1, "taken")
    assert counter.wants() == [("print_a4", job)]
    counter.reports(job, 2, "printing")
    assert counter.wants() == []


def test_unknown_is_settled_by_the_person(counter: Counter, job: str) -> None:
    """Nobody but the person can say whether a lost job came out; that ends it."""
    counter.reports(job, 1, "unknown")
    assert says(counter, job, came_out=True) is JobState.PRINTED
    assert says(counter, job, came_out=True) is JobState.PRINTED
    assert len(counter.audited("print.settled")) == 1


def test_person_may_say_no_to_a_printer_that_says_yes(counter: Counter, job: str) -> None:
    """A job that the printer calls printed stays so, and the no opens a second print."""
    counter.reports(job, 1, "printed", pages_done=2)
    assert not counter.sees(job).may_print_again
    assert says(counter, job, came_out=False) is JobState.PRINTED
    assert counter.sees(job).may_print_again


def test_nobody_is_asked_before_the_end(counter: Counter, job: str) -> None:
    """While a job is on its way, whether it came out is no question."""
    counter.reports(job, 1, "printing")
    with pytest.raises(WrongState):
        says(counter, job, came_out=True)


@pytest.mark.policy("P52")
def test_nothing_comes_out_for_the_next_person(counter: Counter) -> None:
    """A job that has not begun when its visit ends is taken back."""
    person, _, job = counter.comes_to_paper(AYGUL)
    leaves(counter, person)
    assert counter.wants() == [("cancel_print", job)]
    counter.reports(job, 1, "not_printed")
    assert counter.wants() == []


def test_sheet_in_the_rollers_is_let_finish(counter: Counter) -> None:
    """What is being printed when the person leaves comes out, and no slip follows it."""
    person, _, job = counter.comes_to_paper(AYGUL)
    counter.reports(job, 1, "printing")
    leaves(counter, person)
    assert counter.wants() == []
    counter.reports(job, 2, "printed", pages_done=2)
    counter.works()
    assert counter.wants() == []


def falls_silent(counter: Counter) -> None:
    with counter.database.unit_of_work() as session:
        assert printing.settle_silent(session) == 1


@pytest.mark.parametrize("reported", [None, "taken", "printing"])
def test_silence_makes_a_job_unknown(counter: Counter, job: str, reported: str | None) -> None:
    """After half an hour without a word nobody claims to know whether a paper came out."""
    if reported is not None:
        counter.reports(job, 1, reported)
    with clock.frozen(THREE_AT_NIGHT + timedelta(minutes=31)):
        falls_silent(counter)
        assert counter.sees(job).state is JobState.UNKNOWN


@pytest.mark.parametrize(
    ("word", "state"), [("printed", JobState.PRINTED), ("not_printed", JobState.NOT_PRINTED)]
)
def test_late_word_is_the_truth(counter: Counter, job: str, word: str, state: JobState) -> None:
    """A terminal whose line was dead for an hour is believed when it comes back, from its first."""
    with clock.frozen(THREE_AT_NIGHT + timedelta(minutes=31)):
        falls_silent(counter)
    with clock.frozen(THREE_AT_NIGHT + timedelta(hours=1)):
        assert counter.reports(job, 1, "taken") == "unknown"
        assert counter.reports(job, 2, "printing") == "unknown"
        assert counter.reports(job, 3, word) == state.value
        assert len(counter.audited("print.ended")) == 2


@pytest.mark.policy("P52")
def test_given_up_job_is_taken_back_from_a_terminal_that_returns(
    counter: Counter, job: str
) -> None:
    """Paper brought hours later does not bring out a sheet that nobody waits for any more."""
    counter.reports(job, 1, "printing", trouble="paper_out")
    with clock.frozen(THREE_AT_NIGHT + timedelta(minutes=31)):
        falls_silent(counter)
        assert counter.wants() == [("cancel_print", job)]
        counter.reports(job, 2, "not_printed")
        assert counter.wants() == []


@pytest.mark.policy("P52")
def test_who_left_while_the_paper_was_set_gets_none(counter: Counter) -> None:
    """A visit that ended before its paper was set leaves no job to the next person."""
    person = counter.starts()
    counter.chooses(person, "SAMPLE-RS-01")
    counter.places(person, AYGUL)
    counter.shows_face(person)
    case_id = counter.prepares(person).case_id
    leaves(counter, person)
    with pytest.raises(Refused, match="visit_over"):
        counter.prints(case_id)
    assert counter.wants() == []
