"""What terminals say of leavings of past visits: kept, judged, alerted, audited, shown."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from kiosk_server.audit.models import AuditEntry
from kiosk_server.terminals import queries
from kiosk_server.terminals.residue import residue_of
from kiosk_server.terminals.residue_rules import RESIDUE_FOUND, ResidueState
from kiosk_server.terminals.rules import Grade
from kiosk_server.upkeep.models import Alert
from kiosk_server.upkeep.wording import trouble_words
from tests.support.kiosk_person import READY
from tests.support.terminal_client import API, SignedTerminal, database_of

pytestmark = pytest.mark.policy("P52")

AT = "2026-11-21T19:12:31.000Z"
CLEAN: dict[str, Any] = {"state": "clean", "checked_at": AT, "found_in": [], "unseen": []}
FOUND = {**CLEAN, "state": "found", "found_in": ["browser_storage", "temp"]}
OVERDUE = {**CLEAN, "state": "not_checked", "unseen": ["logs"], "overdue": True}


@pytest.fixture
def terminal(app: Flask) -> SignedTerminal:
    """A terminal in service whose devices are all well."""
    return SignedTerminal(app)


def _say(terminal: SignedTerminal, residue: dict[str, Any] | None) -> None:
    body = {"version": 1, "software": "0.1.0", "devices": list(READY), "spool": {"open": 0}}
    body["clock_offset_seconds"] = 0.0
    if residue is not None:
        body["residue"] = residue
    answer = terminal.post(f"{API}/heartbeats", json_body=body)
    assert answer.status_code == 200, answer.text


def _alerts(app: Flask) -> set[tuple[str, str]]:
    with database_of(app).reading() as session:
        live = session.scalars(select(Alert).where(Alert.closed_at.is_(None)))
        return {(alert.kind, alert.severity) for alert in live}


def test_a_finding_stops_the_terminal(app: Flask, terminal: SignedTerminal) -> None:
    """No service is offered there, the list says stopped, the urgent alert is open at once."""
    _say(terminal, FOUND)
    with database_of(app).reading() as session:
        ability = queries.ability_at(session, terminal.id, needs={"a4_printer"})
        view = queries.find(session, terminal.id)
        (alert,) = session.scalars(select(Alert))
        opened, words = alert.opened_at, trouble_words(alert.cause)
    assert (ability.possible, ability.reasons) == (False, (RESIDUE_FOUND,))
    assert view is not None
    assert view.standing.grade is Grade.STOPPED
    assert _alerts(app) == {("residue_found", "urgent")}
    assert opened is not None
    assert words == "查到办事残留，已停止服务"


def test_a_clean_word_lets_it_work_again(app: Flask, terminal: SignedTerminal) -> None:
    """Found and gone are audited once each, with places and nothing else; repeats are not."""
    for word in (CLEAN, FOUND, FOUND, CLEAN, CLEAN):
        _say(terminal, word)
    with database_of(app).reading() as session:
        assert queries.ability_at(session, terminal.id, needs={"a4_printer"}).possible
        wanted = select(AuditEntry).where(AuditEntry.event.like("terminal.residue%"))
        entries = list(session.scalars(wanted.order_by(AuditEntry.id)))
    assert [entry.event for entry in entries] == ["terminal.residue_found", "terminal.residue_gone"]
    assert entries[0].facts == {"places": "browser_storage temp"}


def test_a_check_that_fails_for_too_long_is_told(app: Flask, terminal: SignedTerminal) -> None:
    """It works on, but somebody is told, by day; one that only just failed is no matter."""
    _say(terminal, {**OVERDUE, "overdue": False})
    assert _alerts(app) == set()
    _say(terminal, OVERDUE)
    assert _alerts(app) == {("residue_unchecked", "soon")}
    with database_of(app).reading() as session:
        assert queries.ability_at(session, terminal.id, needs={"a4_printer"}).possible


def test_an_older_terminal_says_nothing_of_it(app: Flask, terminal: SignedTerminal) -> None:
    """A heartbeat without the word changes nothing of what was said."""
    _say(terminal, None)
    with database_of(app).reading() as session:
        assert residue_of(session, terminal.id) is None
    _say(terminal, FOUND)
    _say(terminal, None)
    with database_of(app).reading() as session:
        view = residue_of(session, terminal.id)
    assert view is not None
    assert view.word.state is ResidueState.FOUND


@pytest.mark.parametrize(
    "odd", [{"state": "maybe"}, {"found_in": ["/tmp/name of a person"]}, {"found_in": ["x"] * 17}]
)
def test_other_words_are_refused(terminal: SignedTerminal, odd: dict[str, Any]) -> None:
    """Only enumerated words get in: a path could name a person."""
    body = {"version": 1, "software": "0.1.0", "devices": [], "spool": {"open": 0}}
    body |= {"clock_offset_seconds": 0.0, "residue": {**FOUND, **odd}}
    assert terminal.post(f"{API}/heartbeats", json_body=body).status_code == 422
