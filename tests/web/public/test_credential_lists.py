"""The doors at which verifiers fetch keys and lists."""

import cbor2
import pytest
from flask.testing import FlaskClient
from joserfc.jwk import KeySet

from kiosk_server.audit.services import SYSTEM
from kiosk_server.core.database import Database
from kiosk_server.credentials import keys
from kiosk_server.credentials.cose import SM2_NUMBER
from kiosk_server.credentials.lists import read_status_list, read_trust_list
from kiosk_server.credentials.signers import Algorithm
from tests.support.missing import need_module

DOORS = ("/.well-known/jwks.json", "/.well-known/cose-keys", "/trust", "/status/1")


@pytest.fixture
def kid(database: Database, engine_name: str) -> str:
    """A house with its first key."""
    with database.unit_of_work() as session:
        keys.rotate(session, by=SYSTEM)
        return keys.signer(session).kid


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_every_list_is_public_small_and_kept(client: FlaskClient, kid: str) -> None:
    """Anybody may fetch and keep it; asked again with its tag, nothing is sent."""
    for door in DOORS:
        answer = client.get(door)
        assert answer.status_code == 200, door
        assert answer.headers["Cache-Control"].startswith("public, max-age=")
        assert "Set-Cookie" not in answer.headers
        assert len(answer.data) < 2_000
        again = client.get(door, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_both_key_sets_name_the_key_that_signs(client: FlaskClient, kid: str) -> None:
    """JWKS and COSE key set hold public halves alone, under one id."""
    told = client.get(DOORS[0]).get_json()
    (key,) = KeySet.import_key_set(told).keys
    assert (key.kid, key.is_private, told["keys"][0]["alg"]) == (kid, False, "ES256")
    (cose,) = cbor2.loads(client.get(DOORS[1]).data)
    assert (cose[2], cose[3], -4 in cose) == (kid.encode(), -7, False)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_sm2_stands_where_its_codes_are_judged(
    client: FlaskClient, kid: str, database: Database
) -> None:
    """COSE key set and trust list name it; JWKS, which cannot, is read as before."""
    need_module("gmssl_pyx", "pip install --require-hashes -r requirements-dev.txt")
    with database.unit_of_work() as session:
        keys.rotate(session, by=SYSTEM, algorithm=Algorithm.SM2)
    (key,) = KeySet.import_key_set(client.get(DOORS[0]).get_json()).keys
    assert key.kid == kid
    assert [told[3] for told in cbor2.loads(client.get(DOORS[1]).data)] == [-7, SM2_NUMBER]
    (issuer,) = read_trust_list(client.get("/trust").data, known=None).issuers
    assert [each.algorithm for each in issuer.keys] == [Algorithm.ES256, Algorithm.SM2]


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_lists_vouch_for_each_other(client: FlaskClient, kid: str) -> None:
    """The status list is signed by a key of the trust list, under the address it is fetched at."""
    trust = read_trust_list(client.get("/trust").data, known=None)
    statuses = read_status_list(client.get("/status/1").data, trust)
    assert statuses.address.endswith("/status/1")


def test_before_the_first_key_the_lists_say_that_they_are_not_there(client: FlaskClient) -> None:
    """Key sets are empty and the lists unavailable, by name."""
    assert client.get(DOORS[0]).get_json() == {"keys": []}
    assert client.get("/trust").status_code == 503
