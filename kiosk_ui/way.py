"""
The way through a visit (办理流程): which step is due, and which pages may be shown before it.

Pure. A page that is asked for out of its order is answered with the step that is due, so that
neither an address typed by hand nor a second touch leads past a proof. Every page of a visit
stands in `STEP_OF`; a page that does not is beside the way and open at any time (help, looks).
"""

from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """One step of a visit, in the order in which they come."""

    SERVICES = "services"
    NOTICE = "notice"
    PURPOSE = "purpose"
    CARD = "card"
    OWN_PHONES = "own_phones"
    """The end of the way for whoever came for no service but for his own phones."""
    WALLET = "wallet"
    """The same for whoever came for his certificates: after each paper the way leads back here."""
    BOOKINGS = "bookings"
    """The same for whoever came to book, or to change what he booked."""
    EXPECTED = "expected"
    """The same for whoever came to what he booked."""
    RESULTS = "results"
    """The same for whoever came to see his cases: after each paper the way leads back here."""
    PROOF = "proof"
    DECIDING = "deciding"
    DECISION = "decision"
    PAYING = "paying"
    """Not in the row of the others: due as soon as the visit is at an order, until it is paid."""
    PRINTING = "printing"
    RATING = "rating"


PAGE_OF: dict[Step, str] = {
    Step.SERVICES: "kiosk.services",
    Step.NOTICE: "kiosk.notice",
    Step.PURPOSE: "kiosk.purpose",
    Step.CARD: "kiosk.card",
    Step.OWN_PHONES: "kiosk.own_phones",
    Step.WALLET: "kiosk.wallet",
    Step.BOOKINGS: "kiosk.bookings",
    Step.EXPECTED: "kiosk.expected",
    Step.RESULTS: "kiosk.results",
    Step.PROOF: "kiosk.proof",
    Step.DECIDING: "kiosk.deciding",
    Step.DECISION: "kiosk.decision",
    Step.PAYING: "kiosk.paying",
    Step.PRINTING: "kiosk.printing",
    Step.RATING: "kiosk.rating",
}
"""The page (Flask endpoint) that each step is asked on."""

BOOKING_PAGES = (
    "kiosk.booking",
    "kiosk.booking_groups",
    "kiosk.choose_booking_group",
    "kiosk.booking_services",
    "kiosk.choose_booking_services",
    "kiosk.booking_priority",
    "kiosk.choose_booking_priority",
    "kiosk.booking_sites",
    "kiosk.choose_booking_site",
    "kiosk.booking_days",
    "kiosk.choose_booking_day",
    "kiosk.wait_for_day",
    "kiosk.join_waiting",
    "kiosk.booking_times",
    "kiosk.choose_booking_time",
    "kiosk.confirm_booking",
    "kiosk.let_booking_go",
    "kiosk.move_booking",
    "kiosk.booking_move",
    "kiosk.confirm_move",
    "kiosk.change_booking",
    "kiosk.cancel_booking",
    "kiosk.cancel_booking_now",
    "kiosk.booking_slip",
    "kiosk.waiting_place",
    "kiosk.leave_waiting",
)
"""Pages and deeds of who books, for whoever has shown who he is for that."""
RESULT_PAGES = (
    "kiosk.result",
    "kiosk.result_ways",
    "kiosk.choose_way",
    "kiosk.result_send",
    "kiosk.send_result",
    "kiosk.add_address",
    "kiosk.print_result",
    "kiosk.paid_case",
    "kiosk.pay_result",
    "kiosk.make_hand_over_code",
    "kiosk.hand_over",
    "kiosk.result_money",
    "kiosk.result_money_back",
)
"""Pages and deeds of one case: of the errand, and of a service from its decision on."""
PAPERS_PAGES = (
    "kiosk.begin_papers",
    "kiosk.papers_where",
    "kiosk.choose_papers_site",
    "kiosk.papers_what",
    "kiosk.name_papers",
    "kiosk.papers_originals",
    "kiosk.mark_originals",
    "kiosk.papers_from",
    "kiosk.choose_papers_door",
    "kiosk.papers_address",
    "kiosk.papers_check",
    "kiosk.order_papers",
    "kiosk.papers",
    "kiosk.make_papers_code",
    "kiosk.papers_code",
    "kiosk.pay_papers",
    "kiosk.cancel_papers",
    "kiosk.cancel_papers_now",
)
"""Pages and deeds of papers that are fetched from one's door: of the errand alone."""
MONEY_PAGES = ("kiosk.result_money", "kiosk.result_money_back")
"""Those of them that are open while a print does not come."""
WINDOW_PAGES = (
    "kiosk.at_window",
    "kiosk.ticket_groups",
    "kiosk.ticket_priority",
    "kiosk.choose_ticket_priority",
    "kiosk.take_ticket",
    "kiosk.ticket",
    "kiosk.ticket_slip",
    "kiosk.check_in",
    "kiosk.check_in_code",
    "kiosk.checked_in",
)
"""Pages of the queue that ask nobody who he is (P16)."""

