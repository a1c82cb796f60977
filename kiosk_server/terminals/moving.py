"""
A terminal goes to stand elsewhere (移机), under its own number and key.

    move(session, terminal_id, *, site_id, host_place_id, place, by) -> Whereabouts

What residents see of its place is read from here at each request, so it changes at once; a visit
that is going on keeps the site at which it began, and so does what it takes in (P54).
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.core.errors import FieldFault, Invalid, NotFound
from kiosk_server.places.queries import host_place, site
from kiosk_server.terminals.models import Terminal
from kiosk_server.terminals.rules import LIFE, TerminalState, TerminalVerb

LONGEST_PLACE = 80


@dataclass(frozen=True)
class Whereabouts:
    """Where a terminal stands: whose it is, in which bank or shop, and where in there."""

    site_id: str
    host_place_id: str | None
    place: str


def move(session: Session, terminal_id: str, to: Whereabouts, *, by: Actor) -> Whereabouts:
    """
    Let a terminal stand at *to* from now on; return where it stood.

    Raises `Invalid` for the bank of another site (P54), a place with too many words, or where it
    stands already; `NotFound` for an unknown terminal or place, `WrongState` for one that is out.
    """
    terminal = session.get(Terminal, terminal_id, with_for_update=True)
    if terminal is None:
        raise NotFound("terminal_not_found")
    LIFE.after(TerminalState(terminal.state), TerminalVerb.MOVE)
    before = Whereabouts(terminal.site_id, terminal.host_place_id, terminal.place)
    _check(session, before, to)
    terminal.site_id, terminal.host_place_id = to.site_id, to.host_place_id
    terminal.place = to.place
    note(
        session,
        AuditEvent.TERMINAL_MOVED,
        actor=by,
        subject=Subject("terminal", terminal_id),
        facts={
            "from_site": before.site_id,
            "from_host_place": before.host_place_id,
            "site": to.site_id,
            "host_place": to.host_place_id,
        },
    )
    session.flush()
    return before


def _check(session: Session, before: Whereabouts, to: Whereabouts) -> None:
    site(session, to.site_id)
    faults = []
    if to.host_place_id and host_place(session, to.host_place_id).site.id != to.site_id:
        faults.append(FieldFault("site", "host_place_of_another_site"))
    if len(to.place) > LONGEST_PLACE:
        faults.append(FieldFault("place", "too_long"))
    if to == before:
        faults.append(FieldFault("site", "stands_there_already"))
    if faults:
        raise Invalid("move_invalid", fields=faults)
