"""Codes and disclosures in both directions with libraries that we did not write, run by node."""

import json
import subprocess
from datetime import UTC, datetime, timedelta
from typing import Any

import base45
import cbor2
import pytest
from joserfc.util import urlsafe_b64encode

from kiosk_server.credentials import sd_jwt
from kiosk_server.credentials.cose import claims_in, cose_key, read_sign1
from kiosk_server.credentials.offline import PREFIX, verify
from kiosk_server.credentials.reasons import OfflineReason
from kiosk_server.credentials.signers import Algorithm, PublicKey, SoftwareSigner
from tests.support.credentials import NOON, ORIGIN, all_good, code, key, trusting
from tests.support.npm_peer import node_program, peers

pytestmark = pytest.mark.peer
HOLDER = key(seed=21)
SHOP, NONCE = "https://shop.example", "one-nonce-of-the-shop"


def asked(deed: str, **told: Any) -> dict[str, Any]:
    """What the peer answers to one order."""
    done = subprocess.run(
        node_program("credentials.mjs", peers()),
        input=json.dumps({"deed": deed, **told}),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def private(signer: SoftwareSigner) -> dict[str, str]:
    """The JWK of a test's own key, private half included."""
    return {**signer.public.jwk, "d": urlsafe_b64encode(signer.secret).decode()}


def packed(data: bytes) -> str:
    """A code's text."""
    written: bytes = base45.b45encode(data)
    return PREFIX + written.decode()


@pytest.mark.policy("P33")
def test_cose_of_others_reads_our_code() -> None:
    """@auth0/cose verifies what we signed, and refuses it under another key or altered."""
    data = base45.b45decode(code().removeprefix(PREFIX))
    own, other = (cbor2.dumps(cose_key(each.public)).hex() for each in (key(), key(seed=2)))
    read = asked("read_code", code=data.hex(), cose_key=own)
    assert cbor2.loads(bytes.fromhex(read["payload"])) == claims_in(read_sign1(data))
    altered = bytes([*data[:-1], data[-1] ^ 1])
    for spoilt, believed in ((data, other), (altered, own)):
        assert "refused" in asked("read_code", code=spoilt.hex(), cose_key=believed)


def test_we_read_the_code_of_others() -> None:
    """What @auth0/cose signed in our form is genuine here, and altered under a stranger's key."""
    payload = read_sign1(base45.b45decode(code().removeprefix(PREFIX))).payload
    trust, soon = trusting(key()), NOON + timedelta(minutes=1)
    for signer, reason in ((key(), None), (key(seed=2), OfflineReason.ALTERED)):
        told = {"kid": key().kid, "issuer_private": private(signer), "payload": payload.hex()}
        made = asked("write_code", **told)
        text = packed(bytes.fromhex(made["code"]))
        found = verify(text, trust=trust, statuses=all_good(), now=soon)
        assert found.reason is reason


@pytest.mark.policy("P34")
@pytest.mark.real_clock
def test_sd_jwt_of_others_reads_our_disclosure() -> None:
    """@sd-jwt/core reads what the holder chose of ours and nothing else; a false nonce fails."""
    now = datetime.now(UTC)  # the peer has no clock that a test could hold
    credential = sd_jwt.issue(
        key(),
        issuer=ORIGIN,
        kind=ORIGIN + "/statements/1",
        statements={"over_60": True, "resident_here": True},
        holder_jwk=HOLDER.public.jwk,
        now=now,
        expires_at=now + timedelta(days=1),
    )
    shown = sd_jwt.present(
        credential, ["over_60"], holder=HOLDER, audience=SHOP, nonce=NONCE, now=now
    )
    told = {"presentation": shown, "issuer_public": key().public.jwk}
    read = asked("read_disclosure", nonce=NONCE, **told)
    assert read["payload"]["over_60"] is True
    assert "resident_here" not in read["payload"]
    assert read["binding"]["aud"] == SHOP
    assert "refused" in asked("read_disclosure", nonce="another", **told)


def test_we_read_the_disclosure_of_others() -> None:
    """What @sd-jwt/core issued and presented is read here, by the same rules."""
    issued_at = int(NOON.timestamp())
    made = asked(
        "write_disclosure",
        kid=key().kid,
        issuer_private=private(key()),
        holder_private=private(HOLDER),
        claims={
            "iss": ORIGIN,
            "iat": issued_at,
            "exp": issued_at + 86_400,
            "vct": ORIGIN + "/statements/1",
            "cnf": {"jwk": dict(HOLDER.public.jwk)},
        },
        hidden={"over_60": True, "resident_here": True},
        chosen=["over_60"],
        binding={"iat": issued_at, "aud": SHOP, "nonce": NONCE},
    )

    def believed(issuer: str, kid: str) -> PublicKey | None:
        return key(Algorithm.ES256).public if (issuer, kid) == (ORIGIN, key().kid) else None

    read = sd_jwt.verify(
        made["presentation"], find_key=believed, audience=SHOP, nonce=NONCE, now=NOON
    )
    assert read.claims == {"over_60": True}
