"""
The life of an ID reader at a terminal (读卡器更换): seen, proposed, accepted by a second person.

Pure. The security module's number (SAM) is the legal identity of a reader. The first one that a
terminal ever shows is taken with the terminal itself; every later one waits for two people.
"""

from enum import StrEnum

from kiosk_server.core.transitions import Transitions


class ReaderState(StrEnum):
    """What we hold of one reader at one terminal."""

    WAITING = "waiting"
    """It was seen there, and nobody has answered for it."""
    PROPOSED = "proposed"
    """One person says that it is ours."""
    ACCEPTED = "accepted"
    REFUSED = "refused"
    REPLACED = "replaced"
    """It was accepted until another was."""


class ReaderVerb(StrEnum):
    """What is done about a reader."""

    PROPOSE = "propose"
    CONFIRM = "confirm"
    REFUSE = "refuse"
    LAPSE = "lapse"
    """Another reader appeared: what was proposed of this one holds no more."""
    REPLACE = "replace"


READER_LIFE: Transitions[ReaderState, ReaderVerb] = Transitions(
    {
        (ReaderState.WAITING, ReaderVerb.PROPOSE): ReaderState.PROPOSED,
        (ReaderState.WAITING, ReaderVerb.REFUSE): ReaderState.REFUSED,
        (ReaderState.PROPOSED, ReaderVerb.CONFIRM): ReaderState.ACCEPTED,
        (ReaderState.PROPOSED, ReaderVerb.REFUSE): ReaderState.REFUSED,
        (ReaderState.PROPOSED, ReaderVerb.LAPSE): ReaderState.WAITING,
        (ReaderState.ACCEPTED, ReaderVerb.REPLACE): ReaderState.REPLACED,
        # Who refused in error, or puts the mended reader back, asks a second person again.
        (ReaderState.REFUSED, ReaderVerb.PROPOSE): ReaderState.PROPOSED,
        (ReaderState.REPLACED, ReaderVerb.PROPOSE): ReaderState.PROPOSED,
        (ReaderState.REPLACED, ReaderVerb.REFUSE): ReaderState.REFUSED,
    }
)
