"""
Slips about a case (凭条): what stands on all of them, and the slip that carries a print code.

A slip is asked for only while its person is there and the receipt printer can print: one that
comes out an hour later is litter.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from kiosk_server.cases.models import Case
from kiosk_server.catalogue import queries as catalogue
from kiosk_server.core import clock
from kiosk_server.core.errors import NotFound, Refused
from kiosk_server.core.masking import mask_name
from kiosk_server.files import services as files
from kiosk_server.places import queries as places
from kiosk_server.printing import queries as print_queries
from kiosk_server.printing import services as printing
from kiosk_server.printing.models import JobKind, PrintJob
from kiosk_server.printing.rules import OPEN
from kiosk_server.printing.services import Document
from kiosk_server.printing.slip_parts import MEDIA_TYPE, Slip
from kiosk_server.printing.slips import reprint_slip
from kiosk_server.residents import services as residents
from kiosk_server.residents.models import Resident
from kiosk_server.terminals.queries import ability_at
from kiosk_server.terminals.rules import DeviceKind
from kiosk_server.visits.models import Visit, VisitState

PRINT_CODE_TITLE = "打印码"
PURPOSE = "slip"


@dataclass(frozen=True)
class SlipFacts:
    """What every slip about a case says: whose office, which service, for whom (masked)."""

    office: str
    service: str
    terminal: str
    masked_name: str
    language: str
    at: datetime
    sample: bool


def facts_for(session: Session, case: Case, visit: Visit) -> SlipFacts:
    """Return what a slip about *case* says when it is printed in *visit*."""
    content = catalogue.version(session, case.item_version_id).content
    resident = session.get_one(Resident, case.resident_id)
    return SlipFacts(
        office=places.site(session, case.site_id).names["zh"],
        service=content.names["zh"],
        terminal=visit.terminal_id,
        masked_name=mask_name(residents.name_of(session, resident)),
        language=visit.language,
        at=clock.now(),
        sample=content.sample,
    )


def slip_possible(session: Session, visit: Visit) -> bool:
    """Return whether a slip would come out now, before its person's eyes."""
    if visit.state != VisitState.ACTIVE:
        return False
    return ability_at(session, visit.terminal_id, needs={DeviceKind.RECEIPT_PRINTER}).possible


def queue(
    session: Session, visit: Visit, slip: Slip, *, title: str, case_id: str | None = None
) -> PrintJob:
    """Ask the visit's terminal to print *slip* once."""
    file = files.store(session, slip.document(), MEDIA_TYPE, PURPOSE)
    document = Document(file, pages=1, title=title)
    return printing.request(session, visit, document, kind=JobKind.SLIP, case_id=case_id)


def queue_print_code_slip(
    session: Session, visit: Visit, *, job_id: str, code: str, until: datetime
) -> PrintJob:
    """
    Ask for the slip that carries the *code* of a right to print elsewhere, valid *until*.

    A second touch while the first slip is on its way gives that one. Raises
    `Refused("slip_not_possible")` where the receipt printer cannot print now.
    """
    before = print_queries.last_of_visit(session, visit.id, kind=JobKind.SLIP)
    if before is not None and before.title == PRINT_CODE_TITLE and before.state in OPEN:
        return before
    if not slip_possible(session, visit):
        raise Refused("slip_not_possible")
    job = session.get_one(PrintJob, job_id)
    if job.case_id is None or job.visit_id != visit.id:
        raise NotFound("print_job_not_found")
    facts = facts_for(session, session.get_one(Case, job.case_id), visit)
    slip = reprint_slip(
        office=facts.office,
        service=facts.service,
        code=code,
        until=until,
        at=facts.at,
        terminal=facts.terminal,
        masked_name=facts.masked_name,
        language=facts.language,
        sample=facts.sample,
    )
    return queue(session, visit, slip, title=PRINT_CODE_TITLE)
