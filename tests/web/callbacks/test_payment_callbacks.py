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
from kiosk_server.audit.services import SYSTEM, Subject
from kiosk_server.core.database import Database
from kiosk_server.core.identifiers import new_id
from kiosk_server.payments.models import PaymentAttempt, PaymentNotice, PaymentOrder
from kiosk_server.payments.rules import Channel, Origin
from kiosk_server.payments.services import begin_attempt, open_order
from kiosk_server.settings import Settings
from kiosk_server.settings_payments import PaymentTerms
from tests.support import alipay_server, public_payment_server, wechat_pay_server
from tests.support.inspect_page import inspect
from tests.support.paying import FEE, FEES_FEN
from tests.support.phone import carry_out

CHANNELS = (Channel.WECHAT_PAY, Channel.ALIPAY, Channel.PUBLIC_PAYMENT)


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[Channel, Any]]:
    """The three channels on loopback."""
    with (
        wechat_pay_server.serving() as wechat,
        alipay_server.serving() as alipay,
        public_payment_server.serving() as public,
    ):
        yield dict(zip(CHANNELS, (wechat, alipay, public), strict=True))


@pytest.fixture
def settings(database_url: str, tmp_path: Any, servers: dict[Channel, Any]) -> Settings:
    """A development server with three channels and a cashier that only plays one."""
    wechat, alipay, public = servers.values()
    return Settings(
        database_url=database_url,
        instance=tmp_path / "instance",
        payments=PaymentTerms(True, public.terms, wechat.terms, alipay.terms),
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


def begun(database: Database, channel: Channel) -> str:
    """An order that somebody begins to pay; the number at the channel."""
    with database.unit_of_work() as session:
        order = open_order(
            session,
            subject=Subject("test_thing", new_id()),
            items=[FEE],
            payer_id=None,
            channel=Origin.PHONE,
            by=SYSTEM,
        )
        return begin_attempt(session, order.id, channel, connected=tuple(Channel), by=SYSTEM).id


def sent(server: Any, channel: Channel, number: str, **edits: Any) -> tuple[dict[str, str], bytes]:
    """A notice as its channel sends it."""
    if channel is Channel.ALIPAY:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return form, server.notice(number, **edits)
    headers, body = server.notice(number, **edits)
    return headers | {"Content-Type": "application/json"}, body


def state_of(database: Database, number: str) -> str:
    """How the order of an attempt stands."""
    with database.reading() as session:
        attempt = session.get_one(PaymentAttempt, number)
        return session.get_one(PaymentOrder, attempt.order_id).state


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
