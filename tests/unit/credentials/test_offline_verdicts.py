"""What a verifier without a network finds in a code, and in the lists."""

import zlib
from dataclasses import replace
from datetime import datetime, timedelta

import base45
import cbor2
import pytest
from cwt import COSE, COSEKey, VerifyError
from hypothesis import given
from hypothesis import strategies as st

from kiosk_server.credentials import cose
from kiosk_server.credentials.lists import ListRefused, read_status_list, read_trust_list
from kiosk_server.credentials.offline import PREFIX, OfflineVerdict, verify
from kiosk_server.credentials.reasons import OfflineReason
from kiosk_server.credentials.signers import UNIVERSAL, Algorithm, SoftwareSigner
from kiosk_server.credentials.status import Status, packed, unpacked
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

SOON = NOON + timedelta(minutes=1)
BOTH = UNIVERSAL


def judged(text: str, *signers: SoftwareSigner, now: datetime = SOON) -> OfflineVerdict:
    """The verdict with lists in force that believe these keys."""
    return verify(text, trust=trusting(*signers or (key(),)), statuses=all_good(), now=now)


def swapped(text: str, at: int, value: object) -> str:
    """The code with one of its four parts replaced."""
    message = cbor2.loads(base45.b45decode(text.removeprefix(PREFIX)))
    parts = list(message.value)
    parts[at] = value
    data = cbor2.dumps(cbor2.CBORTag(message.tag, parts))
    written: bytes = base45.b45encode(data)
    return PREFIX + written.decode()


@pytest.mark.parametrize("algorithm", BOTH)
def test_a_code_of_ours_is_genuine(algorithm: Algorithm) -> None:
    """What was written is read again, whole."""
    signer = key(algorithm)
    assert judged(code(signer), signer) == OfflineVerdict(None, FACTS)


@pytest.mark.parametrize("algorithm", BOTH)
def test_a_code_fits_a_qr_that_phones_read(algorithm: Algorithm) -> None:
    """A code with a field is alphanumeric and short enough for a QR of version 15 at level M."""
    text = code(key(algorithm))
    assert set(text) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
    assert len(text) <= 600


@pytest.mark.parametrize("algorithm", BOTH)
def test_another_library_reads_our_code(algorithm: Algorithm) -> None:
    """PyPI `cwt`, which we did not write, verifies the signature with the published COSE_Key."""
    signer = key(algorithm)
    data = base45.b45decode(code(signer).removeprefix(PREFIX))
    claims = cbor2.loads(COSE.new().decode(data, COSEKey.new(cose.cose_key(signer.public))))
    assert (claims[1], claims["n"]) == (ORIGIN, FACTS.masked_name)
    other = replace(key(algorithm, 2).public, kid=signer.kid)
    with pytest.raises(VerifyError):
        COSE.new().decode(data, COSEKey.new(cose.cose_key(other)))


def test_the_same_code_is_the_same_bytes() -> None:
    """Signatures are deterministic on both algorithms."""
    for algorithm in BOTH:
        assert code(key(algorithm)) == code(key(algorithm))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("https://somebody.example/s/abc", OfflineReason.NOT_OURS),
        ("", OfflineReason.NOT_OURS),
        (PREFIX, OfflineReason.UNREADABLE),
        (PREFIX + "!!!", OfflineReason.UNREADABLE),
        (PREFIX + "A" * 5_000, OfflineReason.UNREADABLE),
        (PREFIX + base45.b45encode(b"\x80" * 40).decode(), OfflineReason.UNREADABLE),
    ],
)
def test_what_is_no_code_is_told_apart(text: str, reason: OfflineReason) -> None:
    """Somebody else's QR is not ours; a broken one of ours is unreadable."""
    assert judged(text) == OfflineVerdict(reason)


@given(st.integers(0, 10_000), st.sampled_from("0123456789ABCDEFGHIJ"))
def test_one_changed_character_never_passes(at: int, letter: str) -> None:
    """Whatever character of a code is changed, it is not genuine any more."""
    text = code()
    place = len(PREFIX) + at % (len(text) - len(PREFIX))
    changed = text[:place] + letter + text[place + 1 :]
    if changed != text:
        assert judged(changed).reason in (
            OfflineReason.ALTERED,
            OfflineReason.UNREADABLE,
            OfflineReason.UNKNOWN_ISSUER,
        )


def test_nobody_signs_with_the_published_half() -> None:
    """A code under HMAC with the public key, `none`, or the other algorithm is altered."""
    signer, other = key(), key(Algorithm.ED25519)
    for algorithm in (5, -8, 0, -35, -47):
        header = cbor2.dumps({1: algorithm, 4: signer.kid.encode(), 16: 61})
        assert judged(swapped(code(), 0, header)).reason is OfflineReason.ALTERED
    assert judged(swapped(code(), 3, b"")).reason is OfflineReason.ALTERED
    header = cbor2.dumps({1: -8, 4: signer.kid.encode(), 16: 61})
    forged = swapped(code(other), 0, header)
    assert judged(forged, signer, other).reason is OfflineReason.ALTERED


