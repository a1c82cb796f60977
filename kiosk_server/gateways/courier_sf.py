"""
SF Express (顺丰 丰桥): orders by form, each signed with the check word; answers hold JSON in JSON.

Orders are idempotent by `orderId`: a second one of the same id is refused with 8016 and looked up.
Codes of error and of routes that we do not know say nothing: their text is kept, no state changes.
"""

import base64
import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlencode

import requests

from kiosk_server.core import clock
from kiosk_server.deliveries.life import Step, Trouble
from kiosk_server.deliveries.ports import (
    AnswerLost,
    CalledOff,
    CancelAnswer,
    CannotTell,
    Consignment,
    FindAnswer,
    NoSuchOrder,
    NotAsked,
    Party,
    TakeAnswer,
    Taken,
    Told,
    TooLate,
    TrackAnswer,
    TurnedDown,
)
from kiosk_server.deliveries.rules import LOOK_EVERY
from kiosk_server.gateways.courier_line import Line, Lost, NotReached, beijing_time, content_of

GATEWAY_OK, DONE, TWICE = "A1000", "S0000", "8016"
GATEWAY_REFUSED = frozenset(f"A100{digit}" for digit in range(1, 10))
"""Parameters, rights, signature: the order was not passed on."""
NO_ORDER = frozenset({"6150"})
CANCELLED_BEFORE = frozenset({"8037"})
SENDER, RECEIVER = 1, 2
STANDARD_EXPRESS = 2
UNREACHABLE = 3
STEPS: Mapping[str, tuple[Step, Trouble | None]] = {
    "50": (Step.PICK_UP, None),
    "54": (Step.PICK_UP, None),
    "30": (Step.MOVE, None),
    "31": (Step.MOVE, None),
    "36": (Step.MOVE, None),
    "44": (Step.GO_OUT, None),
    "33": (Step.STRAY, Trouble.OTHER),
    "70": (Step.STRAY, Trouble.OTHER),
    "80": (Step.DELIVER, None),
    "99": (Step.TURN_BACK, None),
    "648": (Step.GIVE_BACK, None),
}
BY_SENDER, BY_RECEIVER = 1, 2


@dataclass(frozen=True)
class SfAccount:
    """What SF knows us by: partner id, check word, and the monthly account that pays."""

    partner: str
    check_word: str
    monthly_card: str


@dataclass(frozen=True)
class _Refused:
    code: str


def digest_of(data: str, timestamp: str, check_word: str) -> str:
    """Return msgDigest of the exact text *data*: Base64(MD5(URLEncode(data+timestamp+word)))."""
    encoded = quote_plus(data + timestamp + check_word, safe="*").replace("~", "%7E")
    return base64.b64encode(hashlib.md5(encoded.encode()).digest()).decode()  # noqa: S324 - theirs


