"""Files are sealed, checked at every reading, and leave nothing behind."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import NotFound
from kiosk_server.extensions import open_database
from kiosk_server.files import services
from kiosk_server.files.models import FileBlob
from kiosk_server.settings import Settings

PAPER = "%PDF-1.7 参保证明 测试".encode() * 50


@pytest.fixture(params=["directory", "database"])
def shelf(request: pytest.FixtureRequest, database: Database, settings: Settings) -> str:
    """The store that new files go to."""
    name = str(request.param)
    other = open_database(replace(settings, files=name))
    with other.reading() as session:
        database.lend("shelves", services.shelves_of(session))
    other.dispose()
    return name


def keep(database: Database) -> str:
    with database.unit_of_work() as session:
        return services.store(session, PAPER, "application/pdf", "test").id


def blobs(settings: Settings) -> list[Path]:
    return [path for path in (settings.instance / "files").rglob("*") if path.is_file()]


@pytest.mark.usefixtures("shelf")
def test_a_file_comes_back_as_it_was(database: Database) -> None:
    """What was kept is read back, with its digest and size on its row."""
    with database.unit_of_work() as session:
        file = services.store(session, PAPER, "application/pdf", "test")
    assert (file.digest, file.size) == (hashlib.sha256(PAPER).hexdigest(), len(PAPER))
    with database.reading() as session:
        assert services.read(session, file.id) == PAPER


def test_nothing_lies_in_clear(database: Database, settings: Settings, shelf: str) -> None:
    """Neither the directory nor the table holds a word of the content."""
    keep(database)
    if shelf == "directory":
        raw = b"".join(path.read_bytes() for path in blobs(settings))
        assert {path.stat().st_mode & 0o777 for path in blobs(settings)} == {0o600}
    else:
        with database.reading() as session:
            raw = b"".join(session.scalars(select(FileBlob.content)))
        assert blobs(settings) == []
    assert len(raw) > len(PAPER)
    assert "参保证明".encode() not in raw


@pytest.mark.usefixtures("shelf")
def test_a_spoilt_file_is_refused(database: Database) -> None:
    """An altered or missing blob is a fault with a code, never other bytes."""
    file_id = keep(database)
    other_id = keep(database)
    with database.unit_of_work() as session:
        store = services.shelves_of(session).stores[services.shelves_of(session).current]
        moved = store.get(session, other_id)
        assert moved is not None
        store.put(session, file_id, moved)
        store.remove(session, other_id)
    with database.reading() as session:
        with pytest.raises(services.FileDamaged, match="file_damaged"):
            services.read(session, file_id)
        with pytest.raises(services.FileDamaged, match="file_missing"):
            services.read(session, other_id)


@pytest.mark.usefixtures("shelf")
def test_a_deleted_file_is_gone(database: Database, settings: Settings) -> None:
    """After deletion there is no row, and after the sweep no byte."""
    file_id = keep(database)
    with database.unit_of_work() as session:
        services.delete(session, file_id)
        services.delete(session, file_id)
    with clock.frozen(clock.now() + timedelta(hours=2)), database.unit_of_work() as session:
        services.sweep(session)
        assert session.scalars(select(FileBlob)).all() == []
        with pytest.raises(NotFound):
            services.read(session, file_id)
    assert blobs(settings) == []


@pytest.mark.real_clock
def test_a_rolled_back_file_is_swept(database: Database, settings: Settings) -> None:
    """A blob whose transaction failed is left alone for an hour, then swept; others stay."""

    def fail_after_storing() -> None:
        with database.unit_of_work() as session:
            services.store(session, PAPER, "application/pdf", "test")
            raise RuntimeError

    kept = keep(database)
    with pytest.raises(RuntimeError):
        fail_after_storing()
    with database.unit_of_work() as session:
        assert services.sweep(session) == 0
    with clock.frozen(clock.now() + timedelta(hours=2)), database.unit_of_work() as session:
        assert services.sweep(session) == 1
    assert [path.name for path in blobs(settings)] == [kept]


def test_files_stay_readable_when_the_store_changes(database: Database, settings: Settings) -> None:
    """A counter that grows to several servers still reads what one server kept."""
    first = keep(database)
    grown = open_database(replace(settings, files="database"))
    second = keep(grown)
    with grown.reading() as session:
        assert services.read(session, first) == services.read(session, second) == PAPER
    grown.dispose()
