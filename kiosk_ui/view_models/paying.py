"""Paying at a terminal (自助机缴费): how, the code to scan, the slip, money that came."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from kiosk_ui.view_models.page import Page
from kiosk_ui.view_models.parts import OpeningHours
from kiosk_ui.view_models.phones import QrDrawing
from kiosk_ui.view_models.screen import Wording


@dataclass(frozen=True, slots=True)
class PayLine:
    """One fee: what for, on what basis (收费依据), in yuan with two decimals."""

    name: Wording
    amount: str
    basis: Wording | None = None
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Owed:
    """What is to be paid: fees, so many `more` of them that have no room, and the sum in yuan."""

    lines: tuple[PayLine, ...]
    total: str
    more: int = 0


@dataclass(frozen=True, slots=True)
class PayWay:
    """A channel by its slug (`pay-channel-…`); where it is simulated no money moves."""

    channel: str
    simulated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PayWaysPage(Page):
    """
    How it is paid: POST `channel` to `begin_url`, or none for a slip to `slip_url`.

    `problem` says why the way that was chosen before does not go. POST to `stop_url` pays nothing.
    """

    template: ClassVar[str] = "pages/pay_ways.html"
    owed: Owed
    ways: tuple[PayWay, ...]
    begin_url: str
    slip_url: str
    stop_url: str
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PayCodePage(Page):
    """
    The code that a phone pays with, until when (Beijing time); `qr` None while it is fetched.

    With `begin_url` nobody asked for one yet: the form sends itself, or a touch does. Script polls
    `state_url` as on the page of a print. `digits` are those of a 缴款码 that is also typed;
    `ways_url` (GET) chooses another channel, None where there is one only.
    """

    template: ClassVar[str] = "pages/pay_code.html"
    owed: Owed
    way: PayWay
    until: datetime
    state_url: str
    version: str
    here_url: str
    slip_url: str
    stop_url: str
    begin_url: str | None = None
    qr: QrDrawing | None = None
    digits: str | None = None
    ways_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaySlipPage(Page):
    """
    Pay at a window with these digits, until when (Beijing time); `printed` on a slip too.

    POST to `done_url` ends the visit, POST to `stop_url` goes on without having paid. `later` names
    what follows once it is paid (`pay-slip-later-…`).
    """

    template: ClassVar[str] = "pages/pay_slip.html"
    amount: str
    code: str
    until: datetime
    place: Wording
    address: Wording
    hours: tuple[OpeningHours, ...]
    printed: bool
    later: str
    state_url: str
    version: str
    ways_url: str
    done_url: str
    stop_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidPage(Page):
    """
    The money came: how much, the number of its receipt (缴费凭证号); POST to `on_url` goes on.

    Script goes on by itself after `after_seconds`. `what` names what follows (`pay-on-…`).
    """

    template: ClassVar[str] = "pages/paid.html"
    amount: str
    receipt: str
    on_url: str
    what: str
    after_seconds: int
    simulated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PayOverPage(Page):
    """Nothing can be paid any more: `why` is over, closing or returned; POST to `stop_url`."""

    template: ClassVar[str] = "pages/pay_over.html"
    why: str
    amount: str
    stop_url: str
    state_url: str
    version: str
