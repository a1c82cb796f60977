"""Notices at their doors: the right answer for each channel; forged, replayed, large: harmless."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.models import AuditEntry
from kiosk_server.core.database import Database
from kiosk_server.core.identifiers import new_id
from kiosk_server.payments.models import PaymentAttempt, PaymentNotice
from kiosk_server.payments.rules import Channel
from kiosk_server.settings import Settings
from tests.support.inspect_page import inspect
from tests.support.pay_doors import CHANNELS, begun, joined, sent, state_of, three_channels
from tests.support.paying import FEES_FEN
from tests.support.phone import carry_out


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[Channel, Any]]:
    """The three channels on loopback."""
    with three_channels() as found:
        yield found


@pytest.fixture
def settings(database_url: str, tmp_path: Any, servers: dict[Channel, Any]) -> Settings:
    """A development server with three channels and a cashier that only plays one."""
    return Settings(
        database_url=database_url, instance=tmp_path / "instance", payments=joined(servers)
    )


@pytest.fixture
def paid(app: Flask, database: Database, settings: Settings, servers: dict[Channel, Any]) -> Any:
    """Bring an order to be paid at a channel; return its number there."""

    def bring(channel: Channel) -> str:
        number = begun(database, channel)
        carry_out(database, settings)
        servers[channel].pay(number)
        return number

    return bring


@pytest.mark.policy("P26", "P43")
@pytest.mark.parametrize(
    ("channel", "told"),
    list(zip(CHANNELS, ((204, ""), (200, "success"), (200, '{"answer":"taken"}')), strict=True)),
)
def test_a_notice_pays_and_its_replay_changes_nothing(
    client: FlaskClient,
    database: Database,
    servers: dict[Channel, Any],
    paid: Any,
    channel: Channel,
    told: tuple[int, str],
) -> None:
    """Each channel hears what its contract asks for, the second time too."""
    number = paid(channel)
    headers, body = sent(servers[channel], channel, number)
    for _ in range(3):
        answer = client.post(f"/callbacks/{channel.slug}", data=body, headers=headers)
        assert (answer.status_code, answer.text) == told
        assert "Set-Cookie" not in answer.headers
    assert state_of(database, number) == "paid"
    with database.reading() as session:
        notice = session.scalars(select(PaymentNotice)).one()
        attempt = session.get_one(PaymentAttempt, number)
    assert (notice.times, notice.outcome, notice.number) == (3, "counted", number)
    assert attempt.paid_fen == FEES_FEN


@pytest.mark.policy("P43")
@pytest.mark.parametrize("channel", CHANNELS)
def test_a_forged_notice_pays_nothing_and_is_audited(
    client: FlaskClient,
    database: Database,
    servers: dict[Channel, Any],
    paid: Any,
    channel: Channel,
) -> None:
    """A changed amount, no signature, and another channel's door: refused, and in the audit."""
    number = paid(channel)
    headers, body = sent(servers[channel], channel, number)
    altered = body.replace(number.encode(), new_id().encode()).replace(b"25.00", b"0.01")
    altered = altered.replace(b"ciphertext", b"ciphertexU")
    other = CHANNELS[(CHANNELS.index(channel) + 1) % 3]
    plain = {"Content-Type": headers["Content-Type"]}
    tries = [
        (channel, headers, altered),
        (channel, plain, body if channel is not Channel.ALIPAY else altered),
        (other, headers, body),
        (channel, {}, b""),
    ]
    for door, head, content in tries:
        answer = client.post(f"/callbacks/{door.slug}", data=content, headers=head)
        assert answer.status_code == 401, answer.text
        assert "sign" not in answer.text
    assert state_of(database, number) == "waiting"
    with database.reading() as session:
        named = AuditEntry.event == AuditEvent.PAYMENT_NOTICE_FORGED.value
        assert session.scalar(select(func.count()).where(named)) == len(tries)
        assert session.scalar(select(func.count(PaymentNotice.id))) == 0


def test_what_is_too_large_is_not_read(client: FlaskClient) -> None:
    """More than a notice can hold is refused before anybody looks for its signature."""
    for channel in CHANNELS:
        answer = client.post(f"/callbacks/{channel.slug}", data=b"x" * 70_000)
        assert answer.status_code == 413
    assert client.get("/callbacks/wechat-pay").status_code == 405


def test_a_channel_that_is_not_connected_has_no_door(app: Flask, client: FlaskClient) -> None:
    """Nobody's notices are nobody's."""
    app.extensions["payment_channels"] = {}
    for channel in CHANNELS:
        assert client.post(f"/callbacks/{channel.slug}", data=b"{}").status_code == 404


@pytest.mark.policy("P43")
@pytest.mark.parametrize("language", ["zh", "ug", "en"])
def test_the_simulated_cashier_says_so_and_pays_once(
    app: Flask, client: FlaskClient, database: Database, settings: Settings, language: str
) -> None:
    """The page says that it is simulated; its button pays by way of the worker's question."""
    number = begun(database, Channel.SIMULATED)
    carry_out(database, settings)
    with database.reading() as session:
        code = session.get_one(PaymentAttempt, number).code or ""
    path = code.removeprefix(settings.public_origin)
    shown = client.get(f"{path}?lang={language}&return_to=https://evil.example/")
    inspect(shown)
    assert "25.00" in shown.text
    assert "evil.example" not in shown.text
    assert state_of(database, number) == "waiting"
    token = shown.text.split('name="csrf_token" value="')[1].split('"')[0]
    for _ in range(2):
        answer = client.post(f"{path}?lang={language}", data={"csrf_token": token})
        assert answer.status_code == 200
        assert "Location" not in answer.headers
    carry_out(database, settings)
    assert state_of(database, number) == "paid"
    inspect(client.get(path))
    assert client.post(path).status_code == 400
    assert client.get("/pay/simulated/made-up").status_code == 404


def test_production_has_no_simulated_cashier(settings: Settings) -> None:
    """The page is absent, not only closed."""
    from kiosk_server.surfaces import surfaces  # noqa: PLC0415 - the whole server

    names = [surface.name for surface in surfaces(replace(settings, environment="production"))]
    assert "cashier" not in names
    assert "callback_wechat_pay" in names
