"""
Papers at terminals, as far as money lets them out: every way to a printer passes `may_print`.

    print_paper(database, press, origin=, visit_id=, case_id=, sample=)   -> job id
    print_again(database, press, origin=, visit_id=, job_id=)             -> job id, marked 重打
    reprint(database, press, origin=, visit_id=)                          -> job id, marked 重打
    grant(session, job_id)                                                -> Granted, with its code
    document_for_window(database, press, origin=, case_id=, sample=)      -> file id
"""

from sqlalchemy.orm import Session

from kiosk_server.cases import papers
from kiosk_server.cases.models import Case
from kiosk_server.cases.papers import PaperPress
from kiosk_server.core.database import Database
from kiosk_server.core.errors import NotFound, Refused
from kiosk_server.printing import reprints
from kiosk_server.printing.models import PrintJob
from kiosk_server.printing.queries import last_of_case
from kiosk_server.printing.reprints import Granted
from kiosk_server.results.rules import Parcel
from kiosk_server.results.standing import hold, standing_of
from kiosk_server.visits.models import Visit


def may_print(session: Session, case_id: str) -> None:
    """
    Hold a case and let its paper go to a printer, or to the window that prints it.

    Raises `Refused` with `fee_unpaid`; `result_gone` where it was handed out or is with a courier;
    `way_not_open` while it waits for a courier: who wants it here after all chooses so first.
    """
    case, result = hold(session, case_id)
    standing = standing_of(session, case, result)
    if standing.owed:
        raise Refused("fee_unpaid")
    if standing.handed_out or standing.parcel is Parcel.CARRIED:
        raise Refused("result_gone")
    if standing.parcel is Parcel.WAITS:
        raise Refused("way_not_open")
    if result is not None:
        # Whoever prints wants the paper after all.
        result.money_wanted_at = None


def print_paper(
    database: Database,
    press: PaperPress,
    *,
    origin: str,
    visit_id: str,
    case_id: str,
    sample: bool,
) -> str:
    """
    Print the paper of a case in a visit of its resident, in which his card was read.

    In the visit of a print that stands, that one is returned; a print that failed elsewhere is
    printed again by the right that it left, marked 重打. Raises what `may_print` raises,
    `Refused("card_first")` for anybody else, and `reprint_not_open`, `reprint_used` or
    `reprint_expired`.
    """
    with database.reading() as session:
        visit, case = session.get_one(Visit, visit_id), session.get_one(Case, case_id)
        if visit.resident_id != case.resident_id:
            raise Refused("card_first")
        before = last_of_case(session, case_id)
        elsewhere = before if before is not None and before.visit_id != visit_id else None
    if elsewhere is not None:
        return papers.print_elsewhere(
            database, press, origin=origin, visit_id=visit_id, job_id=elsewhere.id, door=may_print
        )
    return papers.issue_and_print(
        database,
        press,
        origin=origin,
        case_id=case_id,
        sample=sample,
        door=may_print,
        visit_id=visit_id,
    )


def print_again(
    database: Database, press: PaperPress, *, origin: str, visit_id: str, job_id: str
) -> str:
    """Print a failed job of this same visit again at once; the paper says 重打."""
    return papers.print_again(
        database, press, origin=origin, visit_id=visit_id, job_id=job_id, door=may_print
    )


def reprint(database: Database, press: PaperPress, *, origin: str, visit_id: str) -> str:
    """Use the right that this visit came for by its code; the paper says 重打."""
    return papers.reprint(database, press, origin=origin, visit_id=visit_id, door=may_print)


def grant(session: Session, job_id: str) -> Granted:
    """Give the right to print a failed job elsewhere; none where its money went back."""
    job = session.get(PrintJob, job_id)
    if job is None:
        raise NotFound("print_job_not_found")
    if job.case_id is not None:
        may_print(session, job.case_id)
    return reprints.grant(session, job_id)


def document_for_window(
    database: Database, press: PaperPress, *, origin: str, case_id: str, sample: bool
) -> str:
    """Return the file of the paper that a window prints and hands out (`services.hand_out`)."""
    return papers.issue_document(
        database, press, origin=origin, case_id=case_id, sample=sample, door=may_print
    )
