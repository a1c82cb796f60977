"""The slip of a finished case (办件凭条), with the QR to rate it later."""

from sqlalchemy.orm import Session

from kiosk_server.cases.models import Case
from kiosk_server.catalogue import queries as catalogue
from kiosk_server.core import clock
from kiosk_server.core.masking import mask_name
from kiosk_server.files import services as files
from kiosk_server.places import queries as places
from kiosk_server.printing import queries as print_queries
from kiosk_server.printing import services as printing
from kiosk_server.printing.models import JobKind, PrintJob
from kiosk_server.printing.services import Document
from kiosk_server.printing.slips import MEDIA_TYPE, case_slip
from kiosk_server.ratings.links import open_link
from kiosk_server.ratings.services import may_ask
from kiosk_server.residents import services as residents
from kiosk_server.residents.models import Resident
from kiosk_server.terminals.queries import ability_at
from kiosk_server.terminals.rules import DeviceKind
from kiosk_server.visits.models import Visit, VisitState

TITLE = "办件凭条"
PURPOSE = "slip"


def queue_case_slip(session: Session, case_id: str, *, origin: str) -> PrintJob | None:
    """
    Ask the terminal for the slip of a case, once.

    Returns None where one was asked for, where the person has left, and where the receipt printer
    cannot print now: a slip that comes out an hour later is litter.
    """
    case = session.get_one(Case, case_id, with_for_update=True)
    visit = session.get_one(Visit, case.visit_id)
    if print_queries.last_of_case(session, case_id, kind=JobKind.SLIP) is not None:
        return None
    able = ability_at(session, visit.terminal_id, needs={DeviceKind.RECEIPT_PRINTER}).possible
    if visit.state != VisitState.ACTIVE or not able:
        return None
    content = catalogue.version(session, case.item_version_id).content
    resident = session.get_one(Resident, case.resident_id)
    rating_url = None
    if may_ask(session, case_id):
        rating_url = f"{origin}/r/{open_link(session, case_id)}"
    slip = case_slip(
        office=places.site(session, case.site_id).names["zh"],
        service=content.names["zh"],
        case_number=case.number,
        at=clock.now(),
        terminal=visit.terminal_id,
        masked_name=mask_name(residents.name_of(session, resident)),
        language=visit.language,
        rating_url=rating_url,
        sample=content.sample,
    )
    file = files.store(session, slip.document(), MEDIA_TYPE, PURPOSE)
    document = Document(file, pages=1, title=TITLE)
    return printing.request(session, visit, document, kind=JobKind.SLIP, case_id=case_id)