class SfExpress:
    """SF behind the address of its gateway, `…/std/service`."""

    simulated = False
    look_every = LOOK_EVERY

    def __init__(self, url: str, account: SfAccount, *, timeout_seconds: float = 5.0) -> None:
        self._url = url
        self._account = account
        self._line = Line("sf", timeout_seconds=timeout_seconds)

    def take(self, consignment: Consignment) -> TakeAnswer:
        """Place an order; one that SF has already is looked up."""
        try:
            told = self._ask("EXP_RECE_CREATE_ORDER", self._order(consignment))
        except NotReached:
            return NotAsked()
        except Lost:
            return AnswerLost()
        if isinstance(told, _Refused):
            return self._found_again(consignment) if told.code == TWICE else TurnedDown(told.code)
        if told.get("filterResult") == UNREACHABLE:
            return TurnedDown("unreachable")
        return Taken(_waybill(told))

    def find(self, order_id: str) -> FindAnswer:
        """Look an order up by our id."""
        try:
            told = self._ask("EXP_RECE_SEARCH_ORDER_RESP", {"orderId": order_id, "searchType": "1"})
        except (NotReached, Lost):
            return NotAsked()
        if isinstance(told, _Refused):
            return NoSuchOrder() if told.code in NO_ORDER else CannotTell()
        return Taken(_waybill(told))

    def cancel(self, order_id: str, waybill: str | None) -> CancelAnswer:
        """Cancel an order (dealType 2); one that is cancelled already is so."""
        wanted: dict[str, object] = {"orderId": order_id, "dealType": 2}
        if waybill:
            wanted["waybillNoInfoList"] = [{"waybillType": 1, "waybillNo": waybill}]
        try:
            told = self._ask("EXP_RECE_UPDATE_ORDER", wanted)
        except NotReached:
            return NotAsked()
        except Lost:
            return AnswerLost()
        if isinstance(told, _Refused) and told.code not in CANCELLED_BEFORE:
            return TooLate()
        return CalledOff()

    def track(self, order_id: str, waybill: str, phone: str) -> TrackAnswer:
        """Ask for the routes of a way-bill; SF wants the last four digits of a party's phone."""
        wanted = {
            "language": "zh-CN",
            "trackingType": "1",
            "trackingNumber": [waybill],
            "methodType": "1",
            "checkPhoneNo": phone[-4:],
        }
        try:
            told = self._ask("EXP_RECE_SEARCH_ROUTES", wanted)
            return [] if isinstance(told, _Refused) else _routes(told, waybill)
        except (NotReached, Lost):
            return NotAsked()

    def _found_again(self, consignment: Consignment) -> TakeAnswer:
        found = self.find(consignment.order_id)
        return found if isinstance(found, Taken) else AnswerLost()

    def _ask(self, service: str, told: Mapping[str, object]) -> Mapping[str, Any] | _Refused:
        data = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        timestamp = str(int(clock.now().timestamp() * 1000))
        form = {
            "partnerID": self._account.partner,
            "requestID": str(uuid.uuid4()),
            "serviceCode": service,
            "timestamp": timestamp,
            "msgDigest": digest_of(data, timestamp, self._account.check_word),
            "msgData": data,
        }
        return self._line.post(self._url, urlencode(form).encode(), _read)

    def _order(self, wanted: Consignment) -> Mapping[str, object]:
        return {
            "language": "zh-CN",
            "orderId": wanted.order_id,
            "cargoDetails": [{"name": wanted.contents, "count": wanted.pieces}],
            "contactInfoList": [
                _contact(wanted.sender, SENDER),
                _contact(wanted.receiver, RECEIVER),
            ],
            "expressTypeId": STANDARD_EXPRESS,
            "monthlyCard": self._account.monthly_card if wanted.on_account else "",
            "payMethod": BY_SENDER if wanted.sender_pays else BY_RECEIVER,
            "parcelQty": 1,
            "totalWeight": wanted.weight_grams / 1000,
            "isOneselfPickup": 0,
        }


def _contact(party: Party, kind: int) -> Mapping[str, object]:
    return {
        "contactType": kind,
        "contact": party.name,
        "mobile": party.phone,
        "province": party.province,
        "city": party.city,
        "county": party.county,
        "address": party.street,
    }


def _read(answer: requests.Response, content: bytes) -> Mapping[str, Any] | _Refused:
    try:
        outer = json.loads(content_of(answer, content))
        code = str(outer["apiResultCode"])
        if code in GATEWAY_REFUSED:
            raise NotReached(f"gateway_{code}")
        if code != GATEWAY_OK:
            raise Lost(f"gateway_{code}")
        inner = json.loads(outer["apiResultData"])
        if not inner["success"] or inner["errorCode"] != DONE:
            return _Refused(str(inner["errorCode"])[:20])
        told = inner.get("msgData") or {}
    except (ValueError, KeyError, TypeError):
        raise Lost("unreadable") from None
    if not isinstance(told, dict):
        raise Lost("unreadable")
    return told


def _waybill(told: Mapping[str, Any]) -> str | None:
    match told.get("waybillNoInfoList"):
        case [{"waybillNo": str(number)}, *_] if number:
            return number
    return None


def _routes(told: Mapping[str, Any], waybill: str) -> list[Told]:
    found = []
    try:
        for answered in told["routeResps"]:
            if answered["mailNo"] == waybill:
                found += [_route(row) for row in answered.get("routes") or []]
    except (KeyError, TypeError, AttributeError):
        raise Lost("unreadable") from None
    return found


def _route(row: Mapping[str, Any]) -> Told:
    code = str(row.get("opCode", ""))[:20]
    step, trouble = STEPS.get(code, (None, None))
    text = " ".join(str(row.get(part) or "") for part in ("acceptAddress", "remark")).strip()
    return Told(beijing_time(row.get("acceptTime")), code, text, step, trouble)