def test_a_key_id_outside_the_signature_counts_for_nothing() -> None:
    """A key named in the unprotected header is not looked for."""
    text = swapped(code(), 0, cbor2.dumps({1: -7, 16: 61}))
    assert judged(swapped(text, 1, {4: key().kid.encode()})).reason is OfflineReason.UNREADABLE


def test_a_list_is_no_code() -> None:
    """A status list that our key signed does not pass for a certificate."""
    data = listed(key())
    text = PREFIX + base45.b45encode(data).decode()
    assert judged(text).reason is OfflineReason.ALTERED


def test_another_issuer_s_key_does_not_sign_in_our_name() -> None:
    """A code that names an issuer whose key it was not signed with is of an unknown issuer."""
    stranger = key(seed=9)
    assert judged(code(stranger)).reason is OfflineReason.UNKNOWN_ISSUER
    facts = replace(FACTS, issuer="https://elsewhere.example")
    assert judged(code(facts=facts)) == OfflineVerdict(OfflineReason.UNKNOWN_ISSUER)


def test_a_code_serves_in_its_window_alone() -> None:
    """Before it and after it the reason says so; a clock may be wrong by a minute."""
    late, leeway = FACTS.expires_at, timedelta(seconds=60)
    assert judged(code(), now=late + leeway).reason is None
    assert judged(code(), now=late + leeway * 2).reason is OfflineReason.EXPIRED
    assert judged(code(), now=NOON - leeway).reason is None
    assert judged(code(), now=NOON - leeway * 2).reason is OfflineReason.NOT_YET_VALID


def test_a_code_for_one_verifier_is_nobody_else_s() -> None:
    """A code that names its verifier is refused by others and by whoever has no name."""
    text = code(facts=replace(FACTS, audience="hotel"))
    trust, statuses = trusting(key()), all_good()

    def reason(audience: str | None) -> OfflineReason | None:
        return verify(text, trust=trust, statuses=statuses, now=SOON, audience=audience).reason

    assert reason("hotel") is None
    assert reason("bank") is OfflineReason.WRONG_AUDIENCE
    assert reason(None) is OfflineReason.WRONG_AUDIENCE


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (Status.WITHHELD, OfflineReason.WITHHELD),
        (Status.SUPERSEDED, OfflineReason.SUPERSEDED),
        (Status.CANCELLED, OfflineReason.CANCELLED),
        (Status.RESCINDED, OfflineReason.RESCINDED),
        (Status.REVOKED, OfflineReason.REVOKED),
        (Status.STOPPED, OfflineReason.STOPPED),
        (Status.ENDED, OfflineReason.EXPIRED),
    ],
)
def test_the_status_list_names_the_end(state: Status, reason: OfflineReason) -> None:
    """Each end has its own reason, and an old list still tells it."""
    trust = trusting(key())
    statuses = read_status_list(listed(key(), p77=state), trust)
    assert verify(code(), trust=trust, statuses=statuses, now=SOON).reason is reason
    neighbour = code(facts=replace(FACTS, place=76))
    assert verify(neighbour, trust=trust, statuses=statuses, now=SOON).reason is None


def test_nothing_is_believed_by_lists_that_are_over() -> None:
    """Without lists, or with old ones, a code that looks good is not called so."""
    late = NOON + timedelta(days=8)
    lasting = code(facts=replace(FACTS, expires_at=late + timedelta(days=1)))
    trust, old = trusting(key()), OfflineReason.TRUST_LIST_TOO_OLD
    assert judged(lasting, now=late).reason is old
    assert verify(lasting, trust=None, statuses=None, now=SOON).reason is old
    assert verify(lasting, trust=trust, statuses=None, now=SOON).reason is old
    two_days = NOON + timedelta(days=2)
    assert verify(lasting, trust=trust, statuses=all_good(), now=two_days).reason is old


def test_a_trust_list_is_followed_by_its_own_keys_alone() -> None:
    """A list is taken if a key that we believed signed it, and never an older one."""
    first, second, stranger = key(), key(seed=2), key(seed=3)
    known = trusting(first)
    newer = trusting(first, second, version=3)
    assert read_trust_list(signed_trust(first, newer), known=known) == newer
    with pytest.raises(ListRefused):
        read_trust_list(signed_trust(second, newer), known=known)
    with pytest.raises(ListRefused):
        read_trust_list(signed_trust(stranger, newer), known=None)
    with pytest.raises(ListRefused):
        read_trust_list(signed_trust(first, known), known=newer)
    with pytest.raises(ListRefused):
        read_trust_list(listed(first), known=known)


def test_a_status_list_of_a_stranger_is_refused() -> None:
    """Neither a stranger's key nor rubbish makes a status list."""
    trust = trusting(key())
    for data in (listed(key(seed=5)), b"", b"\xd2\x84", signed_trust(key(), trust)):
        with pytest.raises(ListRefused):
            read_status_list(data, trust)


def test_a_list_cannot_burst_a_reader() -> None:
    """A list that would open into more than ours ever has is refused; ours is small."""
    assert unpacked(zlib.compress(bytes(50_000_000))) is None
    assert unpacked(b"rubbish") is None
    assert len(packed({5: Status.REVOKED, 70_000: Status.WITHHELD})) < 400
