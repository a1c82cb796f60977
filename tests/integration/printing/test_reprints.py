"""The second print: a right for 24 hours, bound to the person, used once, marked 重打."""

from datetime import timedelta

import pytest

from kiosk_server.certificates import queries as certificates
from kiosk_server.core import clock
from kiosk_server.core.errors import NotFound, Refused
from kiosk_server.printing import reprints
from kiosk_server.printing.models import PrintJob, ReprintRight
from kiosk_server.printing.reprints import (
    Granted,
    ReprintCodeWrong,
    ReprintFound,
    ReprintLocked,
    ReprintVisitEnded,
)
from kiosk_server.results import paper
from kiosk_server.visits import services as visits
from kiosk_server.visits.card_reads import CardReadRefused, CardReadTaken
from kiosk_server.visits.models import Visit
from tests.support.at_once import at_once
from tests.support.counter import (
    AYGUL,
    MEMET,
    ORIGIN,
    OTHER_TERMINAL,
    THREE_AT_NIGHT,
    Counter,
    Person,
)


@pytest.fixture
def failed(counter: Counter) -> tuple[Person, str, str]:
    """Person, case and job of a sheet that jammed."""
    person, case_id, job_id = counter.comes_to_paper(AYGUL)
    counter.reports(job_id, 1, "not_printed", trouble="jam")
    return person, case_id, job_id


def grants(counter: Counter, job_id: str) -> Granted:
    with counter.database.unit_of_work() as session:
        return reprints.grant(session, job_id)


def types(counter: Counter, person: Person, code: str) -> object:
    with counter.database.unit_of_work() as session:
        return reprints.redeem(session, session.get_one(Visit, person.visit_id), code)


def shows_card(
    counter: Counter, person: Person, card: dict[str, str]
) -> CardReadTaken | CardReadRefused:
    with counter.database.unit_of_work() as session:
        visit = session.get_one(Visit, person.visit_id)
        visits.consent(session, visit, text_version="reprint/notice/1")
    return counter.places(person, card)


def reprints_for(counter: Counter, person: Person) -> str:
    return paper.reprint(counter.database, counter.press, origin=ORIGIN, visit_id=person.visit_id)


def test_second_print_at_another_terminal(
    counter: Counter, failed: tuple[Person, str, str]
) -> None:
    """Code and the same card bring the same proof out at another terminal, marked 重打."""
    _, case_id, first_job = failed
    granted = grants(counter, first_job)
    later = counter.starts(terminal=OTHER_TERMINAL)
    assert types(counter, later, f"{granted.code[:4]} {granted.code[4:]}") == ReprintFound(
        granted.right_id
    )
    assert isinstance(shows_card(counter, later, AYGUL), CardReadTaken)
    second_job = reprints_for(counter, later)
    first, second = counter.press.papers
    assert second.reprint
    assert not first.reprint
    assert second.document_number == first.document_number
    assert second.terminal == OTHER_TERMINAL
    assert counter.sees(second_job).reprint
    with counter.database.reading() as session:
        certificate = certificates.certificate_of_case(session, case_id)
        assert certificate is not None
        documents = certificates.documents_of(session, certificate.id)
        assert len({document.digest for document in documents}) == 2


def test_code_alone_prints_nothing(counter: Counter, failed: tuple[Person, str, str]) -> None:
    """Before the card is read the code is worth nothing."""
    granted = grants(counter, failed[2])
    later = counter.starts()
    types(counter, later, granted.code)
    with pytest.raises(Refused, match="card_first"):
        reprints_for(counter, later)


def test_code_with_another_persons_card(counter: Counter, failed: tuple[Person, str, str]) -> None:
    """Whoever found the slip cannot print with a card of his own; the refusal is audited."""
    granted = grants(counter, failed[2])
    later = counter.starts()
    types(counter, later, granted.code)
    assert shows_card(counter, later, MEMET) == CardReadRefused("not_this_card")
    assert counter.refusals("visit.card_read_refused") == ["not_this_card"]
    with pytest.raises(Refused, match="card_first"):
        reprints_for(counter, later)


def test_right_is_used_once(counter: Counter, failed: tuple[Person, str, str]) -> None:
    """A right that was used opens nothing any more."""
    granted = grants(counter, failed[2])
    later = counter.starts()
    types(counter, later, granted.code)
    shows_card(counter, later, AYGUL)
    reprints_for(counter, later)
    with pytest.raises(Refused, match="reprint_used"):
        reprints_for(counter, later)
    assert types(counter, counter.starts(), granted.code) == ReprintCodeWrong(4)


def test_right_lasts_a_day(counter: Counter, failed: tuple[Person, str, str]) -> None:
    """24 hours later the code is unknown."""
    granted = grants(counter, failed[2])
    with clock.frozen(THREE_AT_NIGHT + timedelta(hours=24)):
        assert types(counter, counter.starts(), granted.code) == ReprintCodeWrong(4)


def test_new_code_replaces_the_old(counter: Counter, failed: tuple[Person, str, str]) -> None:
    """Who asks for the code again gets another, and the first is worthless."""
    first, second = grants(counter, failed[2]), grants(counter, failed[2])
    assert first.right_id == second.right_id
    assert types(counter, counter.starts(), first.code) == ReprintCodeWrong(4)
    assert types(counter, counter.starts(), second.code) == ReprintFound(second.right_id)


