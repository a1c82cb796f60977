"""Keys are changed on a live database: nothing is lost, nothing is left, nobody waits."""

from collections.abc import Iterator
from dataclasses import replace
from threading import Event, Thread

import pytest
from sqlalchemy.orm import Session

from kiosk_server.core import rotation
from kiosk_server.core.cryptography import sealed_key_id
from kiosk_server.core.database import Base, Database
from kiosk_server.core.rotation import SealedColumn, rotate, sealed_columns, values_left
from kiosk_server.extensions import open_database
from kiosk_server.files import services as files
from kiosk_server.files.rotation import files_left, rotate_files
from kiosk_server.migrations.tables import all_tables
from kiosk_server.residents.models import Resident
from kiosk_server.residents.numbers import CardKind, mod_11_2
from kiosk_server.residents.services import find_or_register, name_of, number_of
from kiosk_server.settings import Settings

NEW_KEY = bytes(range(32))


@pytest.fixture
def rekeyed(settings: Settings) -> Iterator[Database]:
    """The same database, opened by a process that has the new key."""
    keys = {**settings.field_keys, "k2": NEW_KEY}
    database = open_database(replace(settings, field_keys=keys))
    yield database
    database.dispose()


def number_for(person: int) -> str:
    first = f"65300119900101{person:03}"
    return first + mod_11_2(first)


def register(database: Database, person: int) -> str:
    with database.unit_of_work() as session:
        number = number_for(person)
        name = f"测试·{person}"
        return find_or_register(session, number=number, name=name, kind=CardKind.RESIDENT).id


def left(database: Database) -> int:
    with database.reading() as session:
        return values_left(session, Base.metadata) + files_left(session)


def test_every_table_with_a_sealed_column_can_be_rotated() -> None:
    """A sealed column stands in a table whose rows have one `id`, to which its cells are bound."""
    columns = list(sealed_columns(all_tables()))
    assert {"resident", "staff_member"} <= {each.table.name for each in columns}
    assert all(each.table.primary_key.columns.keys() == ["id"] for each in columns)


def test_every_value_is_sealed_again(database: Database, rekeyed: Database) -> None:
    """After a rotation nothing needs the old key, and everything reads as before."""
    people = [register(database, person) for person in range(5)]
    assert left(rekeyed) == 10
    assert rotate(rekeyed, Base.metadata).resealed == 10
    assert left(rekeyed) == 0
    with rekeyed.reading() as session:
        for person, resident_id in enumerate(people):
            resident = session.get_one(Resident, resident_id)
            assert sealed_key_id(resident.number_sealed) == "k2"
            assert number_of(session, resident) == number_for(person)
            assert name_of(session, resident) == f"测试·{person}"


def test_a_rotation_goes_on_where_it_was_stopped(
    database: Database, rekeyed: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rotation that was stopped half way leaves a database that reads, and is taken up again."""
    monkeypatch.setattr(rotation, "BATCH", 2)
    for person in range(5):
        register(database, person)
    whole_batch, sealed_so_far = rotation._reseal_batch, [0]

    def until_four(
        session: Session, each: SealedColumn, after: str
    ) -> tuple[str | None, int, list[str]]:
        if sealed_so_far[0] >= 4:
            raise KeyboardInterrupt
        batch = whole_batch(session, each, after)
        sealed_so_far[0] += batch[1]
        return batch

    with monkeypatch.context() as stopped:
        stopped.setattr(rotation, "_reseal_batch", until_four)
        with pytest.raises(KeyboardInterrupt):
            rotate(rekeyed, Base.metadata)
    assert left(rekeyed) == 6
    assert rotate(rekeyed, Base.metadata).resealed == 6
    assert left(rekeyed) == 0


def test_writers_go_on_meanwhile(
    database: Database, rekeyed: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that still seals with the old key loses nothing to a rotation beside it."""
    monkeypatch.setattr(rotation, "BATCH", 3)
    people = [register(database, person) for person in range(20)]
    enough = Event()

    def keep_renaming() -> None:
        turn = 0
        while not enough.is_set():
            turn += 1
            with database.unit_of_work() as session:
                person = turn % 20
                find_or_register(
                    session,
                    number=number_for(person),
                    name=f"测试·{person}·{turn}",
                    kind=CardKind.RESIDENT,
                )
                latest[person] = f"测试·{person}·{turn}"

    latest = {person: f"测试·{person}" for person in range(20)}
    writer = Thread(target=keep_renaming)
    # The writer's process must be able to read what was sealed anew: keys come before rotation.
    database.keyring = rekeyed.keyring
    database.lend("keyring", replace(rekeyed.keyring, sealing_keys=_old_last(rekeyed)))
    writer.start()
    try:
        for _ in range(3):
            assert rotate(rekeyed, Base.metadata).broken == ()
    finally:
        enough.set()
        writer.join()
    rotate(rekeyed, Base.metadata)
    assert left(rekeyed) == 0
    with rekeyed.reading() as session:
        names = [name_of(session, session.get_one(Resident, each)) for each in people]
    assert names == [latest[person] for person in range(20)]


def _old_last(rekeyed: Database) -> dict[str, bytes]:
    return dict(reversed(list(rekeyed.keyring.sealing_keys.items())))


def test_a_value_that_does_not_open_is_named_and_passed_by(
    database: Database, rekeyed: Database
) -> None:
    """A broken value is reported by its place, stays as it is, and holds nothing up."""
    broken, _ = register(database, 1), register(database, 2)
    with database.unit_of_work() as session:
        resident = session.get_one(Resident, broken)
        resident.name_sealed = resident.number_sealed
    outcome = rotate(rekeyed, Base.metadata)
    assert (outcome.resealed, outcome.broken) == (3, (f"resident.name/{broken}",))


@pytest.mark.parametrize("shelf", ["directory", "database"])
def test_files_are_sealed_again(database: Database, rekeyed: Database, shelf: str) -> None:
    """Files of both stores get the new key and read as before."""
    for each in (database, rekeyed):
        with each.reading() as session:
            each.lend("shelves", replace(files.shelves_of(session), current=shelf))
    with database.unit_of_work() as session:
        file_id = files.store(session, b"content", "text/plain", "test").id
    assert (rotate_files(rekeyed).resealed, left(rekeyed)) == (1, 0)
    with rekeyed.reading() as session:
        assert files.read(session, file_id) == b"content"
        sealed = files.shelves_of(session).stores[shelf].get(session, file_id)
    assert sealed is not None
    assert sealed_key_id(sealed) == "k2"
