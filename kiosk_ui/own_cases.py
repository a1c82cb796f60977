"""
The case that a page is about: of whoever stands here, and nobody else's; and what is still to pay.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import note
from kiosk_server.cases.models import Case
from kiosk_server.cases.own import case_of
from kiosk_server.core.errors import NotFound
from kiosk_server.core.identifiers import digest, is_id
from kiosk_server.deliveries.postage_orders import postage_of
from kiosk_server.payments.life import UNPAID
from kiosk_server.payments.models import PaymentOrder
from kiosk_server.results.models import CaseResult
from kiosk_server.results.queries import ResultView, result_of
from kiosk_server.results.rules import ResultWay
from kiosk_server.visits.actors import resident_at
from kiosk_server.visits.models import Visit
from kiosk_server.web.request_context import database
from kiosk_ui.visiting import this_visit


def own_case(session: Session, visit: Visit, case_id: str) -> Case:
    """Return a case of whoever stands here; `NotFound("case_not_found")` for anybody else's."""
    if visit.resident_id is None or not is_id(case_id):
        raise NotFound("case_not_found")
    return case_of(session, visit.resident_id, case_id)


@contextmanager
def strangers_noted() -> Iterator[None]:
    """Audit who asks for a case, an address or a delivery that is somebody else's or nobody's."""
    try:
        yield
    except NotFound as refused:
        with database().unit_of_work() as session:
            note(
                session,
                AuditEvent.RESULT_REFUSED,
                actor=resident_at(this_visit()),
                facts={"reason": refused.code},
            )
        raise


def wish_key(visit: Visit, wish: str) -> str:
    """Return the key of a choice that one drawing of a page offers: touched twice, it is one."""
    return digest(f"kiosk\x1f{visit.id}\x1f{wish}")


def to_pay(session: Session, view: ResultView) -> PaymentOrder | None:
    """Return what has to be paid before the chosen way goes on: the paper first, then postage."""
    if view.way is None:
        return None
    if view.order is not None and view.order.state in UNPAID:
        return view.order
    postage = postage_of(session, view.delivery) if view.delivery is not None else None
    return postage if postage is not None and postage.state in UNPAID else None


def is_arranged(session: Session, case: Case) -> bool:
    """Return whether the paper comes another way than out of this machine, and nothing is owed."""
    result = session.get(CaseResult, case.id)
    if result is None or result.way not in (ResultWay.COLLECT, ResultWay.SEND):
        return False
    view = result_of(session, case)
    return not view.owed and to_pay(session, view) is None
