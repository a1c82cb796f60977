"""
Which terminal signed this request (RFC 9421), or why nobody believably did.

Pure but for the key, which is asked for each time, so that a revoked terminal is out at once. The
address that must have been signed is our public origin, not what the Host header says: a request
signed for another server is worth nothing here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
    SigningKey,
    VerificationKey,
    VerifyResult,
    algorithms,
)
from http_sf.compat import InnerList

from kiosk_server.terminals.nonces import SIGNATURE_WINDOW
from kiosk_server.terminals.queries import KeyHolder, TerminalIdentity

LABEL = "kiosk"
TAG = "kiosk-terminal"
COVERED = ("@method", "@authority", "@path", "@query", "content-digest")
PARAMETERS = frozenset({"created", "nonce", "keyid", "alg", "tag"})
NONCE_LENGTH = range(16, 65)

FindHolder = Callable[[str], KeyHolder | None]


@dataclass(frozen=True)
class SignedRequest:
    """A request as it came: *target* is the raw path and query, neither decoded nor rebuilt.

    *body* reads it, which is done only once the headers are known to be signed.
    """

    method: str
    target: str
    headers: Mapping[str, str]
    body: Callable[[], bytes]


@dataclass(frozen=True)
class Signed:
    """The signature holds; *nonce* is still to be spent."""

    identity: TerminalIdentity
    nonce: str


@dataclass(frozen=True)
class NotSigned:
    """
    The signature does not hold; *code* says why.

    `signature_missing`, `signature_invalid`, `clock_skew`, `key_unknown`, `terminal_revoked`.
    *terminal_id* names whose key was claimed: a claim, not a proof.
    """

    code: str
    terminal_id: str | None = None


def bears_signature(headers: Mapping[str, str]) -> bool:
    """Return whether a request claims to come from a terminal at all."""
    return any(name.lower() in ("signature", "signature-input") for name in headers)


def verify(
    request: SignedRequest, *, origin: str, holder_of: FindHolder, now: datetime
) -> Signed | NotSigned:
    """Return who signed *request* for the server at *origin*, or why nobody did."""
    if not bears_signature(request.headers):
        return NotSigned("signature_missing")
    keys = _Keys(holder_of)
    try:
        result = _verified(request, origin, keys, now)
    except _ClockSkew:
        return NotSigned("clock_skew", keys.claimed_terminal)
    except _KeyUnknown:
        return NotSigned("key_unknown")
    except (HTTPMessageSignaturesException, ValueError):
        # ValueError: a header that is no structured field, a target that is no address.
        return NotSigned("signature_invalid", keys.claimed_terminal)
    holder = keys.holder
    if holder is None or result.nonce is None:
        return NotSigned("signature_invalid", keys.claimed_terminal)
    if holder.revoked:
        return NotSigned("terminal_revoked", holder.identity.id)
    return Signed(holder.identity, result.nonce)


def _verified(request: SignedRequest, origin: str, keys: "_Keys", now: datetime) -> VerifyResult:
    if not request.target.startswith("/"):
        raise InvalidSignature("an absolute target could name another server")
    verifier = _Verifier(keys, now)
    message = _Message(request.method, origin + request.target, dict(request.headers))
    proven = verifier.verify(
        message, max_age=SIGNATURE_WINDOW, expect_tag=TAG, require_components=COVERED
    )
    results = verifier.verify_body(message, proven, request.body())
    if len(results) != 1 or results[0].label != LABEL:
        # With two signatures of ours, one could be read here and the other by somebody else.
        raise InvalidSignature("one signature of a terminal, under its label, is wanted")
    (result,) = results
    if result.parameters.keys() != PARAMETERS or len(result.nonce or "") not in NONCE_LENGTH:
        raise InvalidSignature("the parameters are not those agreed on")
    return result


@dataclass
class _Message:
    """What the library wants to see of a request."""

    method: str
    url: str
    headers: dict[str, str]


class _ClockSkew(InvalidSignature):
    """Dated too far from now, in either direction."""


class _KeyUnknown(InvalidSignature):
    """No terminal has this key, or it has another by now."""


class _Keys(HTTPSignatureKeyResolver):
    """Finds the key that a signature names, and remembers whose it is."""

    def __init__(self, holder_of: FindHolder) -> None:
        self._holder_of = holder_of
        self.holder: KeyHolder | None = None

    @property
    def claimed_terminal(self) -> str | None:
        return self.holder.identity.id if self.holder else None

    def resolve_public_key(self, key_id: str) -> VerificationKey:
        self.claim(key_id)
        if self.holder is None:
            raise _KeyUnknown(key_id)
        return Ed25519PublicKey.from_public_bytes(self.holder.public_key)

    def claim(self, key_id: object) -> None:
        """Remember whose key a signature names, before it is known to hold."""
        self.holder = self._holder_of(key_id) if isinstance(key_id, str) else None

    def resolve_private_key(self, key_id: str) -> SigningKey:
        raise _KeyUnknown(key_id)


class _Verifier(HTTPMessageVerifier):
    """The library's verifier with our clock and the same patience in both directions."""

    def __init__(self, keys: _Keys, now: datetime) -> None:
        super().__init__(signature_algorithm=algorithms.ED25519, key_resolver=keys)
        self._keys = keys
        self._now = now

    def validate_created_and_expires(
        self, sig_input: InnerList, max_age: timedelta | None = None
    ) -> None:
        created = sig_input.params.get("created")
        if type(created) is not int:
            raise InvalidSignature("created is missing")
        try:
            age = self._now - datetime.fromtimestamp(created, UTC)
        except (OverflowError, OSError):
            raise InvalidSignature("created is no moment") from None
        if abs(age) > (max_age or SIGNATURE_WINDOW):
            # The library asks for the key later: name the machine whose clock is wrong.
            self._keys.claim(sig_input.params.get("keyid"))
            raise _ClockSkew
