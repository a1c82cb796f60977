"""
The region's delivery system on loopback: keeps to our contract, checks every signature, signs what
it answers and pushes, and misbehaves when told to.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from kiosk_server.core import clock
from kiosk_server.core.identifiers import new_token
from kiosk_server.gateways import region_signature as signature
from tests.support.partner_servers import PartnerHandler, listening

KEY = b"delivery-key-of-this-test-alone!"
BASE_PATH = "/deliveries/v1"


@dataclass
class DeliveryPlatform:
    """What it holds, what it was asked, how it misbehaves."""

    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    routes: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    misbehave: list[str] = field(default_factory=list)
    """One for each question: `500`, `hang`, `drop` (done, not answered), `no_json`, `unsigned`,
    `stale`, `refuse`."""
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    nonces: set[str] = field(default_factory=set)
    url: str = ""
    released: threading.Event = field(default_factory=threading.Event)

    def carry_out(self, path: str, told: dict[str, Any]) -> dict[str, Any]:
        """Return an honest answer."""
        order = self.orders.get(told["order"])
        match path:
            case "/orders":
                if order is None:
                    order = {"waybill": f"XJ{len(self.orders):08}", "cancelled": False, **told}
                    self.orders[told["order"]] = order
                return {"answer": "taken", "waybill": order["waybill"]}
            case "/orders/find":
                if order is None:
                    return {"answer": "none"}
                if order["cancelled"]:
                    return {"answer": "cancelled"}
                return {"answer": "taken", "waybill": order["waybill"]}
            case "/orders/cancel":
                if order is None or self.routes.get(told["order"]):
                    return {"answer": "too_late"}
                order["cancelled"] = True
                return {"answer": "cancelled"}
        return {"answer": "routes", "routes": self.routes.get(told["order"], [])}

    def push(self, path: str, told: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
        """Return body and headers of a push to *path* of ours."""
        body = json.dumps(told, ensure_ascii=False).encode()
        nonce, timestamp = new_token(128), str(int(clock.now().timestamp()))
        headers = {
            "Content-Type": "application/json",
            signature.TIMESTAMP: timestamp,
            signature.NONCE: nonce,
            signature.SIGNATURE: signature.sign_request(
                KEY, method="POST", path=path, timestamp=timestamp, nonce=nonce, body=body
            ),
        }
        return body, headers


@contextmanager
def serving() -> Iterator[DeliveryPlatform]:
    """Serve on a free port of loopback while the block runs."""
    state = DeliveryPlatform()

    class Handler(_Handler):
        service = state

    with listening(Handler) as origin:
        state.url = origin + BASE_PATH
        try:
            yield state
        finally:
            state.released.set()


class _Handler(PartnerHandler):
    service: DeliveryPlatform

    def do_POST(self) -> None:
        body = self.body()
        nonce = self.headers.get(signature.NONCE) or ""
        timestamp = self.headers.get(signature.TIMESTAMP) or ""
        expected = signature.sign_request(
            KEY, method="POST", path=self.path, timestamp=timestamp, nonce=nonce, body=body
        )
        holds = signature.holds(expected, self.headers.get(signature.SIGNATURE))
        if not holds or nonce in self.service.nonces:
            self._answer({"answer": "refused"}, status=401, key=b"")
            return
        self.service.nonces.add(nonce)
        path, told = self.path.removeprefix(BASE_PATH), json.loads(body)
        self.service.asked.append((path, told))
        wrong = self.service.misbehave.pop(0) if self.service.misbehave else None
        match wrong:
            case "500":
                self.say(b"{}", status=500)
            case "hang":
                self.service.released.wait(5)
                self.hang_up()
            case "no_json":
                self._answer(b"<html>")
            case "unsigned":
                self._answer(self.service.carry_out(path, told), key=b"another key")
            case "stale":
                self._answer(self.service.carry_out(path, told), age=600)
            case "refuse":
                self._answer({"answer": "turned_down", "code": "out_of_area"})
            case "drop":
                self.service.carry_out(path, told)
                self.hang_up()
            case _:
                self._answer(self.service.carry_out(path, told))

    def _answer(self, told: object, *, status: int = 200, key: bytes = KEY, age: int = 0) -> None:
        body = told if isinstance(told, bytes) else json.dumps(told).encode()
        stamp = str(int(clock.now().timestamp()) - age)
        nonce = self.headers.get(signature.NONCE) or ""
        given = signature.sign_answer(key, status=status, nonce=nonce, timestamp=stamp, body=body)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header(signature.TIMESTAMP, stamp)
        self.send_header(signature.SIGNATURE, given)
        self.end_headers()
        self.wfile.write(body)
