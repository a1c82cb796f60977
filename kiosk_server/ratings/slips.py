"""The slip of a finished case (办件凭条), with the QR to rate it later."""

from sqlalchemy.orm import Session

from kiosk_server.cases.models import Case
from kiosk_server.cases.slips import facts_for, queue, slip_possible
from kiosk_server.printing import queries as print_queries
from kiosk_server.printing.models import JobKind, PrintJob
from kiosk_server.printing.slips import case_slip
from kiosk_server.ratings.links import open_link
from kiosk_server.ratings.services import may_ask
from kiosk_server.visits.models import Visit

TITLE = "办件凭条"


def queue_case_slip(session: Session, case_id: str, *, origin: str) -> PrintJob | None:
    """
    Ask the terminal for the slip of a case, once.

    Returns None where one was asked for, where the person has left, and where the receipt printer
    cannot print now.
    """
    case = session.get_one(Case, case_id, with_for_update=True)
    visit = session.get_one(Visit, case.visit_id)
    if print_queries.last_of_case(session, case_id, kind=JobKind.SLIP) is not None:
        return None
    if not slip_possible(session, visit):
        return None
    facts = facts_for(session, case, visit)
    rating_url = None
    if may_ask(session, case_id):
        rating_url = f"{origin}/r/{open_link(session, case_id)}"
    slip = case_slip(
        office=facts.office,
        service=facts.service,
        case_number=case.number,
        at=facts.at,
        terminal=facts.terminal,
        masked_name=facts.masked_name,
        language=facts.language,
        rating_url=rating_url,
        sample=facts.sample,
    )
    return queue(session, visit, slip, title=TITLE, case_id=case_id)
