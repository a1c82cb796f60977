"""Stocks counted from rows, forecasts, warnings that open and close once, on both engines."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from kiosk_server.assets.keepers import Place
from kiosk_server.audit.models import AuditEntry
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Invalid
from kiosk_server.supplies import queries
from kiosk_server.supplies.queries import Sought
from kiosk_server.supplies.rules import NATURES, Evidence, Supply
from kiosk_server.supplies.services import count_shelf, load_of_part, loads_in, take_load
from kiosk_server.terminals.models import DeviceState, Terminal
from kiosk_server.terminals.rules import Condition
from kiosk_server.work_orders.parts import PartCode
from tests.support.ailing import CENTRE, KEEPER
from tests.support.paper_town import ONE, PaperTown

WARNING = "a4_printer/supply_running_out"


def nearly_out(paper: PaperTown) -> None:
    """Let the warning be open: three days' paper is left."""
    paper.has_printed(40).reviews()
    paper.loads(100)
    paper.prints(100)
    paper.hours_pass()
    paper.learns()
    assert paper.town.open_kinds() == [WARNING]


def test_what_was_printed_is_counted_once(paper: PaperTown) -> None:
    """A print is taken off by the run that comes after it, and by no second one."""
    paper.reviews()
    paper.loads(500)
    before = paper.stock().left
    paper.prints(30)
    paper.prints(12, state="not_printed")
    paper.hours_pass()
    paper.reviews()
    assert paper.stock().left == before - 30
    paper.hours_pass()
    assert paper.stock().left == before - 30
    assert paper.supplies() == {"a4", "roll", "cutter"}


def test_a_printer_s_word_is_in_the_stock(paper: PaperTown) -> None:
    """Out and loaded within the hour, without a word of anybody: a guess, and no empty tray."""
    paper.reviews()
    paper.town.says(ONE, Condition.NEEDS_ATTENTION, "paper_out")
    paper.hours_pass()
    assert (paper.stock().left, paper.stock().evidence) == (0, Evidence.SENSED)
    paper.town.well(ONE)
    paper.hours_pass()
    assert paper.stock().left > 0
    assert paper.stock().evidence == Evidence.ASSUMED


def test_too_few_days_are_said_and_nothing_is_foretold(paper: PaperTown) -> None:
    """Nine days of use: how many are there is known, a day of running out is not."""
    paper.has_printed(40, days=9).reviews()
    paper.learns()
    row = paper.stock()
    assert (row.days, row.early_on, row.warned) == (9, None, False)
    with paper.town.at_work(), paper.database.reading() as session:
        assert queries.untold(session, [CENTRE]) == 3
        assert queries.needs(session, [CENTRE], within=30) == []


@pytest.mark.policy("P53")
def test_a_warning_opens_once_and_closes_when_somebody_loads(paper: PaperTown) -> None:
    """Days before it runs out whoever is on call is told, once; loading ends it at once."""
    paper.town.on_call("weihu")
    paper.has_printed(40).reviews()
    paper.loads(500)
    paper.learns()
    assert paper.town.open_kinds() == []
    paper.prints(500)
    for _ in range(3):
        paper.town.wait(90)
        paper.reviews()
    paper.learns()
    assert paper.town.open_kinds() == [WARNING]
    assert len(paper.town.calls()) == 1
    paper.loads(500)
    assert paper.town.open_kinds() == []
    assert len(paper.town.alerts()) == 1


def test_the_printer_s_own_low_takes_the_warning_s_place(paper: PaperTown) -> None:
    """What the machine says itself is one alert, not two."""
    nearly_out(paper)
    paper.town.says(ONE, Condition.LOW, "paper_low")
    paper.town.wait(90)
    paper.reviews()
    assert paper.town.open_kinds() == ["a4_printer/paper_low"]


def test_a_withdrawn_terminal_is_not_reckoned_with(paper: PaperTown) -> None:
    """Its warning ends with it, and no list names it any more."""
    nearly_out(paper)
    with paper.database.unit_of_work() as session:
        session.get_one(Terminal, ONE).state = "revoked"
    paper.town.looks()
    assert paper.town.open_kinds() == []
    with paper.town.at_work(), paper.database.reading() as session:
        assert queries.page_of(session, Sought([CENTRE], None)).total == 0


