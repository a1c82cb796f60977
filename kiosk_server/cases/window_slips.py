"""
The slip for whoever goes on at a window (窗口指引): a named place and person, hours, what to bring.

It says nothing of who asked for it: a slip that is left lying tells the next person nothing.
"""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from kiosk_server.assets.keepers import Place, at_place
from kiosk_server.cases.slips import queue, slip_possible
from kiosk_server.catalogue import queries as catalogue
from kiosk_server.core import clock
from kiosk_server.core.errors import Refused
from kiosk_server.places import queries as places
from kiosk_server.places.rules import Opening
from kiosk_server.printing import queries as print_queries
from kiosk_server.printing.models import JobKind, PrintJob
from kiosk_server.printing.slips import window_slip
from kiosk_server.terminals import queries as terminals
from kiosk_server.visits.models import Visit

TITLE = "窗口指引"
BRING = "本人身份证原件；没有的，带临时身份证"
_DAYS = "一二三四五六日"


def keeper_here(session: Session, terminal_id: str) -> str | None:
    """Return the name of who minds the place where the terminal stands, if one is entered."""
    machine = terminals.find(session, terminal_id)
    if machine is None:
        return None
    keepers = at_place(session, Place(machine.site_id, machine.host_place_id))
    return keepers[0].name if keepers else None


def window_slip_of(session: Session, visit: Visit) -> PrintJob | None:
    """Return the slip that this visit has asked for already."""
    job = print_queries.last_of_visit(session, visit.id, kind=JobKind.SLIP)
    return job if job is not None and job.title == TITLE else None


def queue_window_slip(session: Session, visit: Visit) -> PrintJob:
    """
    Ask for the slip that names the window of the chosen item, or of the centre; once in a visit.

    Raises `Refused("slip_not_possible")` where the receipt printer cannot print now.
    """
    before = window_slip_of(session, visit)
    if before is not None:
        return before
    if not slip_possible(session, visit):
        raise Refused("slip_not_possible")
    centre, rows, sample = places.centre_of(session, visit.site_id), {}, False
    if visit.item_version_id is not None:
        content = catalogue.version(session, visit.item_version_id).content
        centre, sample = places.site(session, content.window.site_id), content.sample
        rows = {"事项": content.names["zh"], "窗口": content.window.desk["zh"]}
    rows |= {"去哪里": centre.names["zh"], "地址": centre.addresses["zh"]}
    rows |= {"开门": hours_in_words(centre.hours), "带什么": BRING}
    if centre.phone:
        rows["电话"] = centre.phone
    keeper = keeper_here(session, visit.terminal_id)
    if keeper is not None:
        rows["这里找谁"] = keeper
    slip = window_slip(
        office=places.site(session, visit.site_id).names["zh"],
        rows=rows,
        at=clock.now(),
        terminal=visit.terminal_id,
        language=visit.language,
        sample=sample,
    )
    return queue(session, visit, slip, title=TITLE)


def hours_in_words(openings: Iterable[Opening]) -> str:
    """Return the hours of a window as a slip says them, in Chinese."""
    return "；".join(
        f"周{'、'.join(_DAYS[day - 1] for day in opening.days)} "
        f"{opening.opens:%H:%M}–{opening.closes:%H:%M}"
        for opening in openings
    )
