"""A simulated face comparison (模拟人证比对): a person presses what it shall find. It says so."""

from kiosk_server.core.identifiers import new_token
from kiosk_server.visits.ports import Likeness

SAID = (Likeness.SAME, Likeness.OTHER, Likeness.UNCLEAR, Likeness.DOWN)


class SimulatedPresence:
    """Finds what the simulation's button says; without one it is still waiting."""

    simulated = True

    def begin(self, visit_id: str) -> str:
        """Return a ticket; nothing is started anywhere."""
        return new_token(128)

    def outcome(self, ticket: str, *, said: str | None = None) -> Likeness:
        """Return what the button said. A word that no button has is unclear."""
        if said is None:
            return Likeness.WAITING
        return Likeness(said) if said in SAID else Likeness.UNCLEAR
