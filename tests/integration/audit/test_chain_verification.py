"""Whoever changes the audit behind its back is found out, and the place is named."""

import dataclasses

import pytest
from sqlalchemy import text

from kiosk_server.audit.sealer import Sealer
from kiosk_server.audit.verify import Fault, FaultKind
from kiosk_server.core.database import Database
from tests.support.audit_chain import KEY, KeptHeads, check, sealed, tampering, write_entries


def test_an_honest_chain_has_no_fault(database: Database) -> None:
    """Sealed entries verify, and what is not sealed yet is counted, not blamed."""
    kept = sealed(database, 7)
    write_entries(database, 2)
    found = check(database, kept)
    assert (found.links, found.unsealed, found.faults) == (7, 2, ())


@pytest.mark.parametrize(
    ("statements", "faults"),
    [
        (
            ["UPDATE audit_entry SET facts = '{\"number\":99}' WHERE id = 4"],
            (Fault(FaultKind.ENTRY_ALTERED, 4, 4, 4),),
        ),
        (
            ["DELETE FROM audit_entry WHERE id = 4"],
            (Fault(FaultKind.ENTRY_MISSING, 4, 4, 4),),
        ),
        (
            ["DELETE FROM audit_link WHERE sequence IN (3, 4)"],
            (Fault(FaultKind.LINKS_MISSING, 3, 4),),
        ),
        (
            ["UPDATE audit_link SET chain = 'forged' WHERE sequence = 4"],
            (Fault(FaultKind.LINK_ALTERED, 4, 4, 4),),
        ),
        (
            [
                "UPDATE audit_link SET entry_id = 1000 WHERE sequence = 2",
                "UPDATE audit_link SET entry_id = 2 WHERE sequence = 5",
                "UPDATE audit_link SET entry_id = 5 WHERE sequence = 2",
            ],
            (Fault(FaultKind.REORDERED, 2, 2, 5), Fault(FaultKind.REORDERED, 5, 5, 2)),
        ),
        (
            [
                "DELETE FROM audit_link WHERE sequence > 5",
                "DELETE FROM audit_entry WHERE id > 5",
            ],
            (Fault(FaultKind.CUT_OFF, 6, 7),),
        ),
    ],
    ids=["altered", "missing", "links missing", "link altered", "reordered", "cut off"],
)
def test_each_way_of_tampering_is_named(
    database: Database, statements: list[str], faults: tuple[Fault, ...]
) -> None:
    """An altered, missing, moved or cut-off row is named by its place and its kind."""
    kept = sealed(database, 7)
    with tampering(database) as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    assert check(database, kept).faults == faults


def test_one_fault_does_not_hide_the_next(database: Database) -> None:
    """Two altered entries far apart are both named."""
    kept = sealed(database, 9)
    with tampering(database) as connection:
        connection.execute(text("UPDATE audit_entry SET event = 'x' WHERE id IN (2, 8)"))
    assert [fault.sequence for fault in check(database, kept).faults] == [2, 8]


def test_a_chain_made_anew_differs_from_its_head(database: Database) -> None:
    """Whoever has the key and makes the whole chain anew is told by a head kept elsewhere."""
    kept = sealed(database, 3)
    with tampering(database) as connection:
        connection.execute(text("DELETE FROM audit_link"))
        connection.execute(text("UPDATE audit_entry SET event = 'x' WHERE id = 1"))
    Sealer(database, key=KEY, sink=KeptHeads()).seal_all()
    assert check(database).faults == ()
    assert check(database, kept).faults == (Fault(FaultKind.HEAD_DIFFERS, 3, 3),)


def test_a_forged_head_is_named(database: Database) -> None:
    """A head that the key did not sign proves nothing and is itself a fault."""
    kept = sealed(database, 3)
    kept.heads = [dataclasses.replace(kept.heads[0], sequence=9)]
    assert check(database, kept).faults == (Fault(FaultKind.HEAD_FORGED, 9, 9),)
