"""The A4 printer in trouble over a resident's sheet: what the screen says, what technicians see."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from devices.simulators.ipp_printer import IppPrinterSimulator
from tests.support.village import Village, resident


@dataclass(frozen=True)
class Trouble:
    """What happens to the printer, who cures it how, and what both ends are told."""

    strike: Callable[[IppPrinterSimulator], object]
    cure: Callable[[IppPrinterSimulator], object]
    screen: str
    technician: str


TROUBLES = {
    "paper out": Trouble(
        lambda a4: a4.paper.set(sheets=0),
        lambda a4: a4.paper.set(sheets=250),
        "纸用完了",
        "a4_printer/paper_out",
    ),
    "cover open": Trouble(
        lambda a4: a4.paper.set(cover_open=True),
        lambda a4: a4.paper.set(cover_open=False),
        "打印机盖子开着",
        "a4_printer/cover_open",
    ),
    "jam in the sheet": Trouble(
        lambda a4: a4.paper.jam_next(),
        lambda a4: a4.paper.set(jammed=False),
        "卡纸了",
        "a4_printer/jam",
    ),
    "toner empty": Trouble(
        lambda a4: a4.paper.set(toner_percent=0),
        lambda a4: a4.paper.set(toner_percent=80),
        "没墨了",
        "a4_printer/toner_empty",
    ),
    "switched off": Trouble(
        lambda a4: a4.switch_off(),
        lambda a4: a4.switch_on(),
        "打印机没有应答",
        "a4_printer/offline",
    ),
}


@pytest.mark.policy("P50")
@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
def test_the_sheet_waits_and_comes_out_once(place: Village, trouble: Trouble) -> None:
    """Both ends name the trouble; after the cure the same job comes out, one document in all."""
    person = resident(place).to_decision()
    before = place.documents()
    trouble.strike(place.a4)
    job = person.asks_for_paper()
    person.sees(trouble.screen)
    place.until(lambda: trouble.technician in place.suspected(), "an entry for technicians")
    assert place.documents() == before
    trouble.cure(place.a4)
    person.sees('value="yes"')
    assert (place.job().id, place.job().state) == (job, "printed")
    assert (place.submitted(job), place.documents()) == (1, before + 1)
    person.leaves()
    place.until(lambda: trouble.technician not in place.unhealed(), "the word of the cure")


@pytest.mark.policy("P50")
@pytest.mark.parametrize("lost", ["lose_next_answer", "lose_next_request"])
def test_a_word_lost_at_the_printer_prints_nothing_twice(place: Village, lost: str) -> None:
    """Taken without a word it is found by name; never arrived it is unknown, and never resent."""
    person = resident(place).to_decision()
    before = place.documents()
    place.a4.verbs[lost]()
    job = person.asks_for_paper()
    if lost == "lose_next_answer":
        person.sees('value="yes"')
        assert (place.job().state, place.submitted(job)) == ("printed", 1)
        assert place.documents() == before + 1
        person.leaves()
    else:
        person.sees("打印机没说清楚")
        assert (place.job().state, place.submitted(job)) == ("unknown", 0)
        assert place.documents() == before


@pytest.mark.policy("P50")
def test_a_printer_that_forgot_over_a_jam_leaves_it_to_the_person(place: Village) -> None:
    """Switched off and on in the middle, it knows of nothing: the screen asks, nothing reprints."""
    person = resident(place).to_decision()
    before = place.documents()
    place.a4.paper.jam_next()
    job = person.asks_for_paper()
    person.sees("卡纸了")
    place.a4.switch_off()
    place.a4.paper.set(jammed=False)
    place.a4.switch_on()
    person.sees("打印机没说清楚")
    assert (place.job().id, place.job().state) == (job, "unknown")
    assert (place.submitted(job), place.documents()) == (0, before)


@pytest.mark.policy("P50")
def test_a_breakdown_inside_the_printer_is_not_printed(place: Village) -> None:
    """The screen says that the sheet did not come out, and the job ends so."""
    person = resident(place).to_decision()
    before = place.documents()
    place.a4.paper.set(sheets=0)
    person.asks_for_paper()
    person.sees("纸用完了")
    place.a4.paper.abort_current()
    place.a4.paper.set(sheets=250)
    person.sees("没有打好")
    assert place.job().state == "not_printed"
    assert place.documents() == before


def test_low_toner_stops_nobody(place: Village) -> None:
    """The sheet comes out, and technicians are told that toner runs low."""
    before = place.documents()
    place.a4.paper.set(toner_percent=5)
    person = resident(place).to_decision()
    job = person.asks_for_paper()
    person.sees('value="yes"')
    assert (place.job().id, place.job().state) == (job, "printed")
    assert place.documents() == before + 1
    person.leaves()
    place.until(lambda: "a4_printer/toner_low" in place.suspected(), "word of the toner")
    place.a4.paper.set(toner_percent=80)
    place.until(lambda: "a4_printer/toner_low" not in place.unhealed(), "word of new toner")


@pytest.mark.policy("P50")
def test_two_sheets_wait_in_their_order(place: Village) -> None:
    """Who left over an empty tray leaves no sheet: the next person's comes out, and that once."""
    first = resident(place).to_decision()
    before = place.documents()
    place.a4.paper.set(sheets=0)
    given_up = first.asks_for_paper()
    first.sees("纸用完了")
    first.touch("/kiosk/end")
    place.a4.paper.set(sheets=250)
    place.until(lambda: place.jobs()[-1].state in {"printed", "not_printed"}, "an end")
    ended = next(job.state for job in place.jobs() if job.id == given_up)
    assert place.documents() == before + (ended == "printed")
    place.ready()
    second = resident(place).to_decision()
    job = second.asks_for_paper()
    second.sees('value="yes"')
    second.leaves()
    assert (place.submitted(job), place.submitted(given_up)) == (1, 1)
