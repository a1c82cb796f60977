"""
The slip for whoever has no phone to pay with (缴款码小票): what, how much, where, until when.

It names nobody; whoever has it may pay with it, and nobody learns from it what it was for but the
fee's own name.
"""

from sqlalchemy.orm import Session

from kiosk_server.cases.slips import queue, slip_possible
from kiosk_server.cases.window_slips import hours_in_words
from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict
from kiosk_server.payments.at_terminal import keep_slip
from kiosk_server.payments.models import PaymentOrder, PaymentSlip
from kiosk_server.payments.queries import items_of
from kiosk_server.payments.rules import as_yuan
from kiosk_server.payments.slip_rules import as_printed, end_of_next_working_day
from kiosk_server.places import queries as places
from kiosk_server.places.queries import SiteView
from kiosk_server.places.site_hours import hours_of
from kiosk_server.printing.shown_slips import payment_slip
from kiosk_server.visits.drafts import draft_of, put_draft
from kiosk_server.visits.models import Visit

TITLE = "缴款单"
WAYS = "现金、银行卡都行；窗口收钱后给缴费凭证"
_NAMED = 3


def pay_slip_asked(session: Session, visit: Visit, order_id: str) -> bool:
    """Return whether *visit* has printed the slip of an order already."""
    return _mark(order_id) in draft_of(session, visit)


def cashier_of(session: Session, visit: Visit) -> SiteView:
    """Return the site whose windows take money: the centre above the visit's own."""
    return places.centre_of(session, visit.site_id)


def queue_pay_slip(
    session: Session, visit: Visit, order: PaymentOrder, *, sample: bool
) -> PaymentSlip:
    """
    Keep *order* for the window and ask for its slip, once; *sample* says that no money moves.

    Without a receipt printer the code is kept all the same, for the screen to say. Raises
    `Conflict` with `order_over`, and `no_window_open` where no window works within a month.
    """
    site = cashier_of(session, visit)
    until = end_of_next_working_day(hours_of(session, site.id), clock.now())
    if until is None:
        raise Conflict("no_window_open")
    kept = keep_slip(session, visit, order, until=until)
    if pay_slip_asked(session, visit, order.id) or not slip_possible(session, visit):
        return kept
    names = [str(item.names["zh"]) for item in items_of(session, order.id)]
    more = f"等 {len(names)} 项" if len(names) > _NAMED else ""
    slip = payment_slip(
        office=places.site(session, visit.site_id).names["zh"],
        code=as_printed(kept.code),
        scanned=kept.code,
        amount=as_yuan(order.amount_fen),
        until=order.expires_at,
        rows={
            "缴什么": "、".join(names[:_NAMED]) + more,
            "到哪里缴": site.names["zh"],
            "地址": site.addresses["zh"],
            "开门": hours_in_words(site.hours),
            "怎么缴": WAYS,
        },
        at=clock.now(),
        terminal=visit.terminal_id,
        language=visit.language,
        sample=sample,
    )
    job = queue(session, visit, slip, title=TITLE)
    put_draft(session, visit, **{_mark(order.id): job.id})
    return kept


def _mark(order_id: str) -> str:
    return f"pay_slip_{order_id}"
