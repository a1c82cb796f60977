"""A verifier's program reads one statement, and is told why one is not believed."""

from flask import Flask

from kiosk_server.audit.services import SYSTEM
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.credentials import keys, sd_jwt
from kiosk_server.credentials.presenting import KIND_PATH
from kiosk_server.credentials.signers import Algorithm, new_signer
from kiosk_server.settings import Settings
from tests.support.verifying import Hotel

API = "/api/verifier/v1"
NONCE = "nonce-of-the-hotel"
HOTEL = "https://hotel.example"


def presentation(database: Database, origin: str) -> str:
    """What a holder shows who is over 60."""
    once, now = new_signer(Algorithm.ES256), clock.now()
    with database.unit_of_work() as session:
        keys.rotate(session, by=SYSTEM)
        credential = sd_jwt.issue(
            keys.signer(session),
            issuer=origin,
            kind=origin + KIND_PATH,
            statements={"over_60": True},
            holder_jwk=once.public.jwk,
            now=now,
            expires_at=now + sd_jwt.BINDING_LIFE,
        )
    return sd_jwt.present(
        credential, ("over_60",), holder=once, audience=HOTEL, nonce=NONCE, now=now
    )


def test_a_statement_is_read_once_for_whom_it_was_made(
    app: Flask, database: Database, settings: Settings
) -> None:
    """Right audience and nonce: the word. Another nonce, or nonsense: the reason, and no word."""
    client = app.test_client(use_cookies=False)
    secret = Hotel(database).program()
    granted = {
        "grant_type": "client_credentials",
        "client_id": secret.client_id,
        "client_secret": secret.secret,
    }
    token = client.post(f"{API}/token", json=granted).get_json()["access_token"]
    shown = presentation(database, settings.public_origin)
    found = []
    for text, nonce in ((shown, NONCE), (shown, "another-nonce"), ("no statement", NONCE)):
        answer = client.post(
            f"{API}/statement-readings",
            json={"presentation": text, "audience": HOTEL, "nonce": nonce},
            headers={"Authorization": f"Bearer {token}"},
        )
        assert answer.status_code == 200, answer.text
        told = answer.get_json()
        found.append((told["genuine"], told["reason"], told["statements"]))
    assert found == [
        (True, None, {"over_60": True}),
        (False, "already_used", {}),
        (False, "unreadable", {}),
    ]
