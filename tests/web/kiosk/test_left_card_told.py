"""A card left on the reader stands on the next page, whatever script the browser runs."""

import pytest
from flask import Flask

from tests.support.kiosk_person import Person, ready_terminal
from tests.support.terminal_client import API, SignedTerminal

INSURANCE = "SAMPLE-RS-01"
WELL = {"condition": "ready", "troubles": [], "details": {}}


def says(terminal: SignedTerminal, condition: str, *troubles: str) -> None:
    """The terminal tells how its reader is."""
    reader = {"kind": "id_reader", "condition": condition, "troubles": troubles, "details": {}}
    told = {"version": 1, "devices": [reader, {"kind": "a4_printer", **WELL}]}
    assert terminal.post(f"{API}/states", json_body=told).status_code == 200


@pytest.mark.policy("P37", "P39")
@pytest.mark.parametrize(
    ("condition", "trouble", "stage"),
    [("ready", "card_left", "left"), ("low", "card_forgotten", "forgotten")],
)
def test_the_waiting_screen_says_it_and_serves(
    counter: Flask, condition: str, trouble: str, stage: str
) -> None:
    """The line stands there while the card does, and the languages to begin in with it."""
    terminal = ready_terminal(SignedTerminal(counter))
    says(terminal, condition, trouble)
    page = terminal.get("/kiosk/").text

    assert f'data-stage="{stage}"' in page
    assert 'value="ug"' in page

    says(terminal, "ready")

    assert 'data-stage="none"' in terminal.get("/kiosk/").text


def test_the_last_page_says_it(counter: Flask) -> None:
    """Who comes to the last page with his card still lying there is told."""
    terminal = ready_terminal(SignedTerminal(counter))
    says(terminal, "ready", "card_left")

    assert 'data-stage="left"' in terminal.get("/kiosk/ended?why=done&language=ug").text


def test_where_a_card_is_awaited_another_s_is_told(counter: Flask) -> None:
    """The next person learns that the card on the reader must go first."""
    terminal = ready_terminal(SignedTerminal(counter))
    says(terminal, "low", "card_forgotten")
    person = Person(terminal).start().agree(INSURANCE)

    assert 'data-stage="forgotten"' in person.open("/kiosk/card").answer.text
