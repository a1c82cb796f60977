"""
The cabinets that we know: how fine their panel is, and where the card reader sits.

A cabinet is called by the model that it named at its enrolment. An unknown one, and a window on
somebody's desk, may be of either format: it is drawn like the commonest of each.
"""

from dataclasses import dataclass

from kiosk_ui.view_models import Side


@dataclass(frozen=True, slots=True)
class Panel:
    """
    `px_per_mm` of the built-in panel; on which side of the person the reader is.

    `across` is the measure that holds instead while the page is wider than high.
    """

    px_per_mm: float
    reader_side: Side = Side.RIGHT
    across: float | None = None


EITHER = Panel(4.03, across=3.79)
PANELS = {
    "floor-21-portrait": Panel(4.03),
    "floor-27-portrait": Panel(3.21),
    "floor-32-portrait": Panel(2.71),
    "desk-17-landscape": Panel(3.79),
    "desk-17-landscape-left": Panel(3.79, Side.LEFT),
}


def panel_of(model: str) -> Panel:
    """Return the panel of the cabinet called *model*, or one of either format."""
    return PANELS.get(model, EITHER)
