"""Write, seal and then tamper with an audit, as somebody with the database's password could."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.heads import Head
from kiosk_server.audit.sealer import Sealer
from kiosk_server.audit.services import SYSTEM, note
from kiosk_server.audit.triggers import create_triggers, drop_triggers
from kiosk_server.audit.verify import Verification, verify
from kiosk_server.core.database import Database

KEY = b"an audit key of the tests alone!"


class KeptHeads:
    """A sink that remembers, and that can be full."""

    def __init__(self) -> None:
        self.heads: list[Head] = []
        self.full = False

    def keep(self, head: Head) -> None:
        if self.full:
            raise OSError("no room for another head")
        self.heads.append(head)


def write_entries(database: Database, count: int) -> None:
    """Write *count* entries that differ, in one deed."""
    with database.unit_of_work() as session:
        for number in range(count):
            note(session, AuditEvent.VISIT_STARTED, actor=SYSTEM, facts={"number": number})


def sealed(database: Database, count: int) -> KeptHeads:
    """Write *count* entries, seal them, and return the heads that were kept."""
    kept = KeptHeads()
    write_entries(database, count)
    Sealer(database, key=KEY, sink=kept).seal_all()
    return kept


def check(database: Database, kept: KeptHeads | None = None) -> Verification:
    """Verify the chain against the heads that were kept."""
    with database.reading() as session:
        return verify(session, key=KEY, heads=kept.heads if kept else [])


@contextmanager
def tampering(database: Database) -> Iterator[Connection]:
    """Lend a connection with the triggers out of the way, and put them back."""
    with database.engine.begin() as connection:
        drop_triggers(connection)
        yield connection
        create_triggers(connection)
