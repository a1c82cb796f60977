"""Identity tokens that may be believed, and all those that may not."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from kiosk_server.gateways.region_tokens import (
    ASK_AGAIN_AFTER,
    NotBelieved,
    RegionKeys,
    believed_claims,
)

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
ISSUER, CLIENT, NONCE = "https://region.example", "city", "of-this-browser"
KEY = ECKey.generate_key("P-256", {"kid": "one", "use": "sig"})
OTHER = ECKey.generate_key("P-256", {"kid": "two", "use": "sig"})


def public(*keys: ECKey | RSAKey) -> dict[str, Any]:
    """Return the issuer's published set."""
    return {"keys": [key.as_dict(private=False) for key in keys]}


def claims(**changes: Any) -> dict[str, Any]:
    """Return what a good token says, with *changes*; None takes a claim away."""
    said = {
        "iss": ISSUER,
        "aud": CLIENT,
        "sub": "somebody",
        "nonce": NONCE,
        "iat": int(NOW.timestamp()),
        "exp": int((NOW + timedelta(minutes=5)).timestamp()),
        **changes,
    }
    return {name: value for name, value in said.items() if value is not None}


def token(said: Mapping[str, Any], key: Any = KEY, alg: str = "ES256", **header: Any) -> str:
    """Return *said* signed by *key*."""
    return jwt.encode({"alg": alg, "kid": "one", **header}, dict(said), key, algorithms=[alg])


def believed(sent: str, keys: RegionKeys | None = None) -> Mapping[str, Any]:
    """Return the claims of *sent* if it is believed."""
    known = keys or RegionKeys(lambda: public(KEY))
    return believed_claims(sent, known, issuer=ISSUER, client=CLIENT, nonce=NONCE, now=NOW)


def test_a_good_token_is_believed() -> None:
    """Signed by the issuer, for us, now, for this browser."""
    assert believed(token(claims()))["sub"] == "somebody"


def test_rs256_is_believed_too() -> None:
    """The other algorithm that identity providers use."""
    key = RSAKey.generate_key(2048, {"kid": "one"})
    assert believed(token(claims(), key, "RS256"), RegionKeys(lambda: public(key)))["aud"] == CLIENT


@pytest.mark.policy("P48")
@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://other.example"},
        {"aud": "another-client"},
        {"aud": ["city", "another-client"]},
        {"aud": ["city", "another-client"], "azp": "another-client"},
        {"nonce": "of-another-browser"},
        {"nonce": None},
        {"exp": int((NOW - timedelta(minutes=2)).timestamp())},
        {"exp": None},
        {"iat": int((NOW - timedelta(hours=1)).timestamp())},
        {"iat": int((NOW + timedelta(hours=1)).timestamp())},
        {"iat": None},
        {"sub": None},
    ],
)
def test_a_token_for_others_is_not_believed(change: dict[str, Any]) -> None:
    """Another issuer, another client, another browser, another time: nobody signs in by it."""
    with pytest.raises(NotBelieved):
        believed(token(claims(**change)))


def test_no_algorithm_but_two_is_believed() -> None:
    """`none`, and the issuer's public key used as a shared secret (algorithm confusion)."""
    body = token(claims()).split(".")[1]
    unsigned = f"eyJhbGciOiJub25lIn0.{body}."
    secret = OctKey.import_key(json.dumps(public(KEY)["keys"][0]))
    confused = token(claims(), secret, "HS256")
    for sent in (unsigned, confused):
        with pytest.raises(NotBelieved, match="algorithm"):
            believed(sent)


def test_a_strangers_key_and_a_changed_token_are_not_believed() -> None:
    """Under the right key id, but not by the right key; or one claim altered after signing."""
    head, _, signature = token(claims()).split(".")
    other_body = token(claims(sub="somebody-else")).split(".")[1]
    for sent in (token(claims(), OTHER), f"{head}.{other_body}.{signature}", "", "a.b", "a.b.c"):
        with pytest.raises(NotBelieved):
            believed(sent)


def test_keys_are_fetched_again_when_the_issuer_rotates_and_not_without_end() -> None:
    """A new key id has the set fetched again, once a minute at most."""
    fetched: list[int] = []

    def fetch() -> dict[str, Any]:
        fetched.append(1)
        return public(KEY) if len(fetched) == 1 else public(KEY, OTHER)

    keys = RegionKeys(fetch)
    believed(token(claims()), keys)
    assert keys.with_key("two", NOW) is keys.with_key("three", NOW)
    assert len(fetched) == 1
    keys.with_key("two", NOW + ASK_AGAIN_AFTER)
    assert believed(token(claims(), OTHER, kid="two"), keys)["sub"] == "somebody"
    assert len(fetched) == 2


def test_a_set_with_a_shared_secret_in_it_has_no_such_key() -> None:
    """Keys of other kinds in the published set verify nothing."""
    mixed = {"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "one"}, *public(OTHER)["keys"]]}
    with pytest.raises(NotBelieved):
        believed(token(claims()), RegionKeys(lambda: mixed))
