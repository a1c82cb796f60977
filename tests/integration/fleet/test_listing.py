"""The list of thousands: its order, its sieves, its pages, and what it costs the database."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.identifiers import new_id
from kiosk_server.fleet.listing import Cursor, Listing, Sought, page_of, software_known
from kiosk_server.terminals.grading import keep_grade
from kiosk_server.terminals.models import DeviceState, Terminal
from kiosk_server.terminals.queries import devices_of
from kiosk_server.terminals.rules import Grade
from kiosk_server.upkeep.models import Alert
from tests.support.first_rows import enter_places

CENTRE, BANK_SITE = "atushi-centre", "xingfulu"
EVERYWHERE = Sought(site_ids=[CENTRE, BANK_SITE])
KINDS = ("id_reader", "a4_printer", "receipt_printer")
LIVES: tuple[tuple[str, str, dict[str, tuple[str, list[str]]], int | None], ...] = (
    ("good", "in_service", {}, 0),
    ("locked", "locked", {}, 0),
    ("silent", "in_service", {}, 300),
    ("stopped", "in_service", {"id_reader": ("fault", [])}, 0),
    ("partly", "in_service", {"a4_printer": ("needs_attention", ["paper_out"])}, 0),
    ("warned", "in_service", {"receipt_printer": ("low", ["paper_low"])}, 0),
    ("awaited", "awaited", {}, None),
    ("revoked", "revoked", {}, 0),
)


@pytest.fixture
def fleet(database: Database) -> Database:
    """Three terminals of each kind of life, numbered round, at a site and at a bank."""
    enter_places(database)
    with database.unit_of_work() as session:
        for number in range(1, 3 * len(LIVES) + 1):
            _, state, devices, silent_for = LIVES[(number - 1) % len(LIVES)]
            heard = None if silent_for is None else clock.now() - timedelta(seconds=silent_for)
            at_bank = number % 2 == 0
            terminal = Terminal(
                id=f"AT-{number:04d}" if number < 20 else f"AT-{number:05d}",
                site_id=BANK_SITE if at_bank else CENTRE,
                host_place_id="sample-bank" if at_bank else None,
                place="东厅" if number == 3 else "",
                state=state,
                software="0.2.0" if number == 1 else "0.1.0",
                last_seen_at=heard,
            )
            session.add(terminal)
            session.flush()
            if heard is not None:
                for kind in KINDS:
                    condition, troubles = devices.get(kind, ("ready", []))
                    session.add(
                        DeviceState(
                            terminal_id=terminal.id, kind=kind, condition=condition,
                            troubles=troubles, details={}, since=heard, reported_at=heard,
                        )
                    )  # fmt: skip
                session.flush()
                keep_grade(terminal, devices_of(session, terminal.id), clock.now())
    return database


def read(database: Database, sought: Sought = EVERYWHERE, **asked: object) -> Listing:
    """One page of the list."""
    with database.reading() as session:
        return page_of(session, sought, **asked)  # type: ignore[arg-type]


def test_who_wants_a_person_comes_first(fleet: Database) -> None:
    """The database sorts as the devices judge: worst first, then by number as people count."""
    found = read(fleet, replace(EVERYWHERE, grades=tuple(Grade)))
    ranks = [view.standing.rank for view in found.terminals]
    assert ranks == sorted(ranks)
    by_grade: dict[Grade, list[str]] = {}
    for view in found.terminals:
        by_grade.setdefault(view.standing.grade, []).append(view.id)
    assert {grade: len(ids) for grade, ids in by_grade.items()} == dict.fromkeys(Grade, 3)
    assert all(ids == sorted(ids, key=lambda i: (len(i), i)) for ids in by_grade.values())
    assert found.counts == dict.fromkeys(Grade, 3)
    assert (found.ours, found.heard) == (18, 15)


def test_withdrawn_terminals_stand_in_the_archive_alone(fleet: Database) -> None:
    """The list shows what lives; the archive is asked for by its grade."""
    assert Grade.REVOKED not in {view.standing.grade for view in read(fleet).terminals}
    archive = read(fleet, replace(EVERYWHERE, grades=[Grade.REVOKED]))
    assert {view.standing.grade for view in archive.terminals} == {Grade.REVOKED}
    assert archive.total == 3


def test_pages_meet_without_gap_or_repetition(fleet: Database) -> None:
    """Going on from the last terminal of each page names every terminal once."""
    seen: list[str] = []
    after: Cursor | None = None
    while True:
        page = read(fleet, after=after, size=4)
        seen += [view.id for view in page.terminals]
        if page.following is None:
            break
        after = Cursor.read(str(page.following))
    assert len(seen) == len(set(seen)) == 21
    assert seen == [view.id for view in read(fleet).terminals]


def test_a_cursor_from_elsewhere_is_no_cursor() -> None:
    """What was not made by a page is passed over."""
    assert Cursor.read("3-AT-0001") == Cursor(3, "AT-0001")
    for nonsense in ("", "3", "x-AT-0001", "3-AT-0001' OR 1=1", "3-AT-0001\n"):
        assert Cursor.read(nonsense) is None


def test_the_sieves(fleet: Database) -> None:
    """By words of number, place and name, by where it stands, by trouble, by software."""
    with fleet.unit_of_work() as session:
        session.add(
            Alert(
                id=new_id(), terminal_id="AT-0005", site_id=CENTRE, device="a4_printer",
                kind="paper_out", severity="serious", suspected_at=clock.now(),
                opened_at=clock.now(), last_seen_at=clock.now(),
            )
        )  # fmt: skip

    def ids(**asked: object) -> set[str]:
        return {view.id for view in read(fleet, replace(EVERYWHERE, **asked)).terminals}  # type: ignore[arg-type]

    assert ids(words="at-0003") == {"AT-0003"}
    assert ids(words="东厅") == {"AT-0003"}
    assert ids(words="%") == set()
    assert ids(words="示例银行", named_hosts=["sample-bank"]) == ids(hosts=["sample-bank"])
    assert ids(words="市政务", named_sites=[CENTRE]) == ids(site_ids=[CENTRE])
    assert ids(hosts=()) == ids(site_ids=[CENTRE])
    assert ids(trouble="paper_out") == {"AT-0005"}
    assert ids(software="0.2.0") == {"AT-0001"}
    assert ids(site_ids=[]) == set()
    with fleet.reading() as session:
        assert software_known(session, [CENTRE]) == ["0.2.0", "0.1.0"]


def test_what_has_no_grade_yet_is_looked_at_first(fleet: Database) -> None:
    """A terminal whose devices were never judged is not sorted among the well."""
    with fleet.unit_of_work() as session:
        session.get_one(Terminal, "AT-0001").grade = None
    assert read(fleet).terminals[0].id == "AT-0001"


def test_more_terminals_cost_no_more_queries(fleet: Database) -> None:
    """A page of twenty takes as many questions to the database as a page of two."""

    def asked(size: int) -> int:
        statements: list[str] = []

        def count(*call: object) -> None:
            statements.append(str(call[2]))

        for engine in fleet.engines:
            event.listen(engine, "before_cursor_execute", count)
        try:
            read(fleet, size=size)
        finally:
            for engine in fleet.engines:
                event.remove(engine, "before_cursor_execute", count)
        return len([each for each in statements if each.startswith("SELECT")])

    assert asked(20) == asked(2) <= 6
