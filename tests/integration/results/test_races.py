"""Paper and money at the same moment: one of them, never both, and never neither."""

from collections.abc import Callable

import pytest

from kiosk_server.core.errors import KioskError
from kiosk_server.results.rules import ResultWay
from tests.support.at_once import at_once
from tests.support.counter import OTHER_TERMINAL
from tests.support.result_desk import Desk, later

Deed = Callable[[], object]


def outcome(deed: Deed) -> Callable[[], str]:
    """What a deed came to: done, or the code of its refusal."""

    def run() -> str:
        try:
            deed()
        except KioskError as fault:
            return fault.code
        return "done"

    return run


@pytest.fixture
def failed(desk: Desk) -> tuple[str, str]:
    """A paid case whose print failed, and the job."""
    person, case_id = desk.decided()
    desk.chooses(case_id, ResultWay.HERE)
    desk.pays(case_id)
    job = desk.prints(person, case_id)
    desk.hears(job, "not_printed", trouble="jam")
    return case_id, job


@pytest.mark.policy("P43")
def test_money_and_second_print_at_once(desk: Desk, failed: tuple[str, str]) -> None:
    """Of his money and the second print, asked for at one moment, he gets one."""
    case_id, first = failed
    person = desk.back(terminal=OTHER_TERMINAL)
    results = at_once(
        outcome(lambda: desk.wants_money(case_id)), outcome(lambda: desk.prints(person, case_id))
    )
    printing = len(desk.counter.wants(OTHER_TERMINAL))
    assert results.count("done") == 1, results
    assert len(desk.refunds(case_id)) + printing == 1
    assert results[0 if printing else 1] in {"still_printing", "fee_unpaid"}
    assert first


def test_money_and_hand_out_at_once(desk: Desk, failed: tuple[str, str]) -> None:
    """A clerk who hands it out and a resident who takes his money: one of the two."""
    case_id, _ = failed
    results = at_once(
        outcome(lambda: desk.wants_money(case_id)), outcome(lambda: desk.hands_out(case_id))
    )
    handed = desk.sees(case_id).handed_out_at is not None
    assert results.count("done") == 1, results
    assert len(desk.refunds(case_id)) + handed == 1


def test_chore_and_resident_at_once(desk: Desk, failed: tuple[str, str]) -> None:
    """The rule and the resident give the money back at one moment: it goes once."""
    case_id, _ = failed
    with later(days=2):
        at_once(
            outcome(desk.looks),
            outcome(desk.looks),
            outcome(lambda: desk.wants_money(case_id)),
        )
        desk.looks()
    assert len(desk.refunds(case_id)) == 1


def test_two_terminals_at_once(desk: Desk, failed: tuple[str, str]) -> None:
    """Two terminals asked with one card at one moment print one paper."""
    case_id, _ = failed
    here, there = desk.back(), desk.back(terminal=OTHER_TERMINAL)
    results = at_once(
        outcome(lambda: desk.prints(here, case_id)), outcome(lambda: desk.prints(there, case_id))
    )
    assert results.count("done") == 1, results
    assert len(desk.counter.wants()) + len(desk.counter.wants(OTHER_TERMINAL)) == 1


def test_two_choices_at_once(desk: Desk) -> None:
    """Two phones that choose at one moment leave one way and one order."""
    _, case_id = desk.decided()
    results = at_once(
        outcome(lambda: desk.chooses(case_id, ResultWay.HERE)),
        outcome(lambda: desk.chooses(case_id, ResultWay.COLLECT)),
    )
    assert results == ["done", "done"]
    assert desk.sees(case_id).order is not None
    assert len(desk.counter.audited("payment.opened")) == 1
