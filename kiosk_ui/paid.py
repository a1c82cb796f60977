"""
Where the way goes on once an order is paid, by what it was for; and what the visit keeps of it.
"""

from kiosk_server.deliveries.postage_orders import SUBJECT as POSTAGE
from kiosk_server.payments.case_fees import CASE

PAY_BACK = "pay_back"
"""Draft: the kiosk page to go back to without paying, where it is not the step that is due."""
PAID_ORDER = "paid_order"
"""Draft: the order that was paid last, for the page that follows."""

ON: dict[str, str] = {CASE: "kiosk.paid_case", POSTAGE: "kiosk.paid_case"}
"""Kind of an order's subject -> the page (endpoint, GET) that follows."""
