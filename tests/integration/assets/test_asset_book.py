"""The asset book, site cards, keepers and checks in the database, on both engines."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from kiosk_server.assets import checks, keepers, queries, services
from kiosk_server.assets.checks import Check, Verdict
from kiosk_server.assets.keepers import Place
from kiosk_server.assets.models import Keeper
from kiosk_server.assets.rules import (
    Access,
    Book,
    Card,
    KeyWith,
    LineKind,
    LineOperator,
    Note,
    Part,
)
from kiosk_server.audit.services import Actor
from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict, Invalid, NotFound
from kiosk_server.places.rules import openings
from tests.support.counter import OTHER_TERMINAL, TERMINAL, Counter

BOOK = Book(
    model="示例立式机",
    serial="SN-1",
    device_serials={"id_reader": "R-7"},
    line_operator=LineOperator.TELECOM,
    line_kind=LineKind.FIBRE,
    line_number="KS-1",
    warranty_until=date(2029, 6, 1),
    filing_number="备2026-12",
    installed_on=date(2026, 6, 1),
    notes=(Note.BACKUP_LINE, Note.UPS_FITTED),
)
HOURS = openings([{"days": [1, 2, 3], "opens": "10:00", "closes": "14:00"}])
CARD = Card(KeyWith.SECURITY, hours=HOURS, access=(Access.STEP_FREE,), directions="大厅东侧")
PHONE = "13900000001"


def test_a_book_is_kept_with_its_history(counter: Counter, by: Actor) -> None:
    """What was written is read again; each change names what stood before, and who made it."""
    with counter.database.unit_of_work() as session:
        services.write_book(session, TERMINAL, BOOK, edition=0, by=by)
        services.write_book(session, TERMINAL, replace(BOOK, serial="SN-2"), edition=1, by=by)
        services.write_card(session, TERMINAL, CARD, edition=0, by=by)
    with counter.database.reading() as session:
        kept = queries.book_of(session, TERMINAL)
        assert (kept.book, kept.edition) == (replace(BOOK, serial="SN-2"), 2)
        assert queries.card_of(session, TERMINAL).card == CARD
        card, second, first = queries.history_of(session, TERMINAL)
        assert (card.part, second.changes) == (Part.SITE_CARD, {"serial": ["SN-1", "SN-2"]})
        assert first.changes["installed_on"] == [None, "2026-06-01"]
        assert {each.by for each in (card, second, first)} == {"测试·技术"}
        assert queries.book_of(session, OTHER_TERMINAL).book == Book()
    told = [entry.facts for entry in counter.audited("asset.changed")]
    assert told[1] == {"part": "book", "fields": "serial"}


def test_nothing_changed_is_no_change(counter: Counter, by: Actor) -> None:
    """Sending a form as it was leaves no line in the history and no new edition."""
    with counter.database.unit_of_work() as session:
        services.write_book(session, TERMINAL, BOOK, edition=0, by=by)
        services.write_book(session, TERMINAL, BOOK, edition=1, by=by)
        assert queries.book_of(session, TERMINAL).edition == 1
        assert len(queries.history_of(session, TERMINAL)) == 1


def test_two_editors_do_not_overwrite_each_other(counter: Counter, by: Actor) -> None:
    """Who writes what he read before somebody else wrote is told so, and nothing is lost."""
    with counter.database.unit_of_work() as session:
        services.write_book(session, TERMINAL, BOOK, edition=0, by=by)
    with pytest.raises(Conflict) as refused, counter.database.unit_of_work() as session:
        services.write_book(session, TERMINAL, Book(serial="X"), edition=0, by=by)
    assert refused.value.code == "book_changed_meanwhile"
    with counter.database.reading() as session:
        assert queries.book_of(session, TERMINAL).book == BOOK


def test_faults_and_unknown_terminals_are_refused(counter: Counter, by: Actor) -> None:
    """A faulty paper is refused with its fields; a terminal that is not there has no papers."""
    with pytest.raises(Invalid) as refused, counter.database.unit_of_work() as session:
        services.write_book(session, TERMINAL, Book(serial="?"), edition=0, by=by)
    assert [fault.at for fault in refused.value.fields] == ["serial"]
    with pytest.raises(NotFound), counter.database.unit_of_work() as session:
        services.write_card(session, "AT-9999", CARD, edition=0, by=by)


def test_a_keeper_minds_a_place(counter: Counter, by: Actor) -> None:
    """A keeper's number is sealed, shown masked, and gone with him; the audit has ids alone."""
    bank = Place("xingfulu", "sample-bank")
    with counter.database.unit_of_work() as session:
        keeper_id = keepers.enter(
            session, bank, name="测试·古丽", phone=PHONE, language="ug", hours=HOURS,
            staff_id=by.id, by=by,
        )  # fmt: skip
        keepers.enter(
            session, Place("xingfulu"), name="测试·王", phone=PHONE, language="zh", hours=(), by=by
        )
    with counter.database.reading() as session:
        (found,) = keepers.at_place(session, bank)
        assert (found.name, found.language, found.hours) == ("测试·古丽", "ug", HOURS)
        assert len(keepers.at_place(session, Place("xingfulu"))) == 1
        assert len(keepers.within(session, ["xingfulu"])) == 2
        assert keepers.places_of(session, by.id) == [bank]
        assert keepers.masked_phone_of(session, keeper_id) == "139****0001"
        assert PHONE.encode() not in session.get_one(Keeper, keeper_id).phone_sealed
    assert PHONE not in str([entry.facts for entry in counter.audited("asset.keeper_entered")])
    with counter.database.unit_of_work() as session:
        keepers.remove(session, keeper_id, by=by)
        assert keepers.find(session, keeper_id) is None
        assert keepers.places_of(session, by.id) == []


