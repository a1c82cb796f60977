"""A failed check opens an alert; the check in which the same thing passes closes it."""

from collections.abc import Mapping

import pytest

from kiosk_server.assets.checks import Check, Verdict, keep_check
from kiosk_server.core import clock
from kiosk_server.core.errors import NotFound
from kiosk_server.terminals.rules import WithdrawalReason
from kiosk_server.terminals.services import revoke
from kiosk_server.upkeep.check_alerts import review_checks
from tests.support.ailing import KEEPER, Ailing

TERMINAL = "AT-0001"
pytestmark = pytest.mark.policy("P53")


def _checked(town: Ailing, points: Mapping[str, str], *, kind: str = "self_test") -> None:
    found = {point: Verdict(word) for point, word in points.items()}
    number = int(town.now.timestamp())
    with town.at_work(), town.database.unit_of_work() as session:
        check = Check(f"check-{number}", TERMINAL, kind, found, clock.now())
        assert keep_check(session, check, by=KEEPER)
        review_checks(session, TERMINAL)
        review_checks(session, TERMINAL)
    town.wait(5)


def test_it_opens_at_once_and_closes_with_the_pass(town: Ailing) -> None:
    """Heartbeats and looks in between say nothing of it; whoever is on call is called, once."""
    town.open().on_call("weihu")
    _checked(town, {"a4_printer_page": "bad", "receipt_printer_slip": "good"})
    assert town.open_kinds() == ["a4_printer/check_failed"]
    town.wait(30)
    assert town.open_kinds() == ["a4_printer/check_failed"]
    assert len(town.calls()) == 1
    _checked(town, {"a4_printer_page": "skipped"})
    assert town.open_kinds() == ["a4_printer/check_failed"]
    _checked(town, {"a4_printer_paper": "good"}, kind="paper_loaded")
    assert town.open_kinds() == []
    assert len(town.alerts()) == 1


def test_a_terminal_s_own_word_leaves_it_open(town: Ailing) -> None:
    """A printer that says that it is ready again has not printed the page that failed."""
    town.open()
    _checked(town, {"a4_printer_page": "bad"})
    town.says(TERMINAL, town.troubles[TERMINAL][0])
    town.wait(30)
    assert town.open_kinds() == ["a4_printer/check_failed"]


def test_a_terminal_that_is_withdrawn_has_no_alert_left(town: Ailing) -> None:
    """What failed at a machine that is gone calls nobody, and its late word opens nothing."""
    town.open()
    _checked(town, {"strange_parts": "bad"}, kind="daily")
    assert town.open_kinds() == ["terminal/strange_parts"]
    with town.at_work(), town.database.unit_of_work() as session:
        revoke(session, TERMINAL, by=KEEPER, reason=WithdrawalReason.RETIRED)
    town.troubles.clear()
    town.wait(5)
    assert town.open_kinds() == []
    _checked(town, {"screen_picture": "bad"})
    assert town.open_kinds() == []


def test_an_unknown_terminal_is_named(town: Ailing) -> None:
    """There is nothing to review of a number that nobody has."""
    with town.database.unit_of_work() as session, pytest.raises(NotFound):
        review_checks(session, "AT-9999")
