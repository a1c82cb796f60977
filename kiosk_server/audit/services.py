"""Write an audit entry: always in the same transaction as what it tells of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.models import AuditEntry
from kiosk_server.core import clock
from kiosk_server.core.statements import Writing

_ADDING = Writing(
    lambda _: insert(cast("Table", AuditEntry.__table__)).inline(),
    (
        "at",
        "event",
        "actor_kind",
        "actor_id",
        "terminal_id",
        "visit_id",
        "subject_kind",
        "subject_id",
        "facts",
    ),
)
FactValue = str | int | float | bool | None


@dataclass(frozen=True)
class Actor:
    """Who did it: a resident at a terminal, a member of staff, a terminal, or the system."""

    kind: str
    id: str
    terminal_id: str | None = None
    visit_id: str | None = None


SYSTEM = Actor(kind="system", id="system")


@dataclass(frozen=True)
class Subject:
    """What it was done to, by kind and id; never a name or a number."""

    kind: str
    id: str


def note(
    session: Session,
    event: AuditEvent,
    *,
    actor: Actor,
    subject: Subject | None = None,
    facts: Mapping[str, FactValue] | None = None,
) -> None:
    """Add one entry. *facts* are ids and enumerated words; personal data has no place here."""
    _ADDING.run(
        session,
        {
            "at": clock.now(),
            "event": event.value,
            "actor_kind": actor.kind,
            "actor_id": actor.id,
            "terminal_id": actor.terminal_id,
            "visit_id": actor.visit_id,
            "subject_kind": subject.kind if subject else None,
            "subject_id": subject.id if subject else None,
            "facts": dict(facts or {}),
        },
    )
