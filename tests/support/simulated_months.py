"""
Simulated months of paper: what a terminal really used and held, and what the product was told.

Seeded. Offices, bank lobbies, markets and villages; weekday shapes, the year's holidays, growth or
decline, outages, keepers who load late and do not always say so, sensors that say "low" at the
wrong sheet or not at all. The truth is known, so a forecast can be measured.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import fmean

from kiosk_server.supplies import rules
from kiosk_server.supplies.pace import DayOfUse, fit, foretell, is_warned
from kiosk_server.supplies.rules import Sensor, Stock, Supply

BEGIN = date(2026, 3, 2)
DAYS = 240
LEARNING = 30
"""Days before anything is measured."""
AHEAD_DAYS = 3
"""A warning is in time when it stands so many days before."""
NEAR_DAYS = 14
"""Errors are measured where the truth is at most so far away: what somebody would act on."""
FALSE_BEYOND = 10
"""A warning is false when what was there would have lasted longer than this."""
_HOLIDAYS = (
    (date(2026, 4, 4), 3),
    (date(2026, 5, 1), 5),
    (date(2026, 6, 19), 3),
    (date(2026, 9, 25), 3),
    (date(2026, 10, 1), 7),
)
_SHAPES = {
    "office": (1.3, 1.1, 1.0, 1.0, 1.1, 0.05, 0.0),
    "bank": (1.2, 1.0, 1.0, 1.0, 1.2, 0.7, 0.4),
    "market": (0.6, 0.7, 0.8, 0.8, 1.0, 1.4, 1.9),
    "village": (1.0, 1.0, 1.0, 1.0, 1.0, 0.8, 0.8),
}


@dataclass(frozen=True)
class Told:
    """What the product knew on the morning of one day, and what was true."""

    today: date
    stock: Stock
    past: tuple[DayOfUse, ...]
    true_days: float
    """How many days what is really there will last, if nobody loads."""
    cycle: int
    """Counts fillings."""


@dataclass
class Machine:
    """One terminal's A4 printer through the months."""

    seed: int
    days: int = DAYS
    _dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)

    def mornings(self) -> Iterator[Told]:
        """Each morning of the months; the evenings happen in between."""
        dice = self._dice
        demand = self._demand()
        low_at = dice.uniform(20, 90) if dice.random() < 0.7 else 0.0
        attentive, honest = dice.uniform(0.15, 0.6), dice.uniform(0.5, 1.0)
        true, book = 400.0, rules.after_load(rules.first(Supply.A4), 400)
        past: list[DayOfUse] = []
        cycle = 0
        for number, wanted in enumerate(demand[: self.days]):
            today = BEGIN + timedelta(days=number)
            yield Told(today, book, tuple(past), _lasts(true, demand[number:]), cycle)
            share = 1.0 if dice.random() > 0.03 else dice.uniform(0.0, 0.8)
            used = min(true, round(wanted * share))
            empty = used < wanted * share
            true -= used
            past.append(DayOfUse(today, used, 0.3 if empty else share))
            book = rules.after_use(book, used)
            book = rules.after_sensor(book, _sensor(true, low_at))
            if true <= 0 or (true < 120 and dice.random() < attentive):
                if true <= 0 and dice.random() < 0.3:
                    continue  # Nobody came by that day.
                loaded = float(dice.choice((100, 250, 250, 500)))
                true, cycle = min(1000.0, true + loaded), cycle + 1
                if dice.random() < honest:
                    book = rules.after_load(book, loaded)
                book = rules.after_sensor(book, _sensor(true, low_at))

    def _demand(self) -> list[float]:
        dice = self._dice
        shape = _SHAPES[dice.choice(sorted(_SHAPES))]
        mean, growth = dice.lognormvariate(3.4, 0.6), dice.uniform(-0.3, 0.5)
        spread = dice.uniform(1.2, 4.0)
        shut = {
            begin + timedelta(days=number)
            for begin, length in _HOLIDAYS
            for number in range(length)
        }
        found = []
        for number in range(self.days + 200):
            day = BEGIN + timedelta(days=number)
            expected = mean * shape[day.weekday()] * (1 + growth * number / 365)
            if day in shut:
                expected *= 0.04 if shape[5] < 0.5 else 0.4
            found.append(negative_binomial(dice, expected, spread))
        return found


