"""
How fast a supply goes, and when it runs out (耗材预测).

Pure. A week's shape and its level are exponentially weighted means of the days in service, with
half-lives of 28 and 14 days; days on which the place was shut stand out and are set aside. What is
used until a day is taken as negative-binomial: its variance is its mean times the spread seen
here, and grows with the square of the mean for a level that drifts. The quantile of it is the
gamma's, by Wilson and Hilferty's cube root. Measured against simulated months: docs/operations.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import hypot, sqrt

LEAST_DAYS = 14
"""Days in service below which nothing is foretold: two of each weekday."""
LOOKS_BACK = timedelta(days=120)
HORIZON_DAYS = 120
WARN_WITHIN, CALM_BEYOND = 4, 6
"""Days ahead at which a warning begins, and beyond which it ends: between them it is left as it
stands, so that a day's noise does not open and close it."""
_SCORE = 1.2816
"""Of the normal distribution, for one chance in ten: the early day is met sooner so often."""
_SHAPE_DECAY = tuple(0.5 ** (age / 28) for age in range(LOOKS_BACK.days + 1))
_LEVEL_DECAY = tuple(0.5 ** (age / 14) for age in range(LOOKS_BACK.days + 1))
_SHRINK = 0.5
_LEAST_SHARE = 0.5
_SHUT_BELOW = 0.15
_SHUT_NEEDS = 5.0
_MOST_SHUT, _SHUT_WINDOW = 10, 14
_DRIFT = 0.12
_USUAL_SPREAD, _WEIGHT_OF_USUAL = 2.0, 5.0


@dataclass(frozen=True)
class DayOfUse:
    """How much was used on one day, and for which share of it the machine could be used."""

    day: date
    units: float
    in_service: float


@dataclass(frozen=True)
class Pace:
    """How much goes on each day of the week, Monday first; the variance of a day for each unit of
    its mean; and of how many days this was learned."""

    week: tuple[float, ...]
    spread: float
    days: int

    def on(self, day: date) -> float:
        """Return how much is expected to go on *day*."""
        return self.week[day.weekday()]

    def times(self, factor: float) -> "Pace":
        """Return the pace of what goes by *factor* for each unit of this."""
        return Pace(tuple(each * factor for each in self.week), self.spread * factor, self.days)

    @property
    def daily(self) -> float:
        """The mean of a week's days."""
        return sum(self.week) / 7


@dataclass(frozen=True)
class Forecast:
    """When a supply runs out: likely, and at the earliest worth reckoning with. None: not within
    the horizon."""

    likely: date | None
    early: date | None


def fit(days: Iterable[DayOfUse], today: date) -> Pace | None:
    """Return the pace that the days before *today* show; None for too few of them."""
    seen = in_use(days, today)
    if len(seen) < LEAST_DAYS:
        return None
    whole = [(each.day, each.units / min(1.0, each.in_service)) for each in seen]
    week = _week(whole, today)
    open_days = _set_shut_aside(whole, week, today)
    week = _week(open_days, today)
    return Pace(tuple(week), _spread(open_days, week, today), len(seen))


def in_use(days: Iterable[DayOfUse], today: date) -> list[DayOfUse]:
    """Return the days that a pace is learned of: lately, and in service for most of the day."""
    return [
        each
        for each in days
        if today - LOOKS_BACK <= each.day < today and each.in_service >= _LEAST_SHARE
    ]


def foretell(left: float, doubt: float, pace: Pace, today: date, *, of_today: float) -> Forecast:
    """
    Return when *left* runs out; *doubt* is its standard deviation, *of_today* the share of today
    that is still to come.
    """
    if left <= 0:
        return Forecast(today, today)
    likely = early = None
    mean = 0.0
    for ahead in range(HORIZON_DAYS):
        day = today + timedelta(days=ahead)
        mean += pace.on(day) * (of_today if ahead == 0 else 1.0)
        beyond = at_most(mean, _variance(mean, pace)) - mean
        # Use and what is left are in doubt apart from each other: their doubts add as squares.
        if early is None and mean + hypot(beyond, _SCORE * doubt) >= left:
            early = day
        if mean >= left:
            likely = day
            break
    return Forecast(likely, early or likely)


def is_warned(early: date | None, today: date, *, standing: bool) -> bool:
    """Return whether running out is warned of; *standing*: it was until now."""
    return early is not None and (early - today).days <= (CALM_BEYOND if standing else WARN_WITHIN)


def most_used(pace: Pace, today: date, days: int) -> float:
    """Return how much goes in so many days at most, with nine chances in ten."""
    weeks, rest = divmod(days, 7)
    mean = weeks * sum(pace.week)
    mean += sum(pace.on(today + timedelta(days=ahead)) for ahead in range(rest))
    return at_most(mean, _variance(mean, pace))


def at_most(mean: float, variance: float) -> float:
    """Return what use of this mean and variance stays below, with nine chances in ten."""
    if mean <= 0 or variance <= 0:
        return max(0.0, mean)
    ninth = min(1.0, variance / (9 * mean * mean))
    return float(mean * (1 - ninth + _SCORE * sqrt(ninth)) ** 3)


def _variance(mean: float, pace: Pace) -> float:
    return pace.spread * mean + (_DRIFT * mean) ** 2


def _week(days: Sequence[tuple[date, float]], today: date) -> list[float]:
    weights = [_SHAPE_DECAY[(today - day).days] for day, _ in days]
    whole = sum(weights)
    mean = sum(weight * units for weight, (_, units) in zip(weights, days, strict=True)) / whole
    if mean <= 0:
        return [0.0] * 7
    told, known = [_SHRINK * mean] * 7, [_SHRINK] * 7
    for weight, (day, units) in zip(weights, days, strict=True):
        told[day.weekday()] += weight * units
        known[day.weekday()] += weight
    shape = [of_day / weight / mean for of_day, weight in zip(told, known, strict=True)]
    level = used = 0.0
    for day, units in days:
        weight = _LEVEL_DECAY[(today - day).days]
        used += weight * units
        level += weight * shape[day.weekday()]
    return [each * used / level for each in shape]


def _set_shut_aside(
    days: Sequence[tuple[date, float]], week: Sequence[float], today: date
) -> list[tuple[date, float]]:
    """Leave out days on which next to nothing went where much should have: holidays, mostly."""
    shut = {
        day
        for day, units in days
        if week[day.weekday()] >= _SHUT_NEEDS and units < _SHUT_BELOW * week[day.weekday()]
    }
    lately = [day for day in shut if (today - day).days <= _SHUT_WINDOW]
    kept = [each for each in days if each[0] not in shut]
    # What lasts is no holiday: the place is used less now.
    return list(days) if len(lately) >= _MOST_SHUT or len(kept) < LEAST_DAYS else kept


def _spread(days: Sequence[tuple[date, float]], week: Sequence[float], today: date) -> float:
    squares, means, weights = 0.0, 0.0, 0.0
    for day, units in days:
        weight = _SHAPE_DECAY[(today - day).days]
        expected = week[day.weekday()]
        squares += weight * (units - expected) ** 2
        means += weight * expected
        weights += weight
    if means <= 0:
        return _USUAL_SPREAD
    usual = _WEIGHT_OF_USUAL * means / weights
    return max(1.0, (squares + usual * _USUAL_SPREAD) / (means + usual))
