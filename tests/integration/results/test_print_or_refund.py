"""Print or refund: what was paid for comes as paper, or the money comes back; never both."""

from typing import Any

import pytest

from kiosk_server.cases.models import CaseState
from kiosk_server.core import clock
from kiosk_server.core.errors import Refused
from kiosk_server.payments.life import OrderState
from kiosk_server.payments.refunds import refund
from kiosk_server.payments.rules import RefundReason
from kiosk_server.payments.settling import lock_order
from kiosk_server.printing.models import PrintJob
from kiosk_server.printing.services import answer_came_out
from kiosk_server.results.rules import ResultWay
from tests.support.counter import AYGUL, MEMET, OTHER_TERMINAL
from tests.support.result_desk import CLERK, FEE_FEN, Desk, later


@pytest.fixture
def paid(desk: Desk) -> tuple[Any, str]:
    """Somebody who has paid for a paper that he wants here, and his case."""
    person, case_id = desk.decided()
    desk.chooses(case_id, ResultWay.HERE)
    desk.pays(case_id)
    return person, case_id


@pytest.mark.policy("P43")
def test_paid_and_printed(desk: Desk, paid: tuple[Any, str]) -> None:
    """What was paid for is printed, completes the case, and is not paid back a month later."""
    person, case_id = paid
    desk.hears(desk.prints(person, case_id), "printed")
    assert desk.case(case_id).state == CaseState.COMPLETED
    with later(days=31):
        assert desk.looks() == 0
        with pytest.raises(Refused, match="result_gone"):
            desk.wants_money(case_id)
    assert desk.refunds(case_id) == []


def test_unpaid_is_not_printed(desk: Desk) -> None:
    """Before it is paid nobody gets the paper, at whatever terminal."""
    person, case_id = desk.decided()
    desk.chooses(case_id, ResultWay.HERE)
    for somebody in (person, desk.back(terminal=OTHER_TERMINAL)):
        with pytest.raises(Refused, match="fee_unpaid"):
            desk.prints(somebody, case_id)


@pytest.mark.policy("P43")
def test_printer_dies_after_payment(desk: Desk, paid: tuple[Any, str]) -> None:
    """The printer dies after payment: the card prints the paper at another terminal, as 重打."""
    person, case_id = paid
    desk.hears(desk.prints(person, case_id), "not_printed", trouble="jam")
    until = desk.sees(case_id).reprint_until
    assert until is not None
    with later(hours=20):
        again = desk.prints(desk.back(terminal=OTHER_TERMINAL), case_id)
        desk.hears(again, "printed")
    with desk.database.reading() as session:
        assert session.get_one(PrintJob, again).reprint
    assert desk.case(case_id).state == CaseState.COMPLETED
    with later(days=3):
        assert desk.looks() == 0


def test_visit_over_before_the_money_came(desk: Desk) -> None:
    """Whoever left before the channel spoke is told, and prints with his card, without 重打."""
    _, case_id = desk.decided()
    desk.chooses(case_id, ResultWay.HERE)
    with later(minutes=20):
        desk.pays(case_id)
        assert desk.told(case_id)[-1] == "result_print_it"
        job = desk.prints(desk.back(terminal=OTHER_TERMINAL), case_id)
        with desk.database.reading() as session:
            assert not session.get_one(PrintJob, job).reprint
        desk.hears(job, "printed")
    assert desk.sees(case_id).gone


def test_another_card_prints_nothing(desk: Desk, paid: tuple[Any, str]) -> None:
    """A paid paper comes out for its holder's card alone."""
    with pytest.raises(Refused, match="card_first"):
        desk.prints(desk.back(MEMET), paid[1])


@pytest.mark.policy("P43")
def test_nobody_prints_for_a_day(desk: Desk, paid: tuple[Any, str]) -> None:
    """A day after payment the money goes back by itself, the right falls, and he is told."""
    _, case_id = paid
    with later(hours=23, minutes=59):
        assert desk.looks() == 0
    with later(hours=24, minutes=1):
        assert desk.looks() == 1
        assert desk.looks() == 0
        desk.channel_returns(case_id)
        with pytest.raises(Refused, match="fee_unpaid"):
            desk.prints(desk.back(AYGUL), case_id)
    [refund] = desk.refunds(case_id)
    assert (refund.amount_fen, refund.reason) == (FEE_FEN, "not_done")
    assert desk.order(case_id).state == OrderState.REFUNDED
    assert desk.told(case_id)[-1] == "result_money_back"


def test_failure_gives_another_day_and_says_so(desk: Desk, paid: tuple[Any, str]) -> None:
    """A print that fails gives a day from then on, as the page says, and no longer."""
    _, case_id = paid
    with later(hours=5):
        failed_at = clock.now()
        desk.hears(desk.prints(desk.back(), case_id), "not_printed", trouble="jam")
    until = desk.sees(case_id).reprint_until
    assert until is not None
    assert (until - failed_at).total_seconds() == 24 * 3600
    with clock.frozen(until):
        assert desk.looks() == 1


