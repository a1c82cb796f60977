"""The page of a ticket: what its holder sees, that it names nobody, and that it is not guessed."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kiosk_server.audit.services import SYSTEM
from kiosk_server.bookings.life import Channel
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.identifiers import new_token
from kiosk_server.public import guessing
from kiosk_server.queue import calling, services
from kiosk_server.queue.models import QueueTicket
from kiosk_server.queue.tokens import token_of
from tests.support.booking import GROUP, NOON, SITE, BookedSite
from tests.support.inspect_page import faults_of
from tests.support.queue_hall import Hall, at

WINDOW = "atushi-centre-1"


@dataclass
class Queue:
    """A hall, and the addresses of its tickets."""

    hall: Hall

    def address(self, ticket_id: str) -> str:
        """The address of a ticket's page."""
        with self.hall.site.database.reading() as session:
            return f"/q/{token_of(session, ticket_id)}"


@pytest.fixture
def queue(app: Flask, database: Database) -> Iterator[Queue]:
    """Five minutes past ten at the centre."""
    with clock.frozen(NOON):
        hall = Hall(BookedSite.open(database))
    with clock.frozen(at(5)):
        yield Queue(hall)


def proper(answer: TestResponse, status: int = 200) -> str:
    """The text of a page in which nothing is wrong."""
    assert answer.status_code == status
    policy = answer.headers["Content-Security-Policy"]
    assert faults_of(answer.text, policy, help_phone="") == []
    return answer.text


def leave(client: FlaskClient, address: str) -> int:
    """Press the button that gives the ticket back."""
    token = client.get(address).text.split('name="csrf_token" value="')[1].split('"')[0]
    return client.post(address, data={"csrf_token": token}).status_code


@pytest.mark.parametrize("language", ["zh", "ug", "en"])
def test_a_ticket_says_how_things_stand(client: FlaskClient, queue: Queue, language: str) -> None:
    """How many are before one and a wait as a range; then the window, or what became of it."""
    booked = queue.hall.checks_in(0, queue.hall.books(1))
    first, mine = queue.hall.takes(0), queue.hall.takes(1)
    address = f"{queue.address(mine)}?lang={language}"
    page = proper(client.get(address))
    assert "A003" in page
    assert "30–55" in page
    assert "居民" not in page
    assert queue.hall.calls(3, WINDOW) == booked
    queue.hall.finishes(4, booked)
    assert proper(client.get(f"{queue.address(booked)}?lang={language}"))
    assert queue.hall.calls(4, WINDOW) == first
    queue.hall.finishes(5, first)
    assert "2–" not in proper(client.get(address))
    assert queue.hall.calls(5, WINDOW) == mine
    called = proper(client.get(address))
    assert "data-called" in called
    for verb in (calling.park, calling.recall, calling.miss):
        with queue.hall.site.database.unit_of_work() as session:
            verb(session, mine, by=SYSTEM)
        assert proper(client.get(address))


def test_a_page_that_has_not_changed_is_not_sent(client: FlaskClient, queue: Queue) -> None:
    """The ETag holds while state, place and minute do."""
    address = queue.address(queue.hall.takes(0))
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    queue.hall.calls(5, WINDOW)
    changed = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert 'http-equiv="refresh"' in first.text


def test_a_ticket_is_given_back_once(client: FlaskClient, queue: Queue) -> None:
    """With its button, never by opening the address; who is called already sees his window."""
    one, other = queue.hall.takes(0), queue.hall.takes(1)
    address = queue.address(one)
    assert leave(client, address) == 303
    assert "这个号已退" in proper(client.get(address))
    assert "csrf_token" not in client.get(address).text
    last = queue.address(other)
    token = client.get(last).text.split('name="csrf_token" value="')[1].split('"')[0]
    assert queue.hall.calls(5, WINDOW) == other
    assert client.post(last, data={"csrf_token": token}).status_code == 303
    assert "请到" in proper(client.get(last))
    assert client.post(last).status_code == 400


@pytest.mark.policy("P39")
def test_an_address_is_not_guessed(
    client: FlaskClient, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ids, labels and made-up tokens open a plain page of nothing; after some, one has to wait."""
    monkeypatch.setattr(guessing, "WRONG_PER_NEIGHBOURHOOD", 4)
    ticket = queue.hall.takes(0)
    for wrong in (ticket, "A001", new_token(128)):
        answer = client.get(f"/q/{wrong}")
        assert answer.status_code == 404
        assert "没有这个号" in proper(answer, 404)
    assert client.post("/q/A001").status_code == 400
    assert client.get(f"/q/{new_token(128)}").status_code == 404
    assert client.get(f"/q/{new_token(128)}").status_code == 429
    assert client.get(queue.address(ticket)).status_code == 200


def test_a_request_that_is_repeated_keeps_its_address(queue: Queue) -> None:
    """The address is made again from the ticket, and differs from every other."""
    with queue.hall.site.database.unit_of_work() as session:
        tokens = [
            services.take_ticket(
                session, SITE, GROUP, channel=Channel.KIOSK, by=SYSTEM, request_key=key * 64
            ).token
            for key in ("a", "a", "b")
        ]
        assert tokens[0] == tokens[1] != tokens[2]
        stored = {each.token_digest for each in session.query(QueueTicket)}
    assert not stored & set(tokens)
