"""The code for a machine's screen, and what machines tell of checks, on both engines."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from kiosk_server.assets import checks
from kiosk_server.assets.machine_checks import MachineCheck, PointResult, keep_machine_check
from kiosk_server.assets.screen_codes import (
    ScreenRole,
    asked_by,
    code_for,
    screen_key,
    show_code,
    window_of,
)
from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import Actor
from kiosk_server.core import clock
from kiosk_server.core.errors import NotFound
from kiosk_server.terminals.models import Terminal
from tests.support.counter import OTHER_TERMINAL, TERMINAL, Counter


def _signing(counter: Counter, terminal: str, key_id: str) -> None:
    with counter.database.unit_of_work() as session:
        session.get_one(Terminal, terminal).key_id = key_id


def _word(counter: Counter, at: datetime, window: int | None) -> MachineCheck:
    results = [
        PointResult("a4_printer", "page", "pass", None, None),
        PointResult("receipt_printer", "slip", "fail", "paper_out", None),
    ]
    return MachineCheck("check-0001", "self_test", ScreenRole.TECHNICIAN, window, at, results)


@pytest.mark.policy("P63")
def test_a_code_is_one_terminal_s_one_role_s_and_one_window_s(counter: Counter, by: Actor) -> None:
    """Terminal, signing key, role and window each make another code; who asked is kept."""
    _signing(counter, TERMINAL, "key-one")
    _signing(counter, OTHER_TERMINAL, "key-two")
    with counter.database.unit_of_work() as session:
        shown = show_code(session, TERMINAL, role=ScreenRole.TECHNICIAN, by=by)
        key, other = screen_key(session, TERMINAL).key, screen_key(session, OTHER_TERMINAL).key
    now = window_of(clock.now())
    plain = shown.code.replace(" ", "")
    assert len(plain) == 8
    assert plain == code_for(key, ScreenRole.TECHNICIAN, now)
    _signing(counter, TERMINAL, "key-anew")
    with counter.database.reading() as session:
        anew = screen_key(session, TERMINAL).key
        assert asked_by(session, TERMINAL, role=ScreenRole.TECHNICIAN, window=now) == [by.id]
        assert asked_by(session, TERMINAL, role=ScreenRole.KEEPER, window=now) == []
    assert plain not in {
        code_for(key, ScreenRole.KEEPER, now),
        code_for(key, ScreenRole.TECHNICIAN, now + 1),
        code_for(other, ScreenRole.TECHNICIAN, now),
        code_for(anew, ScreenRole.TECHNICIAN, now),
    }
    assert timedelta(hours=2) < shown.good_until - clock.now() <= timedelta(hours=4)


def test_a_terminal_without_a_key_has_no_code(counter: Counter, by: Actor) -> None:
    """A number that nobody has enrolled with opens no screen."""
    with counter.database.unit_of_work() as session:
        session.get_one(Terminal, TERMINAL).key_id = None
        with pytest.raises(NotFound):
            show_code(session, TERMINAL, role=ScreenRole.TECHNICIAN, by=by)


@pytest.mark.policy("P63")
def test_a_check_made_without_the_line_names_who_was_shown_the_code(
    counter: Counter, by: Actor
) -> None:
    """Kept once however often it is sent, never dated after its arrival; the audit names who."""
    _signing(counter, TERMINAL, "key-one")
    with counter.database.unit_of_work() as session:
        show_code(session, TERMINAL, role=ScreenRole.TECHNICIAN, by=by)
        word = _word(counter, clock.now() + timedelta(days=400), window_of(clock.now()))
        assert keep_machine_check(session, TERMINAL, word)
        assert not keep_machine_check(session, TERMINAL, word)
    with counter.database.reading() as session:
        (kept,) = checks.checks_of(session, TERMINAL, since=clock.now() - timedelta(days=1))
        told = select(AuditEntry.facts).where(AuditEntry.event == "terminal.checked")
        facts = session.scalars(told).one()
    assert kept.at <= clock.now()
    assert kept.bad == ("receipt_printer_slip",)
    assert kept.told["points"]["receipt_printer_slip"] == {"code": "paper_out", "measured": None}
    assert facts == {
        "kind": "self_test",
        "bad": 1,
        "by": "technician",
        "code_shown_to": by.id,
    }
