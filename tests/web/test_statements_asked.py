"""How often the database is asked for what is asked most, and that one page is of one moment."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import event

from tests.support.staff_browser import StaffBrowser, database_of, seed
from tests.support.terminal_client import API, SignedTerminal
from tests.support.wire_samples import exchange

HEARTBEAT_STATEMENTS = 17
PAGE_STATEMENTS = 37


@contextmanager
def asked_of(app: Flask) -> Iterator[list[str]]:
    """Lend a list that grows by each transaction and each statement that the server begins."""
    asked: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        asked.append(statement)

    def begin(_: object) -> None:
        asked.append("BEGIN")

    engines = database_of(app).engines
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
        event.listen(engine, "begin", begin)
    try:
        yield asked
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
            event.remove(engine, "begin", begin)


def test_heartbeat_asks_no_more_than_it_must(app: Flask) -> None:
    """Thousands of terminals say every half minute that nothing has changed: that stays cheap."""
    terminal = SignedTerminal(app)
    body = exchange("heartbeats").requests[0].body
    assert terminal.post(f"{API}/heartbeats", json_body=body).status_code == 200
    with asked_of(app) as asked:
        assert terminal.post(f"{API}/heartbeats", json_body=body).status_code == 200
    assert len(asked) <= HEARTBEAT_STATEMENTS, "\n".join(asked)


def test_parts_of_a_page_share_one_look(app: Flask) -> None:
    """A terminal's page with all its panels reads in one transaction, beside that of the guard."""
    seed(app)
    terminal = SignedTerminal(app)
    body = exchange("heartbeats").requests[1].body
    assert terminal.post(f"{API}/heartbeats", json_body=body).status_code == 200
    technician = StaffBrowser(app).sign_in("weihu")
    with asked_of(app) as asked:
        assert technician.get(f"/staff/terminals/{terminal.id}").status_code == 200
    assert sum(statement == "BEGIN" for statement in asked) == 2
    assert len(asked) <= PAGE_STATEMENTS, "\n".join(asked)
