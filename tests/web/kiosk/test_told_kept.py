"""The screen says who was told of its trouble, and when; and never before it was done."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from flask import Flask

from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.gateways.sms_simulated import SimulatedPhones
from kiosk_server.terminals.rules import Condition
from kiosk_server.upkeep.calling import send_call
from kiosk_server.upkeep.evaluator import watch
from kiosk_server.upkeep.queries import notice_for
from tests.support.ailing import Ailing
from tests.support.kiosk_person import ready_terminal
from tests.support.terminal_client import API, SignedTerminal, database_of

AT_NIGHT = datetime.fromisoformat("2026-11-22T03:12:00+08:00")
WELL = {"condition": "ready", "troubles": [], "details": {}}
OUT = {"condition": "needs_attention", "troubles": ["paper_out"], "details": {}}


def says(terminal: SignedTerminal, printer: Mapping[str, object]) -> None:
    """The terminal tells how its printer is."""
    devices = [
        {"kind": "id_reader", **WELL},
        {"kind": "a4_printer", **printer},
        {"kind": "receipt_printer", **WELL},
    ]
    answer = terminal.post(f"{API}/states", json_body={"version": 1, "devices": devices})
    assert answer.status_code == 200


@pytest.mark.policy("P53")
def test_waiting_screen_says_when_the_keeper_was_told(counter: Flask) -> None:
    """Paper runs out at 03:12: at first only that, then that somebody was told, then nothing."""
    database = database_of(counter)
    with clock.frozen(AT_NIGHT):
        terminal = ready_terminal(SignedTerminal(counter))
        says(terminal, OUT)
        assert "已通知维护员" not in terminal.get("/kiosk/").text
    with clock.frozen(AT_NIGHT + timedelta(seconds=20)):
        watch(database)
        page = terminal.get("/kiosk/").text
        assert "打印机没纸了" in page
        assert "已通知维护员" not in page
        sent(database)
        assert "03:12 已通知维护员" in terminal.get("/kiosk/").text
    with clock.frozen(AT_NIGHT + timedelta(seconds=40)):
        says(terminal, WELL)
        assert "03:12 已通知维护员" in terminal.get("/kiosk/").text
    with clock.frozen(AT_NIGHT + timedelta(seconds=70)):
        watch(database)
        assert "已通知维护员" not in terminal.get("/kiosk/").text


def sent(database: Database) -> None:
    """The channel takes every message."""
    for call in Ailing(database).calls():
        send_call(database, SimulatedPhones(database), call.id)


def test_notice_is_of_the_device_asked_for(database: Database) -> None:
    """A printing page hears of its printer alone; warnings are no residents' business."""
    town = Ailing(database).open(centre=2)
    town.says("AT-0001", Condition.NEEDS_ATTENTION, "jam", "paper_low")
    town.says("AT-0002", Condition.LOW, "paper_low")
    town.wait(90)
    with database.reading() as session:
        found = notice_for(session, "AT-0001", device="a4_printer")
        assert found is not None
        assert (found.cause.kind, found.told_at) == ("jam", None)
        assert notice_for(session, "AT-0001", device="id_reader") is None
        assert notice_for(session, "AT-0002") is None
