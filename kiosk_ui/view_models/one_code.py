"""The phone at the terminal: a code to scan, the number on both screens, the last touch."""

from dataclasses import dataclass
from typing import ClassVar

from kiosk_ui.view_models.page import Page
from kiosk_ui.view_models.parts import FieldProblem
from kiosk_ui.view_models.phones import QrDrawing


@dataclass(frozen=True, slots=True, kw_only=True)
class OneCodePage(Page):
    """
    A code for the phone's camera; where `scan_nonce` is there, the phone's own may be shown too.

    `errand` is sign-in or carry, as the words are called. The page looks at `state_url` for a
    change of `version`; `card_url` leads to the card instead, where that serves.
    """

    template: ClassVar[str] = "pages/one_code.html"
    errand: str
    qr: QrDrawing
    state_url: str
    version: str
    here_url: str
    back_url: str
    scan_nonce: str | None = None
    card_url: str | None = None
    problem: FieldProblem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OneCodeNumberPage(Page):
    """A phone has scanned the code: both screens show `number`, the phone's holder confirms."""

    template: ClassVar[str] = "pages/one_code_number.html"
    number: str
    state_url: str
    version: str
    refuse_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OneCodeNamedPage(Page):
    """Whose phone it was, masked; only who stands here can say that it is his."""

    template: ClassVar[str] = "pages/one_code_named.html"
    errand: str
    holder: str
    number: str
    state_url: str
    version: str
    finish_url: str
    refuse_url: str
