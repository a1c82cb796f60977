"""How fast a supply goes and when it runs out, on days made by hand and on simulated months."""

import random
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk_server.supplies.pace import (
    CALM_BEYOND,
    HORIZON_DAYS,
    LEAST_DAYS,
    WARN_WITHIN,
    DayOfUse,
    Pace,
    at_most,
    fit,
    foretell,
    is_warned,
    most_used,
)
from tests.support.simulated_months import measure, negative_binomial

TODAY = date(2026, 11, 23)
OFFICE = (50.0, 40.0, 40.0, 40.0, 50.0, 0.0, 0.0)


def days(week: tuple[float, ...], count: int, share: float = 1.0) -> list[DayOfUse]:
    """So many days before today, each as its weekday has it."""
    span = (TODAY - timedelta(days=back) for back in range(count, 0, -1))
    return [DayOfUse(day, week[day.weekday()] * share, share) for day in span]


def test_too_few_days_foretell_nothing() -> None:
    """Two weeks in service are the least; days out of service are none."""
    assert fit(days(OFFICE, LEAST_DAYS - 1), TODAY) is None
    assert fit(days(OFFICE, 60, share=0.3), TODAY) is None
    assert fit(days(OFFICE, LEAST_DAYS), TODAY) is not None


def test_the_week_s_shape_is_learned() -> None:
    """An office that is shut at weekends uses next to nothing then; the week's sum holds."""
    pace = fit(days(OFFICE, 56), TODAY)
    assert pace is not None
    assert pace.week[0] == pytest.approx(50, rel=0.1)
    assert max(pace.week[5:]) < 8
    assert pace.daily * 7 == pytest.approx(sum(OFFICE), rel=0.03)


def test_a_day_half_in_service_counts_as_half() -> None:
    """What could not be printed is not taken for a quiet day."""
    half, full = fit(days(OFFICE, 56, share=0.6), TODAY), fit(days(OFFICE, 56), TODAY)
    assert half is not None
    assert full is not None
    assert half.daily == pytest.approx(full.daily)


def test_a_holiday_is_set_aside_and_a_decline_is_not() -> None:
    """A week shut changes little; a place that is used less for a month is believed."""
    usual, quiet = tuple([40.0] * 7), tuple([0.0] * 7)
    holiday = days(usual, 60)[:-7] + days(quiet, 7)
    pace = fit(holiday, TODAY)
    assert pace is not None
    assert pace.daily == pytest.approx(40, rel=0.05)
    fallen = fit(days(usual, 60)[:-28] + days(tuple([4.0] * 7), 28), TODAY)
    assert fallen is not None
    assert fallen.daily < 20


def test_the_day_is_foretold_over_the_weekend() -> None:
    """A hundred sheets on a Friday last until Tuesday where nobody prints at weekends."""
    friday = date(2026, 11, 27)
    found = foretell(100, 2, Pace(OFFICE, 1.5, 60), friday, of_today=1.0)
    assert found.likely == date(2026, 11, 30)
    assert found.early is not None
    assert found.early <= found.likely


def test_nothing_left_is_now_and_no_use_is_never() -> None:
    """The ends of the scale: an empty tray, a machine that nobody uses, a full store."""
    assert foretell(0, 0, Pace(OFFICE, 1.5, 60), TODAY, of_today=1.0).early == TODAY
    idle = Pace((0.0,) * 7, 2.0, 60)
    assert foretell(100, 5, idle, TODAY, of_today=1.0).likely is None
    assert foretell(1e6, 5, Pace(OFFICE, 1.5, 60), TODAY, of_today=1.0).early is None


@settings(max_examples=60, deadline=None)
@given(
    left=st.floats(1, 2000),
    doubt=st.floats(0, 200),
    spread=st.floats(1, 6),
    daily=st.floats(0.1, 300),
)
def test_early_is_never_after_likely(
    left: float, doubt: float, spread: float, daily: float
) -> None:
    """More doubt of what is left only brings the warning forward; both stay in the horizon."""
    found = foretell(left, doubt, Pace((daily,) * 7, spread, 60), TODAY, of_today=1.0)
    if found.likely is not None:
        assert found.early is not None
        assert found.early <= found.likely < TODAY + timedelta(days=HORIZON_DAYS)
    surer = foretell(left, 0.0, Pace((daily,) * 7, spread, 60), TODAY, of_today=1.0)
    if found.early is not None and surer.early is not None:
        assert found.early <= surer.early


@pytest.mark.parametrize(("mean", "spread"), [(5, 2.0), (40, 1.0), (200, 4.0)])
def test_nine_of_ten_stay_below(mean: float, spread: float) -> None:
    """Drawn as negative-binomial, one in ten is beyond, give or take three in a hundred."""
    dice = random.Random(11)
    bound = at_most(mean, spread * mean)
    drawn = [negative_binomial(dice, mean, spread + 1e-6) for _ in range(4000)]
    assert sum(each > bound for each in drawn) / 4000 == pytest.approx(0.1, abs=0.03)


def test_an_order_covers_more_than_the_mean() -> None:
    """Nine months in ten are covered: more than the mean, less than twice of it."""
    pace = Pace((30.0,) * 7, 2.0, 60)
    assert 30 * 30 < most_used(pace, TODAY, 30) < 2 * 30 * 30


def test_a_warning_does_not_waver() -> None:
    """Between the two marks it is left as it stands."""
    within = {ahead: TODAY + timedelta(days=ahead) for ahead in range(10)}
    for ahead, day in within.items():
        assert is_warned(day, TODAY, standing=False) == (ahead <= WARN_WITHIN)
        assert is_warned(day, TODAY, standing=True) == (ahead <= CALM_BEYOND)
    assert not is_warned(None, TODAY, standing=True)


@pytest.mark.policy("P53")
def test_simulated_months_are_foretold_better_than_by_last_week_s_mean() -> None:
    """On fixed seeds: nearer by a fifth, far more warned of in time, no more false alarms."""
    ours, naive = measure(range(6))
    assert ours.runouts >= 20
    assert ours.mean_error < 0.8 * naive.mean_error
    assert ours.share_warned >= 0.9
    assert ours.share_warned > naive.share_warned + 0.1
    assert ours.false_a_month <= naive.false_a_month
