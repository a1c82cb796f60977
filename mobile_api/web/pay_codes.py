"""
What the code of a channel is on a phone: squares for another phone, digits to be typed (缴款码),
and a link that opens the wallet on this one.

A link is made only of what a channel's own codes look like; whatever else a code may be leads
nowhere, so that no page of ours sends anybody to a place that somebody else has chosen.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy.orm import Session

from kiosk_server.gateways.pay_simulated import PAGE
from kiosk_server.payments.queries import slip_of
from kiosk_server.payments.rules import Channel
from kiosk_server.payments.slip_rules import as_printed
from kiosk_server.printing.documents.codes import grouped, qr_svg

_WALLETS: Mapping[Channel, re.Pattern[str]] = {
    Channel.WECHAT_PAY: re.compile(r"weixin://wxpay/bizpayurl\?[A-Za-z0-9=&_%.-]{1,200}"),
    Channel.ALIPAY: re.compile(r"https://qr\.alipay\.com/[A-Za-z0-9]{1,64}"),
}
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,128}")
_DIGITS = re.compile(r"[0-9]{6,40}")


@dataclass(frozen=True)
class PayCode:
    """One code that waits to be paid."""

    channel: Channel
    qr: Markup
    digits: str | None
    """In groups of four, where the code is one that people type."""
    link: str | None


@dataclass(frozen=True)
class WindowCode:
    """What a window is shown: the digits of a slip (缴款码), in groups of four."""

    digits: str
    qr: Markup


def window_code(session: Session, order_id: str) -> WindowCode | None:
    """Return the code of an order that is kept for a window; None before it is."""
    slip = slip_of(session, order_id)
    if slip is None:
        return None
    return WindowCode(as_printed(slip.code), Markup(qr_svg(slip.code)))  # noqa: S704 - our squares


def pay_code(channel: Channel, code: str, *, origin: str) -> PayCode:
    """Return how *code* of *channel* is shown; *origin* is this server's, as payers reach it."""
    digits = grouped(code) if _DIGITS.fullmatch(code) else None
    squares = Markup(qr_svg(code))  # noqa: S704 - our squares
    return PayCode(channel, squares, digits, link_of(channel, code, origin=origin))


def link_of(channel: Channel, code: str, *, origin: str) -> str | None:
    """Return what opens the wallet for *code*, and None where no link of that channel is in it."""
    if channel is Channel.SIMULATED:
        token = code.removeprefix(f"{origin}{PAGE}")
        return f"{PAGE}{token}" if _TOKEN.fullmatch(token) else None
    known = _WALLETS.get(channel)
    return code if known is not None and known.fullmatch(code) else None
