"""Before a service is begun: waiting, choosing, reading the guide."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from kiosk_ui.view_models.page import Page
from kiosk_ui.view_models.parts import (
    ONE_PAGE,
    Beside,
    Closed,
    Fact,
    LeftCard,
    NoCard,
    Outcome,
    Paging,
    ServiceRow,
    Tile,
    Window,
)
from kiosk_ui.view_models.screen import Language, Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class AttractPage(Page):
    """
    The waiting screen: choosing a language is the start (POST `language` to `start_url`).

    `fault` is a code `closed-…` of what does not work here, `told_at` (Beijing time) when a keeper
    was told of it. `left_card`: a card lies on the reader that is nobody's here. `beside`: what
    the technicians have it say.
    """

    template: ClassVar[str] = "pages/attract.html"
    start_url: str
    languages: tuple[Language, ...] = tuple(Language)
    fault: str | None = None
    told_at: datetime | None = None
    left_card: LeftCard | None = None
    beside: Beside | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicesPage(Page):
    """
    现在，这里能办什么？ What can be finished at this machine now, closed rows last.

    `troubles` are codes of what is not well here (`closed-…`); empty when all is well. `tiles`
    are at most three. How many rows fit: `paging.rows_a_page`.
    """

    template: ClassVar[str] = "pages/services.html"
    rows: tuple[ServiceRow, ...]
    paging: Paging = ONE_PAGE
    troubles: tuple[str, ...] = ()
    tiles: tuple[Tile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidesPage(Page):
    """全部指南: every item by name; those that no machine handles say where to go."""

    template: ClassVar[str] = "pages/guides.html"
    rows: tuple[ServiceRow, ...]
    back_url: str
    paging: Paging = ONE_PAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidePage(Page):
    """
    The guide (办事指南) of one item on one screen, before anything is asked of the person.

    `facts` are the five or six that matter here. `start_url` (GET) begins; None with `closed`
    says why not, and `window` where instead, on a page before the facts (`paging`). `version` is
    the published hash's first digits (P05).
    `needs_nothing` is 零材料办理, `decided_at_once` 秒批秒办 (P20). `no_card`: it goes without.
    """

    template: ClassVar[str] = "pages/guide.html"
    name: Wording
    facts: tuple[Fact, ...]
    version: str
    elements_url: str
    back_url: str
    start_url: str | None = None
    closed: Closed | None = None
    window: Window | None = None
    paging: Paging = ONE_PAGE
    outcome: Outcome = Outcome.A4
    minutes: int | None = None
    fee_fen: int | None = None
    needs_nothing: bool = False
    decided_at_once: bool = False
    no_card: NoCard | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementsPage(Page):
    """All published elements (要素) of one item, page by page (`paging.pages_of_facts`)."""

    template: ClassVar[str] = "pages/elements.html"
    name: Wording
    facts: tuple[Fact, ...]
    version: str
    back_url: str
    paging: Paging = ONE_PAGE
