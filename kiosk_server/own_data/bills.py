"""Bills that one has paid, for the copy of one's own data."""

from sqlalchemy.orm import Session

from kiosk_server.bills.queries import PaidBill, bills_of_payer
from kiosk_server.own_data.entries import Entry, entry
from kiosk_server.payments.rules import as_yuan

_MOST = 10_000


def paid_bills(session: Session, resident_id: str) -> list[Entry]:
    """Return each bill with its account in clear, what it came to, and what became of it."""
    return [
        entry(
            name=f"{bill.biller.names['zh']} {bill.period}",
            content=_content(bill),
            state=bill.state.value,
            at=bill.paid_at,
            ended_at=bill.ended_at,
        )
        for bill in bills_of_payer(session, resident_id, limit=_MOST)
    ]


def _content(bill: PaidBill) -> str:
    return f"{bill.account} {bill.holder} CNY {as_yuan(bill.amount_fen)} {bill.reference or ''}"
