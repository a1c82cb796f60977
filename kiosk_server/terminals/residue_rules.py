"""What a terminal says of what past visits left on itself (残留检查, P52)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kiosk_server.terminals.rules import TERMINAL_ITSELF, Reason


class ResidueState(StrEnum):
    """The last word of a terminal's residue check."""

    CLEAN = "clean"
    FOUND = "found"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True)
class ResidueWord:
    """
    What the check said: places are enumerated words, never paths.

    `unseen` could not be looked into; `overdue`: not checked for longer than the terminal's own
    setting allows.
    """

    state: ResidueState
    checked_at: datetime | None = None
    found_in: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    overdue: bool = False


RESIDUE_FOUND = Reason(TERMINAL_ITSELF, "residue_found")
RESIDUE_UNCHECKED = Reason(TERMINAL_ITSELF, "residue_unchecked")


def reasons_of(word: ResidueWord | None) -> tuple[Reason, ...]:
    """Return what a technician must know of *word*; nothing where all is clean or unsaid."""
    if word is None:
        return ()
    if word.state is ResidueState.FOUND:
        return (RESIDUE_FOUND,)
    return (RESIDUE_UNCHECKED,) if word.state is ResidueState.NOT_CHECKED and word.overdue else ()
