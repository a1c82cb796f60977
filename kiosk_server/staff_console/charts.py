"""
Charts (图表) as figures for a drawing by the server: bars by day, words beside, a table beneath.

A drawing has no words of its own, so that it may be stretched; whoever cannot see it reads the
summary and the table.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kiosk_server.fleet.queries import ServiceDay
from kiosk_server.fleet.rules import LEAST_TOLD, told_count
from kiosk_server.web.words import words

HEIGHT = 100.0
STEP, BAR = 10.0, 7.0
_CEILINGS = [step * 10**power for power in range(6) for step in (1, 1.5, 2, 3, 4, 5, 6, 8)]


@dataclass(frozen=True)
class Bar:
    """One part of a day's bar, in units of the drawing; `look` names its colour's role."""

    x: float
    y: float
    height: float
    look: str


@dataclass(frozen=True)
class Chart:
    """A drawing and all that is said beside it. `series` is empty where there is one alone."""

    id: str
    title: str
    summary: str
    width: float
    bars: tuple[Bar, ...]
    top: str
    days: tuple[str, ...]
    series: tuple[tuple[str, str], ...]
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def service_chart(days: Sequence[ServiceDay], since: date, until: date) -> Chart:
    """Draw which share of each day could be used: whole, and in part."""
    by_day = {each.day: each for each in days}
    bars: list[Bar] = []
    for x, day in _places(since, until):
        found = by_day.get(day)
        if found is None or not found.expected_seconds:
            continue
        whole = HEIGHT * found.whole_seconds / found.expected_seconds
        partly = HEIGHT * found.partly_seconds / found.expected_seconds
        bars += _stack(x, (whole, "whole"), (partly, "partly"))
    return Chart(
        id="service",
        title=words("staff-chart-service"),
        summary=words("staff-chart-service-sum", share=share_words(service_share(days))),
        width=_width(since, until),
        bars=tuple(bars),
        top="100%",
        days=_day_words(since, until),
        series=(
            ("whole", words("staff-chart-whole")),
            ("partly", words("staff-chart-partly")),
            ("none", words("staff-chart-out")),
        ),
        heads=(
            words("staff-chart-day"), words("staff-chart-whole"), words("staff-chart-partly"),
            words("staff-chart-out"),
        ),
        rows=tuple(
            (
                _day(each.day),
                _percent(each.whole_seconds, each.expected_seconds),
                _percent(each.partly_seconds, each.expected_seconds),
                _percent(
                    each.stopped_seconds + each.silent_seconds + each.locked_seconds,
                    each.expected_seconds,
                ),
            )
            for each in days
        ),
    )  # fmt: skip


def visits_chart(days: Sequence[ServiceDay], since: date, until: date) -> Chart:
    """Draw how many visits were finished and not, each day; too few to be told stand as `few`."""
    ceiling = _ceiling(max((each.finished + each.unfinished for each in days), default=0))
    by_day = {each.day: each for each in days}
    bars: list[Bar] = []
    for x, day in _places(since, until):
        if (found := by_day.get(day)) is not None:
            bars += _stack(
                x,
                _part(found.finished, ceiling, "whole"),
                _part(found.unfinished, ceiling, "partly"),
            )
    finished = sum(each.finished for each in days)
    begun = finished + sum(each.unfinished for each in days)
    share = finished / begun if begun >= LEAST_TOLD else None
    return Chart(
        id="visits",
        title=words("staff-chart-visits"),
        summary=words("staff-chart-visits-sum", share=share_words(share), count=count_words(begun)),
        width=_width(since, until),
        bars=tuple(bars),
        top=str(ceiling),
        days=_day_words(since, until),
        series=(
            ("whole", words("staff-chart-finished")),
            ("partly", words("staff-chart-unfinished")),
            ("few", words("staff-few", least=LEAST_TOLD)),
        ),
        heads=(
            words("staff-chart-day"), words("staff-chart-finished"),
            words("staff-chart-unfinished"),
        ),
        rows=tuple(
            (_day(each.day), count_words(each.finished), count_words(each.unfinished))
            for each in days
        ),
    )  # fmt: skip


def pages_chart(days: Sequence[ServiceDay], since: date, until: date) -> Chart:
    """Draw how many pages came out each day: a counter of the machine's, told exactly."""
    return _counter_chart(
        "pages", days, since, until, of=lambda each: each.pages, total="staff-chart-pages-sum"
    )


def _counter_chart(
    name: str,
    days: Sequence[ServiceDay],
    since: date,
    until: date,
    *,
    of: Callable[[ServiceDay], int],
    total: str,
) -> Chart:
    ceiling = _ceiling(max(map(of, days), default=0))
    by_day = {each.day: of(each) for each in days}
    bars = [
        bar
        for x, day in _places(since, until)
        for bar in _stack(x, (HEIGHT * by_day.get(day, 0) / ceiling, "whole"))
    ]
    return Chart(
        id=name,
        title=words(f"staff-chart-{name}"),
        summary=words(total, count=sum(map(of, days))),
        width=_width(since, until),
        bars=tuple(bars),
        top=str(ceiling),
        days=_day_words(since, until),
        series=(),
        heads=(words("staff-chart-day"), words(f"staff-chart-{name}")),
        rows=tuple((_day(each.day), str(of(each))) for each in days),
    )


def service_share(days: Iterable[ServiceDay]) -> float | None:
    """Return which share of all the time of *days* could be used; None where there was none."""
    served = expected = 0
    for each in days:
        served += each.whole_seconds + each.partly_seconds
        expected += each.expected_seconds
    return served / expected if expected else None


def share_words(share: float | None) -> str:
    """Return a share as `98.4%`, or that there is none yet."""
    return "—" if share is None else f"{share * 100:.1f}%"


def count_words(count: int) -> str:
    """Return a count of people as it may be told."""
    told = told_count(count)
    return words("staff-few", least=LEAST_TOLD) if told is None else str(told)


def _part(count: int, ceiling: int, look: str) -> tuple[float, str]:
    told = told_count(count)
    if told is None:
        # The height of what may not be told says nothing either.
        return HEIGHT * LEAST_TOLD / ceiling, "few"
    return HEIGHT * told / ceiling, look


def _stack(x: float, *parts: tuple[float, str]) -> list[Bar]:
    bars, top = [], HEIGHT
    for height, look in parts:
        if height > 0:
            top -= height
            bars.append(Bar(x, round(max(top, 0), 2), round(height, 2), look))
    return bars


def _ceiling(most: int) -> int:
    # A day of withheld counts is drawn as two bars of `LEAST_TOLD` at most.
    wanted = max(most, 2 * LEAST_TOLD)
    return next((int(each) for each in _CEILINGS if each >= wanted), wanted)


def _places(since: date, until: date) -> list[tuple[float, date]]:
    return [
        (number * STEP + (STEP - BAR) / 2, since + timedelta(days=number))
        for number in range((until - since).days + 1)
    ]


def _width(since: date, until: date) -> float:
    return ((until - since).days + 1) * STEP


def _day_words(since: date, until: date) -> tuple[str, ...]:
    return tuple(_day(day) for day in (since, since + (until - since) / 2, until))


def _day(day: date) -> str:
    return day.strftime("%m-%d")


def _percent(part: int, whole: int) -> str:
    return f"{part / whole * 100:.1f}%" if whole else "—"
