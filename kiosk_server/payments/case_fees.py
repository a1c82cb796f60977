"""
What the paper of a case costs (工本费), and whether it is paid. Its electronic document is free.

The fees stand in the version of the item under which the case was taken in: a fee that is changed
later changes no case (P04).
"""

from sqlalchemy.orm import Session

from kiosk_server.cases.models import Case
from kiosk_server.catalogue import queries as catalogue
from kiosk_server.payments.queries import kept_fen, order_of_subject
from kiosk_server.payments.rules import FeeItem

CASE = "case"
"""The kind of subject under which the fees of a case are owed."""


def fees_of(session: Session, case: Case) -> tuple[FeeItem, ...]:
    """Return what the paper of *case* costs; nothing where it is free."""
    handling = catalogue.version(session, case.item_version_id).content.handling
    fees = handling.fees if handling else ()
    return tuple(FeeItem(fee.code, fee.names, fee.basis, fee.unit_fen) for fee in fees)


def is_owed(session: Session, case: Case) -> bool:
    """Return whether the paper of *case* costs something that nobody has paid."""
    if not fees_of(session, case):
        return False
    order = order_of_subject(session, CASE, case.id)
    return order is None or kept_fen(session, order.id) == 0
