"""SM2 with SM3 behind the signer's interface, against an implementation that we did not write."""

import sys
from datetime import timedelta
from typing import Any

import base45
import cbor2
import gmalg
import pytest
from joserfc.util import urlsafe_b64encode

from kiosk_server.credentials import cose, sd_jwt
from kiosk_server.credentials.lists import read_status_list, read_trust_list
from kiosk_server.credentials.offline import PREFIX, OfflineVerdict, verify
from kiosk_server.credentials.reasons import OfflineReason
from kiosk_server.credentials.signers import Algorithm, PublicKey, SoftwareSigner, can_use
from kiosk_server.credentials.sm2_signers import USER_ID, Sm2Signer, new_sm2_signer
from tests.support.credentials import (
    FACTS,
    NOON,
    ORIGIN,
    all_good,
    code,
    key,
    listed,
    signed_trust,
    trusting,
)

OURS = new_sm2_signer()
DATA = "测试·阿依古丽".encode()


def judged(text: str, *signers: SoftwareSigner) -> OfflineVerdict:
    """The verdict with lists in force that believe these keys."""
    soon = NOON + timedelta(minutes=1)
    return verify(text, trust=trusting(*signers), statuses=all_good(), now=soon)


def with_header(text: str, header: dict[int, object]) -> str:
    """The code under another protected header."""
    message = cbor2.loads(base45.b45decode(text.removeprefix(PREFIX)))
    parts = [cbor2.dumps(header), *message.value[1:]]
    written: bytes = base45.b45encode(cbor2.dumps(cbor2.CBORTag(message.tag, parts)))
    return PREFIX + written.decode()


def peer(signer: SoftwareSigner) -> gmalg.SM2:
    """The other implementation with the same key."""
    point = b"\x04" + signer.public.x + (signer.public.y or b"")
    return gmalg.SM2(signer.secret, USER_ID, point)


def test_another_implementation_verifies_what_we_sign() -> None:
    """PyPI `gmalg` takes our r and s over the same bytes, and over no others."""
    signature = OURS.sign(DATA)
    halves = signature[:32], signature[32:]
    assert len(signature) == 64
    assert peer(OURS).verify(DATA, *halves)
    assert not peer(OURS).verify(DATA + b".", *halves)


def test_we_verify_what_another_implementation_signs() -> None:
    """A key and a signature that `gmalg` made are ours to verify."""
    secret, point = gmalg.SM2().generate_keypair()
    x, y = point[1:33], point[33:]
    theirs = PublicKey("theirs", Algorithm.SM2, _jwk(x, y))
    r, s = gmalg.SM2(secret, USER_ID, point).sign(DATA)
    signature = r.rjust(32, b"\0") + s.rjust(32, b"\0")
    assert theirs.verifies(signature, DATA)
    assert not theirs.verifies(signature, DATA + b".")
    assert not OURS.public.verifies(signature, DATA)


def test_what_is_no_signature_is_none() -> None:
    """Wrong lengths, zeros, what is past the curve's order and scrambled bytes are refused."""
    good = OURS.sign(DATA)
    for signature in (b"", bytes(64), b"\xff" * 64, good[:63], good[::-1]):
        assert not OURS.public.verifies(signature, DATA)


def test_a_key_off_the_curve_verifies_nothing() -> None:
    """A published point that is none of the curve's is refused and raises nothing."""
    signature = OURS.sign(DATA)
    for x, y in ((bytes(32), bytes(32)), (b"\1" * 32, b"\1" * 32), (b"\1" * 31, b"\1" * 32)):
        assert not PublicKey("off", Algorithm.SM2, _jwk(x, y)).verifies(signature, DATA)


def test_a_code_of_sm2_is_genuine_or_altered() -> None:
    """A code is read again whole; with another key under its id, or a byte changed, it is not."""
    text = code(OURS)
    assert judged(text, key(), OURS) == OfflineVerdict(None, FACTS)
    other = Sm2Signer(new_sm2_signer().secret, new_sm2_signer().public)
    other.public = PublicKey(OURS.kid, Algorithm.SM2, other.public.jwk)
    assert judged(text, key(), other).reason is OfflineReason.ALTERED
    message = bytearray(base45.b45decode(text.removeprefix(PREFIX)))
    message[-1] ^= 1
    assert judged(PREFIX + base45.b45encode(bytes(message)).decode(), OURS).reason is (
        OfflineReason.ALTERED
    )
    assert judged(text, key()).reason is OfflineReason.UNKNOWN_ISSUER


def test_no_key_takes_another_algorithm_s_header() -> None:
    """SM2's key under ES256, ES256's key under SM2, and either's signature under the other."""
    normal = key()
    for text, header in (
        (code(OURS), {1: -7, 4: OURS.kid.encode(), 16: 61}),
        (code(OURS), {1: -7, 4: normal.kid.encode(), 16: 61}),
        (code(normal), {1: cose.SM2_NUMBER, 4: normal.kid.encode(), 16: 61}),
        (code(normal), {1: cose.SM2_NUMBER, 4: OURS.kid.encode(), 16: 61}),
    ):
        forged = with_header(text, header)
        assert judged(forged, normal, OURS).reason is OfflineReason.ALTERED


def test_a_server_without_the_extra_calls_nothing_false(monkeypatch: pytest.MonkeyPatch) -> None:
    """There a code of SM2 is unreadable and verifies nothing; a forged header is still altered."""
    text, signature = code(OURS), OURS.sign(DATA)
    confused = with_header(text, {1: -7, 4: OURS.kid.encode(), 16: 61})
    monkeypatch.setitem(sys.modules, "gmssl_pyx", None)
    assert not can_use(Algorithm.SM2)
    assert judged(text, key(), OURS) == OfflineVerdict(OfflineReason.UNREADABLE)
    assert judged(confused, key(), OURS).reason is OfflineReason.ALTERED
    assert not OURS.public.verifies(signature, DATA)
    assert judged(code(), key(), OURS) == OfflineVerdict(None, FACTS)


def test_a_trust_list_carries_keys_of_sm2() -> None:
    """The key stands in the list under numbers for private use, and comes back the same."""
    trust = trusting(key(), OURS)
    assert read_trust_list(signed_trust(key(), trust), known=None) == trust
    told = cose.cose_key(OURS.public)
    assert (told[1], told[3], told[-1]) == (2, cose.SM2_NUMBER, cose.SM2_NUMBER)
    assert cose.SM2_NUMBER < -65536
    assert read_status_list(listed(key()), trust).address == FACTS.list_address


def test_a_statement_under_sm2_is_refused() -> None:
    """JOSE has no name for SM2: whatever a header calls it, such a statement is not believed."""
    holder = key(seed=21)
    credential = sd_jwt.issue(
        OURS,
        issuer=ORIGIN,
        kind=ORIGIN + "/statements/1",
        statements={"over_60": True},
        holder_jwk=holder.public.jwk,
        now=NOON,
        expires_at=NOON + timedelta(minutes=5),
    )
    told: dict[str, Any] = {"audience": "https://shop.example", "nonce": "one", "now": NOON}
    shown = sd_jwt.present(credential, ("over_60",), holder=holder, **told)
    with pytest.raises(sd_jwt.DisclosureRefused, match="altered"):
        sd_jwt.verify(shown, find_key=lambda issuer, kid: OURS.public, **told)


def _jwk(x: bytes, y: bytes) -> dict[str, str]:
    coordinates = {"x": urlsafe_b64encode(x), "y": urlsafe_b64encode(y)}
    return {
        "kty": "EC",
        "crv": "SM2",
        **{name: each.decode() for name, each in coordinates.items()},
    }
