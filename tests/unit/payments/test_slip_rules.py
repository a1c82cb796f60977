"""The slip for a window: its digits, and until when its order stays open."""

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_server.core import clock
from kiosk_server.payments.slip_rules import (
    LENGTH,
    as_printed,
    end_of_next_working_day,
    slip_code,
    with_check_digit,
)
from kiosk_server.places.hours import DayKind, DayTold, SiteHours
from kiosk_server.places.rules import Opening
from kiosk_server.places.working_days import shipped

WEEK = (
    Opening((1, 2, 3, 4, 5), time(10), time(14)),
    Opening((1, 2, 3, 4), time(16), time(19, 30)),
)
ELEVEN = st.text("0123456789", min_size=LENGTH - 1, max_size=LENGTH - 1)


def hours(*days: DayTold) -> SiteHours:
    return SiteHours(WEEK, days, (), shipped().announced)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=clock.BEIJING)


def test_the_check_digit_is_the_standard_s() -> None:
    """The example of ISO/IEC 7064 for MOD 11,10 comes out: 0794 has 5."""
    assert with_check_digit("0794") == "07945"


@given(ELEVEN)
def test_a_code_is_read_however_it_is_written(digits: str) -> None:
    """Groups, dashes and blanks around it change nothing."""
    code = with_check_digit(digits)
    assert slip_code(f" {as_printed(code)} ") == slip_code(code) == code


@given(ELEVEN, st.integers(0, LENGTH - 1), st.integers(1, 9))
def test_one_wrong_digit_finds_no_order(digits: str, place: int, off: int) -> None:
    """Whichever digit is mistyped, what comes out is no code at all."""
    code = with_check_digit(digits)
    wrong = str((int(code[place]) + off) % 10)
    assert slip_code(code[:place] + wrong + code[place + 1 :]) is None


@pytest.mark.parametrize(
    "text", ["", "12", "20261123-12345678901", "１２３４５６７８９０１２", "a" * 12]
)
def test_other_numbers_are_no_slip(text: str) -> None:
    """A receipt's number, digits of another script and letters are none."""
    assert slip_code(text) is None


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (at(25, 9), at(26, 19, 30)),
        (at(25, 23, 59), at(26, 19, 30)),
        (at(26, 12), at(27, 14)),
        (at(27, 12), at(30, 19, 30)),
        (at(28, 12), at(30, 19, 30)),
    ],
)
@pytest.mark.policy("P43")
def test_an_order_is_kept_until_the_next_working_day_ends(now: datetime, until: datetime) -> None:
    """Today does not count, a weekend is passed over, and the day's last closing is the end."""
    assert end_of_next_working_day(hours(), now) == until


def test_a_day_off_of_the_site_is_passed_over() -> None:
    """What a site says of one day counts, as everywhere."""
    told = hours(DayTold(date(2026, 11, 26), DayKind.CLOSED))
    assert end_of_next_working_day(told, at(25, 9)) == at(27, 14)


def test_a_window_that_never_opens_keeps_nothing() -> None:
    """No hours within a month: there is no such moment, and no slip is offered."""
    never = SiteHours((), (), (), shipped().announced)
    assert end_of_next_working_day(never, at(25, 9)) is None