@pytest.mark.policy("P43")
def test_money_in_place_of_the_second_print(desk: Desk, paid: tuple[Any, str]) -> None:
    """Whoever takes his money after a failed print gets no paper, at no terminal, by no code."""
    person, case_id = paid
    job = desk.prints(person, case_id)
    desk.hears(job, "not_printed", trouble="jam")
    assert desk.sees(case_id).may_have_money
    assert desk.wants_money(case_id) is not None
    for deed in (
        lambda: desk.prints(desk.back(), case_id),
        lambda: desk.hands_out(case_id),
    ):
        with pytest.raises(Refused, match="fee_unpaid"):
            deed()
    with pytest.raises(Refused, match="nothing_to_return"):
        desk.wants_money(case_id)
    desk.channel_returns(case_id)
    assert len(desk.refunds(case_id)) == 1


def test_money_waits_for_a_print_that_hangs(desk: Desk, paid: tuple[Any, str]) -> None:
    """A print that hangs is taken back first; the money goes when the terminal has said so."""
    person, case_id = paid
    job = desk.prints(person, case_id)
    with pytest.raises(Refused, match="still_printing"):
        desk.wants_money(case_id)
    desk.hears(job, "printing", trouble="media_empty")
    assert desk.wants_money(case_id) is None
    assert desk.sees(case_id).money_goes_back
    assert desk.counter.wants() == [("cancel_print", job)]
    assert desk.looks() == 0
    desk.hears(job, "not_printed", trouble="cancelled")
    assert desk.looks() == 1
    assert len(desk.refunds(case_id)) == 1


def test_paper_that_came_after_all_keeps_the_money(desk: Desk, paid: tuple[Any, str]) -> None:
    """A print that was too late to take back is the paper: the money stays."""
    person, case_id = paid
    job = desk.prints(person, case_id)
    desk.hears(job, "printing", trouble="media_empty")
    desk.wants_money(case_id)
    desk.hears(job, "printed")
    with later(days=9):
        assert desk.looks() == 0
    assert desk.refunds(case_id) == []
    assert not desk.sees(case_id).money_goes_back


def test_doubt_keeps_the_money_for_three_days_more(desk: Desk, paid: tuple[Any, str]) -> None:
    """A print that nobody knows the end of waits for the terminal's word, and not for ever."""
    person, case_id = paid
    desk.hears(desk.prints(person, case_id), "unknown")
    with later(hours=25):
        assert desk.looks() == 0
    with later(hours=97):
        assert desk.looks() == 1


def test_late_word_of_a_terminal_settles_the_doubt(desk: Desk, paid: tuple[Any, str]) -> None:
    """A terminal whose line comes back says that it printed: no money follows the paper."""
    person, case_id = paid
    job = desk.prints(person, case_id)
    desk.hears(job, "unknown")
    with later(hours=50):
        desk.hears(job, "printed")
    with later(hours=200):
        assert desk.looks() == 0


def test_whoever_wants_money_ends_the_doubt(desk: Desk, paid: tuple[Any, str]) -> None:
    """He may end the doubt himself: who takes his money says that no paper came."""
    person, case_id = paid
    job = desk.prints(person, case_id)
    desk.hears(job, "unknown")
    assert desk.wants_money(case_id) is not None
    assert desk.counter.sees(job).state == "not_printed"


def test_printer_and_person_disagree(desk: Desk, paid: tuple[Any, str]) -> None:
    """The printer says yes and the person no: he prints again, and a person decides of money."""
    person, case_id = paid
    job = desk.prints(person, case_id)
    desk.hears(job, "printed")
    with desk.database.unit_of_work() as session:
        answer_came_out(session, job, came_out=False)
    with pytest.raises(Refused, match="result_gone"):
        desk.wants_money(case_id)
    assert desk.sees(case_id).open_ways == (ResultWay.HERE, ResultWay.COLLECT)


def test_staff_give_the_money_back(desk: Desk, paid: tuple[Any, str]) -> None:
    """What staff gave back whole is followed by no paper, whoever asks for it."""
    person, case_id = paid
    with desk.database.unit_of_work() as session:
        order = lock_order(session, desk.order(case_id).id)
        refund(session, order, reason=RefundReason.BY_STAFF, by=CLERK)
    desk.channel_returns(case_id)
    with pytest.raises(Refused, match="fee_unpaid"):
        desk.prints(person, case_id)
    assert desk.sees(case_id).owed


def test_paid_again_after_the_money_went_back(desk: Desk, paid: tuple[Any, str]) -> None:
    """Whoever wants the paper after all pays a new order, and has a day again."""
    _, case_id = paid
    desk.wants_money(case_id)
    with pytest.raises(Refused, match="way_not_open"):
        desk.chooses(case_id, ResultWay.HERE)
    desk.channel_returns(case_id)
    first = desk.order(case_id).id
    desk.chooses(case_id, ResultWay.HERE)
    desk.pays(case_id)
    assert desk.order(case_id).id != first
    desk.hears(desk.prints(desk.back(), case_id), "printed")
    assert len(desk.refunds(case_id)) == 1