@dataclass
class Score:
    """How one method did over all machines."""

    errors: list[float] = field(default_factory=list)
    runouts: int = 0
    warned: int = 0
    false_warnings: int = 0
    months: float = 0.0

    @property
    def mean_error(self) -> float:
        """Mean absolute error of the day, where the truth is near."""
        return fmean(self.errors)

    @property
    def share_warned(self) -> float:
        """Share of the times paper ran out of which was warned in time."""
        return self.warned / self.runouts

    @property
    def false_a_month(self) -> float:
        """False warnings of one terminal in one month."""
        return self.false_warnings / self.months


Dates = tuple[date | None, date | None]
"""When it likely runs out, and from when on it is warned of."""
Method = Callable[[Told], Dates | None]


def measure(seeds: Sequence[int]) -> tuple[Score, Score]:
    """Return how the product's method and the naive one did on the same months."""
    ours, naive = Score(), Score()
    for seed in seeds:
        mornings = list(Machine(seed).mornings())
        _run(ours, mornings, _ours)
        _run(naive, mornings, _naive)
    return ours, naive


def _ours(told: Told) -> Dates | None:
    pace = fit(told.past, told.today)
    if pace is None:
        return None
    stock = told.stock
    found = foretell(stock.left, stock.doubt, pace, told.today, of_today=1.0)
    return found.likely, found.early


def _naive(told: Told) -> Dates | None:
    mean = fmean(each.units for each in told.past[-7:])
    if mean <= 0:
        return None, None
    day = told.today + timedelta(days=int(told.stock.left / mean))
    return day, day


def _days(day: date | None, today: date) -> float:
    return 120.0 if day is None else float((day - today).days)


def _run(score: Score, mornings: Sequence[Told], method: Method) -> None:
    cycle, began, ran_out = -1, 0, False
    standing, since = False, 0
    for number, told in enumerate(mornings):
        if told.cycle != cycle:
            cycle, began, ran_out = told.cycle, number, False
        said = method(told) if number >= LEARNING else None
        if said is None:
            continue
        score.months += 1 / 30
        likely, early = said
        before, standing = standing, is_warned(early, told.today, standing=standing)
        if standing and not before:
            since = number
            score.false_warnings += told.true_days > FALSE_BEYOND
        if told.true_days <= NEAR_DAYS and not ran_out:
            score.errors.append(abs(_days(likely, told.today) - told.true_days))
        if told.true_days < 1 and not ran_out:
            ran_out = True
            # What did not last so long could not be warned of so early.
            if number - began >= AHEAD_DAYS:
                score.runouts += 1
                score.warned += standing and number - since >= AHEAD_DAYS


def _lasts(true: float, demand: Sequence[float]) -> float:
    for number, wanted in enumerate(demand):
        if wanted >= true:
            return float(number)
        true -= wanted
    return float(len(demand))


def _sensor(true: float, low_at: float) -> Sensor:
    if true <= 0:
        return Sensor.OUT
    return Sensor.LOW if true <= low_at else Sensor.FINE


def negative_binomial(dice: random.Random, mean: float, spread: float) -> float:
    """One day's use: Poisson at a gamma's rate, its variance *spread* times its mean."""
    if mean <= 0:
        return 0.0
    rate = dice.gammavariate(mean / (spread - 1), spread - 1)
    return float(_poisson(dice, rate))


def _poisson(dice: random.Random, rate: float) -> int:
    count, passed = 0, dice.expovariate(1.0)
    while passed < rate:
        count += 1
        passed += dice.expovariate(1.0)
    return count
