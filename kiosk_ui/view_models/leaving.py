"""Rating, ending, and the pages that stand beside the way."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from kiosk_ui.view_models.page import Page
from kiosk_ui.view_models.parts import LeftCard, Nearby, RatingLevel, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingPage(Page):
    """
    好差评 in five levels, voluntary (P40): POST `level` and any number of `tag` to `rate_url`.

    Nothing is chosen beforehand; `skip_url` (POST) is one touch.
    """

    template: ClassVar[str] = "pages/rating.html"
    levels: tuple[RatingLevel, ...]
    rate_url: str
    skip_url: str
    pages: int | None = None
    took_paper: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedPage(Page):
    """The visit is over and wiped; `why` is done, left, idle, limit, codes or closed."""

    template: ClassVar[str] = "pages/ended.html"
    attract_url: str
    why: str = "done"
    left_card: LeftCard | None = None
    wait_seconds: int = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpPage(Page):
    """Whom to call, how the machine is used, and the way back."""

    template: ClassVar[str] = "pages/help.html"
    back_url: str
    window: Window | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LooksPage(Page):
    """字号和颜色: the four sizes, four themes and low reach, each one touch (POST to settings)."""

    template: ClassVar[str] = "pages/looks.html"
    back_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StillTherePage(Page):
    """您还在吗？ as a page of its own, for a browser without script; else it is a veil."""

    template: ClassVar[str] = "pages/still_there.html"
    seconds: int
    continue_url: str
    end_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfServicePage(Page):
    """
    Nothing can be handled at this machine now; `reason` is a code `closed-…`.

    `told_at` (Beijing time): when a keeper was told.
    """

    template: ClassVar[str] = "pages/out_of_service.html"
    reason: str
    until: datetime | None = None
    told_at: datetime | None = None
    nearby: tuple[Nearby, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotATerminalPage(Page):
    """`/kiosk/` seen directly on the server: this is no terminal. A 200 page without a dock."""

    template: ClassVar[str] = "pages/not_a_terminal.html"
    home_url: str = "/"
    verify_url: str = "/v/"
