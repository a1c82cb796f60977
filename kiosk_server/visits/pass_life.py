"""
The life of a phone pass (手机通行码) between a phone and a terminal (一码办事): pure.

Two ways lead to one end. A phone shows a code to the terminal's scanner; or the terminal shows one,
a phone scans it, and both show the same number until its holder confirms. In the end whoever
stands at the terminal says that the masked name is his. Neither end does it alone, so that a code
that was relayed, photographed or forced on somebody opens nothing.
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from kiosk_server.catalogue.content import Assurance
from kiosk_server.core.transitions import Transitions
from kiosk_server.residents.assurance import Level, reaches

TOKEN_BITS = 128
TOKEN_LENGTH = 22
NUMBER_DIGITS = 2
PATH = "/m/at/"
"""Where the address in either code leads: a page of ours, on the phone that scans it."""
SHOWN_LIFE = timedelta(seconds=60)
"""Of a code that a phone shows."""
SHOWN_AGAIN_AFTER = timedelta(seconds=45)
ASKED_LIFE = timedelta(minutes=2)
"""Of a code that a terminal shows, and of each touch that is waited for after a scan."""


class PassWay(StrEnum):
    """Which end showed the code."""

    SHOWN = "shown"
    """The phone, to the terminal's scanner."""
    ASKED = "asked"
    """The terminal, to the phone's camera."""


class PassErrand(StrEnum):
    """What it is for."""

    SIGN_IN = "sign_in"
    CARRY = "carry"
    """The visit's form goes on on the phone (转到手机)."""


class PassState(StrEnum):
    """Where it stands."""

    OPEN = "open"
    CLAIMED = "claimed"
    """A phone scanned it; its holder has not confirmed yet."""
    CONFIRMED = "confirmed"
    """The phone's end is done: the touch at the terminal is waited for."""
    DONE = "done"
    DENIED = "denied"
    """One of the two said no."""
    STOPPED = "stopped"


class PassVerb(StrEnum):
    """What is done with it."""

    CLAIM = "claim"
    SCAN = "scan"
    CONFIRM = "confirm"
    FINISH = "finish"
    DENY = "deny"
    STOP = "stop"


_WAITING = (PassState.OPEN, PassState.CLAIMED, PassState.CONFIRMED)
PASS_LIFE: Transitions[PassState, PassVerb] = Transitions(
    {
        (PassState.OPEN, PassVerb.CLAIM): PassState.CLAIMED,
        (PassState.OPEN, PassVerb.SCAN): PassState.CONFIRMED,
        (PassState.CLAIMED, PassVerb.CONFIRM): PassState.CONFIRMED,
        (PassState.CONFIRMED, PassVerb.FINISH): PassState.DONE,
        (PassState.CLAIMED, PassVerb.DENY): PassState.DENIED,
        (PassState.CONFIRMED, PassVerb.DENY): PassState.DENIED,
        (PassState.DONE, PassVerb.DENY): PassState.DENIED,
        **{(state, PassVerb.STOP): PassState.STOPPED for state in _WAITING},
    }
)
WAITING = tuple(state.value for state in _WAITING)
"""States in which something is still to come."""

STANDS_FOR: Mapping[Level, Assurance] = {
    Level.NAMED: Assurance.PHONE,
    Level.CHECKED: Assurance.PHONE,
    Level.CARD: Assurance.PHONE,
}
"""What a phone of each level is worth at a terminal: never a card, which an item may insist on."""
PRESENCE_FROM = Level.CHECKED
"""From which level the phone serves as the second proof, after the same person's card."""


def proves_presence(level: Level) -> bool:
    """Return whether a phone of *level* shows that the holder of a card stands there."""
    return reaches(level, PRESENCE_FROM)


def read_pass(text: str, origin: str) -> str | None:
    """Return the token in what was scanned; None unless it is an address of ours at *origin*."""
    head, tail = f"{origin}{PATH}", text.strip()
    return token_of(tail.removeprefix(head)) if tail.startswith(head) else None


def token_of(text: str) -> str | None:
    """Return *text* if it can be a token of a pass."""
    plain = text.replace("-", "").replace("_", "")
    fits = len(text) == TOKEN_LENGTH and text.isascii() and (plain.isalnum() or not plain)
    return text if fits else None
