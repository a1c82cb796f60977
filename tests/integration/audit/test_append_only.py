"""The audit is only ever added to, and the database itself sees to it."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import SYSTEM, note
from kiosk_server.audit.triggers import drop_triggers, missing_triggers
from kiosk_server.core.database import Database


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET event = 'other'",
        "DELETE FROM audit_entry",
        "UPDATE audit_link SET chain = 'other'",
        "DELETE FROM audit_link",
    ],
)
def test_what_was_written_cannot_be_changed(database: Database, statement: str) -> None:
    """UPDATE and DELETE fail on both tables of the audit, on both engines."""
    with database.unit_of_work() as session:
        note(session, AuditEvent.VISIT_STARTED, actor=SYSTEM)
        session.execute(
            text(
                "INSERT INTO audit_link (sequence, entry_id, chain, sealed_at)"
                " VALUES (1, 1, 'c', CURRENT_TIMESTAMP)"
            )
        )
    with pytest.raises(DBAPIError, match="only ever added to"), database.unit_of_work() as session:
        session.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "REPLACE INTO audit_entry (id, at, event, actor_kind, actor_id, facts)"
        " VALUES (1, CURRENT_TIMESTAMP, 'other', 'system', 'system', '{}')",
        "INSERT OR REPLACE INTO audit_link (sequence, entry_id, chain) VALUES (1, 9, 'other')",
        "INSERT OR REPLACE INTO audit_link (sequence, entry_id, chain) VALUES (9, 1, 'other')",
        "INSERT INTO audit_link (sequence, entry_id, chain) VALUES (1, 1, 'other')"
        " ON CONFLICT (sequence) DO UPDATE SET chain = 'other'",
    ],
)
@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_nothing_is_written_over(database: Database, statement: str) -> None:
    """An insert over a row that stands fails too, whatever it asks for in a conflict."""
    with database.unit_of_work() as session:
        note(session, AuditEvent.VISIT_STARTED, actor=SYSTEM)
        session.execute(
            text("INSERT INTO audit_link (sequence, entry_id, chain) VALUES (1, 1, 'c')")
        )
    with pytest.raises(DBAPIError, match="only ever added to"), database.unit_of_work() as session:
        session.execute(text(statement))


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_an_upsert_changes_nothing(database: Database) -> None:
    """ON CONFLICT DO UPDATE is an update, and fails as one."""
    upsert = text(
        "INSERT INTO audit_link (sequence, entry_id, chain) VALUES (1, 1, 'c')"
        " ON CONFLICT (sequence) DO UPDATE SET chain = 'other'"
    )
    with database.unit_of_work() as session:
        session.execute(upsert)
    with pytest.raises(DBAPIError, match="only ever added to"), database.unit_of_work() as session:
        session.execute(upsert)


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_the_tables_cannot_be_emptied(database: Database) -> None:
    """TRUNCATE fails too, where the engine knows it."""
    for table in ("audit_entry", "audit_link"):
        with (
            pytest.raises(DBAPIError, match="only ever added to"),
            database.unit_of_work() as session,
        ):
            session.execute(text(f"TRUNCATE {table}"))


def test_a_lost_trigger_is_named(database: Database, engine_name: str) -> None:
    """A database without its triggers is told from one with them."""
    with database.engine.begin() as connection:
        assert missing_triggers(connection) == []
        drop_triggers(connection)
        assert len(missing_triggers(connection)) == (4 if engine_name == "postgresql" else 6)
