"""The example client, a hotel's guest register, against the real server."""

import importlib.util
from collections.abc import Iterator
from datetime import UTC, datetime
from types import ModuleType

import pytest
from flask import Flask
from sqlalchemy import select

from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.showing.models import FieldRequest
from kiosk_server.showing.requests import confirm
from kiosk_server.showing.rules import Mode
from tests.support.showing import Shower
from tests.support.source_tree import ROOT
from tests.support.verifying import Hotel
from tests.support.wsgi_session import ORIGIN, session_before

EXAMPLE = ROOT / "docs" / "examples" / "hotel_register.py"
NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """It is noon in Beijing."""
    with clock.frozen(NOON):
        yield


@pytest.fixture
def example() -> ModuleType:
    """The example as a module."""
    spec = importlib.util.spec_from_file_location("hotel_register", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_example_is_small() -> None:
    """Whoever must join his system reads it in one sitting."""
    assert len(EXAMPLE.read_text("utf-8").splitlines()) <= 120


def test_a_register_takes_guests_by_code_and_by_question(
    app: Flask, database: Database, example: ModuleType
) -> None:
    """One guest shows, one answers a question on her phone, and a used code gives no name."""
    hotel, shower = Hotel(database, scenes=("transport",)), Shower(database)
    secret = hotel.program()

    def she_confirms(seconds: float) -> None:
        with database.unit_of_work() as session:
            asked = session.scalars(select(FieldRequest.id)).one()
            confirm(session, shower.holder, asked)

    verifier = example.Verifier(
        ORIGIN, secret.client_id, secret.secret, session_before(app), she_confirms
    )
    code = shower.show().token
    assert example.line_of(verifier, code) == ["registered", "阿依古丽·测试"]
    assert example.line_of(verifier, code) == ["already_used", ""]
    asked = shower.show(mode=Mode.AUTHORISE).token
    assert example.line_of(verifier, asked) == ["registered", "阿依古丽·测试"]


def test_a_register_waits_for_its_quota_and_takes_a_new_token(
    app: Flask, database: Database, example: ModuleType
) -> None:
    """429 is waited for as long as told, a token taken anew; a wrong secret ends it."""
    hotel = Hotel(database)
    waited: list[float] = []
    secret = hotel.program(per_minute=1)
    with clock.frozen(NOON):
        verifier = example.Verifier(
            ORIGIN, secret.client_id, secret.secret, session_before(app), waited.append
        )
        verifier._token = "over-long-ago"
        assert verifier.look("x" * 22)["reason"] == "not_ours"
        with pytest.raises(example.Refused, match="too_many_verifier_minute"):
            verifier.look("y" * 22)
    assert [1 <= seconds <= 61 for seconds in waited] == [True] * 3
    wrong = example.Verifier(ORIGIN, secret.client_id, "x" * 43, session_before(app))
    with pytest.raises(example.Refused, match="credential_refused"):
        wrong.look("x" * 22)