BILL_PAGES = (
    "kiosk.bills",
    "kiosk.billers",
    "kiosk.bill_account",
    "kiosk.bill_account_answer",
    "kiosk.bill_asking",
    "kiosk.ask_biller",
    "kiosk.bills_owed",
    "kiosk.choose_bill",
    "kiosk.pay_bills",
    "kiosk.bill_done",
    "kiosk.bill_state",
    "kiosk.bill_slip",
)
"""Pages of bills, which ask nobody who he is either (P16)."""

STEP_OF: dict[str, Step] = {
    **{page: step for step, page in PAGE_OF.items()},
    "kiosk.guides": Step.SERVICES,
    "kiosk.guide": Step.SERVICES,
    "kiosk.elements": Step.SERVICES,
    "kiosk.life": Step.SERVICES,
    "kiosk.guide_window": Step.SERVICES,
    "kiosk.guide_slip": Step.SERVICES,
    # What is read and why is shown with each service that is looked at; agreeing chooses it.
    "kiosk.notice": Step.SERVICES,
    "kiosk.reprint": Step.SERVICES,
    "kiosk.reprint_code": Step.SERVICES,
    "kiosk.agree": Step.SERVICES,
    "kiosk.purpose_answer": Step.PURPOSE,
    "kiosk.card_failed": Step.CARD,
    "kiosk.card_failure": Step.CARD,
    "kiosk.number": Step.CARD,
    "kiosk.number_answer": Step.CARD,
    "kiosk.number_code": Step.CARD,
    "kiosk.number_code_answer": Step.CARD,
    "kiosk.another_way": Step.CARD,
    "kiosk.helper": Step.CARD,
    "kiosk.ask_helper": Step.CARD,
    "kiosk.helper_state": Step.CARD,
    "kiosk.helper_agree": Step.CARD,
    "kiosk.helper_deny": Step.CARD,
    "kiosk.helper_leave": Step.CARD,
    "kiosk.stop_phones": Step.OWN_PHONES,
    "kiosk.stop_phones_now": Step.OWN_PHONES,
    "kiosk.binding_code": Step.OWN_PHONES,
    "kiosk.ask_binding_code": Step.OWN_PHONES,
    "kiosk.binding_slip": Step.OWN_PHONES,
    "kiosk.fetch_wallet": Step.WALLET,
    "kiosk.wallet_certificate": Step.WALLET,
    "kiosk.print_certificate": Step.WALLET,
    "kiosk.wallet_copy": Step.WALLET,
    "kiosk.print_made_copy": Step.WALLET,
    "kiosk.print_own_again": Step.WALLET,
    **dict.fromkeys(BOOKING_PAGES, Step.BOOKINGS),
    **dict.fromkeys((*RESULT_PAGES, *PAPERS_PAGES), Step.RESULTS),
    "kiosk.expect": Step.EXPECTED,
    **dict.fromkeys((*WINDOW_PAGES, *BILL_PAGES), Step.SERVICES),
    "kiosk.face": Step.PROOF,
    "kiosk.face_begin": Step.PROOF,
    "kiosk.face_wait": Step.PROOF,
    "kiosk.face_answer": Step.PROOF,
    "kiosk.phone": Step.PROOF,
    "kiosk.phone_send": Step.PROOF,
    "kiosk.phone_answer": Step.PROOF,
    "kiosk.decide": Step.DECIDING,
    "kiosk.reasons": Step.DECISION,
    "kiosk.human": Step.DECISION,
    "kiosk.print_paper": Step.DECISION,
    "kiosk.paying_state": Step.PAYING,
    "kiosk.begin_paying": Step.PAYING,
    "kiosk.pay_slip": Step.PAYING,
    "kiosk.paid_on": Step.PAYING,
    "kiosk.stop_paying": Step.PAYING,
    "kiosk.printing_state": Step.PRINTING,
    "kiosk.came_out": Step.PRINTING,
    "kiosk.print_again": Step.PRINTING,
    "kiosk.grant_reprint": Step.PRINTING,
    "kiosk.code_slip": Step.PRINTING,
    "kiosk.rate": Step.RATING,
    "kiosk.skip_rating": Step.RATING,
}
"""Every page and every deed of a visit that belongs to a step."""

