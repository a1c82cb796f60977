"""Nobody jumps ahead, and a second touch does nothing twice."""

import pytest
from sqlalchemy import func, select

from kiosk_server.cases.models import Case
from kiosk_server.printing.models import PrintJob
from kiosk_server.ratings.models import Rating
from tests.support.kiosk_person import AYGUL, Person
from tests.support.terminal_client import database_of

INSURANCE, ESTATE = "SAMPLE-RS-01", "SAMPLE-ZR-01"


def count(person: Person, table: type[Case] | type[PrintJob] | type[Rating]) -> int:
    """How many rows *table* has."""
    with database_of(person.terminal.app).reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def decided(person: Person) -> Person:
    """A person whose case is decided."""
    return person.start().agree(INSURANCE).place_card(AYGUL).prove_by_face()


@pytest.mark.parametrize(
    "path",
    ["/kiosk/purpose", "/kiosk/proof", "/kiosk/decision", "/kiosk/printing", "/kiosk/rating"],
)
def test_pages_ahead_lead_back_to_what_is_due(person: Person, path: str) -> None:
    """An address typed by hand leads to the step that is due."""
    assert person.start().open(path).path == "/kiosk/services"
    assert person.agree(INSURANCE).open(path).path == "/kiosk/card"


def test_without_a_visit_every_page_leads_to_the_waiting_screen(person: Person) -> None:
    """A page of a visit that was never begun is the waiting screen."""
    assert person.open("/kiosk/decision").path == "/kiosk/"


def test_deeds_ahead_are_not_done(person: Person) -> None:
    """A deed of a later step, with a good token, does nothing before its time."""
    person.start().agree(INSURANCE)
    _, fields = person.form("/kiosk/end")
    answer = person.terminal.post("/kiosk/deciding", form=fields)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/kiosk/card"
    assert count(person, Case) == 0


def test_a_card_alone_is_not_enough(person: Person) -> None:
    """Without the second proof that the item names, nothing is decided."""
    person.start().agree(INSURANCE).place_card(AYGUL)
    _, fields = person.form("/kiosk/end")
    assert (
        person.terminal.post("/kiosk/deciding", form=fields).headers["Location"] == "/kiosk/proof"
    )
    assert count(person, Case) == 0


def test_printing_twice_is_one_job(person: Person) -> None:
    """Two touches of print ask for one sheet."""
    decided(person)
    address, fields = person.form("/kiosk/decision/print")
    for _ in range(2):
        assert person.terminal.post(address, form=fields).headers["Location"] == "/kiosk/printing"
    assert count(person, PrintJob) == 1
    assert count(person, Case) == 1


def test_paper_on_its_way_closes_the_rest(person: Person) -> None:
    """While a job is open there is no other service and no second decision."""
    decided(person).touch("/kiosk/decision/print")
    for path in ("/kiosk/services", "/kiosk/decision", "/kiosk/card"):
        assert person.open(path).path == "/kiosk/printing"


def test_rating_twice_keeps_the_first(person: Person) -> None:
    """A rating that stands is not changed by a second touch."""
    decided(person).touch("/kiosk/decision/print").print_whole()
    person.open("/kiosk/printing").touch("/kiosk/printing/came-out", answer="yes")
    address, fields = person.form("/kiosk/rating")
    assert "why=done" in person.terminal.post(address, form={**fields, "level": "1"}).location
    person.terminal.post(address, form={**fields, "level": "5"})
    assert count(person, Rating) == 1


@pytest.mark.policy("P40")
def test_nothing_is_chosen_beforehand_and_skipping_is_one_touch(person: Person) -> None:
    """No level is preselected; not rating ends the visit as rating does."""
    decided(person).touch("/kiosk/decision/print").print_whole()
    person.open("/kiosk/printing").touch("/kiosk/printing/came-out", answer="yes")
    assert "checked" not in person.answer.text
    person.touch("/kiosk/rating/skip")
    assert "why=done" in person.path
    assert count(person, Rating) == 0


def test_a_purpose_and_a_promise_are_wanted(person: Person) -> None:
    """What is missing is said on the page; what was chosen stays chosen."""
    person.start().agree(ESTATE)
    assert person.path == "/kiosk/purpose"
    person.touch("/kiosk/purpose", promise="yes")
    assert "请选一个用途" in person.answer.text
    person.touch("/kiosk/purpose", purpose="loan")
    assert "请点一下承诺" in person.answer.text
    assert 'value="loan" required checked' in person.answer.text
    assert person.touch("/kiosk/purpose", purpose="loan", promise="yes").path == "/kiosk/card"
    person.place_card(AYGUL).prove_by_face()
    assert person.path == "/kiosk/decision"


def test_another_service_needs_no_second_card(person: Person) -> None:
    """Who has proven herself once may do a second errand in the same visit."""
    decided(person).agree("SAMPLE-GJJ-01")
    assert person.path == "/kiosk/deciding"
    assert person.touch("/kiosk/deciding").path == "/kiosk/decision"
    assert count(person, Case) == 2


@pytest.mark.policy("P20")
def test_a_human_can_be_asked_for(person: Person) -> None:
    """The decision names the window where a person looks at it, and keeps that it was asked."""
    decided(person).touch("/kiosk/decision/human")
    assert person.path.startswith("/kiosk/window")
    with database_of(person.terminal.app).reading() as session:
        assert session.scalars(select(Case)).one().human_asked_at is not None
