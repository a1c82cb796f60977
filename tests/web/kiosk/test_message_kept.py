"""A technician's message on the waiting screen: in every language, until its end."""

from datetime import timedelta

import pytest
from flask import Flask

from kiosk_server.audit.services import Actor
from kiosk_server.commands import services
from kiosk_server.commands.rules import CommandKind, MessageText, Wish
from kiosk_server.core import clock
from tests.support.terminal_client import API, SignedTerminal, database_of
from tests.support.wire_samples import exchange

FIRST, SECOND = Actor(kind="staff", id="01first"), Actor(kind="staff", id="01second")


@pytest.mark.policy("P53", "P57")
def test_message_stands_beside_until_its_end(app: Flask) -> None:
    """Shown once the machine has taken it, Chinese first; gone by itself, and nowhere else."""
    terminal, other = SignedTerminal(app), SignedTerminal(app)
    for each in (terminal, other):
        well = exchange("heartbeats").requests[0].body
        assert each.post(f"{API}/heartbeats", json_body=well).status_code == 200
    wish = Wish(
        CommandKind.SHOW_MESSAGE,
        text=MessageText.PAPER_COMING,
        note_zh="十分钟后来加纸",
        note_ug="قەغەز",
        hours=4,
    )
    with database_of(app).unit_of_work() as session:
        order = services.ask(session, [terminal.id, other.id], wish, by=FIRST)
        services.approve(session, order.id, by=SECOND)
    assert "纸快用完了" not in terminal.get("/kiosk/").text
    (want,) = terminal.get(f"{API}/wants").get_json()["wants"]
    terminal.get(f"{API}/commands/{want['job']}")
    body = {"version": 1, "number": 1, "state": "done", "code": None, "facts": {}}
    said = {**body, "at": "2026-11-21T19:03:21.000Z"}
    assert terminal.post(f"{API}/commands/{want['job']}/answers", json_body=said).status_code == 200
    page = terminal.get("/kiosk/").text
    for words in (
        "纸快用完了，工作人员马上来加。 十分钟后来加纸",
        'lang="ug" dir="rtl"',
        "قەغەز",
        "Paper is",
    ):
        assert words in page
    assert "纸快用完了" not in other.get("/kiosk/").text
    with clock.frozen(clock.now() + timedelta(hours=5)):
        assert "纸快用完了" not in terminal.get("/kiosk/").text
