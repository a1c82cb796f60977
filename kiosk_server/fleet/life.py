"""
What ends or changes a terminal's life for every room at once (移机、报废、换机).

    move(session, terminal_id, to, *, by)
    retire(session, terminal_id, *, by)
    replace(session, terminal_id, *, by) -> IssuedCode
    withdraw(session, terminal_id, *, by, reason)

Each is one unit of work: a terminal is never half withdrawn, with its key dead and its alerts
calling, or a paper promised that no machine will bring out.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.assets import services as assets
from kiosk_server.assets.rules import Part
from kiosk_server.audit.services import Actor
from kiosk_server.core.errors import NotFound
from kiosk_server.printing.services import lose_of_terminal
from kiosk_server.terminals import moving
from kiosk_server.terminals import services as terminals
from kiosk_server.terminals.models import Terminal
from kiosk_server.terminals.moving import Whereabouts
from kiosk_server.terminals.rules import WithdrawalReason
from kiosk_server.terminals.services import IssuedCode
from kiosk_server.upkeep.services import follow_move, review
from kiosk_server.visits import services as visits
from kiosk_server.visits.models import EndReason, Visit, VisitState


def move(session: Session, terminal_id: str, to: Whereabouts, *, by: Actor) -> None:
    """
    Let a terminal stand at *to*: its site card is void, its alerts call the new place's people.

    Raises what `terminals.moving.move` raises.
    """
    before = moving.move(session, terminal_id, to, by=by)
    assets.leave_place(session, terminal_id)
    changes: dict[str, list[object]] = {
        "site": [before.site_id, to.site_id],
        "host_place": [before.host_place_id, to.host_place_id],
        "place": [before.place, to.place],
    }
    told = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    assets.record(session, terminal_id, Part.MOVED, told, by=by)
    follow_move(session, terminal_id)


def retire(session: Session, terminal_id: str, *, by: Actor) -> None:
    """
    Take a terminal out of use for good: key and codes die, visits end, jobs are settled.

    What was being printed is unknown: nobody will hear of it. Raises `NotFound` for an unknown
    terminal, `WrongState` for one that is out already.
    """
    withdraw(session, terminal_id, by=by, reason=WithdrawalReason.RETIRED)
    assets.record(session, terminal_id, Part.RETIRED, {}, by=by)


def replace(session: Session, terminal_id: str, *, by: Actor) -> IssuedCode:
    """
    Put a new machine in a terminal's place; return the code that admits it.

    The new one gets a number of its own, so that no record of the old one is ever taken for its
    own; place, keepers and site card go over, the old key dies now, and both asset books name the
    other machine. Raises as `retire` does.
    """
    old = session.get(Terminal, terminal_id, with_for_update=True)
    if old is None:
        raise NotFound("terminal_not_found")
    withdraw(session, terminal_id, by=by, reason=WithdrawalReason.REPLACED)
    issued = terminals.make_enrolment_code(
        session, old.site_id, by=by, place=old.place, host_place_id=old.host_place_id
    )
    session.get_one(Terminal, issued.terminal_id).replaces = terminal_id
    assets.hand_over_place(session, terminal_id, issued.terminal_id)
    changes: dict[str, list[object]] = {"terminal": [terminal_id, issued.terminal_id]}
    for each in (terminal_id, issued.terminal_id):
        assets.record(session, each, Part.REPLACED, changes, by=by)
    return issued


def withdraw(session: Session, terminal_id: str, *, by: Actor, reason: WithdrawalReason) -> None:
    """
    Shut a terminal out for good, for *reason*: stolen, or its key exposed, it ends the same way.

    Raises as `retire` does.
    """
    # First of all the key: what arrives from now on finds the door shut.
    terminals.revoke(session, terminal_id, by=by, reason=reason)
    going_on = select(Visit).where(
        Visit.terminal_id == terminal_id, Visit.state == VisitState.ACTIVE
    )
    for visit in session.scalars(going_on.with_for_update()).all():
        visits.end(session, visit, reason=EndReason.CLOSED)
    lose_of_terminal(session, terminal_id)
    review(session, terminal_id)
