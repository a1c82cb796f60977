"""
SF's gateway on loopback: checks the form and its digest as 丰桥 does, keeps orders by their id, and
misbehaves when told to.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from kiosk_server.gateways.courier_sf import SfAccount, digest_of
from tests.support.partner_servers import PartnerHandler, listening

ACCOUNT = SfAccount("KIOSK-TEST", "check-word-of-this-test-alone", "7551234567")
_FORM = {"partnerID", "requestID", "serviceCode", "timestamp", "msgDigest", "msgData"}


@dataclass
class SfServer:
    """What it holds, what it was asked, how it misbehaves."""

    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    routes: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    """Way-bill -> routes, in the order in which they are told."""
    misbehave: list[str] = field(default_factory=list)
    """One for each question: `500`, `hang`, `drop` (done, not answered), `no_json`, `gateway`,
    `refuse`, `unreachable`."""
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    requests: set[str] = field(default_factory=set)
    url: str = ""
    released: threading.Event = field(default_factory=threading.Event)
    """Set at the end: whoever hangs goes on."""

    def carry_out(self, service: str, told: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Return the code of error and the data of an honest answer."""
        match service:
            case "EXP_RECE_CREATE_ORDER":
                if told["orderId"] in self.orders:
                    return "8016", {}
                self.orders[told["orderId"]] = {"cancelled": False, **told}
                return "S0000", self._order(told["orderId"])
            case "EXP_RECE_SEARCH_ORDER_RESP":
                if told["orderId"] not in self.orders:
                    return "6150", {}
                return "S0000", self._order(told["orderId"])
            case "EXP_RECE_UPDATE_ORDER":
                return self._cancelled(told), {"orderId": told["orderId"], "resStatus": 2}
            case "EXP_RECE_SEARCH_ROUTES":
                return "S0000", {
                    "routeResps": [
                        {"mailNo": one, "routes": self.routes.get(one, [])}
                        for one in told["trackingNumber"]
                    ]
                }
        return "S0001", {}

    def _order(self, order_id: str) -> dict[str, Any]:
        number = f"SF{list(self.orders).index(order_id):013}"
        return {
            "orderId": order_id,
            "waybillNoInfoList": [{"waybillType": 1, "waybillNo": number}],
            "filterResult": 2,
        }

    def _cancelled(self, told: dict[str, Any]) -> str:
        order = self.orders.get(told["orderId"])
        if order is None:
            return "6150"
        if self.routes.get(self._order(told["orderId"])["waybillNoInfoList"][0]["waybillNo"]):
            return "8036"
        if order["cancelled"]:
            return "8037"
        order["cancelled"] = True
        return "S0000"


@contextmanager
def serving() -> Iterator[SfServer]:
    """Serve on a free port of loopback while the block runs."""
    state = SfServer()

    class Handler(_Handler):
        service = state

    with listening(Handler) as origin:
        state.url = f"{origin}/std/service"
        try:
            yield state
        finally:
            state.released.set()


class _Handler(PartnerHandler):
    service: SfServer

    def do_POST(self) -> None:
        form = {name: values[0] for name, values in parse_qs(self.body().decode()).items()}
        refused = self._refused(form)
        if refused:
            self._gateway(refused)
            return
        told = json.loads(form["msgData"])
        self.service.asked.append((form["serviceCode"], told))
        wrong = self.service.misbehave.pop(0) if self.service.misbehave else None
        match wrong:
            case "500":
                self.say(b"{}", status=500)
            case "hang":
                self.service.released.wait(5)
                self.hang_up()
            case "no_json":
                self.say(b"<html>")
            case "gateway":
                self._gateway("A1004")
            case "refuse":
                self._answer("8057", {})
            case "unreachable":
                self._answer("S0000", {"orderId": told["orderId"], "filterResult": 3})
            case "drop":
                self.service.carry_out(form["serviceCode"], told)
                self.hang_up()
            case _:
                self._answer(*self.service.carry_out(form["serviceCode"], told))

    def _refused(self, form: dict[str, str]) -> str | None:
        if self.path != "/std/service" or set(form) != _FORM:
            return "A1001"
        if form["partnerID"] != ACCOUNT.partner:
            return "A1004"
        if form["requestID"] in self.service.requests:
            return "A1003"
        self.service.requests.add(form["requestID"])
        digest = digest_of(form["msgData"], form["timestamp"], ACCOUNT.check_word)
        return None if digest == form["msgDigest"] else "A1006"

    def _gateway(self, code: str) -> None:
        self.say(json.dumps({"apiResultCode": code, "apiErrorMsg": "refused"}).encode())

    def _answer(self, code: str, told: dict[str, Any]) -> None:
        inner = {"success": code == "S0000", "errorCode": code, "msgData": told}
        outer = {"apiResultCode": "A1000", "apiResultData": json.dumps(inner, ensure_ascii=False)}
        self.say(json.dumps(outer, ensure_ascii=False).encode())
