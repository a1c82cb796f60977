"""
The cabinets that we know: how fine their panel is, and where the card reader sits.

A cabinet is called by the model that it named at its enrolment. An unknown one is drawn like the
commonest, so that a new cabinet shows pages a little too large or small rather than none.
"""

from dataclasses import dataclass

from kiosk_ui.view_models import Side


@dataclass(frozen=True, slots=True)
class Panel:
    """`px_per_mm` of the built-in panel; on which side of the person the reader is."""

    px_per_mm: float
    reader_side: Side = Side.RIGHT


COMMONEST = Panel(4.03)
PANELS = {
    "floor-21-portrait": COMMONEST,
    "floor-27-portrait": Panel(3.21),
    "floor-32-portrait": Panel(2.71),
    "desk-17-landscape": Panel(3.79),
    "desk-17-landscape-left": Panel(3.79, Side.LEFT),
}


def panel_of(model: str) -> Panel:
    """Return the panel of the cabinet called *model*, or the commonest."""
    return PANELS.get(model, COMMONEST)
