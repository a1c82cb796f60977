"""
快递100: follows the way-bills of many couriers; asked, or pushing to us what it hears.

A push is signed with a salt that we gave when we subscribed. It carries the whole way-bill each
time, so one that comes late, twice or before another takes nothing back.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import requests

from kiosk_server.deliveries.life import Step, Trouble
from kiosk_server.deliveries.ports import (
    CourierName,
    NotAsked,
    SubscribeAnswer,
    Subscribed,
    Told,
    TrackAnswer,
    TurnedDown,
)
from kiosk_server.gateways.courier_line import Line, Lost, NotReached, beijing_time, content_of

DONE, SUBSCRIBED_BEFORE, NOT_NOW = "200", "501", frozenset({"500", "502", "503"})
ABORT = "abort"
SUBSCRIBE_AGAIN = ("3天查询无记录", "60天无变化")
COMPANIES = {CourierName.SF: "shunfeng", CourierName.EMS: "ems"}
STEPS: Mapping[str, tuple[Step, Trouble | None]] = {
    "0": (Step.MOVE, None),
    "1": (Step.PICK_UP, None),
    "2": (Step.STRAY, Trouble.OTHER),
    "3": (Step.DELIVER, None),
    "4": (Step.GIVE_BACK, None),
    "5": (Step.GO_OUT, None),
    "6": (Step.TURN_BACK, None),
    "7": (Step.MOVE, None),
    "14": (Step.GIVE_BACK, Trouble.REFUSED),
}
"""Its states of a parcel; those of customs (8, 10–13) are no business of ours."""


@dataclass(frozen=True)
class Kuaidi100Account:
    """What it knows us by, and what its pushes are signed with."""

    customer: str
    key: str
    salt: str


@dataclass(frozen=True)
class Push:
    """One push: which way-bill, what is told of it, and whether it has to be subscribed again."""

    courier: CourierName
    waybill: str
    told: tuple[Told, ...]
    again: bool


class PushRefused(Exception):
    """A push that is not theirs, or that cannot be read; `str` says which."""


def query_sign(param: str, account: Kuaidi100Account) -> str:
    """Return the signature of a question: MD5 of param, key and customer, in capitals."""
    return _md5(param + account.key + account.customer)


def push_sign(param: str, salt: str) -> str:
    """Return the signature of a push: MD5 of param and salt, in capitals."""
    return _md5(param + salt)


def read_push(param: str, sign: str, salt: str) -> Push:
    """Return what a push says; `PushRefused("signature")` or `("unreadable")` otherwise."""
    if not hmac.compare_digest(push_sign(param, salt).encode(), sign.upper().encode()):
        raise PushRefused("signature")
    try:
        told = json.loads(param)
        last = told["lastResult"]
        courier = _courier(str(last["com"]))
        lines = tuple(_lines(last))
        again = told.get("status") == ABORT and any(
            words in str(told.get("message", "")) for words in SUBSCRIBE_AGAIN
        )
        return Push(courier, str(last["nu"])[:40], lines, again)
    except (ValueError, KeyError, TypeError, AttributeError, Lost):
        raise PushRefused("unreadable") from None


class Kuaidi100:
    """The service at *base*; pushes go to *callback*."""

    def __init__(
        self, base: str, account: Kuaidi100Account, callback: str, *, timeout_seconds: float = 5.0
    ) -> None:
        self._base = base.rstrip("/")
        self._account = account
        self._callback = callback
        self._line = Line("kuaidi100", timeout_seconds=timeout_seconds)

    def subscribe(self, courier: CourierName, waybill: str, phone: str) -> SubscribeAnswer:
        """Ask for pushes; that they were asked for before is as good."""
        company = COMPANIES.get(courier)
        if company is None:
            return TurnedDown("no_company")
        param = _compact(
            {
                "company": company,
                "number": waybill,
                "key": self._account.key,
                "parameters": {
                    "callbackurl": self._callback,
                    "salt": self._account.salt,
                    "resultv2": "1",
                    "phone": phone[-4:],
                },
            }
        )
        try:
            told = self._post("/poll", {"schema": "json", "param": param})
        except (NotReached, Lost):
            # Asked twice it is one: nothing is unknown.
            return NotAsked()
        code = str(told.get("returnCode", ""))
        if code in (DONE, SUBSCRIBED_BEFORE):
            return Subscribed()
        return NotAsked() if code in NOT_NOW else TurnedDown(code[:20])

    def track(self, courier: CourierName, waybill: str, phone: str) -> TrackAnswer:
        """Ask for every line of a way-bill now."""
        company = COMPANIES.get(courier)
        if company is None:
            return NotAsked()
        param = _compact({"com": company, "num": waybill, "phone": phone[-4:], "resultv2": "1"})
        form = {
            "customer": self._account.customer,
            "sign": query_sign(param, self._account),
            "param": param,
        }
        try:
            told = self._post("/poll/query.do", form)
            return list(_lines(told)) if told.get("status") == DONE else []
        except (NotReached, Lost):
            return NotAsked()

    def _post(self, path: str, form: Mapping[str, str]) -> Mapping[str, Any]:
        return self._line.post(self._base + path, urlencode(form).encode(), _read)


def _read(answer: requests.Response, content: bytes) -> Mapping[str, Any]:
    try:
        told = json.loads(content_of(answer, content))
    except ValueError:
        raise Lost("unreadable") from None
    if not isinstance(told, dict):
        raise Lost("unreadable")
    return told


def _lines(told: Mapping[str, Any]) -> list[Told]:
    rows = told.get("data")
    rows = [] if rows is None else rows
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Lost("unreadable")
    lines = [_line(row) for row in rows]
    state = str(told.get("state", ""))
    if lines and state in STEPS:
        # The state is that of the latest line: it stands beside it as a line of its own, so that
        # the line reads the same when a later push brings it again.
        step, trouble = STEPS[state]
        lines.append(Told(max(line.at for line in lines), f"state:{state}", "", step, trouble))
    return lines


def _line(row: Mapping[str, Any]) -> Told:
    code = str(row.get("statusCode") or "")[:20]
    step, trouble = STEPS.get(code, (None, None))
    return Told(
        beijing_time(row.get("ftime") or row.get("time")),
        code,
        str(row.get("context") or ""),
        step,
        trouble,
    )


def _courier(company: str) -> CourierName:
    found = next((name for name, known in COMPANIES.items() if known == company), None)
    if found is None:
        raise KeyError(company)
    return found


def _compact(told: Mapping[str, object]) -> str:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest().upper()  # noqa: S324 - theirs
