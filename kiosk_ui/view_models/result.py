"""What was decided, why, and what the person waits for meanwhile."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from kiosk_ui.view_models.page import Page
from kiosk_ui.view_models.parts import ONE_PAGE, Fact, Paging, Reason, Stage
from kiosk_ui.view_models.screen import Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingPage(Page):
    """
    Work that takes longer than a second: `what` is record, document, code or face.

    `next_url` is POSTed to by script at once, or by a button where scripts are off.
    """

    template: ClassVar[str] = "pages/working.html"
    what: str
    next_url: str
    usual_seconds: int
    longest_seconds: int
    stage: Stage = Stage.RESULT


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionPage(Page):
    """
    What was decided, at once and without a human, with its main facts (秒批, P20).

    `granted` False is a result without a paper, `found` False one that says that nothing is on
    record; `outcome` is the sentence. `print_url` (POST)
    makes the paper, of `pages` sheets (0: not known yet). `reasons_url` shows why; `window_url`
    (POST) asks for a human. `ways_url` (GET) offers to collect it or have it sent; where it is owed
    for, `fee` in yuan, that is the only way on. `help_url` leads whoever was told no to legal aid.
    """

    template: ClassVar[str] = "pages/decision.html"
    name: Wording
    holder: str
    granted: bool
    outcome: Wording
    facts: tuple[Fact, ...]
    reasons_url: str
    window_url: str
    found: bool = True
    print_url: str | None = None
    pages: int = 1
    sealed: bool = False
    ways_url: str | None = None
    fee: str | None = None
    help_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonsPage(Page):
    """Item version, rule, inputs and reasons as they are kept; `window_url` as above."""

    template: ClassVar[str] = "pages/reasons.html"
    name: Wording
    granted: bool
    reasons: tuple[Reason, ...]
    inputs: tuple[Fact, ...]
    rule: str
    version: str
    decided_at: datetime
    back_url: str
    window_url: str
    paging: Paging = ONE_PAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalPage(Page):
    """
    A refusal with its reason, what is safe and what to do.

    `code` is a code of the wire or the server (`refusal-…`); `facts` fill its sentence.
    `again_url` (GET) tries again; None where trying again is in vain.
    """

    template: ClassVar[str] = "pages/refusal.html"
    code: str
    facts: Mapping[str, str | int] = field(default_factory=dict)
    again_url: str | None = None
    window_url: str | None = None
    home_url: str | None = None
