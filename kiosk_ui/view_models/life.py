"""Services of everyday life (便民服务, P47): what there is, and the guide of one."""

from dataclasses import dataclass
from typing import ClassVar

from kiosk_ui.view_models.page import Page
from kiosk_ui.view_models.parts import Fact
from kiosk_ui.view_models.screen import Wording


@dataclass(frozen=True, slots=True)
class LifeTile:
    """One service; `icon` is a symbol of the sheet."""

    name: Wording
    icon: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LifePage(Page):
    """What is it about? All services on one page, in every size."""

    template: ClassVar[str] = "pages/life.html"
    tiles: tuple[LifeTile, ...]
    back_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeGuidePage(Page):
    """
    The guide of a service that others answer for; the first of `facts` says who, by what number.

    `hear` is the id of its sentence, which a terminal says aloud too; without one `short` stands
    there. `act` is the main way on: `life-book`, `life-pay` or `life-where`, and `act_url` its
    address. `window_url` names the window and prints the guide.
    """

    template: ClassVar[str] = "pages/life_guide.html"
    name: Wording
    short: Wording
    facts: tuple[Fact, ...]
    version: str
    act: str
    act_url: str
    elements_url: str
    window_url: str
    back_url: str
    hear: str | None = None
