"""
A phone before the server: asks for codes, types them, keeps its tokens or its cookie.

Messages go through the real outbox and worker to the simulated channel, where a test reads them.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from kiosk_server.core.database import Database, keyring_of
from kiosk_server.gateways.models import SimulatedMessage
from kiosk_server.outbox.dispatcher import Dispatcher
from kiosk_server.reactions import HANDLERS, Context
from kiosk_server.settings import Settings

API = "/api/mobile/v1"
NUMBER = "13800000001"
AYGUL = {"name": "测试·阿依古丽", "number": "653001199003070022"}
MEMET = {"name": "测试·买买提", "number": "65300119850615002X"}
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def carry_out(database: Database, settings: Settings) -> None:
    """Let the worker do all that waits."""
    Dispatcher(database, HANDLERS, Context(database, settings)).work(go_on=lambda: True)


def messages_to(database: Database, number: str) -> list[dict[str, Any]]:
    """Return every message that a number was sent, the oldest first."""
    with database.reading() as session:
        keyring = keyring_of(session)
        rows = session.scalars(select(SimulatedMessage).order_by(SimulatedMessage.id)).all()
        kept = [
            json.loads(
                keyring.open(
                    row.message_sealed, table="simulated_message", column="message", row=row.id
                )
            )
            for row in rows
        ]
    return [message for message in kept if message["phone"] == number]


def last_code(database: Database, settings: Settings, number: str) -> str:
    """Return the code that *number* was sent last."""
    carry_out(database, settings)
    code: str = messages_to(database, number)[-1]["values"]["code"]
    return code


@dataclass
class Program:
    """A phone's program that speaks to the API."""

    app: Flask
    number: str = NUMBER
    tokens: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.client: FlaskClient = self.app.test_client()
        self.database: Database = self.app.extensions["kiosk_database"]
        self.settings: Settings = self.app.extensions["kiosk_settings"]

    def call(self, method: str, path: str, **given: Any) -> TestResponse:
        """Send one request, with the access token if there is one."""
        headers = dict(given.pop("headers", {}))
        if self.tokens:
            headers.setdefault("Authorization", f"Bearer {self.tokens['access_token']}")
        return self.client.open(f"{API}{path}", method=method, headers=headers, **given)

    def ask_code(self) -> str:
        """Ask for a code; return the challenge."""
        answer = self.call("POST", "/session/codes", json={"number": self.number})
        assert answer.status_code == 202, answer.text
        challenge: str = answer.get_json()["challenge"]
        return challenge

    def sign_in(self) -> "Program":
        """Sign in by a code."""
        challenge = self.ask_code()
        code = last_code(self.database, self.settings, self.number)
        answer = self.call(
            "POST", "/session", json={"way": "code", "challenge": challenge, "code": code}
        )
        assert answer.status_code == 201, answer.text
        self.tokens = answer.get_json()
        return self

    def prove(self, person: dict[str, str]) -> TestResponse:
        """Prove by name and number that *person* holds this phone."""
        return self.call(
            "POST",
            "/me/name-checks",
            json={"name": person["name"], "identity_number": person["number"]},
        )


@dataclass
class PhoneBrowser:
    """A browser on the phone's pages."""

    app: Flask
    number: str = NUMBER

    def __post_init__(self) -> None:
        self.client: FlaskClient = self.app.test_client()
        self.database: Database = self.app.extensions["kiosk_database"]
        self.settings: Settings = self.app.extensions["kiosk_settings"]

    def get(self, path: str, **given: Any) -> TestResponse:
        """Open a page."""
        return self.client.get(path, **given)

    def post(self, path: str, page: str, **fields: str) -> TestResponse:
        """Send a form that stands on *page*, with its token."""
        found = _TOKEN.search(self.client.get(page).text)
        assert found is not None, page
        return self.client.post(path, data={"csrf_token": found.group(1), **fields})

    def sign_in(self, next: str = "/m/") -> TestResponse:  # noqa: A002 - the form's own name
        """Sign in by a code, with the form's hidden way onward."""
        self.post("/m/sign-in", "/m/sign-in", number=self.number, next=next)
        code = last_code(self.database, self.settings, self.number)
        return self.post("/m/sign-in/code", "/m/sign-in/code", code=code, next=next)
