"""
`/callbacks/{wechat-pay,alipay,public-payment,bank-pos}`: notices of payments and refunds
(支付通知).

Each channel hears what its contract asks for, and sends again until it has heard it. Who forges a
notice is told no more than that it is not believed, and is audited.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response, g, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from kiosk_server.core.errors import NotFound
from kiosk_server.payments.heard import hear, hear_forged, is_flooded
from kiosk_server.payments.ports import Believed, NoticeForged
from kiosk_server.payments.rules import Channel
from kiosk_server.web.payment_channels import every_channel
from kiosk_server.web.request_context import database
from kiosk_server.web.surface import Guard, Surface

LARGEST_NOTICE_BYTES = 64 * 1024
_JSON, _TEXT = "application/json", "text/plain; charset=utf-8"


@dataclass(frozen=True)
class Contract:
    """What one channel must hear: that its notice was taken, or that it was not believed."""

    channel: Channel
    name: str
    taken: tuple[int, str, str]
    refused: tuple[int, str, str]


CONTRACTS = (
    Contract(
        Channel.WECHAT_PAY,
        "WeChat Pay",
        (204, "", _JSON),
        (401, '{"code":"FAIL","message":"SIGN_ERROR"}', _JSON),
    ),
    Contract(Channel.ALIPAY, "Alipay", (200, "success", _TEXT), (401, "fail", _TEXT)),
    Contract(
        Channel.PUBLIC_PAYMENT,
        "the region's public payment",
        (200, '{"answer":"taken"}', _JSON),
        (401, '{"answer":"refused"}', _JSON),
    ),
    Contract(
        Channel.BANK_POS,
        "the bank's machines",
        (200, '{"answer":"taken"}', _JSON),
        (401, '{"answer":"refused"}', _JSON),
    ),
)


def payment_callbacks() -> list[Surface]:
    """Return a surface for each channel: one door, its guard, no form."""
    return [_surface(contract) for contract in CONTRACTS]


def _surface(contract: Contract) -> Surface:
    blueprint = Blueprint(f"callback_{contract.channel.value}", __name__, url_prefix="/callbacks")
    blueprint.add_url_rule(
        f"/{contract.channel.slug}",
        endpoint="notice",
        view_func=_taking(contract),
        methods=["POST"],
    )
    guard = Guard(f"a notice of {contract.name}, by its signature", _checking(contract))
    return Surface(blueprint, guard, problems="json", forms=False)


def _checking(contract: Contract) -> Callable[[], ResponseReturnValue | None]:
    def check() -> ResponseReturnValue | None:
        gateway = every_channel().get(contract.channel)
        if gateway is None:
            raise NotFound
        request.max_content_length = LARGEST_NOTICE_BYTES
        if (request.content_length or 0) > LARGEST_NOTICE_BYTES:
            raise RequestEntityTooLarge
        headers = {name.lower(): value for name, value in request.headers.items()}
        notice = gateway.read_notice(headers, request.get_data())
        if isinstance(notice, NoticeForged):
            _audit(contract.channel, notice.why)
            return _said(contract.refused)
        g.notice = notice
        return None

    return check


def _taking(contract: Contract) -> Callable[[], ResponseReturnValue]:
    def take() -> ResponseReturnValue:
        notice: Believed = g.notice
        body = request.get_data()
        with database().unit_of_work() as session:
            hear(
                session,
                contract.channel,
                notice,
                digest=hashlib.sha256(body).hexdigest(),
                body=body.decode("utf-8", "replace"),
            )
        return _said(contract.taken)

    return take


def _said(told: tuple[int, str, str]) -> Response:
    status, body, kind = told
    return Response(body, status, content_type=kind)


def _audit(channel: Channel, why: str) -> None:
    # Whoever keeps knocking may not take the write lock from those who are served.
    with database().reading() as session:
        flooded = is_flooded(session, channel)
    if not flooded:
        with database().unit_of_work() as session:
            hear_forged(session, channel, why)
