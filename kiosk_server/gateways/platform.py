"""
The twelve shared systems of the region's platform (十二个共性支撑系统, P26), as the settings have
them: connected, played by us for want of it (local), simulated, or not there.

What has a lane is asked through the outbox, or while a person waits; the others are asked nothing.
"""

from dataclasses import dataclass
from enum import StrEnum

from kiosk_server.deliveries.ports import CourierName
from kiosk_server.outbox.lanes import DEPARTMENTS, RECORDS, REGION
from kiosk_server.payments.rules import Channel
from kiosk_server.queue import hall
from kiosk_server.settings import Settings

_NONE, _SIMULATED = "none", "simulated"


class SharedSystem(StrEnum):
    """The twelve, in the order in which the policy names them."""

    ITEMS = "items"
    CASES = "cases"
    DATA_SHARING = "data-sharing"
    IDENTITY = "identity"
    CERTIFICATES = "certificates"
    SEALS = "seals"
    DELIVERIES = "deliveries"
    PAYMENTS = "payments"
    ADVICE = "advice"
    HALL = "hall"
    SECURITY = "security"
    RATINGS = "ratings"


class Standing(StrEnum):
    """Who does the system's work here."""

    CONNECTED = "connected"
    LOCAL = "local"
    SIMULATED = "simulated"
    ABSENT = "absent"
    """Nobody: what needs it is not offered."""


@dataclass(frozen=True)
class Connection:
    """One of the twelve: who does its work, and the lane of what goes to it."""

    system: SharedSystem
    standing: Standing
    lane: str | None = None


def twelve(settings: Settings) -> tuple[Connection, ...]:
    """Return the standing of all twelve, in order."""
    simulated_here = Standing.ABSENT if settings.production else Standing.SIMULATED
    seals = Standing.ABSENT if settings.production else Standing.SIMULATED
    return (
        Connection(SharedSystem.ITEMS, Standing.LOCAL),
        Connection(SharedSystem.CASES, Standing.LOCAL),
        Connection(SharedSystem.DATA_SHARING, _of(settings.records, Standing.SIMULATED), RECORDS),
        _asked_directly(
            SharedSystem.IDENTITY, _of(settings.region, simulated_here, Standing.LOCAL), REGION
        ),
        Connection(
            SharedSystem.CERTIFICATES, _of(settings.certificates, simulated_here), DEPARTMENTS
        ),
        Connection(SharedSystem.SEALS, seals),
        _deliveries(settings, simulated_here),
        _payments(settings, simulated_here),
        Connection(SharedSystem.ADVICE, Standing.LOCAL),
        Connection(
            SharedSystem.HALL,
            _of(settings.region_desk.hall, simulated_here, Standing.LOCAL),
            hall.LANE,
        ),
        Connection(SharedSystem.SECURITY, Standing.LOCAL),
        Connection(SharedSystem.RATINGS, Standing.LOCAL),
    )


def _asked_directly(system: SharedSystem, standing: Standing, lane: str) -> Connection:
    # Who only plays the part is at hand at any time: there is nothing to keep of him.
    return Connection(system, standing, lane if standing is Standing.CONNECTED else None)


def _of(told: str, simulated: Standing, none: Standing = Standing.ABSENT) -> Standing:
    """Return what a setting says: `none`, `simulated`, or an address."""
    return {_NONE: none, _SIMULATED: simulated}.get(told, Standing.CONNECTED)


def _deliveries(settings: Settings, simulated: Standing) -> Connection:
    told = settings.couriers
    ours = Standing.LOCAL if told.ems != _NONE or told.sf != _NONE else Standing.ABSENT
    standing = _of(told.platform, simulated if ours is Standing.ABSENT else ours, ours)
    name = CourierName.PLATFORM if standing is Standing.CONNECTED else CourierName.SIMULATED
    lane = f"courier-{name}" if standing in (Standing.CONNECTED, Standing.SIMULATED) else None
    return Connection(SharedSystem.DELIVERIES, standing, lane)


def _payments(settings: Settings, simulated: Standing) -> Connection:
    told = settings.payments
    if told.public_payment is not None:
        lane = Channel.PUBLIC_PAYMENT.slug
        return Connection(SharedSystem.PAYMENTS, Standing.CONNECTED, lane)
    if told.wechat_pay is not None or told.alipay is not None:
        return Connection(SharedSystem.PAYMENTS, Standing.LOCAL)
    if told.simulated and simulated is Standing.SIMULATED:
        return Connection(SharedSystem.PAYMENTS, simulated, Channel.SIMULATED.slug)
    return Connection(SharedSystem.PAYMENTS, Standing.ABSENT)
