"""
Print or refund (打印或退款): what was paid for is printed, handed out or sent, or paid back.

    after_payment(session, case_id)       the way that was chosen begins
    after_closing(session, case_id)       nobody paid: a parcel that waited goes nowhere
    after_refund(session, case_id)        somebody gave the money back: no paper follows it
    after_arrival(session, delivery_id)   the parcel is with its resident: the case is complete
    return_unprinted(session)             -> int    what a chore does every minute

Each may be run twice, and late: each looks at how things stand by now, with the case held.
"""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kiosk_server.audit.services import SYSTEM
from kiosk_server.cases.models import Case, CaseState
from kiosk_server.cases.services import complete
from kiosk_server.core import clock
from kiosk_server.deliveries.life import DeliveryState
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.deliveries.queries import results_sent_of
from kiosk_server.deliveries.releasing import release_decided
from kiosk_server.deliveries.rules import Direction
from kiosk_server.deliveries.services import cancel
from kiosk_server.notices.rules import Topic
from kiosk_server.notices.services import tell
from kiosk_server.payments.case_fees import CASE
from kiosk_server.payments.life import REFUNDABLE
from kiosk_server.payments.models import PaymentOrder
from kiosk_server.printing import case_rights
from kiosk_server.printing import services as printing
from kiosk_server.printing.queries import jobs_of_case
from kiosk_server.printing.rules import OPEN
from kiosk_server.results.giving_back import deny_unknown, send_money_back
from kiosk_server.results.models import CaseResult
from kiosk_server.results.queries import goes_back_at
from kiosk_server.results.rules import PRINT_WITHIN, Print, ResultWay
from kiosk_server.results.standing import hold, order_of_case, standing_of

_AT_ONCE = 200


def after_payment(session: Session, case_id: str) -> None:
    """Let what was paid for begin: a right to print, a parcel, a paper that waits at a window."""
    case, result = hold(session, case_id)
    standing = standing_of(session, case, result)
    if standing.kept_fen == 0 or standing.gone:
        return
    way = ResultWay(result.way) if result is not None and result.way else ResultWay.HERE
    match way:
        case ResultWay.SEND:
            release_decided(session)
        case ResultWay.COLLECT:
            window = result.site_id if result is not None else None
            tell(
                session,
                case.resident_id,
                Topic.RESULT_COLLECT,
                case.id,
                site=window or case.site_id,
            )
        case ResultWay.HERE:
            _let_print(session, case)


def after_closing(session: Session, case_id: str) -> None:
    """Let go what waited for an order that nobody paid; where another is open, nothing changes."""
    case, result = hold(session, case_id)
    if order_of_case(session, case_id) is not None:
        return
    waited = _cancel_waiting(session, case)
    if result is not None:
        # Chosen once more, by the same form even, it is owed once more.
        result.request_key = None
        if waited:
            result.way = result.delivery_id = None


def after_refund(session: Session, case_id: str) -> None:
    """Let no paper follow money that went back whole, whoever gave it."""
    case, result = hold(session, case_id)
    standing = standing_of(session, case, result)
    if standing.fee_fen == 0 or standing.kept_fen > 0 or standing.gone:
        return
    case_rights.let_fall(session, case.id)
    _cancel_waiting(session, case)
    for job in jobs_of_case(session, case.id):
        if job.state in OPEN:
            printing.cancel(session, job.id)
    if result is not None:
        result.request_key = result.money_wanted_at = None
        result.given_up_at = result.given_up_at or clock.now()
    session.flush()


def after_arrival(session: Session, delivery_id: str) -> None:
    """Complete the case whose result is with its resident."""
    row = session.get_one(DeliveryOrder, delivery_id)
    if row.direction != Direction.RESULT or row.case_id is None:
        return
    case, _ = hold(session, row.case_id)
    if case.state == CaseState.DECIDED:
        case_rights.let_fall(session, case.id)
        complete(session, case.id)


def return_unprinted(session: Session) -> int:
    """
    Give back what was paid for papers that did not come in their time; return how many.

    When that is stands in `rules.money_goes_back_at`. Cases that somebody is at are left to the
    next time.
    """
    now = clock.now()
    due = (
        select(Case.id)
        .join(PaymentOrder, PaymentOrder.subject_id == Case.id)
        .outerjoin(CaseResult, CaseResult.case_id == Case.id)
        .where(
            PaymentOrder.subject_kind == CASE,
            PaymentOrder.state.in_(sorted(REFUNDABLE)),
            Case.state == CaseState.DECIDED.value,
            or_(PaymentOrder.paid_at <= now - PRINT_WITHIN, CaseResult.money_wanted_at <= now),
        )
        .order_by(PaymentOrder.paid_at)
        .limit(_AT_ONCE)
        .with_for_update(of=Case, skip_locked=True)
    )
    return sum(_return_if_due(session, case_id) for case_id in session.scalars(due).all())


def _return_if_due(session: Session, case_id: str) -> bool:
    case, result = hold(session, case_id)
    standing = standing_of(session, case, result)
    wanted = result is not None and result.money_wanted_at is not None
    if wanted and standing.print is Print.UNKNOWN:
        deny_unknown(session, case)
    if not standing.returnable:
        return False
    at = goes_back_at(session, case, result, standing)
    if not wanted and (at is None or at > clock.now()):
        return False
    if result is None:
        result = CaseResult(case_id=case.id, origin="system", chosen_at=clock.now())
        session.add(result)
    send_money_back(session, case, result, by=SYSTEM)
    _tell(session, case, Topic.RESULT_MONEY_BACK)
    return True


def _let_print(session: Session, case: Case) -> None:
    order = order_of_case(session, case.id)
    paid_at = order.paid_at if order is not None else None
    if paid_at is None or jobs_of_case(session, case.id):
        # Whoever stood there has printed already; what failed left a right of its own.
        return
    if paid_at + PRINT_WITHIN <= clock.now():
        return
    if case_rights.right_until(session, case.id) is None:
        case_rights.give(session, case.id, case.resident_id)
        _tell(session, case, Topic.RESULT_PRINT_IT)


def _tell(session: Session, case: Case, topic: Topic) -> None:
    tell(session, case.resident_id, topic, case.id, version=case.item_version_id)


def _cancel_waiting(session: Session, case: Case) -> bool:
    waiting = [
        row
        for row in results_sent_of(session, case.id)
        if row.state == DeliveryState.CREATED.value and row.asked_at is None
    ]
    for row in waiting:
        cancel(session, row.id, by=SYSTEM)
    return bool(waiting)
