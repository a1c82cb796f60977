"""Results (结果送达): how one's paper comes, where it is sent, how it stands, the money instead."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from kiosk_ui.view_models.page import Page
from kiosk_ui.view_models.parts import ONE_PAGE, Closed, Paging
from kiosk_ui.view_models.phones import QrDrawing
from kiosk_ui.view_models.screen import Wording


@dataclass(frozen=True, slots=True)
class Postage:
    """What sending costs in yuan and who pays it (`recipient`, `prepaid`, `office`)."""

    amount: str
    payer: str
    simulated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultWaysPage(Page):
    """
    How the paper shall come; what each way costs is said before it is touched.

    POST `way` (here, collect) and `wish` to `choose_url`; `send_url` (GET) asks where to. `ways`
    are those that are open, `fee` in yuan, None where the paper is free. `here` says why nothing is
    printed here now. `postage` is that to the default address, None while none is known.
    """

    template: ClassVar[str] = "pages/result_ways.html"
    name: Wording
    ways: tuple[str, ...]
    choose_url: str
    send_url: str
    back_url: str
    wish: str
    site: Wording
    collect_days: int
    fee: str | None = None
    basis: Wording | None = None
    here: Closed | None = None
    postage: Postage | None = None


@dataclass(frozen=True, slots=True)
class SendRow:
    """One destination: `to` is posted; an address with its masked holder, or a pick-up site."""

    to: str
    place: Wording
    postage: Postage
    holder: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultSendPage(Page):
    """Where to: POST `to` and `wish` to `send_url`; `add_url` (GET) adds an address by phone."""

    template: ClassVar[str] = "pages/result_send.html"
    rows: tuple[SendRow, ...]
    send_url: str
    add_url: str
    back_url: str
    wish: str
    fee: str | None = None
    paging: Paging = ONE_PAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class AddAddressPage(Page):
    """A code that leads one's phone to one's address book; `back_url` looks again."""

    template: ClassVar[str] = "pages/add_address.html"
    qr: QrDrawing
    back_url: str


@dataclass(frozen=True, slots=True)
class ResultRow:
    """
    One case in the list, or papers that are fetched: what it is, how it stands (`result-state-…`).
    """

    url: str
    name: Wording
    state: str
    at: datetime
    icon: str = "paper"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsPage(Page):
    """
    My cases, and the papers fetched from my door, the newest first.

    POST to `papers_url` to have papers fetched; None where nobody carries.
    """

    template: ClassVar[str] = "pages/results.html"
    rows: tuple[ResultRow, ...]
    back_url: str
    papers_url: str | None = None
    paging: Paging = ONE_PAGE


@dataclass(frozen=True, slots=True)
class ResultTime:
    """One thing that happened, in Beijing time: an id of words, and the words of who told it."""

    at: datetime
    words: str
    text: Wording | None = None


@dataclass(frozen=True, slots=True)
class Deed:
    """
    What may be done now: an id of words (`result-do-…`) and where; a form unless `link`.

    *name* and *value* are sent with the form.
    """

    code: str
    url: str
    link: bool = False
    amount: str = ""
    name: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultPage(Page):
    """
    One case and its result: how it stands (`result-state-…`), where, until when, what happened.

    `main` is the best deed, `others` the rest; POST to `done_url` where a service ends with it, or
    `back_url` (GET) to the list.
    """

    template: ClassVar[str] = "pages/result.html"
    name: Wording
    number: str
    state: str
    lines: tuple[ResultTime, ...]
    main: Deed | None
    others: tuple[Deed, ...]
    back_url: str | None = None
    done_url: str | None = None
    place: Wording | None = None
    waybill: str | None = None
    until: datetime | None = None
    closed: Closed | None = None
    paging: Paging = ONE_PAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyBackPage(Page):
    """The money instead of the paper? POST to `yes_url`; `back_url` keeps the paper."""

    template: ClassVar[str] = "pages/money_back.html"
    amount: str
    yes_url: str
    back_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverPage(Page):
    """
    The code that is told when the parcel is handed over; `printed` on a slip too.

    With `papers`, it is he who hands over: to the courier who fetches them.
    """

    template: ClassVar[str] = "pages/hand_over.html"
    code: str
    back_url: str
    printed: bool = False
    papers: bool = False
