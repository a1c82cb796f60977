"""Pushes of couriers: believed by their signatures alone, harmless when they come again."""

import json

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import SYSTEM
from kiosk_server.core import clock
from kiosk_server.core.identifiers import new_id
from kiosk_server.deliveries.handing_over import new_code
from kiosk_server.deliveries.models import DeliveryEvent
from kiosk_server.deliveries.ports import CourierName
from kiosk_server.settings import Settings
from tests.support.courier_doors import KUAIDI100, REGION, carried
from tests.support.delivering import NOON, Town, waybill
from tests.support.delivery_platform_server import DeliveryPlatform
from tests.support.kuaidi100_server import Kuaidi100Server, last_result

TAKEN = {"result": True, "returnCode": "200", "message": "成功"}


def ems_push(order_id: str, **changes: str) -> dict[str, str]:
    """A push of an order's way-bill: picked up, out for delivery."""
    server = Kuaidi100Server()
    lines = [("2026-11-23 12:10:00", "已揽收（测试）", "1"), ("2026-11-23 13:00:00", "派送中", "5")]
    server.waybills["x"] = last_result("ems", waybill(order_id), "5", lines)
    return server.push("x", **changes)


def region_push(client: FlaskClient, path: str, told: dict[str, object]) -> TestResponse:
    body, headers = DeliveryPlatform().push(path, told)
    return client.post(path, data=body, headers=headers)


def events(town: Town) -> list[str]:
    with town.database.reading() as session:
        return list(session.scalars(select(AuditEntry.event)))


def heard(town: Town) -> int:
    with town.database.reading() as session:
        return session.scalar(select(func.count()).select_from(DeliveryEvent)) or 0


@pytest.mark.policy("P42")
def test_a_push_of_kuaidi100_moves_a_parcel_once(client: FlaskClient, town: Town) -> None:
    """Answered as it is documented; replayed, it changes nothing."""
    order_id = carried(town, CourierName.EMS)
    form = ems_push(order_id)
    for _ in range(3):
        answer = client.post(KUAIDI100, data=form)
        assert (answer.status_code, answer.get_json()) == (200, TAKEN)
        assert (town.state(order_id), heard(town)) == ("out_for_delivery", 4)


@pytest.mark.policy("P42")
def test_a_forged_push_is_refused_and_audited(client: FlaskClient, town: Town) -> None:
    """Altered, signed with another salt, or empty: nothing moves."""
    order_id = carried(town, CourierName.EMS)
    form = ems_push(order_id)
    for wrong in (
        form | {"param": form["param"].replace("派送中", "已签收")},
        form | {"sign": "0" * 32},
        {},
    ):
        answer = client.post(KUAIDI100, data=wrong)
        assert (answer.status_code, answer.get_json()["result"]) == (403, False)
    assert town.state(order_id) == "accepted"
    assert events(town).count("courier.push_refused") == 3


def test_a_push_of_a_strange_way_bill_is_answered_alike(client: FlaskClient, town: Town) -> None:
    """Nobody learns from the answer which way-bills are ours."""
    carried(town, CourierName.EMS)
    answer = client.post(KUAIDI100, data=ems_push("strange"))
    assert (answer.status_code, answer.get_json()) == (200, TAKEN)
    assert heard(town) == 1


def test_what_its_follower_gave_up_is_subscribed_again(client: FlaskClient, town: Town) -> None:
    """Half an hour later."""
    order_id = carried(town, CourierName.EMS)
    form = ems_push(order_id, status="abort", message="60天无变化")
    assert client.post(KUAIDI100, data=form).status_code == 200
    again = town.order(order_id).subscribe_at
    assert again is not None
    assert (again - NOON).total_seconds() == 30 * 60


@pytest.mark.policy("P42")
def test_the_regions_push_moves_a_parcel(client: FlaskClient, town: Town) -> None:
    """In its own signature; of another courier's parcel, nothing."""
    order_id, other = carried(town, CourierName.PLATFORM), carried(town, CourierName.EMS)
    routes = [{"at": "2026-11-23T12:30:00+08:00", "code": "move", "text": "运输中"}]
    for each in (order_id, order_id, other, new_id()):
        answer = region_push(client, REGION, {"order": each, "routes": routes})
        assert (answer.status_code, answer.get_json()) == (200, {"answer": "taken"})
    assert (town.state(order_id), town.state(other)) == ("in_transit", "accepted")


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"order": "no id", "routes": []},
        {"order": "01jdelivery0000000000000a1", "routes": ["no route"]},
        {"order": "01jdelivery0000000000000a1", "routes": [{"at": "noon", "code": "move"}]},
    ],
)
def test_a_signed_push_that_says_nothing_is_refused(
    client: FlaskClient, town: Town, told: dict[str, object]
) -> None:
    """Its sender is told that it cannot be read."""
    answer = region_push(client, REGION, told)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "push_unreadable")
    assert heard(town) == 0


@pytest.mark.policy("P42")
def test_the_region_is_believed_fresh_and_unaltered_alone(client: FlaskClient, town: Town) -> None:
    """Another body, another door, ten minutes ago: refused and audited."""
    order_id = carried(town, CourierName.PLATFORM)
    body, headers = DeliveryPlatform().push(REGION, {"order": order_id, "routes": []})
    attempts = [
        client.post(REGION, data=body + b" ", headers=headers),
        client.post(f"{REGION}/hand-overs", data=body, headers=headers),
        client.post(REGION, data=body),
    ]
    with clock.frozen(NOON.replace(minute=10)):
        attempts.append(client.post(REGION, data=body, headers=headers))
    assert {answer.status_code for answer in attempts} == {403}
    assert events(town).count("courier.push_refused") == 4


@pytest.mark.policy("P42")
def test_the_code_is_checked_at_the_door(client: FlaskClient, town: Town) -> None:
    """Wrong costs a try, once for each request; right hands over, once."""
    order_id, other = carried(town, CourierName.PLATFORM), carried(town, CourierName.EMS)
    with town.database.unit_of_work() as session:
        code = new_code(session, order_id, by=SYSTEM)
    path = f"{REGION}/hand-overs"
    wrong = {"order": order_id, "code": f"{(int(code) + 1) % 1_000_000:06}"}
    body, headers = DeliveryPlatform().push(path, wrong)
    for _ in range(3):
        answer = client.post(path, data=body, headers=headers)
        assert answer.get_json() == {"answer": "wrong", "tries_left": 4}
    right: dict[str, object] = {"order": order_id, "code": code}
    assert region_push(client, path, right).get_json() == {"answer": "handed_over"}
    assert region_push(client, path, right).get_json() == {"answer": "over"}
    assert region_push(client, path, right | {"order": other}).get_json() == {"answer": "none"}
    assert (town.state(order_id), town.state(other)) == ("delivered", "accepted")
    assert json.loads(region_push(client, path, {"order": order_id}).data)["status"] == 422


@pytest.mark.parametrize("path", [KUAIDI100, REGION, f"{REGION}/hand-overs"])
def test_who_is_not_connected_has_no_door(client: FlaskClient, path: str) -> None:
    """With no key agreed there is nothing to check a push with."""
    client.application.extensions["kiosk_settings"] = Settings()
    assert client.post(path).status_code == 404


def test_a_push_has_a_limited_size(client: FlaskClient) -> None:
    """It is refused before it is read."""
    assert client.post(KUAIDI100, data={"param": "x" * 600_000}).status_code == 413
