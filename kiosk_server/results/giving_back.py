"""Money that goes back in the place of a paper: the refund, and that it was so decided, as one."""

from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.cases.models import Case
from kiosk_server.core import clock
from kiosk_server.core.errors import Refused
from kiosk_server.payments.models import PaymentRefund
from kiosk_server.payments.refunds import refund
from kiosk_server.payments.rules import RefundReason
from kiosk_server.printing import case_rights
from kiosk_server.printing import services as printing
from kiosk_server.printing.models import JobState
from kiosk_server.printing.queries import jobs_of_case
from kiosk_server.results.models import CaseResult
from kiosk_server.results.standing import order_of_case


def send_money_back(
    session: Session, case: Case, result: CaseResult, *, by: Actor
) -> PaymentRefund:
    """Ask all that is left of the money back, and let every right to print fall; case held."""
    order = order_of_case(session, case.id)
    if order is None:
        raise Refused("nothing_to_return")
    made = refund(session, order, reason=RefundReason.NOT_DONE, by=by)
    result.given_up_at, result.money_wanted_at = clock.now(), None
    case_rights.let_fall(session, case.id)
    note(
        session,
        AuditEvent.RESULT_MONEY_BACK,
        actor=by,
        subject=Subject("case", case.id),
        facts={"refund": made.id, "amount_fen": made.amount_fen},
    )
    session.flush()
    return made


def deny_unknown(session: Session, case: Case) -> None:
    """Take it that no print of which the end is unknown came out: who wants money says so."""
    for job in jobs_of_case(session, case.id):
        if job.state == JobState.UNKNOWN:
            printing.answer_came_out(session, job.id, came_out=False)
