"""The sealer links every committed entry once, whatever order they are committed in."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import func, select

from kiosk_server.audit import sealer as sealing
from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.models import AuditLink
from kiosk_server.audit.sealer import LOOK_AT_ALL_EVERY, Sealer
from kiosk_server.audit.services import SYSTEM, note
from kiosk_server.audit.sinks import HeadFolder
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from tests.support.audit_chain import KEY, KeptHeads, check, write_entries

MORNING = datetime(2026, 9, 1, 3, tzinfo=UTC)


def linked_entries(database: Database) -> list[int]:
    with database.reading() as session:
        return list(session.scalars(select(AuditLink.entry_id).order_by(AuditLink.sequence)))


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_a_late_commit_gets_a_later_place(database: Database) -> None:
    """An entry numbered first and committed last is linked last (SQLite has one writer)."""
    sealer = Sealer(database, key=KEY, sink=KeptHeads())
    with database.unit_of_work() as slow:
        note(slow, AuditEvent.VISIT_STARTED, actor=SYSTEM)
        slow.flush()
        write_entries(database, 2)
        sealer.seal()
    sealer.seal()
    assert linked_entries(database) == [2, 3, 1]
    assert check(database).faults == ()


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_a_very_late_commit_is_found_by_the_look_at_everything(database: Database) -> None:
    """An entry that took longer to commit than the watermark waits is linked within the hour."""
    sealer = Sealer(database, key=KEY, sink=KeptHeads())
    with database.unit_of_work() as slow:
        note(slow, AuditEvent.VISIT_STARTED, actor=SYSTEM)
        slow.flush()
        for minutes in (0, 11, 22):
            with clock.frozen(MORNING + timedelta(minutes=minutes)):
                write_entries(database, 1)
                sealer.seal()
    with clock.frozen(MORNING + timedelta(minutes=23)):
        assert sealer.seal() == 0
    with clock.frozen(MORNING + LOOK_AT_ALL_EVERY):
        assert sealer.seal() == 1


def test_more_than_a_batch_is_sealed_in_batches(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backlog is linked batch by batch into one whole chain."""
    monkeypatch.setattr(sealing, "BATCH", 3)
    write_entries(database, 8)
    assert Sealer(database, key=KEY, sink=KeptHeads()).seal_all() == 8
    assert (check(database).links, check(database).faults) == (8, ())


def test_two_sealers_make_one_chain(database: Database) -> None:
    """Sealers of two processes at once link every entry exactly once."""
    write_entries(database, 40)
    sealers = [Sealer(database, key=KEY, sink=KeptHeads()) for _ in range(2)]
    threads = [Thread(target=sealer.seal_all) for sealer in sealers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sealers[0].seal_all()
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(AuditLink)) == 40
    assert check(database).faults == ()


def test_a_head_that_found_no_room_is_offered_again(database: Database) -> None:
    """A sink that fails loses nothing: the next round brings the head."""
    kept = KeptHeads()
    kept.full = True
    sealer = Sealer(database, key=KEY, sink=kept)
    write_entries(database, 2)
    sealer.seal()
    kept.full = False
    sealer.seal()
    sealer.seal()
    assert [head.sequence for head in kept.heads] == [2]


def test_the_folder_gives_back_what_it_kept(database: Database, tmp_path: Path) -> None:
    """Heads in a folder are read back by verification; a spoilt line is named as none."""
    folder = HeadFolder(tmp_path / "heads")
    with clock.frozen(MORNING):
        write_entries(database, 1)
        Sealer(database, key=KEY, sink=folder).seal()
    (tmp_path / "heads" / "2026-09-02.jsonl").write_text("spoilt\n", encoding="utf-8")
    first, second = folder.heads()
    assert first is not None
    assert (first.sequence, second) == (1, None)
