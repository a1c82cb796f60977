"""What all kiosk pages have in common."""

from dataclasses import dataclass
from typing import ClassVar

from kiosk_ui.view_models.screen import Screen


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What all pages have: the screen, and the file of `templates/` that draws them."""

    template: ClassVar[str]
    screen: Screen
