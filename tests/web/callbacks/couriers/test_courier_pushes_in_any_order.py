"""
Pushes of every courier through their real doors, in every order and repetition, forged ones among
them. EMS and SF are followed by 快递100; the region pushes what its own system carries.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.models import AuditEntry
from kiosk_server.deliveries.life import Step
from kiosk_server.deliveries.ports import CourierName
from kiosk_server.deliveries.queries import lines_of
from tests.support.courier_doors import KUAIDI100, REGION, carried
from tests.support.delivering import NOON, Town, waybill
from tests.support.delivery_platform_server import DeliveryPlatform
from tests.support.kuaidi100_server import Kuaidi100Server, last_result

UNKNOWN, WORDS = "901", "新的说法（测试）"
WAY: list[tuple[int, str | None]] = [
    (1, Step.PICK_UP),
    (2, Step.MOVE),
    (3, None),
    (4, Step.GO_OUT),
    (5, Step.STRAY),
    (6, Step.DELIVER),
]
"""So many minutes after noon, what happened; one line says what nobody has heard before."""
CODES = {Step.PICK_UP: "1", Step.MOVE: "0", Step.GO_OUT: "5", Step.STRAY: "2", Step.DELIVER: "3"}
PUSHES = st.lists(st.lists(st.sampled_from(range(len(WAY))), min_size=1, max_size=3), max_size=4)
Lines = list[tuple[int, str | None]]


@dataclass(frozen=True)
class Pusher:
    """How one courier's parcels are pushed: truly, or by somebody who would like to."""

    courier: CourierName
    push: Callable[[FlaskClient, str, Lines, bool], int]


def by_kuaidi100(company: str) -> Callable[[FlaskClient, str, Lines, bool], int]:
    """Return how 快递100 pushes a way-bill of *company*."""

    def push(client: FlaskClient, order_id: str, lines: Lines, forged: bool) -> int:
        told = [
            (f"2026-11-23 12:{at:02}:00", text_of(at, step), CODES[Step(step)] if step else UNKNOWN)
            for at, step in lines
        ]
        server = Kuaidi100Server()
        state = CODES[Step.MOVE] if any(step for _, step in lines) else UNKNOWN
        server.waybills["x"] = last_result(company, waybill(order_id), state, told)
        form = server.push("x")
        if forged:
            form["param"] = form["param"].replace("测试", "考试")
        return client.post(KUAIDI100, data=form).status_code

    return push


def by_the_region(client: FlaskClient, order_id: str, lines: Lines, forged: bool) -> int:
    """Push routes of an order in the region's own signature."""
    routes = [
        {
            "at": (NOON + timedelta(minutes=at)).isoformat(),
            "code": step or UNKNOWN,
            "text": text_of(at, step),
        }
        for at, step in lines
    ]
    body, headers = DeliveryPlatform().push(REGION, {"order": order_id, "routes": routes})
    if forged:
        body = body.replace("测试".encode(), "考试".encode())
    return client.post(REGION, data=body, headers=headers).status_code


def text_of(at: int, step: str | None) -> str:
    """What the courier wrote of a line."""
    return f"{step}，第{at}分钟（测试）" if step else WORDS


PUSHERS = (
    Pusher(CourierName.PLATFORM, by_the_region),
    Pusher(CourierName.EMS, by_kuaidi100("ems")),
    Pusher(CourierName.SF, by_kuaidi100("shunfeng")),
)


def refused(town: Town) -> int:
    """How many pushes were refused, as the audit has it."""
    with town.database.reading() as session:
        named = AuditEntry.event == AuditEvent.COURIER_PUSH_REFUSED.value
        return session.scalar(select(func.count()).where(named)) or 0


@pytest.mark.policy("P42", "P26")
@pytest.mark.parametrize("pusher", PUSHERS, ids=lambda pusher: pusher.courier.value)
def test_pushes_in_every_order_and_repetition_end_alike(
    client: FlaskClient, town: Town, pusher: Pusher
) -> None:
    """Generated: the parcel stands as its whole way says, each line once, and forgeries nowhere."""

    @hypothesis_settings(max_examples=8, suppress_health_check=list(HealthCheck))
    @given(parts=PUSHES, whole=st.permutations(WAY), forged=st.integers(0, len(WAY) - 1))
    def alike(parts: list[list[int]], whole: Lines, forged: int) -> None:
        order_id, before = carried(town, pusher.courier), refused(town)
        told = [[WAY[at] for at in part] for part in parts]
        for lines in (*told, whole, *reversed(told)):
            assert pusher.push(client, order_id, lines, True) == 403
            assert pusher.push(client, order_id, lines, False) == 200
        assert pusher.push(client, order_id, [WAY[forged]], True) == 403
        assert town.state(order_id) == "delivered"
        with town.database.reading() as session:
            found = [each.text for each in lines_of(session, order_id) if each.text]
        assert found == [text_of(at, step) for at, step in WAY]
        assert refused(town) - before == 2 * len(told) + 2

    alike()


@pytest.mark.policy("P42")
@pytest.mark.parametrize("pusher", PUSHERS, ids=lambda pusher: pusher.courier.value)
def test_an_unknown_code_keeps_its_words_and_changes_nothing(
    client: FlaskClient, town: Town, pusher: Pusher
) -> None:
    """Whenever it is pushed, the parcel stands where it stood, and a person can read the words."""
    order_id = carried(town, pusher.courier)
    pusher.push(client, order_id, [(1, None)], False)
    assert town.state(order_id) == "accepted"
    pusher.push(client, order_id, [(2, Step.MOVE)], False)
    for at in (3, 9):
        pusher.push(client, order_id, [(at, None)], False)
        assert town.state(order_id) == "in_transit"
    with town.database.reading() as session:
        assert [each.text for each in lines_of(session, order_id)].count(WORDS) == 3
