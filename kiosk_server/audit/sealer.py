"""
Seals committed entries into the chain, in batches, after the fact.

Linking inside each transaction would make every writer wait for every other (838 instead of 4,445
transactions a second on PostgreSQL). The price is a window of about a second in which an entry
is not yet linked. Ids are given before commit, so an entry may appear late with a low id: the
order of the chain is its own sequence, and late entries get a later one.
"""

from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, func, insert, select, text
from sqlalchemy.orm import Session

from kiosk_server.audit.chain import GENESIS, canonical_text, next_link
from kiosk_server.audit.heads import Head, signed_head
from kiosk_server.audit.models import AuditEntry, AuditLink
from kiosk_server.audit.ports import HeadSink
from kiosk_server.core import clock
from kiosk_server.core.database import Database

log = structlog.get_logger()

BATCH = 2_000
LATEST_COMMIT = timedelta(minutes=10)
"""How long an entry may wait for its commit and still be found by the ordinary look."""
LOOK_AT_ALL_EVERY = timedelta(hours=1)
_RECENT = 10_000
_ONE_SEALER = 0x6B696F736B  # "kiosk": the number of the advisory lock


class Sealer:
    """Links what is committed and unlinked. Several may run; one at a time does the work."""

    def __init__(self, database: Database, *, key: bytes, sink: HeadSink) -> None:
        self._database = database
        self._key = key
        self._sink = sink
        self._reached: deque[tuple[datetime, int]] = deque()
        self._watermark = 0
        self._looked_at_all: datetime | None = None
        self._offered = -1

    def seal(self) -> int:
        """Link one batch of entries and offer the new head; return how many were linked."""
        watermark = self._next_watermark()
        with self._database.unit_of_work() as session:
            if not _alone(session):
                return 0
            last = session.scalar(select(AuditLink).order_by(AuditLink.sequence.desc()).limit(1))
            entries = _unlinked(session, above=watermark)
            head = self._link(session, last, entries)
        if len(entries) < BATCH:
            self._note_reached(entries, whole=watermark == 0)
        self._offer(head)
        return len(entries)

    def seal_all(self) -> int:
        """Link everything that is committed now; return how many were linked."""
        total = 0
        while linked := self.seal():
            total += linked
        return total

    def _link(
        self, session: Session, last: AuditLink | None, entries: Sequence[AuditEntry]
    ) -> Head | None:
        sequence, chain = (last.sequence, last.chain) if last else (0, GENESIS)
        now = clock.now()
        rows = []
        for entry in entries:
            sequence += 1
            chain = next_link(
                self._key, sequence=sequence, previous=chain, text=canonical_text(entry)
            )
            rows.append(
                {"sequence": sequence, "entry_id": entry.id, "chain": chain, "sealed_at": now}
            )
        if rows:
            session.execute(insert(AuditLink), rows)
        if not sequence:
            return None
        return signed_head(self._key, sequence=sequence, chain=chain, at=now.isoformat())

    def _next_watermark(self) -> int:
        """Return the id at and below which nothing is looked for; 0 looks at everything.

        It trails behind by `LATEST_COMMIT`; whatever takes longer than that to commit is found
        by the look at everything, at every start and every hour: late, but never skipped.
        """
        now = clock.now()
        if self._looked_at_all is None or now - self._looked_at_all >= LOOK_AT_ALL_EVERY:
            return 0
        while self._reached and now - self._reached[0][0] >= LATEST_COMMIT:
            self._watermark = max(self._watermark, self._reached.popleft()[1])
        return self._watermark

    def _note_reached(self, entries: Sequence[AuditEntry], *, whole: bool) -> None:
        now = clock.now()
        if whole:
            self._looked_at_all = now
        if entries:
            self._reached.append((now, entries[-1].id))

    def _offer(self, head: Head | None) -> None:
        if head is None or head.sequence <= self._offered:
            return
        try:
            self._sink.keep(head)
        except OSError:
            # The chain is whole without it; the next round offers the head again.
            log.exception("audit_head_not_kept", sequence=head.sequence)
            return
        self._offered = head.sequence


def unsealed(session: Session) -> tuple[int, datetime | None]:
    """Return how many entries wait for their link, and since when the oldest does."""
    count, oldest = session.execute(
        select(func.count(AuditEntry.id), func.min(AuditEntry.at)).where(_has_no_link())
    ).one()
    return count, oldest


def sealing_lag(session: Session) -> timedelta:
    """Return how long the oldest entry has waited for its link; quick, for health and metrics.

    It looks at the latest entries only; `unsealed` counts them all.
    """
    recent = select(func.coalesce(func.max(AuditLink.entry_id), 0) - _RECENT).scalar_subquery()
    oldest = session.scalar(
        select(func.min(AuditEntry.at)).where(AuditEntry.id > recent, _has_no_link())
    )
    return clock.now() - oldest if oldest else timedelta(0)


def _unlinked(session: Session, *, above: int) -> Sequence[AuditEntry]:
    return session.scalars(
        select(AuditEntry)
        .where(AuditEntry.id > above, _has_no_link())
        .order_by(AuditEntry.id)
        .limit(BATCH)
    ).all()


def _has_no_link() -> ColumnElement[bool]:
    return ~select(AuditLink.sequence).where(AuditLink.entry_id == AuditEntry.id).exists()


def _alone(session: Session) -> bool:
    if session.get_bind().dialect.name == "sqlite":
        return True  # The unit of work holds the file's write lock already.
    taken = session.scalar(
        text("SELECT pg_try_advisory_xact_lock(:number)"), {"number": _ONE_SEALER}
    )
    return bool(taken)
