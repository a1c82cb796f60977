"""Who may pass the kiosk's doors: terminals, with their own visit and its own forms."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from kiosk_server.audit.models import AuditEntry
from kiosk_server.settings import Settings
from kiosk_server.terminals.rules import WithdrawalReason
from kiosk_server.terminals.services import revoke
from kiosk_ui.surface import kiosk_surfaces
from tests.support.inspect_page import inspect
from tests.support.kiosk_person import Person, ready_terminal
from tests.support.terminal_client import TECHNICIAN, SignedTerminal, database_of

COOKIE = "kiosk_visit"


def refusals(app: Flask) -> list[dict[str, object]]:
    """The facts of every refused visit."""
    with database_of(app).reading() as session:
        wanted = select(AuditEntry).where(AuditEntry.event == "visit.refused")
        return [dict(entry.facts) for entry in session.scalars(wanted)]


def secret_of(person: Person) -> str:
    """The secret in the browser's cookie."""
    cookie = person.terminal.client.get_cookie(COOKIE, "127.0.0.1", "/kiosk/")
    assert cookie is not None
    return str(cookie.value)


def show_secret(terminal: SignedTerminal, secret: str) -> Person:
    """A person at *terminal* whose browser shows *secret*."""
    terminal.client.set_cookie(COOKIE, secret, domain="127.0.0.1", path="/kiosk/")
    return Person(terminal)


def test_without_a_terminal_the_first_page_says_so(counter: Flask) -> None:
    """`/kiosk/` seen directly is a 200 page that says that this is no terminal."""
    answer = counter.test_client().get("/kiosk/")
    assert answer.status_code == 200
    assert "自助机" in "".join(inspect(answer).h1)
    assert "/kiosk/start" not in answer.text


@pytest.mark.parametrize(
    "path", ["/kiosk/services", "/kiosk/card", "/kiosk/printing", "/kiosk/ended", "/kiosk/nowhere"]
)
def test_without_a_terminal_nothing_else_opens(counter: Flask, path: str) -> None:
    """Every other kiosk page answers 403 to a browser without a terminal's signature."""
    answer = counter.test_client().get(path)
    assert answer.status_code == 403
    inspect(answer)


def test_a_visit_of_another_terminal_is_refused(counter: Flask, person: Person) -> None:
    """A cookie carried to another terminal opens nothing, is taken away, and is audited."""
    person.start()
    secret = secret_of(person)
    thief = show_secret(ready_terminal(SignedTerminal(counter)), secret)
    answer = thief.open("/kiosk/services").answer
    assert answer.status_code == 403
    assert thief.terminal.client.get_cookie(COOKIE, "127.0.0.1", "/kiosk/") is None
    assert {"code": "wrong_terminal"} in refusals(counter)
    assert person.open("/kiosk/services").path == "/kiosk/services"


def test_an_ended_visit_is_refused(counter: Flask, person: Person) -> None:
    """A cookie of a visit that is over opens nothing, not even at its own terminal."""
    person.start()
    secret = secret_of(person)
    person.touch("/kiosk/end")
    assert person.path.startswith("/kiosk/ended?why=left")
    late = show_secret(person.terminal, secret)
    assert late.open("/kiosk/services").answer.status_code == 403
    assert {"code": "visit_over"} in refusals(counter)


@pytest.mark.policy("P52")
def test_the_last_page_empties_the_browser(person: Person) -> None:
    """The end takes every cookie away and tells the browser to empty its stores."""
    person.start().touch("/kiosk/end")
    assert person.answer.headers["Clear-Site-Data"] == '"cookies", "storage"'
    assert person.terminal.client.get_cookie(COOKIE, "127.0.0.1", "/kiosk/") is None
    assert "csrf_token" not in person.answer.text


def test_a_form_without_its_token_does_nothing(person: Person) -> None:
    """A POST that did not come from our own page is refused in words."""
    person.start()
    answer = person.terminal.post("/kiosk/end", form={})
    assert answer.status_code == 400
    inspect(answer)
    assert person.open("/kiosk/services").path == "/kiosk/services"


def test_a_revoked_terminal_is_out_at_once(counter: Flask, person: Person) -> None:
    """The next page of a revoked terminal is refused."""
    person.start()
    with database_of(counter).unit_of_work() as session:
        revoke(session, person.terminal.id, by=TECHNICIAN, reason=WithdrawalReason.STOLEN)
    assert person.terminal.get("/kiosk/services").status_code == 403


def test_a_page_that_does_not_exist_is_told_in_words(person: Person) -> None:
    """An unknown address within a visit is a page with a way home."""
    assert person.start().open("/kiosk/nowhere").answer.status_code == 404
    assert "/kiosk/services" in person.page.links


def test_start_begins_anew_and_ends_who_was_left_behind(person: Person) -> None:
    """One visit at a time: a new start on the same machine ends the one before it."""
    person.start()
    first = secret_of(person)
    person.terminal.client.delete_cookie(COOKIE, domain="127.0.0.1", path="/kiosk/")
    person.start("ug")
    assert secret_of(person) != first
    assert show_secret(person.terminal, first).open("/kiosk/services").answer.status_code == 403


def test_the_pattern_book_is_for_developers(counter: Flask, settings: Settings) -> None:
    """Every component can be looked at in development; in production there is no such page."""
    assert counter.test_client().get("/kiosk/pattern-book?language=ug&size=xl").status_code == 200
    production = kiosk_surfaces(replace(settings, environment="production"))
    assert "pattern_book" not in {surface.name for surface in production}
