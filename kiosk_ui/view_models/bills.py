"""
Bills of everyday life (生活缴费): what kind, whose, which account, what is owed, how it ended.

Amounts are integer fen. Holders come masked as the biller masks them; an account is shown by its
last signs alone once it was typed.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from kiosk_ui.view_models.page import Page
from kiosk_ui.view_models.parts import ONE_PAGE, Closed, FieldProblem, Paging
from kiosk_ui.view_models.screen import Wording


@dataclass(frozen=True, slots=True)
class BillKindTile:
    """One kind of bill: `kind` is the code of its words (`bill-kind-…`)."""

    kind: str
    icon: str
    url: str


@dataclass(frozen=True, slots=True)
class Answerable:
    """Who answers for a biller's bills, and under which number (P47)."""

    body: Wording
    phone: str


@dataclass(frozen=True, slots=True)
class BillerRow:
    """One biller; `closed` says why its bills cannot be asked for here."""

    name: Wording
    icon: str
    url: str
    answerable: Answerable
    closed: Closed | None = None


@dataclass(frozen=True, slots=True)
class BillRow:
    """
    One bill that is owed; POST `bill` (its id) takes it in or leaves it out.

    `held` is a code of `bill-held-…`: somebody pays it elsewhere, or it waits to be booked.
    """

    bill_id: str
    holder: str
    account_end: str
    period: str
    amount_fen: int
    chosen: bool = True
    held: str | None = None


@dataclass(frozen=True, slots=True)
class PaidBill:
    """One bill of an order; `state` is a code of `bill-state-…`, `number` the biller's word."""

    holder: str
    period: str
    amount_fen: int
    state: str
    number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BillKindsPage(Page):
    """What is to be paid? Nobody is asked who he is (P16)."""

    template: ClassVar[str] = "pages/bill_kinds.html"
    kinds: tuple[BillKindTile, ...]
    back_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BillersPage(Page):
    """Whose bill of this kind it is."""

    template: ClassVar[str] = "pages/billers.html"
    kind: str
    billers: tuple[BillerRow, ...]
    back_url: str
    paging: Paging = ONE_PAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class BillAccountPage(Page):
    """
    The account on a keypad; POST `account` to `answer_url`.

    `prefix` are letters that every account begins with and nobody types, `digits` the most that
    follow. `exact`: as many follow always. `found` bills of the family stand chosen already.
    """

    template: ClassVar[str] = "pages/bill_account.html"
    biller: Wording
    label: Wording
    example: str
    digits: int
    exact: bool
    answerable: Answerable
    answer_url: str
    back_url: str
    prefix: str = ""
    typed: str = ""
    found: int = 0
    problem: FieldProblem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BillAskingPage(Page):
    """The biller is being asked; POST to `next_url` by script at once, else by a button."""

    template: ClassVar[str] = "pages/bill_asking.html"
    biller: Wording
    next_url: str
    usual_seconds: int
    longest_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BillsOwedPage(Page):
    """
    What is owed, all of it chosen at first; POST to `pay_url` opens one order for what is.

    `another_url` asks for one more account, where the biller takes several (a family).
    Once an order stands nothing is chosen any more: `fixed`. `changed`: it is not what was shown.
    """

    template: ClassVar[str] = "pages/bills_owed.html"
    biller: Wording
    rows: tuple[BillRow, ...]
    chosen: int
    sum_fen: int
    choose_url: str
    pay_url: str
    back_url: str
    another_url: str | None = None
    fixed: bool = False
    changed: bool = False
    simulated: bool = False
    paging: Paging = ONE_PAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class BillTroublePage(Page):
    """
    Nothing to pay here now: `why` is a code of `bill-trouble-…`, with what to do and whom to ask.

    `until` (Beijing) is when a biller that sleeps can be asked again.
    """

    template: ClassVar[str] = "pages/bill_trouble.html"
    why: str
    biller: Wording
    answerable: Answerable
    back_url: str
    again_url: str | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BillDonePage(Page):
    """
    How the bills of a paid order stand: `state` is a code of `bill-done-…`.

    While the biller has not answered, `state_url` tells a script when the page would look
    different. POST to `slip_url` prints the receipt; `slip` is `asked`, `no` or None.
    """

    template: ClassVar[str] = "pages/bill_done.html"
    state: str
    biller: Wording
    answerable: Answerable
    rows: tuple[PaidBill, ...]
    sum_fen: int
    receipt: str | None
    state_url: str
    version: str
    another_url: str
    done_url: str
    unshown: int = 0
    """How many more the order has than `rows` shows."""
    waiting: bool = False
    slip: str | None = None
    slip_url: str | None = None
