"""Who acts in a visit, as the audit names it: by ids, never by name or number."""

from kiosk_server.audit.services import Actor
from kiosk_server.visits.models import Visit


def resident_at(visit: Visit) -> Actor:
    """Return the person of *visit*: by the resident's id once the card was read."""
    if visit.resident_id is None:
        return Actor("visitor", visit.id, terminal_id=visit.terminal_id, visit_id=visit.id)
    return Actor("resident", visit.resident_id, terminal_id=visit.terminal_id, visit_id=visit.id)


def terminal_actor(terminal_id: str, visit_id: str | None = None) -> Actor:
    """Return a terminal that acts by its own key."""
    return Actor("terminal", terminal_id, terminal_id=terminal_id, visit_id=visit_id)
