"""
A terminal without devices: enrols by the real endpoint and signs every call on Flask's test client.

Attacks are made by asking `signature` for something else than what is then sent.
"""

import base64
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask
from flask.testing import FlaskClient
from http_message_signatures import HTTPMessageSigner, algorithms
from http_message_signatures.resolvers import MappingKeyResolver
from werkzeug.test import TestResponse

from kiosk_server.audit.services import Actor
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.settings import Settings
from kiosk_server.terminals.services import make_enrolment_code
from tests.support.first_rows import enter_places

API = "/api/terminal/v1"
COVERED = ("@method", "@authority", "@path", "@query")
"""The content digest is covered besides, because a body is always given."""
TECHNICIAN = Actor(kind="staff", id="test-technician")


def public_bytes(key: Ed25519PrivateKey) -> bytes:
    """The 32 raw bytes that a terminal shows of its key."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def enrolment_body(code: str, key: Ed25519PrivateKey) -> dict[str, str]:
    """What a machine sends with its code."""
    shown = base64.b64encode(public_bytes(key)).decode()
    return {"code": code, "public_key": shown, "model": "test-portrait"}


def database_of(app: Flask) -> Database:
    """The database that *app* works on."""
    found: Database = app.extensions["kiosk_database"]
    return found


def origin_of(app: Flask) -> str:
    """The address that *app* believes to have."""
    settings: Settings = app.extensions["kiosk_settings"]
    return settings.public_origin


def machine_time() -> float:
    """The clock of a machine that goes right, as a device host asks for it: Unix seconds."""
    return clock.now().timestamp()


def make_code(
    app: Flask, site_id: str = "atushi-centre", *, host_place_id: str | None = None
) -> str:
    """An enrolment code for a new terminal; the sample places are entered first."""
    enter_places(database_of(app))
    with database_of(app).unit_of_work() as session:
        made = make_enrolment_code(
            session, site_id, by=TECHNICIAN, place="一楼", host_place_id=host_place_id
        )
        return made.code


@dataclass
class _Message:
    method: str
    url: str
    headers: dict[str, str]


@dataclass
class SignedTerminal:
    """One enrolled terminal and the browser on it; cookies are kept between calls."""

    app: Flask
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    site_id: str = "atushi-centre"
    host_place_id: str | None = None
    id: str = field(init=False)
    key_id: str = field(init=False)
    client: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()
        code = make_code(self.app, self.site_id, host_place_id=self.host_place_id)
        body = enrolment_body(code, self.key)
        answer = self.client.post(f"{API}/enrolments", json=body)
        assert answer.status_code == 201, answer.get_data(as_text=True)
        self.id, self.key_id = answer.get_json()["terminal"], answer.get_json()["key_id"]

    def get(self, path: str, *, headers: Mapping[str, str] | None = None) -> TestResponse:
        """GET *path* (with its query), signed."""
        return self.send("GET", path, b"", headers=headers)

    def post(
        self,
        path: str,
        *,
        json_body: object = None,
        form: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> TestResponse:
        """POST a JSON body or a form to *path*, signed."""
        if form is not None:
            kind, body = "application/x-www-form-urlencoded", urlencode(form, doseq=True).encode()
        else:
            kind, body = "application/json", json.dumps(json_body, ensure_ascii=False).encode()
        return self.send("POST", path, body, headers={"Content-Type": kind, **(headers or {})})

    def send(
        self, method: str, path: str, body: bytes, *, headers: Mapping[str, str] | None = None
    ) -> TestResponse:
        """Sign a call and send it as signed."""
        signed = self.signature(method, path, body)
        return self.send_as(method, path, body, {**(headers or {}), **signed})

    def send_as(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str]
    ) -> TestResponse:
        """Send a call with these headers, whatever they sign."""
        return self.client.open(
            path, method=method, base_url=origin_of(self.app), data=body, headers=dict(headers)
        )

    def signature(
        self,
        method: str,
        path: str,
        body: bytes,
        *,
        origin: str | None = None,
        key: Ed25519PrivateKey | None = None,
        key_id: str | None = None,
        created: datetime | None = None,
        nonce: str | None = None,
        tag: str = "kiosk-terminal",
        label: str = "kiosk",
        covered: Sequence[str] = COVERED,
        digest_body: bool = True,
    ) -> dict[str, str]:
        """The signature headers of a call; each argument is one way to sign something else."""
        name = key_id or self.key_id
        signer = HTTPMessageSigner(
            signature_algorithm=algorithms.ED25519,
            key_resolver=MappingKeyResolver(public_keys={}, private_keys={name: key or self.key}),
        )
        message = _Message(method, (origin or origin_of(self.app)) + path, {})
        signer.sign(
            message,
            key_id=name,
            created=created or clock.now(),
            nonce=secrets.token_urlsafe(16) if nonce is None else nonce,
            label=label,
            tag=tag,
            covered_component_ids=covered,
            body=body if digest_body else None,
        )
        return message.headers