@pytest.mark.policy("P53")
def test_the_round_says_what_to_bring_where(database: Database) -> None:
    """Two machines of one place, thirty days of both, less what is in them and on the shelf."""
    both = (ONE, "AT-0002")
    paper = PaperTown(database, centre=2, town=1)
    paper.has_printed(40, terminals=both).reviews()
    for terminal in both:
        paper.loads(100, terminal=terminal)
    paper.learns()
    place = Place(CENTRE)
    with paper.town.at_work(), database.unit_of_work() as session:
        (need,) = queries.needs(session, [CENTRE, "songtake"], within=7)
        assert (need.place, {row.terminal_id for row in need.rows}) == (place, set(both))
        wanted = need.bring[Supply.A4]
        # 40 a day for 30 days in two machines, and a margin; 200 sheets are there.
        assert 5 <= wanted <= 7
        count_shelf(session, place, Supply.A4, 3, by=KEEPER)
    with paper.town.at_work(), database.reading() as session:
        (need,) = queries.needs(session, [CENTRE], within=7)
    assert need.bring[Supply.A4] == wanted - 3
    assert need.shelf[Supply.A4].packs == 3
    paper.loads(500)
    with paper.town.at_work(), database.reading() as session:
        (need,) = queries.needs(session, [CENTRE], within=7)
    assert need.shelf[Supply.A4].packs == 2


def test_a_senseless_count_is_refused_and_a_good_one_audited(paper: PaperTown) -> None:
    """Minus one and a thousand are slips of a finger; who counted what is written."""
    for packs in (-1, 1000):
        with paper.database.unit_of_work() as session, pytest.raises(Invalid):
            count_shelf(session, Place(CENTRE), Supply.ROLL, packs, by=KEEPER)
    with paper.database.unit_of_work() as session:
        count_shelf(session, Place(CENTRE), Supply.ROLL, 4, by=KEEPER)
    with paper.database.reading() as session:
        wanted = select(AuditEntry).where(AuditEntry.event == "supplies.shelf_counted")
        assert session.scalars(wanted).one().facts == {"supply": "roll", "packs": 4}


def test_toner_is_what_the_printer_says(paper: PaperTown) -> None:
    """Told a level, toner is reckoned with; its own use of a page is learned of the drop."""
    paper.has_printed(100)

    def told(percent: int) -> None:
        with paper.town.at_work(), paper.database.unit_of_work() as session:
            device = session.get_one(DeviceState, (ONE, "a4_printer"))
            device.details = {"levels": {"Black": percent}}

    told(90)
    paper.reviews()
    assert (paper.stock(Supply.TONER).left, paper.stock(Supply.TONER).evidence) == (90, "reported")
    paper.prints(400)
    told(50)
    paper.hours_pass()
    paper.learns()
    row = paper.stock(Supply.TONER)
    assert row.week is not None
    # 40 percent for 400 pages: ten percent a day.
    assert row.week[0] == pytest.approx(10, rel=0.1)
    today = clock.to_beijing(paper.town.now).date()
    assert row.likely_on is not None
    assert today + timedelta(days=4) <= row.likely_on <= today + timedelta(days=6)


def test_only_what_is_used_up_is_a_load() -> None:
    """Sheets by printer, rolls as slips, a cutter; a check of another kind loads nothing."""
    told = [("a4_printer", 250.0), ("receipt_printer", 1.0), ("machine", 3.0), ("a4_printer", None)]
    assert [(each.supply, each.units) for each in loads_in("paper_loaded", told)] == [
        (Supply.A4, 250.0),
        (Supply.ROLL, 300.0),
    ]
    assert loads_in("self_test", told) == []
    (boast,) = loads_in("paper_loaded", [("a4_printer", 1e308)])
    assert boast.units == NATURES[Supply.A4].most
    cutter = load_of_part(PartCode.CUTTER, 1)
    assert cutter is not None
    assert cutter.supply is Supply.CUTTER
    assert load_of_part(PartCode.FAN, 1) is None


def test_nothing_is_loaded_at_a_terminal_that_is_not_there(paper: PaperTown) -> None:
    """An unknown number, and a load of nothing, change nothing."""
    with paper.database.unit_of_work() as session:
        take_load(session, "AT-9999", Supply.A4, 100)
        take_load(session, ONE, Supply.A4, 0)
    assert paper.supplies() == set()
