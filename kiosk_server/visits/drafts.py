"""What a person chose or typed in a visit: sealed in one cell, wiped when the visit ends (P52)."""

import json

from sqlalchemy.orm import Session

from kiosk_server.core.database import canonical_json, keyring_of
from kiosk_server.visits.models import Visit


def draft_of(session: Session, visit: Visit) -> dict[str, str]:
    """Return what was chosen so far: `purpose`, `promise_version`, `face_ticket`, …"""
    if visit.draft_sealed is None:
        return {}
    opened = keyring_of(session).open(
        visit.draft_sealed, table="visit", column="draft", row=visit.id
    )
    kept: dict[str, str] = json.loads(opened)
    return kept


def put_draft(session: Session, visit: Visit, **values: str | None) -> None:
    """Keep *values* beside what was chosen before; None forgets one."""
    kept = draft_of(session, visit) | values
    text = canonical_json({name: value for name, value in kept.items() if value is not None})
    visit.draft_sealed = keyring_of(session).seal(text, table="visit", column="draft", row=visit.id)
    session.flush()
