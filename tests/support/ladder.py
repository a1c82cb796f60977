"""What stories of the fallback ladder share: help at the desk, codes of numbers, counts."""

import re

from flask import Flask
from sqlalchemy import select

from kiosk_server.outbox.dispatcher import Dispatcher
from kiosk_server.reactions import HANDLERS, Context
from kiosk_server.settings import Settings
from kiosk_server.visits.models import FailedStep
from tests.support.kiosk_person import Person
from tests.support.terminal_client import database_of


def let_worker_work(app: Flask, settings: Settings) -> None:
    """Carry out what waits in the outbox."""
    database = database_of(app)
    dispatcher = Dispatcher(database, HANDLERS, Context(database, settings))
    while dispatcher.work_one():
        pass


def counted(app: Flask) -> dict[tuple[str, str], int]:
    """Failures by step and reason, of all terminals and days."""
    with database_of(app).reading() as session:
        return {(row.step, row.reason): row.count for row in session.scalars(select(FailedStep))}


def offered(person: Person) -> list[str]:
    """The addresses of the ways that the page offers, in order."""
    return re.findall(r'<a class="choice" href="([^"]+)"', person.answer.text)


def card_fails(person: Person, code: str) -> Person:
    """The reader fails; the page's script sends why."""
    person.open("/kiosk/card")
    return person.touch("/kiosk/card/failed", code=code)


def help_code(person: Person) -> str:
    """The number on the screen that staff types."""
    found = re.search(r'class="code-figure num"[^>]*>(\d{3}) (\d{3})<', person.answer.text)
    assert found, (person.path, person.page.h1)
    return found[1] + found[2]
