"""What becomes of a visit while the line is dead: kept for somebody who stays, ended for who left.

Pure. Nobody may find another's visit on the screen when the line is back (P52), so the rule is the
server's own: without a touch it ends after 90 s, after 180 s in large print. And it ends when the
line has been dead for five minutes, which is as long as the server keeps it.
"""

from dataclasses import dataclass
from enum import StrEnum

KEPT_SECONDS = 300.0
PATIENCE_SECONDS = 90.0
LARGE_PATIENCE_SECONDS = 180.0


class GivenUpFor(StrEnum):
    """Why a visit was ended on this machine."""

    NOBODY = "nobody"
    TOO_LONG = "too_long"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Kept:
    """The visit waits: so long for the next touch, so long for the line."""

    touch_within_seconds: int
    line_within_minutes: int


@dataclass(frozen=True, slots=True)
class GivenUp:
    """The visit is over on this machine."""

    reason: GivenUpFor


def outlook(*, untouched_seconds: float, dead_seconds: float, large: bool) -> Kept | GivenUp:
    """What a visit that is under way has to expect; *large* is large print."""
    patience = LARGE_PATIENCE_SECONDS if large else PATIENCE_SECONDS
    if dead_seconds >= KEPT_SECONDS:
        return GivenUp(GivenUpFor.TOO_LONG)
    if untouched_seconds >= patience:
        return GivenUp(GivenUpFor.NOBODY)
    return Kept(
        touch_within_seconds=int(patience - untouched_seconds),
        line_within_minutes=max(1, round((KEPT_SECONDS - dead_seconds) / 60)),
    )


class Phase(StrEnum):
    """How far a visit was when its page failed."""

    WAITING = "waiting"
    CHOOSING = "choosing"
    PROVING = "proving"
    DECIDING = "deciding"
    PRINTING = "printing"
    RATING = "rating"


_PHASES: tuple[tuple[str, Phase], ...] = (
    ("/kiosk/card", Phase.PROVING),
    ("/kiosk/proof", Phase.PROVING),
    ("/kiosk/deciding", Phase.DECIDING),
    ("/kiosk/decision/print", Phase.PRINTING),
    ("/kiosk/decision", Phase.DECIDING),
    ("/kiosk/printing", Phase.PRINTING),
    ("/kiosk/rating", Phase.RATING),
)


def phase_of(path: str, *, visit: bool) -> Phase:
    """The phase of the page at *path*; a page that no step owns belongs to the choosing."""
    if not visit:
        return Phase.WAITING
    return next((phase for start, phase in _PHASES if path.startswith(start)), Phase.CHOOSING)
