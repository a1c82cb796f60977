"""The visit's mark: planted where a browser could keep something, told to the host, then gone."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from kiosk_server.visits.models import Visit
from tests.support.kiosk_person import AYGUL, Person
from tests.support.terminal_client import database_of

pytestmark = pytest.mark.policy("P52")

ITEM = "SAMPLE-RS-01"
HEADER = "Kiosk-Visit"
FORM = re.compile(r'<form\b[^>]*method="post"[^>]*>.*?</form>', re.DOTALL)


def _cookie(person: Person) -> str | None:
    found = person.terminal.client.get_cookie("kiosk_mark", "127.0.0.1", "/kiosk/")
    return None if found is None else str(found.value)


def _checked(person: Person, mark: str) -> Person:
    """The page is the visit's: its forms hold the mark, its answer names it, no cache keeps it."""
    text = person.answer.text
    assert person.answer.headers[HEADER] == mark, person.path
    assert person.answer.headers["Cache-Control"] == "no-store", person.path
    assert any(mark in form for form in FORM.findall(text)), person.path
    assert mark not in person.path
    return person


def test_every_page_of_a_visit_is_marked_and_kept_by_no_cache(person: Person) -> None:
    """From the first page to the rating; the paper bears the mark in its file."""
    person.start()
    mark = _cookie(person)
    assert mark is not None
    assert re.fullmatch("[0-9a-f]{32}", mark)
    _checked(person, mark)
    _checked(person.agree(ITEM), mark)
    _checked(person.place_card(AYGUL), mark)
    _checked(person.prove_by_face(), mark)
    _checked(person.touch("/kiosk/decision/print"), mark)
    state = person.terminal.get("/kiosk/printing/state")
    assert (state.headers["Cache-Control"], state.headers[HEADER]) == ("no-store", mark)
    job = next(want["job"] for want in person.wants() if want["kind"] == "print_a4")
    assert mark.encode() in person.document(job)
    person.print_whole()
    _checked(person.open("/kiosk/printing"), mark)
    _checked(person.touch("/kiosk/printing/came-out", answer="yes"), mark)


def test_two_visits_have_two_marks_and_none_outlives_its_visit(
    counter: Flask, person: Person
) -> None:
    """A mark is random, told to be over at the end, and kept in no row afterwards."""
    person.start()
    first = _cookie(person)
    person.touch("/kiosk/end")
    assert person.answer.headers[HEADER] == "over"
    assert _cookie(person) is None
    person.start()
    assert _cookie(person) not in (None, first)
    with database_of(counter).reading() as session:
        kept = set(session.scalars(select(Visit.mark)))
    assert kept == {None, _cookie(person)}


def test_without_a_visit_the_host_is_told_so(person: Person) -> None:
    """The waiting screen says that none goes on; during a visit it leads back and says nothing."""
    assert person.open("/kiosk/").answer.headers[HEADER] == "over"
    person.start()
    assert HEADER not in person.terminal.get("/kiosk/").headers


def test_a_refused_form_does_not_end_the_visit_for_the_host(person: Person) -> None:
    """A page that was refused before its visit was looked up says nothing of visits."""
    person.start()
    answer = person.terminal.post("/kiosk/end", form={})
    assert answer.status_code == 400
    assert answer.headers.get(HEADER) != "over"
