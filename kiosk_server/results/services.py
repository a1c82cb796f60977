"""
How a result comes to its resident: chosen, changed, handed out, or given up for its money.

    choose(session, case_id, way, *, by, origin, …)   -> Chosen(order, delivery)
    require_paid(session, case_id)                    before a paper is printed or handed out
    hand_out(session, case_id, *, by)                 a clerk gave it to whoever proved who he is
    money_back(session, case_id, *, by)               -> the refund, or None: it goes once it can

Each holds the case's row first (`standing.hold`), so that of two that race one sees what the other
did. `Refused` with `result_missing` (no paper, or not yet), `result_gone` (printed, handed out,
with a courier), `way_not_open`, `fee_unpaid`, `still_printing`, `nothing_to_return`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, FactValue, Subject, note
from kiosk_server.cases.models import Case
from kiosk_server.cases.services import complete
from kiosk_server.core import clock
from kiosk_server.core.errors import Refused, Unavailable, WrongState
from kiosk_server.deliveries import services as deliveries
from kiosk_server.deliveries.life import DeliveryState
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.deliveries.ports import CourierName, Payer
from kiosk_server.deliveries.queries import results_sent_of
from kiosk_server.deliveries.rules import Direction
from kiosk_server.deliveries.services import DeliveryWish
from kiosk_server.payments.case_fees import CASE, fees_of, is_owed
from kiosk_server.payments.models import PaymentOrder, PaymentRefund
from kiosk_server.payments.rules import Origin
from kiosk_server.payments.services import open_order
from kiosk_server.printing import case_rights
from kiosk_server.printing import services as printing
from kiosk_server.printing.queries import jobs_of_case
from kiosk_server.printing.rules import OPEN
from kiosk_server.results.giving_back import deny_unknown, send_money_back
from kiosk_server.results.models import CaseResult
from kiosk_server.results.rules import Print, ResultWay, Standing, open_ways
from kiosk_server.results.standing import hold, order_of_case, standing_of
from kiosk_server.results.windows import window_named

_CANCELLABLE = (DeliveryState.CREATED, DeliveryState.UNKNOWN, DeliveryState.ACCEPTED)


@dataclass(frozen=True)
class Chosen:
    """What follows from a choice: what is to be paid, or was; what is sent, once it is paid."""

    order: PaymentOrder | None
    delivery: DeliveryOrder | None


def choose(
    session: Session,
    case_id: str,
    way: ResultWay,
    *,
    by: Actor,
    origin: Origin,
    address_id: str | None = None,
    to_site_id: str | None = None,
    courier: CourierName | None = None,
    payer: Payer | None = None,
    request_key: str | None = None,
) -> Chosen:
    """
    Choose how a result comes, or choose anew while no paper has left the house.

    *to_site_id* is the window for `COLLECT` (the case's own without), and for `SEND` the site that
    hands parcels out, in place of an address. A fee that is not paid opens one order, the same for
    every way; a parcel that no courier has is called off. Sent again under its *request_key* it
    changes nothing. Raises what the module says, and what `open_order` and `open_delivery` raise.
    """
    case, result = hold(session, case_id)
    if result is not None and request_key is not None and result.request_key == request_key:
        return _chosen(session, case, result)
    standing = standing_of(session, case, result)
    _require_open(standing, way)
    if way is ResultWay.SEND and courier is None:
        raise Unavailable("no_courier")
    _call_off(session, case, by)
    result = _write(session, case, result, way=way, origin=origin, request_key=request_key)
    if way is ResultWay.COLLECT:
        result.site_id = window_named(session, case, to_site_id).id
    if standing.owed:
        _open_order(session, case, origin, by)
    if way is ResultWay.SEND and courier is not None:
        wish = DeliveryWish(
            case.resident_id,
            Direction.RESULT,
            address_id,
            case_id=case.id,
            to_site_id=to_site_id,
        )
        opened = deliveries.open_delivery(
            session,
            wish,
            courier,
            payer or Payer.RECIPIENT,
            by=by,
            origin=origin,
        )
        result.delivery_id = opened.id
    _give_right(session, case, result)
    _note(session, AuditEvent.RESULT_CHOSEN, case, by, {"way": way.value, "site": result.site_id})
    session.flush()
    return _chosen(session, case, result)


def require_paid(session: Session, case_id: str) -> Case:
    """
    Return a case whose paper may go out as far as money is concerned, held.

    Raises `Refused("fee_unpaid")` where its fee was not paid, or is on its way back.
    """
    case, _ = hold(session, case_id)
    if is_owed(session, case):
        raise Refused("fee_unpaid")
    return case


def hand_out(session: Session, case_id: str, *, by: Actor) -> CaseResult:
    """
    Write down that a clerk gave the paper to its resident, and complete the case; once.

    Whoever calls has seen who he is, and that the paper is there. A print that hangs is taken back,
    a parcel that no courier has is called off. Raises `Refused` with `result_missing`,
    `result_gone`, `fee_unpaid` or `still_printing`.
    """
    case, result = hold(session, case_id)
    standing = standing_of(session, case, result)
    if not standing.due or not standing.decided:
        raise Refused("result_missing")
    if standing.gone:
        raise Refused("result_gone")
    if standing.owed:
        raise Refused("fee_unpaid")
    if standing.print is Print.UNDER_WAY:
        raise Refused("still_printing")
    _take_back(session, case)
    _call_off(session, case, by)
    if result is None:
        result = _write(session, case, None, way=ResultWay.COLLECT)
    result.handed_out_at, result.handed_out_by = clock.now(), by.id
    result.money_wanted_at = None
    case_rights.let_fall(session, case.id)
    _note(session, AuditEvent.RESULT_HANDED_OUT, case, by, {"way": result.way})
    complete(session, case.id)
    session.flush()
    return result


def money_back(session: Session, case_id: str, *, by: Actor) -> PaymentRefund | None:
    """
    Give the money back in place of the paper, with every right to print it.

    A print of which nobody knows the end is thereby said not to have come out. None where a print
    still hangs, or a courier is being called off: it is taken back, and the money goes by itself
    once the paper cannot come any more. Raises `Refused` with `nothing_to_return`, `result_gone` or
    `still_printing`.
    """
    case, result = hold(session, case_id)
    standing = standing_of(session, case, result)
    if standing.kept_fen == 0:
        raise Refused("nothing_to_return")
    if standing.gone or standing.print is Print.DENIED:
        raise Refused("result_gone")
    if standing.print is Print.UNDER_WAY:
        raise Refused("still_printing")
    if result is None:
        result = _write(session, case, None, way=None)
    _take_back(session, case)
    _call_off(session, case, by)
    deny_unknown(session, case)
    case_rights.let_fall(session, case.id)
    if standing_of(session, case, result).returnable:
        return send_money_back(session, case, result, by=by)
    result.money_wanted_at = result.money_wanted_at or clock.now()
    _note(session, AuditEvent.RESULT_MONEY_WANTED, case, by, {})
    session.flush()
    return None


def _require_open(standing: Standing, way: ResultWay) -> None:
    if not standing.due or (not standing.decided and standing.fee_fen > 0):
        raise Refused("result_missing")
    if standing.gone:
        raise Refused("result_gone")
    if way not in open_ways(standing):
        raise Refused("way_not_open")


def _write(
    session: Session,
    case: Case,
    result: CaseResult | None,
    *,
    way: ResultWay | None,
    origin: Origin = Origin.COUNTER,
    request_key: str | None = None,
) -> CaseResult:
    if result is None:
        result = CaseResult(case_id=case.id)
        session.add(result)
    result.way = way.value if way else None
    result.origin, result.chosen_at = origin.value, clock.now()
    result.request_key = request_key
    result.site_id = result.delivery_id = None
    # Whoever chooses anew wants the paper after all.
    result.money_wanted_at = result.given_up_at = None
    session.flush()
    return result


def _open_order(session: Session, case: Case, origin: Origin, by: Actor) -> None:
    open_order(
        session,
        subject=Subject(CASE, case.id),
        items=fees_of(session, case),
        payer_id=case.resident_id,
        channel=origin,
        by=by,
    )


def _call_off(session: Session, case: Case, by: Actor) -> None:
    for row in results_sent_of(session, case.id):
        if DeliveryState(row.state) in _CANCELLABLE:
            try:
                deliveries.cancel(session, row.id, by=by)
            except WrongState:
                # The courier was faster: it is on its way.
                raise Refused("result_gone") from None


def _take_back(session: Session, case: Case) -> None:
    for job in jobs_of_case(session, case.id):
        if job.state in OPEN:
            printing.cancel(session, job.id)


def _give_right(session: Session, case: Case, result: CaseResult) -> None:
    """Whoever paid for another way and now wants it here may print as one who has just paid."""
    never_printed = not jobs_of_case(session, case.id)
    paid = bool(fees_of(session, case)) and not is_owed(session, case)
    if result.way == ResultWay.HERE and never_printed and paid:
        case_rights.give(session, case.id, case.resident_id)


def _chosen(session: Session, case: Case, result: CaseResult) -> Chosen:
    delivery = session.get(DeliveryOrder, result.delivery_id) if result.delivery_id else None
    return Chosen(order_of_case(session, case.id), delivery)


def _note(
    session: Session, event: AuditEvent, case: Case, by: Actor, facts: Mapping[str, FactValue]
) -> None:
    note(session, event, actor=by, subject=Subject("case", case.id), facts=facts)
