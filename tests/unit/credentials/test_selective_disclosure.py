"""What a holder lets a verifier read, and what nobody makes of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from joserfc.util import urlsafe_b64encode

from kiosk_server.credentials.sd_jwt import (
    Disclosed,
    DisclosureReason,
    DisclosureRefused,
    issue,
    present,
    verify,
)
from kiosk_server.credentials.signers import UNIVERSAL, Algorithm, PublicKey, SoftwareSigner
from tests.support.credentials import NOON, ORIGIN, key

ISSUER, HOLDER = key(), key(seed=21)
KIND = ORIGIN + "/statements/1"
STATEMENTS = {"over_60": True, "resident_here": True}
SHOP, NONCE = "https://shop.example", "one-nonce-of-the-shop"


def believed(issuer: str, kid: str) -> PublicKey | None:
    """The one key that is believed."""
    return ISSUER.public if (issuer, kid) == (ORIGIN, ISSUER.kid) else None


def credential(signer: SoftwareSigner = ISSUER, holder: SoftwareSigner = HOLDER) -> str:
    """What the holder keeps."""
    return issue(
        signer,
        issuer=ORIGIN,
        kind=KIND,
        statements=STATEMENTS,
        holder_jwk=holder.public.jwk,
        now=NOON,
        expires_at=NOON + timedelta(days=1),
    )


def shown(*names: str, by: SoftwareSigner = HOLDER, of: str | None = None) -> str:
    """What the holder shows in the shop."""
    return present(of or credential(), names, holder=by, audience=SHOP, nonce=NONCE, now=NOON)


def read(
    presentation: str, *, audience: str = SHOP, nonce: str = NONCE, hours: float = 0
) -> Disclosed:
    """What the shop reads."""
    now = NOON + timedelta(hours=hours)
    return verify(presentation, find_key=believed, audience=audience, nonce=nonce, now=now)


@pytest.mark.policy("P34")
def test_the_shop_reads_what_was_chosen_and_nothing_else() -> None:
    """ "Over 60" is told without where one lives, and no more than eight digests beside it."""
    assert read(shown("over_60")).claims == {"over_60": True}
    assert read(shown()).claims == {}
    assert read(shown("over_60", "resident_here")).claims == STATEMENTS


@pytest.mark.parametrize("algorithm", UNIVERSAL)
def test_the_holder_s_key_may_be_either(algorithm: Algorithm) -> None:
    """Phones have P-256, some Ed25519."""
    holder = key(algorithm, 22)
    presentation = shown("over_60", by=holder, of=credential(holder=holder))
    assert read(presentation).holder_jwk == holder.public.jwk


def added(presentation: str) -> str:
    """A statement of the holder's own making put in."""
    jwt, *rest = presentation.split("~")
    own = urlsafe_b64encode(b'["salt","over_18",true]').decode()
    return "~".join([jwt, own, *rest])


FORGED: list[tuple[Callable[[], str], DisclosureReason]] = [
    (lambda: "rubbish", DisclosureReason.UNREADABLE),
    (lambda: "a.b.c~", DisclosureReason.UNREADABLE),
    (lambda: shown("over_60")[:-4] + "AAAA", DisclosureReason.NOT_THE_HOLDER),
    (lambda: shown("over_60", by=key(seed=66)), DisclosureReason.NOT_THE_HOLDER),
    (lambda: shown("over_60").rpartition("~")[0] + "~", DisclosureReason.NOT_THE_HOLDER),
    (lambda: shown(of=credential(key(seed=9))), DisclosureReason.UNKNOWN_ISSUER),
    (lambda: added(shown("over_60")), DisclosureReason.ALTERED),
    (lambda: shown("over_60").replace("~", "A~", 1), DisclosureReason.ALTERED),
]


@pytest.mark.parametrize(("make", "reason"), FORGED)
def test_what_was_forged_is_refused(make: Callable[[], str], reason: DisclosureReason) -> None:
    """Each forgery has the reason why."""
    with pytest.raises(DisclosureRefused) as refusal:
        read(make())
    assert refusal.value.reason is reason


@pytest.mark.parametrize(
    ("audience", "nonce", "hours", "reason"),
    [
        ("https://bank.example", NONCE, 0, DisclosureReason.WRONG_AUDIENCE),
        (SHOP, "another", 0, DisclosureReason.ALREADY_USED),
        (SHOP, NONCE, 1, DisclosureReason.ALREADY_USED),
        (SHOP, NONCE, 30, DisclosureReason.EXPIRED),
        (SHOP, NONCE, -1, DisclosureReason.NOT_YET_VALID),
    ],
)
def test_one_showing_serves_one_verifier_once(
    audience: str, nonce: str, hours: float, reason: DisclosureReason
) -> None:
    """Another verifier, another nonce, another day: refused."""
    with pytest.raises(DisclosureRefused) as refusal:
        read(shown("over_60"), audience=audience, nonce=nonce, hours=hours)
    assert refusal.value.reason is reason