def test_five_wrong_codes_end_the_visit(counter: Counter) -> None:
    """Guessing ends after five tries, each of them audited."""
    person = counter.starts()
    for left in (4, 3, 2, 1):
        assert types(counter, person, "00000000") == ReprintCodeWrong(left)
    assert types(counter, person, "not a code") == ReprintVisitEnded()
    with counter.database.reading() as session:
        assert session.get_one(Visit, person.visit_id).end_reason == "codes"
    assert counter.refusals("print.reprint_refused") == ["reprint_code_wrong"] * 5


def test_guessing_on_in_new_visits_locks_the_terminal(counter: Counter) -> None:
    """A new visit does not begin the count of the terminal anew."""
    for _ in range(6):
        person = counter.starts()
        for _ in range(5):
            types(counter, person, "00000000")
    assert isinstance(types(counter, counter.starts(), "00000000"), ReprintLocked)


def test_locked_terminal_tells_no_right_code_from_a_wrong_one(
    counter: Counter, failed: tuple[Person, str, str]
) -> None:
    """Past the limit a right code is answered like a wrong one; another terminal still takes it."""
    granted = grants(counter, failed[2])
    for _ in range(6):
        person = counter.starts()
        for _ in range(5):
            types(counter, person, "00000000")
    guesser = counter.starts()
    assert isinstance(types(counter, guesser, granted.code), ReprintLocked)
    assert isinstance(types(counter, guesser, "00000000"), ReprintLocked)
    elsewhere = counter.starts(terminal=OTHER_TERMINAL)
    assert types(counter, elsewhere, granted.code) == ReprintFound(granted.right_id)


def test_nothing_to_print_again(counter: Counter) -> None:
    """While a sheet is on its way, or came out, no second one can be had."""
    _, _, job_id = counter.comes_to_paper(AYGUL)
    with pytest.raises(Refused, match="reprint_not_open"):
        grants(counter, job_id)
    counter.reports(job_id, 1, "printed", pages_done=2)
    with pytest.raises(Refused, match="reprint_not_open"):
        grants(counter, job_id)


def test_job_in_trouble_is_taken_back(counter: Counter) -> None:
    """Who takes the code instead of waiting leaves no sheet that comes out later for others."""
    _, _, job_id = counter.comes_to_paper(AYGUL)
    counter.reports(job_id, 1, "printing", trouble="paper_out", pages_done=1)
    grants(counter, job_id)
    assert counter.wants() == [("cancel_print", job_id)]


def test_again_at_once_without_a_code(counter: Counter, failed: tuple[Person, str, str]) -> None:
    """The same person at the same machine prints again at once; the sheet says 重打 too."""
    person, _, job_id = failed
    again = paper.print_again(
        counter.database, counter.press, origin=ORIGIN, visit_id=person.visit_id, job_id=job_id
    )
    assert counter.sees(again).reprint
    assert counter.press.papers[-1].reprint
    with pytest.raises(Refused, match="reprint_used"):
        paper.print_again(
            counter.database,
            counter.press,
            origin=ORIGIN,
            visit_id=person.visit_id,
            job_id=job_id,
        )


def test_no_printing_again_for_another_visit(
    counter: Counter, failed: tuple[Person, str, str]
) -> None:
    """The next person cannot print what failed for the last one."""
    later = counter.starts()
    with pytest.raises(Refused, match="card_first"):
        paper.print_again(
            counter.database,
            counter.press,
            origin=ORIGIN,
            visit_id=later.visit_id,
            job_id=failed[2],
        )


def test_code_is_not_stored(counter: Counter, failed: tuple[Person, str, str]) -> None:
    """Of the code only a keyed digest is kept."""
    granted = grants(counter, failed[2])
    with counter.database.reading() as session:
        right = session.get_one(ReprintRight, granted.right_id)
        assert right.code_mac is not None
    assert granted.code not in right.code_mac
    assert len(right.code_mac) == 64


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_two_presses_at_once_print_once(counter: Counter, failed: tuple[Person, str, str]) -> None:
    """Two requests with one right at the same moment bring out one sheet."""
    granted = grants(counter, failed[2])
    later = counter.starts()
    types(counter, later, granted.code)
    shows_card(counter, later, AYGUL)

    def press() -> str:
        with clock.frozen(THREE_AT_NIGHT):
            try:
                return reprints_for(counter, later)
            except Refused as refusal:
                return refusal.code

    outcomes = at_once(press, press)
    assert outcomes.count("reprint_used") == 1
    with counter.database.reading() as session:
        again = session.query(PrintJob).where(PrintJob.reprint.is_(True)).count()
    assert again == 1


def test_right_of_another_person_in_a_visit(
    counter: Counter, failed: tuple[Person, str, str]
) -> None:
    """Whoever proved himself in a visit cannot go on in it as the person of a found code."""
    granted = grants(counter, failed[2])
    finder = counter.starts()
    counter.chooses(finder, "SAMPLE-RS-01")
    counter.places(finder, MEMET)
    counter.shows_face(finder)
    with pytest.raises(Refused, match="not_this_card"):
        types(counter, finder, granted.code)


def test_item_after_a_code(counter: Counter, failed: tuple[Person, str, str]) -> None:
    """Who typed a code and then chooses an item is asked what that item asks, by its own notice."""
    granted = grants(counter, failed[2])
    later = counter.starts()
    types(counter, later, granted.code)
    counter.chooses(later, "SAMPLE-GJJ-01")
    assert isinstance(counter.places(later, MEMET), CardReadTaken)
    with pytest.raises(NotFound):
        reprints_for(counter, later)
