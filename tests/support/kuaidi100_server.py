"""
快递100 on loopback: checks signatures, keeps subscriptions, makes pushes signed with the salt that
it was given, in whatever order a test wants, and misbehaves when told to.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from kiosk_server.gateways.courier_kuaidi100 import Kuaidi100Account, push_sign, query_sign
from tests.support.partner_servers import PartnerHandler, listening

ACCOUNT = Kuaidi100Account("CUST-OF-THIS-TEST", "KEY-OF-THIS-TEST", "salt-of-this-test")


@dataclass
class Kuaidi100Server:
    """What it follows, what it was asked, how it misbehaves."""

    waybills: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Number -> lastResult."""
    subscribed: dict[str, dict[str, Any]] = field(default_factory=dict)
    misbehave: list[str] = field(default_factory=list)
    """One for each question: `500`, `hang`, `no_json`, `busy`, `refuse`."""
    asked: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""
    released: threading.Event = field(default_factory=threading.Event)

    def push(self, number: str, *, status: str = "polling", message: str = "") -> dict[str, str]:
        """Return the form of a push of what is known of a way-bill now."""
        told = {
            "status": status,
            "billstatus": "got",
            "message": message,
            "autoCheck": "0",
            "comOld": "",
            "comNew": "",
            "lastResult": self.waybills[number],
        }
        param = json.dumps(told, ensure_ascii=False)
        return {"param": param, "sign": push_sign(param, ACCOUNT.salt)}

    def carry_out(self, path: str, form: dict[str, str]) -> dict[str, Any]:
        """Return an honest answer."""
        param = json.loads(form["param"])
        self.asked.append(param)
        if path == "/poll":
            if param["key"] != ACCOUNT.key:
                return {"result": False, "returnCode": "600", "message": "您不是合法的订阅者"}
            if param["number"] in self.subscribed:
                return {"result": False, "returnCode": "501", "message": "重复订阅"}
            self.subscribed[param["number"]] = param
            return {"result": True, "returnCode": "200", "message": "提交成功"}
        known = form.get("customer"), form.get("sign")
        if known != (ACCOUNT.customer, query_sign(form["param"], ACCOUNT)):
            return {"result": False, "returnCode": "503", "message": "验证签名失败"}
        found = self.waybills.get(param["num"])
        if found is None:
            return {"result": False, "returnCode": "500", "message": "查询无结果"}
        return found


def last_result(
    company: str, number: str, state: str, lines: list[tuple[str, str, str]]
) -> dict[str, Any]:
    """Return a lastResult of lines (time, words, statusCode), the newest first as they tell it."""
    return {
        "message": "ok",
        "state": state,
        "status": "200",
        "condition": "F00",
        "ischeck": "1" if state == "3" else "0",
        "com": company,
        "nu": number,
        "data": [
            {"time": at, "ftime": at, "context": words, "status": "", "statusCode": code}
            for at, words, code in sorted(lines, reverse=True)
        ],
    }


@contextmanager
def serving() -> Iterator[Kuaidi100Server]:
    """Serve on a free port of loopback while the block runs."""
    state = Kuaidi100Server()

    class Handler(_Handler):
        service = state

    with listening(Handler) as origin:
        state.url = origin
        try:
            yield state
        finally:
            state.released.set()


class _Handler(PartnerHandler):
    service: Kuaidi100Server

    def do_POST(self) -> None:
        form = {name: values[0] for name, values in parse_qs(self.body().decode()).items()}
        wrong = self.service.misbehave.pop(0) if self.service.misbehave else None
        match wrong:
            case "500":
                self.say(b"{}", status=500)
            case "hang":
                self.service.released.wait(5)
                self.hang_up()
            case "no_json":
                self.say(b"<html>")
            case "busy":
                self._answer({"result": False, "returnCode": "500", "message": "服务器错误"})
            case "refuse":
                self._answer(
                    {"result": False, "returnCode": "701", "message": "拒绝订阅的快递公司"}
                )
            case _:
                self._answer(self.service.carry_out(self.path, form))

    def _answer(self, told: dict[str, Any]) -> None:
        self.say(json.dumps(told, ensure_ascii=False).encode())
