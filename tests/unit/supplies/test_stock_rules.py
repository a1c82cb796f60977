"""What is left in a machine: counted down, sensed, told by the printer, loaded without a word."""

from datetime import datetime, timedelta

import pytest

from kiosk_server.supplies import rules
from kiosk_server.supplies.rules import Evidence, Sensor, Stock, Supply
from kiosk_server.supplies.tally import Printed, Said, settled, tallied

NOON = datetime.fromisoformat("2026-11-22T12:00:00+08:00")
HOUR = timedelta(hours=1)


def loaded(supply: Supply = Supply.A4, units: float = 500) -> Stock:
    """A machine into which somebody has put so much, and said so."""
    return rules.after_load(rules.first(supply), units)


def test_what_was_printed_is_gone() -> None:
    """Paper is counted down and never below nothing; its doubt grows with what went."""
    stock = loaded(units=400)
    after = rules.after_use(stock, 300)
    assert (after.left, after.used, after.evidence) == (stock.left - 300, 300, Evidence.COUNTED)
    assert after.doubt > stock.doubt
    assert rules.after_use(after, 900).left == 0


def test_a_ream_lies_on_what_was_left_and_a_roll_does_not() -> None:
    """Sheets are laid on sheets; a new roll takes the old one's place."""
    a4 = rules.after_load(rules.after_use(loaded(units=250), 200), 250)
    assert 250 < a4.left <= 500
    roll = rules.after_load(rules.after_use(loaded(Supply.ROLL, 300), 100), 300)
    assert roll.left == 300


def test_a_sensor_is_believed_over_the_count() -> None:
    """Low means little, out means nothing; what was counted otherwise is dropped."""
    low = rules.after_sensor(loaded(), Sensor.LOW)
    assert (low.left, low.evidence) == (50, Evidence.SENSED)
    assert rules.after_sensor(rules.after_use(low, 20), Sensor.LOW).left == 30
    out = rules.after_sensor(low, Sensor.OUT)
    assert (out.left, out.doubt) == (0, 0)


@pytest.mark.parametrize("before", [Sensor.LOW, Sensor.OUT])
def test_a_sensor_that_falls_silent_means_that_somebody_loaded(before: Sensor) -> None:
    """What usually goes in here is taken as put in, with much doubt."""
    usual = loaded(units=100)
    seen = rules.after_sensor(rules.after_sensor(usual, before), Sensor.FINE)
    assert seen.evidence is Evidence.ASSUMED
    assert seen.left == pytest.approx(usual.fill)
    assert seen.doubt > loaded(units=100).doubt


def test_paper_that_goes_on_coming_was_loaded() -> None:
    """Counted to nothing while the printer has no complaint: a guess, not an empty tray."""
    spent = rules.after_use(loaded(units=100), 2000)
    assert rules.after_sensor(spent, Sensor.FINE).left > 0


def test_a_rising_level_is_a_new_cartridge() -> None:
    """Toner is what the printer says; a jump begins a new count, a wobble does not."""
    used = rules.after_use(rules.after_level(rules.first(Supply.TONER), 80), 500)
    wobble = rules.after_level(used, 83)
    assert (wobble.left, wobble.used, wobble.filled) == (83, 500, 80)
    fresh = rules.after_level(rules.after_level(used, 4), 100)
    assert (fresh.left, fresh.used, fresh.filled) == (100, 0, 100)


def test_a_cartridge_shows_what_a_page_takes() -> None:
    """The house's figure holds until ten percent are gone, then the cartridge's own."""
    new = rules.after_use(rules.after_level(rules.first(Supply.TONER), 100), 100)
    assert rules.toner_per_page(rules.after_level(new, 96)) == rules.TONER_PER_PAGE
    assert rules.toner_per_page(rules.after_level(new, 80)) == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("details", "level"),
    [
        ({"levels": {"Black": 37, "Drum": 90}}, 37),
        ({"toner_percent": 82}, 82),
        ({"levels": {}}, None),
        ({"levels": {"Black": -2}, "toner_percent": 5}, None),
        ({"toner_percent": "82"}, None),
        ({}, None),
    ],
)
def test_levels_are_read_as_printers_tell_them(
    details: dict[str, object], level: float | None
) -> None:
    """The lowest marker counts; what is no percentage is no level."""
    assert rules.level_told(details) == level


def test_troubles_are_read_by_their_stem() -> None:
    """Endings say how grave it is; another supply's trouble says nothing."""
    assert rules.sensor_of(Supply.A4, ["paper_low_warning"]) is Sensor.LOW
    assert rules.sensor_of(Supply.A4, ["paper_out", "paper_low"]) is Sensor.OUT
    assert rules.sensor_of(Supply.A4, ["toner_low"]) is Sensor.FINE
    assert rules.sensor_of(Supply.TONER, ["toner_empty"]) is Sensor.OUT
    assert rules.sensor_of(Supply.CUTTER, ["paper_out"]) is Sensor.FINE


def test_happenings_are_taken_in_order_and_once() -> None:
    """Out, loaded without a word, printed: only what came after the last count, by its time."""
    stock = loaded(units=250)
    said = [Said(NOON + 2 * HOUR, ()), Said(NOON + HOUR, ("paper_out",))]
    printed = [Printed(NOON + 3 * HOUR, 40, 1), Printed(NOON - HOUR, 100, 1)]
    after = tallied(stock, NOON, printed, said)
    assert after.evidence is Evidence.ASSUMED
    assert after.left == pytest.approx(stock.fill - 40)
    assert tallied(after, NOON + 3 * HOUR, printed, said) == after


def test_slips_and_cuts_go_with_slips_and_toner_with_pages() -> None:
    """One print moves each supply in its own unit."""
    printed = [Printed(NOON + HOUR, 3, 1)]
    for supply, used in ((Supply.A4, 3), (Supply.TONER, 3), (Supply.ROLL, 1), (Supply.CUTTER, 1)):
        assert tallied(rules.first(supply), NOON, printed, []).used == used


def test_how_a_device_stands_now_ends_the_count() -> None:
    """A level that is told now is what is left, whatever was reckoned."""
    toner = settled(rules.first(Supply.TONER), (), 41.0)
    assert (toner.left, toner.evidence) == (41, Evidence.REPORTED)
    assert settled(loaded(), ("paper_out",), None).left == 0


def test_packs_are_whole() -> None:
    """Nobody buys half a ream, and nothing is ordered for nothing."""
    assert [rules.packs(Supply.A4, units) for units in (-20, 0, 1, 500, 501)] == [0, 0, 1, 1, 2]
    assert rules.packs(Supply.ROLL, 301) == 2
