"""
The region's delivery system (物流寄递, one of the twelve of P26): our own contract until the region
publishes its own, signed both ways as records are.

    POST BASE/orders          {"order", "sender", "receiver", …} -> taken | turned_down
    POST BASE/orders/find     {"order"}              -> taken | none | cancelled
    POST BASE/orders/cancel   {"order", "waybill"}   -> cancelled | too_late
    POST BASE/routes          {"order"}              -> {"answer": "routes", "routes": [...]}

The payer is the `office`, by its account, or the `recipient` of the service at his door. A route is
`{"at", "code", "text"}`; `code` is one of our own steps, or says nothing to us. The
region pushes `{"order", "waybill"?, "routes"}` with the same signature.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import requests

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
    Payer,
    TakeAnswer,
    Taken,
    Told,
    TooLate,
    TrackAnswer,
    TurnedDown,
)
from kiosk_server.deliveries.rules import LOOK_EVERY
from kiosk_server.gateways import region_signature as signature
from kiosk_server.gateways.courier_line import Line, Lost, NotReached

_STEPS = {step.value: step for step in Step}
_TROUBLES = {trouble.value: trouble for trouble in Trouble}


class RegionDeliveries:
    """The region's system at *base*, with the key that both sides hold."""

    simulated = False
    look_every = LOOK_EVERY

    def __init__(self, base: str, key: bytes, *, timeout_seconds: float = 5.0) -> None:
        self._base = base.rstrip("/")
        self._path = urlsplit(self._base).path
        self._key = key
        self._line = Line("platform", timeout_seconds=timeout_seconds)

    def take(self, consignment: Consignment) -> TakeAnswer:
        """Place an order; the same id twice is one."""
        wanted: dict[str, object] = {
            "order": consignment.order_id,
            "sender": asdict(consignment.sender),
            "receiver": asdict(consignment.receiver),
            "contents": consignment.contents,
            "pieces": consignment.pieces,
            "weight_grams": consignment.weight_grams,
            "payer": (Payer.OFFICE if consignment.on_account else Payer.RECIPIENT).value,
            "made_at": consignment.made_at.isoformat(timespec="seconds"),
        }
        try:
            told = self._ask("/orders", wanted)
        except NotReached:
            return NotAsked()
        except Lost:
            return AnswerLost()
        match told:
            case {"answer": "taken"}:
                return Taken(_waybill(told))
            case {"answer": "turned_down", "code": str(code)}:
                return TurnedDown(code[:20])
        return AnswerLost()

    def find(self, order_id: str) -> FindAnswer:
        """Look an order up by our id."""
        try:
            told = self._ask("/orders/find", {"order": order_id})
        except (NotReached, Lost):
            return NotAsked()
        match told:
            case {"answer": "taken"}:
                return Taken(_waybill(told))
            case {"answer": "none"}:
                return NoSuchOrder()
            case {"answer": "cancelled"}:
                return CalledOff()
        return CannotTell()

    def cancel(self, order_id: str, waybill: str | None) -> CancelAnswer:
        """Cancel an order."""
        try:
            told = self._ask("/orders/cancel", {"order": order_id, "waybill": waybill})
        except NotReached:
            return NotAsked()
        except Lost:
            return AnswerLost()
        match told:
            case {"answer": "cancelled"}:
                return CalledOff()
            case {"answer": "too_late"}:
                return TooLate()
        return AnswerLost()

    def track(self, order_id: str, waybill: str, phone: str) -> TrackAnswer:
        """Ask for every route of an order so far."""
        try:
            match self._ask("/routes", {"order": order_id}):
                case {"answer": "routes", "routes": list(rows)}:
                    return routes_in(rows)
            return NotAsked()
        except (NotReached, Lost):
            return NotAsked()

    def _ask(self, path: str, told: Mapping[str, object]) -> Mapping[str, Any]:
        body = json.dumps(told, ensure_ascii=False).encode()
        headers = signature.signed_headers(
            self._key, method="POST", path=self._path + path, body=body
        )

        def read(answer: requests.Response, content: bytes) -> Mapping[str, Any]:
            try:
                return signature.believed(
                    self._key,
                    nonce=headers[signature.NONCE],
                    status=answer.status_code,
                    headers=answer.headers,
                    content=content,
                )
            except signature.NotBelieved as fault:
                raise Lost(str(fault)) from None

        return self._line.post(self._base + path, body, read, headers=headers)


def routes_in(rows: Sequence[object]) -> list[Told]:
    """Return routes as the region tells them, pushed or asked for; `Lost` where one is none."""
    return [_route(row) for row in rows]


def _route(row: object) -> Told:
    match row:
        case {"at": str(at), "code": str(code), **rest}:
            trouble = _TROUBLES.get(str(rest.get("trouble", "")))
            return Told(
                _moment(at), code[:20], str(rest.get("text") or ""), _STEPS.get(code), trouble
            )
    raise Lost("unreadable")


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Lost("time") from None
    if moment.tzinfo is None:
        raise Lost("time")
    return moment


def _waybill(told: Mapping[str, Any]) -> str | None:
    return str(told.get("waybill") or "")[:40] or None
