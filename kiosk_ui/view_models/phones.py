"""One's own phones with the ID card: how many, stop them all, the code that binds a new one."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from kiosk_ui.view_models.page import Page


@dataclass(frozen=True, slots=True)
class QrDrawing:
    """A QR code without its quiet zone: the side in modules, its dark parts as an SVG's path."""

    side: int
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPhonesPage(Page):
    """
    How many phones are signed in; `stopped` is how many this visit has signed out.

    `bind_url` (POST) makes the code for a phone; `stop_url` asks first, None where there is none.
    """

    template: ClassVar[str] = "pages/own_phones.html"
    holder: str
    phones: int
    bind_url: str
    back_url: str
    stop_url: str | None = None
    stopped: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StopPhonesPage(Page):
    """Really? POST to `stop_url` signs all of them out."""

    template: ClassVar[str] = "pages/stop_phones.html"
    phones: int
    stop_url: str
    back_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BindingCodePage(Page):
    """The eight digits for the phone, also as a QR code, until when (Beijing time).

    POST to `slip_url` prints them, once; None where no slip comes out here.
    """

    template: ClassVar[str] = "pages/binding_code.html"
    code: str
    until: datetime
    qr: QrDrawing
    back_url: str
    slip_url: str | None = None
    slip_asked: bool = False
