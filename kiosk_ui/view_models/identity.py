"""Who it is: what is read, what for, the card, the second proof, the window for who has none."""

from dataclasses import dataclass
from typing import ClassVar

from kiosk_ui.view_models.page import Page
from kiosk_ui.view_models.parts import Choice, FieldProblem, LeftCard, ProofWay, ReadingRow, Window
from kiosk_ui.view_models.screen import Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePage(Page):
    """
    Who reads what from the card, why, for how long; `version` of the text is recorded (P34).

    `reader_away`: no card can be read here now, and the same is learned in another way.
    """

    template: ClassVar[str] = "pages/notice.html"
    name: Wording
    rows: tuple[ReadingRow, ...]
    version: str
    agree_url: str
    back_url: str
    reader_away: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposePage(Page):
    """What the result is for, and a promise to use it for nothing else: `purpose`, `promise`."""

    template: ClassVar[str] = "pages/purpose.html"
    name: Wording
    purposes: tuple[Choice, ...]
    promise: Wording
    answer_url: str
    back_url: str
    promised: bool = False
    problem: FieldProblem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPage(Page):
    """
    Place the card: script hands `nonce` and `needs` to the host and goes to `next_url` when read.

    `next_url` gets no read id in its query: the server knows the read by the visit. What fails,
    the script sends as `code` to `failed_url` (POST), where it is counted and the next way is
    shown. `problem` is the code of a refusal that can be cured by trying again. `window_url`
    leads to the other ways. `wait_seconds` is the longest wait.
    `left_card`: another's card lies there still.
    """

    template: ClassVar[str] = "pages/card.html"
    nonce: str
    needs: tuple[str, ...]
    next_url: str
    failed_url: str
    back_url: str
    window_url: str
    wait_seconds: int = 60
    problem: str | None = None
    for_reprint: bool = False
    left_card: LeftCard | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofPage(Page):
    """Choose the second proof of being the holder; who has none is told a named window."""

    template: ClassVar[str] = "pages/proof.html"
    holder: str
    ways: tuple[ProofWay, ...]
    window_url: str
    back_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneCodePage(Page):
    """
    A one-time code to the masked phone; POST `code` to `answer_url`, POST to `resend_url`.

    Without a `phone` the code went to the phone of a number that was typed, if there is one.

    A simulated message shows its code here; until it was "sent", the page looks again at
    `coming_url`.
    """

    template: ClassVar[str] = "pages/phone_code.html"
    phone: str
    answer_url: str
    resend_url: str | None
    back_url: str
    digits: int = 6
    valid_minutes: int = 5
    typed: str = ""
    problem: FieldProblem | None = None
    simulated_code: str | None = None
    coming_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FacePage(Page):
    """
    An outside face comparison; what is simulated says so.

    `answers` are the buttons of the simulation, POSTed as `answer` to `answer_url`; empty with a
    real service, where the page refreshes to `next_url`.
    """

    template: ClassVar[str] = "pages/face.html"
    holder: str
    answer_url: str
    back_url: str
    next_url: str = ""
    answers: tuple[str, ...] = ("same", "other", "unclear")
    simulated: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowPage(Page):
    """
    A named window, its hours in Beijing time; `why` is a code `window-…` or a refusal.

    `keeper` is who minds this place; POST to `slip_url` prints all of it, once.
    """

    template: ClassVar[str] = "pages/window.html"
    window: Window
    back_url: str
    why: str | None = None
    name: Wording | None = None
    keeper: str | None = None
    slip_url: str | None = None
    slip_asked: bool = False