OF_EITHER = frozenset(
    {
        "kiosk.another_way",
        "kiosk.helper",
        "kiosk.ask_helper",
        "kiosk.helper_state",
        "kiosk.helper_agree",
        "kiosk.helper_deny",
        "kiosk.helper_leave",
    }
)
"""Pages of the card's step that serve for the second proof too: a person can stand in for both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What a visit has behind it. `printing` is a job of any state, `settled` its known end."""

    chosen: bool = False
    """A service or an errand was begun, or a reprint code was found good."""
    errand: Step | None = None
    """The page at the end of an errand: card, and then that; there is nothing to decide."""
    agreed: bool = False
    purpose_asked: bool = False
    purpose_given: bool = False
    card_read: bool = False
    presence_needed: bool = False
    presence_proven: bool = False
    decided: bool = False
    paying: bool = False
    """The visit is at an order: it is paid, or left, before anything else."""
    arranged: bool = False
    """The paper is collected or sent: it does not come out of this machine."""
    printing: bool = False
    settled: bool = False
    """The paper's fate is known and the person was asked: the rating may come."""


def next_step(progress: Progress) -> Step:
    """Return the step that is due."""
    if progress.paying:
        return Step.PAYING
    for reached, step in _ladder(progress):
        if not reached:
            return step
    return Step.RATING


def open_steps(progress: Progress) -> frozenset[Step]:
    """
    Return the steps whose pages may be shown now.

    Until a card is read a person may look back at what was asked. After it there is no way back
    but another service; once paper is on its way, nothing else is open until its fate is known.
    """
    due = next_step(progress)
    if due in (Step.PAYING, Step.PRINTING):
        return frozenset({due})
    if due is Step.RATING:
        return frozenset({Step.PRINTING, Step.RATING} if progress.printing else {Step.RATING})
    if progress.card_read:
        return frozenset({due, Step.SERVICES})
    steps = list(Step)
    before = steps[: steps.index(due) + 1]
    if not progress.purpose_asked:
        before = [step for step in before if step is not Step.PURPOSE]
    return frozenset(before)


def detour(page: str, progress: Progress) -> str | None:
    """Return the page to go to instead of *page* (an endpoint), or None where it is open."""
    step = STEP_OF.get(page)
    due = next_step(progress)
    if step is None or step in open_steps(progress):
        return None
    if page in OF_EITHER and due is Step.PROOF:
        return None
    if page in RESULT_PAGES and due in (Step.DECISION, Step.RATING):
        return None
    if page in MONEY_PAGES and due is Step.PRINTING:
        return None
    return PAGE_OF[due]


def _ladder(progress: Progress) -> tuple[tuple[bool, Step], ...]:
    if progress.errand is not None:
        return (
            (progress.chosen, Step.SERVICES),
            (progress.agreed, Step.NOTICE),
            (progress.card_read, Step.CARD),
            (progress.settled or not progress.printing, Step.PRINTING),
            (False, progress.errand),
        )
    return (
        (progress.chosen, Step.SERVICES),
        (progress.agreed, Step.NOTICE),
        (progress.purpose_given or not progress.purpose_asked, Step.PURPOSE),
        (progress.card_read, Step.CARD),
        (progress.presence_proven or not progress.presence_needed, Step.PROOF),
        (progress.decided or progress.printing, Step.DECIDING),
        (progress.printing or progress.arranged, Step.DECISION),
        (progress.settled or not progress.printing, Step.PRINTING),
    )
