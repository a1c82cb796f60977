"""A phone before a terminal: signed in, named, its PIN typed; and a terminal with a scanner."""

import re

from flask import Flask
from werkzeug.test import TestResponse

from tests.support.kiosk_person import READY, Person, ready_terminal
from tests.support.phone import AYGUL, NUMBER, Program
from tests.support.showing import PIN
from tests.support.terminal_client import API, SignedTerminal

SCANNER = {"kind": "qr_scanner", "condition": "ready", "troubles": [], "details": {}}
_ADDRESS = re.compile(r"/m/at/([0-9A-Za-z_-]{22})")


def phone_of(app: Flask, who: dict[str, str] = AYGUL, number: str = NUMBER) -> Program:
    """A phone of *who*, proven by name, that may show for the next minutes."""
    program = Program(app, number).sign_in()
    assert program.prove(who).status_code == 200
    assert program.call("PUT", "/show-pin", json={"pin": PIN}).status_code == 204
    return program


def scanning(terminal: SignedTerminal) -> SignedTerminal:
    """Let *terminal* have a scanner beside all else."""
    return ready_terminal(terminal, [*READY, SCANNER])


def shown_by(phone: Program, **wanted: str) -> dict[str, str]:
    """A code that *phone* shows."""
    made = phone.call("POST", "/terminal-passes", json=wanted)
    assert made.status_code == 201, made.text
    told: dict[str, str] = made.get_json()
    return told


def seen(phone: Program, pass_id: str) -> dict[str, object]:
    """What *phone* says has become of it."""
    answer = phone.call("GET", f"/terminal-passes/{pass_id}")
    assert answer.status_code == 200, answer.text
    told: dict[str, object] = answer.get_json()
    return told


def scan(person: Person, text: str) -> TestResponse:
    """Hold *text* to the scanner of the page that is open."""
    found = re.search(r'data-module="scan-prompt" data-nonce="([^"]+)"', person.answer.text)
    assert found, person.path
    body = {
        "version": 1,
        "nonce": found.group(1),
        "text": text,
        "terminal": person.terminal.id,
        "scanned_at": "2026-11-21T19:03:12.402Z",
    }
    return person.terminal.post(f"{API}/scans", json_body=body)


def claimed(phone: Program, token: str) -> TestResponse:
    """Let *phone* say that it scanned a terminal's code."""
    return phone.call("POST", "/terminal-passes/scanned", json={"token": token})


def number_on(person: Person) -> str:
    """The two digits on the screen."""
    found = re.search(r'code-figure num"[^>]*>(\d\d)<', person.answer.text)
    assert found, person.path
    return found.group(1)
