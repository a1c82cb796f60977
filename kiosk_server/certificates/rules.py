"""
The code on the paper and the verdict over it: pure decisions.

The QR says `code-check`. The code finds the proof; the check is a keyed digest over what the
paper says of itself, so that neither a made-up code nor a proof whose row was altered passes.
Typing 39 characters is too much to ask: a typed code may leave the check out.
"""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kiosk_server.certificates.lives import CertificateState
from kiosk_server.core.identifiers import CROCKFORD

CODE_LENGTH = 26
"""Characters of a code: 130 bits."""
CHECK_LENGTH = 13
"""Characters of a check: 65 bits."""
MAC_PURPOSE = "certificate.check"

Mac = Callable[[bytes], bytes]
"""A keyed digest of 32 bytes; the caller binds key and purpose."""


class Channel(StrEnum):
    """How somebody came to look: by a paper's QR, by typing it, with the document itself; by a live
    code from a phone or one made in advance, by the holder's leave, on his digital card, or as
    staff for a stated reason."""

    SCAN = "scan"
    TYPED = "typed"
    DOCUMENT = "document"
    LIVE_CODE = "live_code"
    OFFLINE_CODE = "offline"
    LEAVE = "leave"
    CARD = "card"
    STAFF = "staff"


class Reason(StrEnum):
    """Why a paper is not to be relied on."""

    UNKNOWN = "unknown"
    ALTERED = "altered"
    NOT_YET_VALID = "not_yet_valid"
    WITHHELD = "withheld"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    RESCINDED = "rescinded"
    REVOKED = "revoked"
    EXPIRED = "expired"
    STOPPED = "stopped"
    """A copy whose maker no longer lets it serve."""


STATE_REASONS: Mapping[CertificateState, Reason] = {
    CertificateState.WITHHELD: Reason.WITHHELD,
    CertificateState.SUPERSEDED: Reason.SUPERSEDED,
    CertificateState.CANCELLED: Reason.CANCELLED,
    CertificateState.RESCINDED: Reason.RESCINDED,
    CertificateState.REVOKED: Reason.REVOKED,
    CertificateState.LAPSED: Reason.EXPIRED,
}
"""Why a certificate in each of these states is not to be relied on."""


@dataclass(frozen=True)
class Verdict:
    """Genuine, or not and why."""

    reason: Reason | None = None

    @property
    def genuine(self) -> bool:
        """Whether the paper may be relied on for what it is good for."""
        return self.reason is None

    @property
    def word(self) -> str:
        """`genuine` or the reason, as it is recorded."""
        return "genuine" if self.reason is None else self.reason.value


@dataclass(frozen=True)
class Standing:
    """What the issuer holds about a proof, as far as the verdict asks for it."""

    state: CertificateState
    valid_until: date | None
    valid_from: date | None = None
    stopped: bool = False
    """Of a copy: whether its maker stopped it."""


@dataclass(frozen=True)
class Claim:
    """What somebody read from a paper: the code, and the check if it came with it."""

    code: str
    check: str | None = None


@dataclass(frozen=True)
class Printed:
    """What the check vouches for: exactly what a paper says of itself."""

    code: str
    number: str
    kind: str
    issuer: str
    issued_on: date
    masked_holder: str


def judge(
    standing: Standing | None,
    *,
    check_holds: bool | None,
    document_matches: bool | None = None,
    today: date,
) -> Verdict:
    """The verdict over one paper; `today` is the day in Beijing.

    `check_holds` is None where no check was given, `document_matches` where no document was.
    An altered paper is never called by the name of an end: that would lend it the proof's name.
    """
    if standing is None:
        return Verdict(Reason.UNKNOWN)
    if check_holds is False or document_matches is False:
        return Verdict(Reason.ALTERED)
    if standing.state is not CertificateState.VALID:
        return Verdict(STATE_REASONS.get(standing.state, Reason.UNKNOWN))
    if standing.stopped:
        return Verdict(Reason.STOPPED)
    if standing.valid_from is not None and today < standing.valid_from:
        return Verdict(Reason.NOT_YET_VALID)
    if standing.valid_until is not None and today > standing.valid_until:
        return Verdict(Reason.EXPIRED)
    return Verdict()


def check_of(printed: Printed, mac: Mac) -> str:
    """The check that belongs to `printed`: 13 characters, the first 65 bits of the digest."""
    fields = (
        "1",
        printed.code,
        printed.number,
        printed.kind,
        printed.issuer,
        printed.issued_on.isoformat(),
        printed.masked_holder,
    )
    # Lengths keep the borders: no field can lend characters to its neighbour.
    text = "".join(f"{len(part.encode())}:{part}" for part in fields)
    value = int.from_bytes(mac(text.encode()))
    drop = 256 - 5 * CHECK_LENGTH
    return "".join(
        CROCKFORD[(value >> drop >> shift) & 31] for shift in range(5 * CHECK_LENGTH - 5, -1, -5)
    )


def check_holds(claim: Claim, printed: Printed, mac: Mac) -> bool | None:
    """Whether the claimed check is the right one; None when none was claimed."""
    if claim.check is None:
        return None
    return hmac.compare_digest(claim.check, check_of(printed, mac))


def token(printed: Printed, mac: Mac) -> str:
    """What stands in the QR's address: `code-check`."""
    return f"{printed.code}-{check_of(printed, mac)}"


def read_token(text: str) -> Claim | None:
    """What a scanned address or a person's typing claims; None when it can be no code of ours.

    Reads as Crockford asks: capitals, spaces and hyphens do not matter, O is 0, I and L are 1.
    """
    plain = "".join(text.split()).replace("-", "").lower()
    plain = plain.translate(str.maketrans("oil", "011"))
    if not plain.isascii() or any(character not in CROCKFORD for character in plain):
        return None
    match len(plain):
        case length if length == CODE_LENGTH:
            return Claim(plain)
        case length if length == CODE_LENGTH + CHECK_LENGTH:
            return Claim(plain[:CODE_LENGTH], plain[CODE_LENGTH:])
    return None
