"""
`/callbacks/couriers/{kuaidi100,platform}`: pushes of couriers (物流推送), 快递100's by its salted
digest, the region's by the key that both sides hold. Who is not connected has no door.

A push that comes again, late, or before another changes nothing that was not so. One that is forged
is refused and audited; one of a parcel that is not ours is answered like any other, so that nobody
learns which way-bills are.
"""

import json
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, g, jsonify, request
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, note
from kiosk_server.core import idempotency
from kiosk_server.core.errors import Invalid, NotFound, Refused, WrongState
from kiosk_server.core.identifiers import digest, is_id
from kiosk_server.deliveries.following import hear_of_order, hear_push
from kiosk_server.deliveries.handing_over import HandedOver, hand_over
from kiosk_server.deliveries.ports import CourierName
from kiosk_server.deliveries.queries import is_carried_by
from kiosk_server.gateways import region_signature as signature
from kiosk_server.gateways.courier_kuaidi100 import Push, PushRefused, read_push
from kiosk_server.gateways.courier_line import Lost
from kiosk_server.gateways.courier_platform import routes_in
from kiosk_server.settings_couriers import NONE, SIMULATED
from kiosk_server.web.idempotency import LIFE_OF_SECRETS
from kiosk_server.web.request_context import database, settings
from kiosk_server.web.surface import Guard, Surface

PREFIX = "/callbacks/couriers"
KUAIDI100, REGION = Actor("partner", "kuaidi100"), Actor("partner", "region_deliveries")
_LARGEST_PUSH = 512 * 1024
_LONGEST_WAYBILL, _LONGEST_CODE = 40, 12


def courier_callbacks() -> list[Surface]:
    """Return a surface for each courier who pushes to us."""
    return [_kuaidi100(), _region()]


def _kuaidi100() -> Surface:
    blueprint = Blueprint("callback_kuaidi100", __name__, url_prefix=PREFIX)
    blueprint.add_url_rule("/kuaidi100", view_func=take_kuaidi100, methods=["POST"])
    guard = Guard("a push of 快递100, by its signature", _check_kuaidi100)
    return Surface(blueprint, guard, problems="json", forms=False)


def _region() -> Surface:
    blueprint = Blueprint("callback_region_deliveries", __name__, url_prefix=PREFIX)
    blueprint.add_url_rule("/platform", view_func=take_routes, methods=["POST"])
    blueprint.add_url_rule("/platform/hand-overs", view_func=take_hand_over, methods=["POST"])
    guard = Guard("a push of the region's deliveries, by its signature", _check_region)
    return Surface(blueprint, guard, problems="json", forms=False)


def _check_kuaidi100() -> Response | None:
    _require(connected=settings().couriers.kuaidi100 != NONE)
    param, sign = request.form.get("param", ""), request.form.get("sign", "")
    try:
        g.push = read_push(param, sign, settings().couriers.kuaidi100_salt)
    except PushRefused as refused:
        _audit(KUAIDI100, str(refused))
        answer = _answer_kuaidi100(taken=False)
        answer.status_code = HTTPStatus.FORBIDDEN
        return answer
    return None


def take_kuaidi100() -> Response:
    """Take a push; what it tells may be here already."""
    push: Push = g.push
    with database().unit_of_work() as session:
        hear_push(session, push.courier, push.waybill, push.told, again=push.again, by=KUAIDI100)
    return _answer_kuaidi100(taken=True)


def _answer_kuaidi100(*, taken: bool) -> Response:
    # Any other answer is pushed again, three times in half an hour each.
    if taken:
        return jsonify(result=True, returnCode="200", message="成功")
    return jsonify(result=False, returnCode="500", message="失败")


def _check_region() -> None:
    _require(connected=settings().couriers.platform not in (NONE, SIMULATED))
    fault = signature.fault_of_call(
        settings().couriers.platform_key,
        method=request.method,
        path=request.path,
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.get_data(),
    )
    if fault is not None:
        _audit(REGION, fault)
        raise Refused("push_refused")


def take_routes() -> Response:
    """Take routes of one of our orders; what they tell may be here already."""
    match _body():
        case {"order": str(order), "routes": list(rows), **rest} if is_id(order):
            waybill = str(rest.get("waybill") or "")[:_LONGEST_WAYBILL] or None
        case _:
            raise Invalid("push_unreadable")
    try:
        told = routes_in(rows)
    except Lost:
        raise Invalid("push_unreadable") from None
    with database().unit_of_work() as session:
        hear_of_order(session, CourierName.PLATFORM, order, waybill, told, by=REGION)
    return jsonify(answer="taken")


def take_hand_over() -> Response:
    """Say whether the code that was told at a door is the right one; sent again, it says the same.

    A wrong code costs a try each time, so a request with a known nonce is not carried out again.
    """
    match _body():
        case {"order": str(order), "code": str(code)} if is_id(order):
            pass
        case _:
            raise Invalid("push_unreadable")
    row = digest(f"{REGION.id}\x1f{request.headers[signature.NONCE]}")
    asked = digest(request.get_data().decode("utf-8", "replace"))
    with database().unit_of_work() as session:
        kept = idempotency.begin(session, row, request=asked, life=LIFE_OF_SECRETS * 2)
        if kept is not None:
            return Response(kept.body, kept.status, content_type="application/json")
        answer = jsonify(_handed_over(session, order, code[:_LONGEST_CODE]))
        idempotency.keep(
            session, row, status=answer.status_code, body=answer.get_data(as_text=True)
        )
    return answer


def _handed_over(session: Session, order: str, code: str) -> dict[str, str | int]:
    if not is_carried_by(session, order, CourierName.PLATFORM):
        return {"answer": "none"}
    try:
        outcome = hand_over(session, order, code, by=REGION, source=CourierName.PLATFORM.value)
    except WrongState:
        return {"answer": "over"}
    if isinstance(outcome, HandedOver):
        return {"answer": "handed_over"}
    return {"answer": "wrong", "tries_left": outcome.tries_left}


def _body() -> Any:
    try:
        return json.loads(request.get_data())
    except ValueError:
        raise Invalid("push_unreadable") from None


def _require(*, connected: bool) -> None:
    if not connected:
        raise NotFound
    request.max_content_length = _LARGEST_PUSH
    if (request.content_length or 0) > _LARGEST_PUSH:
        raise RequestEntityTooLarge


def _audit(partner: Actor, reason: str) -> None:
    with database().unit_of_work() as session:
        note(session, AuditEvent.COURIER_PUSH_REFUSED, actor=partner, facts={"reason": reason})
