"""The schema is brought up and taken down on both engines, and is what the rooms declare."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from kiosk_server.audit.triggers import missing_triggers
from kiosk_server.core.identifiers import new_id
from kiosk_server.migrations import commands, standing
from tests.support import postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database with nothing in it."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'kiosk.sqlite3'}"
    else:
        with postgres.empty(f"test_{new_id()}") as address:
            yield address


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """A plain way into the same database."""
    engine = create_engine(url, poolclass=NullPool)
    yield engine
    engine.dispose()


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_up_down_and_up_again(url: str, engine: Engine) -> None:
    """Every migration can be taken back to nothing and brought again."""
    commands.migrate(url)
    whole = tables(engine)
    commands.migrate_down(url)
    assert tables(engine) == set()
    commands.migrate(url)
    assert tables(engine) == whole
    with engine.connect() as connection:
        assert standing.current(connection) == standing.head()


def test_migrations_make_what_the_rooms_declare(url: str) -> None:
    """The database after all migrations differs in nothing from the models."""
    commands.migrate(url)
    assert commands.differences(url) == []


def test_after_all_migrations_the_audit_is_append_only(url: str, engine: Engine) -> None:
    """The triggers stand at the end, and refuse."""
    commands.migrate(url)
    with engine.begin() as connection:
        assert missing_triggers(connection) == []
        connection.execute(
            text(
                "INSERT INTO audit_entry (id, at, event, actor_kind, actor_id, facts)"
                " VALUES (1, CURRENT_TIMESTAMP, 'visit.started', 'system', 'system', '{}')"
            )
        )
    for statement in ("UPDATE audit_entry SET event = 'x'", "DELETE FROM audit_entry"):
        with pytest.raises(DBAPIError, match="only ever added to"), engine.begin() as connection:
            connection.execute(text(statement))


def test_lost_triggers_come_back_with_the_next_run(url: str, engine: Engine) -> None:
    """A migration that rewrites an audit table need not remember the triggers it drops."""
    commands.migrate(url)
    with engine.begin() as connection:
        on_table = " ON audit_link" if engine.dialect.name == "postgresql" else ""
        for name in [each for each in _trigger_names(connection) if "link" in each]:
            connection.execute(text(f"DROP TRIGGER {name}{on_table}"))
        assert missing_triggers(connection) != []
    commands.migrate(url)
    with engine.connect() as connection:
        assert missing_triggers(connection) == []


def _trigger_names(connection: Connection) -> list[str]:
    if connection.dialect.name == "sqlite":
        asked = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        asked = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    return list(connection.execute(text(asked)).scalars())


def test_a_failed_run_leaves_nothing(url: str, engine: Engine) -> None:
    """A migration that breaks half way leaves the database as it was, on both engines."""

    def break_at_the_last_table(connection: Connection, *arguments: object) -> None:
        if "CREATE TABLE visit" in str(arguments[1]):
            raise RuntimeError("the power went")

    event.listen(Engine, "before_cursor_execute", break_at_the_last_table)
    try:
        with pytest.raises(RuntimeError, match="the power went"):
            commands.migrate(url)
    finally:
        event.remove(Engine, "before_cursor_execute", break_at_the_last_table)
    assert tables(engine) == set()
    commands.migrate(url)


def test_two_servers_that_start_at_once_migrate_once(url: str, engine: Engine) -> None:
    """The second of two simultaneous runs waits and finds nothing to do."""
    faults: list[BaseException] = []
    threads = [Thread(target=_noting(faults, commands.migrate), args=(url,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert "audit_entry" in tables(engine)


def _noting(faults: list[BaseException], act: Callable[[str], None]) -> Callable[[str], None]:
    def run(url: str) -> None:
        try:
            act(url)
        except (DBAPIError, RuntimeError, KeyError, AttributeError) as fault:
            faults.append(fault)

    return run


def test_the_head_file_names_the_newest_migration() -> None:
    """There is one line of migrations, and `head.txt` tells its end."""
    scripts = ScriptDirectory(str(commands.FOLDER))
    assert scripts.get_heads() == [standing.head()]
