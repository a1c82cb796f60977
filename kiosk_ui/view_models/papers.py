"""Papers fetched from one's door (材料上门取件): where to, which, from where, and how it stands."""

from dataclasses import dataclass
from typing import ClassVar

from kiosk_ui.view_models.page import Page
from kiosk_ui.view_models.parts import ONE_PAGE, FieldProblem, Paging
from kiosk_ui.view_models.results import Deed, ResultTime
from kiosk_ui.view_models.screen import Wording


@dataclass(frozen=True, slots=True)
class PapersSite:
    """One office that papers can go to; `here`: this terminal stands there."""

    id: str
    name: Wording
    address: Wording
    here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PapersWherePage(Page):
    """To which office: POST `site` to `answer_url`."""

    template: ClassVar[str] = "pages/papers_where.html"
    rows: tuple[PapersSite, ...]
    answer_url: str
    back_url: str
    paging: Paging = ONE_PAGE


@dataclass(frozen=True, slots=True)
class PaperTick:
    """One paper to tick."""

    code: str
    name: Wording
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PapersTickPage(Page):
    """
    Which papers (`ask` is `what`), or which of them are originals (`originals`).

    POST `paper`, as often as one is ticked, to `answer_url`.
    """

    template: ClassVar[str] = "pages/papers_tick.html"
    ask: str
    papers: tuple[PaperTick, ...]
    answer_url: str
    back_url: str
    problem: FieldProblem | None = None


@dataclass(frozen=True, slots=True)
class PapersDoor:
    """One address of the book, its holder masked, with what fetching there costs in yuan."""

    id: str
    street: Wording
    holder: str
    postage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PapersFromPage(Page):
    """From which door: POST `address` to `answer_url`; `add_url` (GET) adds one by phone."""

    template: ClassVar[str] = "pages/papers_from.html"
    rows: tuple[PapersDoor, ...]
    answer_url: str
    add_url: str
    back_url: str
    simulated: bool
    paging: Paging = ONE_PAGE


@dataclass(frozen=True, slots=True)
class PaperTold:
    """One paper of a parcel; `found` says what became of it (`present`, `damaged`, `missing`)."""

    name: Wording
    original: bool
    found: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PapersCheckPage(Page):
    """
    Everything once more, before a courier is called: POST `wish` and `payer` to `order_url`.

    `payers` are those who may pay, the usual one first; `postage` in yuan, for whom it costs.
    """

    template: ClassVar[str] = "pages/papers_check.html"
    site: Wording
    door: PapersDoor
    papers: tuple[PaperTold, ...]
    payers: tuple[str, ...]
    order_url: str
    back_url: str
    wish: str
    simulated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PapersPage(Page):
    """
    Papers that are fetched, or were: how they stand (`result-state-papers-…`), each piece, and what
    happened. `lines` and `papers` share the paging.
    """

    template: ClassVar[str] = "pages/papers.html"
    state: str
    site: Wording
    papers: tuple[PaperTold, ...]
    lines: tuple[ResultTime, ...]
    main: Deed | None
    others: tuple[Deed, ...]
    back_url: str
    waybill: str | None = None
    postage: str | None = None
    """In yuan, where the courier is paid at the door."""
    paging: Paging = ONE_PAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class PapersCancelPage(Page):
    """Shall nobody come? POST to `yes_url`; `back_url` lets the courier come."""

    template: ClassVar[str] = "pages/papers_cancel.html"
    site: Wording
    yes_url: str
    back_url: str
