"""
China Post EMS (中国邮政速递): one address, what is asked is sealed with SM4 under the sender's key.

EMS knows no question for an order by its id: an order whose answer was lost stays unknown until a
person settles it. What its codes of tracking mean is not published: their text is kept, no state
changes; 快递100 follows its way-bills.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import requests
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from kiosk_server.core import clock
from kiosk_server.deliveries.ports import (
    AnswerLost,
    CalledOff,
    CancelAnswer,
    CannotTell,
    Consignment,
    FindAnswer,
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
from kiosk_server.gateways.courier_line import (
    Line,
    Lost,
    NotReached,
    beijing_time,
    content_of,
    in_beijing,
)

DONE = "00000"
MARK = "|$4|"
VERSION = "V1.0.0"
CREATE, CANCEL, TRACK = "020003", "020006", "040001"
PAPERS, NO_COLLECTING, NO = "1", "9", "0"
BY_SENDER, BY_RECEIVER = "1", "2"
EXPRESS, EXPRESS_ON_ARRIVAL = "1", "3"
"""特快专递, 特快到付."""
_BLOCK_BITS = 128


@dataclass(frozen=True)
class EmsAccount:
    """What EMS knows us by: agreement, authorisation, and the Base64 text of a 16-byte key."""

    sender: str
    authorization: str
    key: str


@dataclass(frozen=True)
class _Refused:
    code: str


def sealed(text: str, key: str) -> str:
    """Return `logitcsInterface` for *text*: SM4-ECB, PKCS #7, of text and key, marked `|$4|`."""
    padder = PKCS7(_BLOCK_BITS).padder()
    plain = padder.update((text + key).encode()) + padder.finalize()
    # A block mode with no nonce is what they take; the line itself is HTTPS.
    encryptor = Cipher(algorithms.SM4(base64.b64decode(key)), modes.ECB()).encryptor()  # noqa: S305
    return MARK + base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode()


def opened(text: str, key: str) -> str:
    """Return what `sealed` sealed under *key*; `ValueError` for anything else."""
    if not text.startswith(MARK):
        raise ValueError("no mark")
    decryptor = Cipher(algorithms.SM4(base64.b64decode(key)), modes.ECB()).decryptor()  # noqa: S305
    try:
        body = base64.b64decode(text.removeprefix(MARK), validate=True)
    except binascii.Error:
        raise ValueError("no base64") from None
    unpadder = PKCS7(_BLOCK_BITS).unpadder()
    plain = unpadder.update(decryptor.update(body) + decryptor.finalize()) + unpadder.finalize()
    found = plain.decode()
    if not found.endswith(key):
        raise ValueError("another key")
    return found.removesuffix(key)


class Ems:
    """EMS behind its one address, `…/f/amp/api/open`."""

    simulated = False
    look_every = LOOK_EVERY

    def __init__(self, url: str, account: EmsAccount, *, timeout_seconds: float = 5.0) -> None:
        self._url = url
        self._account = account
        self._line = Line("ems", timeout_seconds=timeout_seconds)

    def take(self, consignment: Consignment) -> TakeAnswer:
        """Place an order; its number is ours."""
        try:
            told = self._ask(CREATE, self._order(consignment))
        except NotReached:
            return NotAsked()
        except Lost:
            return AnswerLost()
        if isinstance(told, _Refused):
            return TurnedDown(told.code)
        return Taken(str(told.get("waybillNo") or "") or None)

    def find(self, order_id: str) -> FindAnswer:
        """EMS has no such question."""
        return CannotTell()

    def cancel(self, order_id: str, waybill: str | None) -> CancelAnswer:
        """Cancel an order by its number and its way-bill."""
        wanted = {
            "logisticsOrderNo": order_id,
            "waybillNo": waybill or "",
            "cancelReason": "寄件人取消",
        }
        try:
            told = self._ask(CANCEL, wanted)
        except NotReached:
            return NotAsked()
        except Lost:
            return AnswerLost()
        return TooLate() if isinstance(told, _Refused) else CalledOff()

    def track(self, order_id: str, waybill: str, phone: str) -> TrackAnswer:
        """Ask for the lines of a way-bill; they are kept as they are told."""
        try:
            told = self._ask(TRACK, {"waybillNo": waybill, "direction": "0"})
            return [] if isinstance(told, _Refused) else _lines(told)
        except (NotReached, Lost):
            return NotAsked()

    def _ask(self, api: str, wanted: Mapping[str, object]) -> Mapping[str, Any] | _Refused:
        text = json.dumps(wanted, ensure_ascii=False, separators=(",", ":"))
        form = {
            "apiCode": api,
            "senderNo": self._account.sender,
            "authorization": self._account.authorization,
            "msgType": "0",
            "timeStamp": in_beijing(clock.now()),
            "version": VERSION,
            # Their spelling.
            "logitcsInterface": sealed(text, self._account.key),
        }
        return self._line.post(self._url, urlencode(form).encode(), _read)

    def _order(self, wanted: Consignment) -> Mapping[str, object]:
        return {
            "ecommerceUserId": self._account.sender,
            "logisticsOrderNo": wanted.order_id,
            "createdTime": in_beijing(wanted.made_at),
            "contentsAttribute": PAPERS,
            "bizProductNo": EXPRESS if wanted.sender_pays else EXPRESS_ON_ARRIVAL,
            "weight": wanted.weight_grams,
            "paymentMode": BY_SENDER if wanted.sender_pays else BY_RECEIVER,
            "codFlag": NO_COLLECTING,
            "receiptFlag": NO,
            "valuableFlag": NO,
            "sender": _party(wanted.sender),
            "receiver": _party(wanted.receiver),
            "cargos": [{"cargoName": wanted.contents, "cargoQuantity": wanted.pieces}],
        }


def _party(party: Party) -> Mapping[str, str]:
    return {
        "name": party.name,
        "mobile": party.phone,
        "prov": party.province,
        "city": party.city,
        "county": party.county,
        "address": party.street,
    }


def _read(answer: requests.Response, content: bytes) -> Mapping[str, Any] | _Refused:
    try:
        told = json.loads(content_of(answer, content))
        if str(told["retCode"]) != DONE:
            return _Refused(str(told["retCode"])[:20])
        body = told.get("retBody") or {}
        found = json.loads(body) if isinstance(body, str) else body
    except (ValueError, KeyError, TypeError):
        raise Lost("unreadable") from None
    if not isinstance(found, dict):
        raise Lost("unreadable")
    return found


def _lines(told: Mapping[str, Any]) -> list[Told]:
    try:
        return [
            Told(
                beijing_time(row.get("opTime")),
                str(row.get("opCode", ""))[:20],
                str(row.get("opDesc") or ""),
                None,
            )
            for row in told.get("responseItems") or []
        ]
    except (TypeError, AttributeError):
        raise Lost("unreadable") from None
