"""
Checks the chain from its first link to its last, and against the heads kept elsewhere.

Every fault is named by its place. One fault does not hide the next: after each the walk goes on
from the link as it is stored.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain as one_after_another

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.audit.chain import GENESIS, canonical_text, next_link
from kiosk_server.audit.heads import Head, is_genuine
from kiosk_server.audit.models import AuditEntry, AuditLink
from kiosk_server.audit.sealer import unsealed

BATCH = 2_000
_MOST_COMPARED = 200


class FaultKind(StrEnum):
    """What can be wrong with the chain."""

    ENTRY_ALTERED = "entry_altered"
    ENTRY_MISSING = "entry_missing"
    REORDERED = "reordered"
    LINK_ALTERED = "link_altered"
    LINKS_MISSING = "links_missing"
    CUT_OFF = "cut_off"
    HEAD_DIFFERS = "head_differs"
    HEAD_FORGED = "head_forged"


@dataclass(frozen=True)
class Fault:
    """One fault: at which sequence, up to which (for a range), and which entry it is about."""

    kind: FaultKind
    sequence: int
    until: int
    entry_id: int | None = None


@dataclass(frozen=True)
class Verification:
    """What a walk along the chain found."""

    links: int
    heads: int
    vouched: int
    """The sequence up to which genuine heads vouch for the chain; what follows could be cut off."""
    unsealed: int
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class _Step:
    """One link, what stood before it, and the text of the entry that it names."""

    link: AuditLink
    previous: str | None
    text: str | None

    def expected(self, key: bytes, *, previous: str | None = None, text: str | None = None) -> str:
        return next_link(
            key,
            sequence=self.link.sequence,
            previous=previous or self.previous or "",
            text=text or self.text or "",
        )


def verify(session: Session, *, key: bytes, heads: Iterable[Head | None]) -> Verification:
    """Return every fault of the chain; *heads* are those kept elsewhere (None: unreadable)."""
    kept = list(heads)
    genuine = {head.sequence: head.chain for head in kept if head and is_genuine(head, key)}
    faults: list[Fault] = []
    wrong: list[_Step] = []
    last = 0
    for step in _steps(session):
        sequence = step.link.sequence
        if sequence != last + 1:
            faults.append(Fault(FaultKind.LINKS_MISSING, last + 1, sequence - 1))
        if genuine.get(sequence, step.link.chain) != step.link.chain:
            faults.append(Fault(FaultKind.HEAD_DIFFERS, sequence, sequence))
        if step.text is None:
            faults.append(Fault(FaultKind.ENTRY_MISSING, sequence, sequence, step.link.entry_id))
        elif step.previous is not None and step.expected(key) != step.link.chain:
            wrong.append(step)
        last = sequence
    faults += _explain(wrong, key)
    faults += _beyond_the_end(kept, genuine, last, key)
    return Verification(
        links=last,
        heads=len(kept),
        vouched=max(one_after_another(genuine, (0,))),
        unsealed=unsealed(session)[0],
        faults=tuple(sorted(faults, key=lambda fault: fault.sequence)),
    )


def _steps(session: Session) -> Iterator[_Step]:
    """Yield every link in order; `previous` is None after a gap, where nothing can be said."""
    last, previous = 0, GENESIS
    while True:
        rows = session.execute(
            select(AuditLink, AuditEntry)
            .outerjoin(AuditEntry, AuditEntry.id == AuditLink.entry_id)
            .where(AuditLink.sequence > last)
            .order_by(AuditLink.sequence)
            .limit(BATCH)
        ).all()
        if not rows:
            return
        for link, entry in rows:
            text = canonical_text(entry) if entry is not None else None
            yield _Step(link, previous if link.sequence == last + 1 else None, text)
            last, previous = link.sequence, link.chain
        session.expunge_all()


def _explain(wrong: Sequence[_Step], key: bytes) -> Iterator[Fault]:
    """Yield the likeliest story of each link that does not fit."""
    by_sequence = {step.link.sequence: step for step in wrong}
    excused: set[int] = set()
    for step in wrong:
        sequence = step.link.sequence
        if sequence in excused:
            continue
        after = by_sequence.get(sequence + 1)
        if after and after.expected(key, previous=step.expected(key)) == after.link.chain:
            # With the right value in this link the next one fits: only the link was altered.
            excused.add(sequence + 1)
            kind = FaultKind.LINK_ALTERED
        elif any(
            step.expected(key, text=other.text) == step.link.chain
            for other in wrong[:_MOST_COMPARED]
        ):
            kind = FaultKind.REORDERED
        else:
            kind = FaultKind.ENTRY_ALTERED
        yield Fault(kind, sequence, sequence, step.link.entry_id)


def _beyond_the_end(
    kept: Sequence[Head | None], genuine: dict[int, str], last: int, key: bytes
) -> Iterator[Fault]:
    farthest = max(one_after_another(genuine, (0,)))
    if farthest > last:
        yield Fault(FaultKind.CUT_OFF, last + 1, farthest)
    for head in kept:
        if head is None or not is_genuine(head, key):
            at = head.sequence if head else 0
            yield Fault(FaultKind.HEAD_FORGED, at, at)
