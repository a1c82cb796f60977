"""
EMS on loopback: opens what is sealed with the sender's key, keeps orders by their number, and
misbehaves when told to.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from kiosk_server.gateways.courier_ems import EmsAccount, opened
from tests.support.partner_servers import PartnerHandler, listening

ACCOUNT = EmsAccount("1100000000001", "authorization-of-this-test", "WjNoNmhXWE12SFZJdk0zWQ==")
_FORM = {
    "apiCode", "senderNo", "authorization", "msgType", "timeStamp", "version", "logitcsInterface",
}  # fmt: skip


@dataclass
class EmsServer:
    """What it holds, what it was asked, how it misbehaves."""

    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    lines: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    misbehave: list[str] = field(default_factory=list)
    """One for each question: `500`, `hang`, `drop` (done, not answered), `no_json`, `refuse`."""
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    url: str = ""
    released: threading.Event = field(default_factory=threading.Event)

    def carry_out(self, api: str, told: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Return the code and the body of an honest answer."""
        number = told.get("logisticsOrderNo", "")
        match api:
            case "020003":
                self.orders.setdefault(number, {"cancelled": False, **told})
                return "00000", self._order(number)
            case "020006":
                if number not in self.orders:
                    return "B00021", {}
                self.orders[number]["cancelled"] = True
                return "00000", {}
            case "040001":
                return "00000", {"responseItems": self.lines.get(told["waybillNo"], [])}
        return "A00001", {}

    def _order(self, number: str) -> dict[str, Any]:
        return {"waybillNo": f"11{list(self.orders).index(number):011}", "routeCode": "831-ARX"}


@contextmanager
def serving() -> Iterator[EmsServer]:
    """Serve on a free port of loopback while the block runs."""
    state = EmsServer()

    class Handler(_Handler):
        service = state

    with listening(Handler) as origin:
        state.url = f"{origin}/amp-prod-api/f/amp/api/open"
        try:
            yield state
        finally:
            state.released.set()


class _Handler(PartnerHandler):
    service: EmsServer

    def do_POST(self) -> None:
        form = {name: values[0] for name, values in parse_qs(self.body().decode()).items()}
        try:
            told = json.loads(opened(form["logitcsInterface"], ACCOUNT.key))
        except (KeyError, ValueError):
            self._answer("S00003", {})
            return
        known = form["senderNo"], form["authorization"]
        if set(form) != _FORM or known != (ACCOUNT.sender, ACCOUNT.authorization):
            self._answer("S00002", {})
            return
        self.service.asked.append((form["apiCode"], told))
        wrong = self.service.misbehave.pop(0) if self.service.misbehave else None
        match wrong:
            case "500":
                self.say(b"{}", status=500)
            case "hang":
                self.service.released.wait(5)
                self.hang_up()
            case "no_json":
                self.say(b"<html>")
            case "refuse":
                self._answer("B00031", {})
            case "drop":
                self.service.carry_out(form["apiCode"], told)
                self.hang_up()
            case _:
                self._answer(*self.service.carry_out(form["apiCode"], told))

    def _answer(self, code: str, told: dict[str, Any]) -> None:
        answer = {
            "retCode": code,
            "retMsg": "",
            "retBody": json.dumps(told, ensure_ascii=False),
            "success": code == "00000",
        }
        self.say(json.dumps(answer, ensure_ascii=False).encode())
