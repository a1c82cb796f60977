"""
The life of a live code (亮证码) and of what a named verifier asks for: pure tables and decisions.

A code dies in one of four ways: it is looked up, it is stopped, its seconds are over, or what it
stands for no longer serves. Its time is a question of now, not a state.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from kiosk_server.certificates.rules import Reason
from kiosk_server.core.transitions import Transitions

TOKEN_BITS = 128
TOKEN_LENGTH = 22
"""Characters of a token: 128 bits in base64url without padding."""
PATH = "/s/"
"""Where the address in a code leads: any scanner opens our page with it."""
MOST_REFUSALS_KEPT = 5
"""How many refused looks at one code enter the holder's log: a photograph passed round must not
fill it."""
REQUEST_LIFE = timedelta(minutes=2)
UNLOCKED_FOR = timedelta(minutes=5)
"""How long a PIN typed once lets the same phone show."""


class Mode(StrEnum):
    """What the holder lets the other do."""

    PRESENT = "present"
    """Show: whoever scans sees what the scene gives him."""
    AUTHORISE = "authorise"
    """授权: a named verifier asks, the holder sees who, why and what, and answers."""


class CodeState(StrEnum):
    """Where a code stands."""

    ALIVE = "alive"
    USED = "used"
    CONTESTED = "contested"
    """Shown again after it was used: one of the two had a photograph."""
    STOPPED = "stopped"


class CodeVerb(StrEnum):
    """What is done with a code."""

    USE = "use"
    STOP = "stop"


CODE_LIFE: Transitions[CodeState, CodeVerb] = Transitions(
    {
        (CodeState.ALIVE, CodeVerb.USE): CodeState.USED,
        (CodeState.ALIVE, CodeVerb.STOP): CodeState.STOPPED,
        (CodeState.USED, CodeVerb.USE): CodeState.CONTESTED,
        (CodeState.CONTESTED, CodeVerb.USE): CodeState.CONTESTED,
    }
)


class RequestState(StrEnum):
    """Where a verifier's question stands."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    DELIVERED = "delivered"


class RequestVerb(StrEnum):
    """What is done with a question."""

    CONFIRM = "confirm"
    DECLINE = "decline"
    DELIVER = "deliver"


REQUEST_LIVES: Transitions[RequestState, RequestVerb] = Transitions(
    {
        (RequestState.ASKED, RequestVerb.CONFIRM): RequestState.CONFIRMED,
        (RequestState.ASKED, RequestVerb.DECLINE): RequestState.DECLINED,
        (RequestState.CONFIRMED, RequestVerb.DELIVER): RequestState.DELIVERED,
    }
)


class ShowReason(StrEnum):
    """Why a scanned code shows nothing; programs are told the same word."""

    UNREADABLE = "unreadable"
    NOT_OURS = "not_ours"
    CODE_OVER = "code_over"
    """Its seconds are over: an old photograph, or a slow hand."""
    ALREADY_USED = "already_used"
    STOPPED = "stopped"
    """The holder, or the end of his phone or right, stopped it."""
    WRONG_AUDIENCE = "wrong_audience"
    """Not for this scanner: not its scene, or the holder answers named verifiers alone."""
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    WITHHELD = "withheld"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    RESCINDED = "rescinded"
    REVOKED = "revoked"


OF_CERTIFICATE: Mapping[Reason, ShowReason] = {
    Reason.NOT_YET_VALID: ShowReason.NOT_YET_VALID,
    Reason.EXPIRED: ShowReason.EXPIRED,
    Reason.WITHHELD: ShowReason.WITHHELD,
    Reason.SUPERSEDED: ShowReason.SUPERSEDED,
    Reason.CANCELLED: ShowReason.CANCELLED,
    Reason.RESCINDED: ShowReason.RESCINDED,
    Reason.REVOKED: ShowReason.REVOKED,
    Reason.STOPPED: ShowReason.STOPPED,
}
"""Why a certificate that does not serve shows nothing."""


@dataclass(frozen=True)
class ShowTerms:
    """How long a code lives and how many may; the settings say so."""

    life: timedelta = timedelta(seconds=60)
    refresh_after: timedelta = timedelta(seconds=45)
    most_alive: int = 3
    kept: timedelta = timedelta(days=180)
    """How long a look stays in the holder's log."""


@dataclass(frozen=True)
class Looker:
    """Who looks. Without an organisation it is anybody, of whom nothing is known or kept."""

    organisation_id: str | None = None
    name: str | None = None
    """What the holder reads: the organisation's name."""
    member_id: str | None = None
    terminal_id: str | None = None
    scenes: frozenset[str] = field(default_factory=frozenset)
    """The scenes for which the organisation was approved."""

    @property
    def named(self) -> bool:
        """Whether the holder can be told who it is."""
        return self.organisation_id is not None


ANYBODY = Looker()


def read_token(text: str) -> str | None:
    """Return the token in what was scanned, a whole address or its end; None if it can be none."""
    tail = text.strip().rsplit("/", 1)[-1]
    plain = tail.replace("-", "").replace("_", "")
    fits = len(tail) == TOKEN_LENGTH and tail.isascii() and (plain.isalnum() or not plain)
    return tail if fits else None


def refused_at_once(
    state: CodeState, *, over: bool, phone_stands: bool, holds_still: bool
) -> ShowReason | None:
    """Return why a code shows nothing whatever its certificate says; None if it may be looked up.

    A code that was used says so for ever: only that tells a photograph from a slow hand.
    """
    if state in (CodeState.USED, CodeState.CONTESTED):
        return ShowReason.ALREADY_USED
    if state is CodeState.STOPPED or not phone_stands or not holds_still:
        return ShowReason.STOPPED
    return ShowReason.CODE_OVER if over else None


def not_for(looker: Looker, scene: str, mode: Mode) -> bool:
    """Whether a code for *scene* is not this looker's to look up."""
    if mode is Mode.AUTHORISE:
        return True
    return looker.named and scene not in looker.scenes


def seconds_left(expires_at: datetime, now: datetime) -> int:
    """Return the whole seconds until a code dies, never below 0."""
    return max(0, int((expires_at - now).total_seconds()))
