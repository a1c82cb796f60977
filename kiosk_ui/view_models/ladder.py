"""Other ways of showing who one is: the rungs, a number instead of a card, a member of staff."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from kiosk_ui.view_models.page import Page
from kiosk_ui.view_models.parts import ONE_PAGE, Closed, FieldProblem, Paging


@dataclass(frozen=True, slots=True)
class RungChoice:
    """One way: its words are `rung-…` and `rung-…-note`; closed says why it cannot be gone."""

    rung: str
    icon: str
    url: str
    closed: Closed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderPage(Page):
    """
    What happened (`code`, a refusal; None where nothing did), and the ways on, open ones first,
    page by page in large print; the last choice of each page is the window.

    `again`: the first choice is another try of what failed.
    """

    template: ClassVar[str] = "pages/ladder.html"
    choices: tuple[RungChoice, ...]
    back_url: str
    code: str | None = None
    again: bool = False
    paging: Paging = ONE_PAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberPage(Page):
    """The number of the card that is not here; POST `number`. It is never drawn again."""

    template: ClassVar[str] = "pages/number.html"
    answer_url: str
    back_url: str
    characters: int = 18
    problem: FieldProblem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HelperPage(Page):
    """What a member of staff will do; POST to `ask_url` draws the code. `lapsed`: one ran out."""

    template: ClassVar[str] = "pages/helper.html"
    ask_url: str
    back_url: str
    lapsed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HelperCodePage(Page):
    """The code for staff, until when; the page looks at `state_url` for a change of `version`."""

    template: ClassVar[str] = "pages/helper_code.html"
    code: str
    until: datetime
    state_url: str
    version: str
    leave_url: str
    taken: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HelperNamedPage(Page):
    """Staff has named a person, masked; only the one before the screen can say that it is she."""

    template: ClassVar[str] = "pages/helper_named.html"
    holder: str
    agree_url: str
    deny_url: str