@pytest.mark.policy("P54")
def test_a_keeper_is_of_a_site_and_its_own_bank(counter: Counter, by: Actor) -> None:
    """A bank that belongs to another site is no place of this one."""
    with pytest.raises(Invalid) as refused, counter.database.unit_of_work() as session:
        keepers.enter(
            session, Place("atushi-centre", "sample-bank"), name="测试·王", phone=PHONE,
            language="zh", hours=(), by=by,
        )  # fmt: skip
    assert [fault.code for fault in refused.value.fields] == ["host_place_of_another_site"]


def test_a_check_is_kept_once(counter: Counter, by: Actor) -> None:
    """A check that arrives twice is kept once; the newest one speaks for its terminal."""
    first = Check("check-0001", TERMINAL, checks.DAILY, {"power": Verdict.GOOD}, clock.now())
    later = Check(
        "check-0002", TERMINAL, checks.DAILY, {"power": Verdict.BAD, "way": Verdict.GOOD},
        clock.now() + timedelta(hours=1),
    )  # fmt: skip
    with counter.database.unit_of_work() as session:
        assert checks.keep_check(session, first, by=by)
        assert checks.keep_check(session, later, by=by)
        assert not checks.keep_check(session, later, by=by)
    with counter.database.reading() as session:
        newest = checks.last_checks(session, [TERMINAL, OTHER_TERMINAL], kind=checks.DAILY)
        assert {terminal: each.bad for terminal, each in newest.items()} == {TERMINAL: ("power",)}
        listed = checks.checks_of(session, TERMINAL, since=clock.now() - timedelta(days=1))
        assert [each.id for each in listed] == ["check-0002", "check-0001"]


def test_a_check_of_another_terminal_is_not_taken_over(counter: Counter, by: Actor) -> None:
    """An id that stands for one terminal's check cannot be used for another's."""
    check = Check("check-0001", TERMINAL, checks.DAILY, {"power": Verdict.GOOD}, clock.now())
    with counter.database.unit_of_work() as session:
        checks.keep_check(session, check, by=by)
    with pytest.raises(Conflict), counter.database.unit_of_work() as session:
        checks.keep_check(session, replace(check, terminal_id=OTHER_TERMINAL), by=by)
    with pytest.raises(Invalid), counter.database.unit_of_work() as session:
        checks.keep_check(session, replace(check, id="x", points={}), by=by)
