"""Checks that were made at the machine: taken once, and what failed calls somebody."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from kiosk_server.core import clock
from kiosk_server.upkeep.models import Alert
from kiosk_server.upkeep.wording import trouble_words
from tests.support.terminal_client import API, SignedTerminal, database_of
from tests.support.wire_samples import exchange

SAMPLED = datetime(2026, 11, 21, 5, tzinfo=UTC)
"""Shortly after the samples were made: an old check opens nothing."""


@pytest.fixture(autouse=True)
def sampled() -> Iterator[None]:
    """It is the day of the samples."""
    with clock.frozen(SAMPLED):
        yield


def _open(app: Flask) -> set[tuple[str, str]]:
    with database_of(app).reading() as session:
        live = session.scalars(select(Alert).where(Alert.closed_at.is_(None)))
        return {(trouble_words(alert.cause), alert.severity) for alert in live}


@pytest.mark.policy("P53")
def test_a_failed_check_opens_an_alert_until_it_passes(app: Flask) -> None:
    """The sampled checks open theirs, sent twice no more of them; paper that came out closes."""
    terminal = SignedTerminal(app)
    tested, daily = (sample.body for sample in exchange("checks").requests[:2])
    for body in (tested, daily, tested):
        answer = terminal.post(f"{API}/checks", json_body=body)
        assert answer.get_json() == {"check": body["id"]}
    assert _open(app) == {
        ("凭条打印机：有检查没有通过", "serious"),
        ("检查发现可疑加装物", "serious"),
    }
    loaded = {**tested, "id": "4f0c5a0e9a5d4a1f8f3e2b7c6d5e4f39", "kind": "paper_loaded"}
    loaded["at"] = "2026-11-21T04:00:00.000Z"
    loaded["results"] = [{"device": "receipt_printer", "test": "paper", "result": "pass"}]
    assert terminal.post(f"{API}/checks", json_body=loaded).status_code == 200
    assert _open(app) == {("检查发现可疑加装物", "serious")}
