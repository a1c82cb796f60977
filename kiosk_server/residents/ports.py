"""
Whom the room asks about a person (实名核验, 统一身份认证): a real-name source, the region's
sign-in, a messenger's mini program. Each says whether it is simulated, so that a page can.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from kiosk_server.residents.assurance import Level
from kiosk_server.residents.numbers import CardKind


@dataclass(frozen=True)
class RealName:
    """One question: are these three one person's? `id` is the idempotency key."""

    id: str
    name: str
    number: str
    phone: str


class RealNameAnswer(StrEnum):
    """What the source says; which of the three differs, it does not."""

    SAME = "same"
    DIFFERENT = "different"
    NO_ANSWER = "no_answer"


class RealNameCheck(Protocol):
    """A source that compares name, identity number and phone number (三要素核验)."""

    @property
    def simulated(self) -> bool:
        """Whether nobody outside was asked."""
        ...

    def check(self, question: RealName) -> RealNameAnswer:
        """Compare the three."""
        ...


@dataclass(frozen=True)
class Begun:
    """Where the browser goes to sign in."""

    address: str


@dataclass(frozen=True)
class RegionPerson:
    """Who the region says has signed in, and how far its own check of him went."""

    subject: str
    level: Level
    name: str | None = None
    number: str | None = None
    kind: CardKind = CardKind.RESIDENT
    phone: str | None = None


@dataclass(frozen=True)
class RegionRefused:
    """No person: `region_refused` (its answer cannot be believed) or `region_silent`."""

    code: str


class RegionSignIn(Protocol):
    """The sign-in of the region's app (新服办), handed over by OpenID Connect (P48)."""

    @property
    def simulated(self) -> bool:
        """Whether it only plays the region's part."""
        ...

    @property
    def origin(self) -> str:
        """The origin that the browser is sent to."""
        ...

    def begin(self, *, state: str, nonce: str, verifier: str, back: str) -> Begun | RegionRefused:
        """Return where to send the browser; *verifier* stays here, its S256 challenge goes."""
        ...

    def finish(
        self, *, code: str, nonce: str, verifier: str, back: str
    ) -> RegionPerson | RegionRefused:
        """Exchange *code* and return whom the verified answer names."""
        ...


@dataclass(frozen=True)
class MessengerUser:
    """A user of the mini program, by the name that the messenger gives him for us alone."""

    open_id: str


@dataclass(frozen=True)
class MessengerRefused:
    """No user: `code_bad`, `code_used`, `too_often` or `silent`."""

    code: str


class MiniProgram(Protocol):
    """The messenger behind a mini program (微信小程序): a code of its sign-in becomes a user."""

    @property
    def simulated(self) -> bool:
        """Whether no messenger was asked."""
        ...

    def identify(self, code: str) -> MessengerUser | MessengerRefused:
        """Exchange a code, which serves once. The messenger's session key goes no further."""
        ...
