"""
The offline code (离线码): what it says, how it is written, and the verdict over it. Pure.

A CWT (RFC 8392) in COSE_Sign1, base45 (RFC 9285) behind `ZZ1:`, so that a QR takes it in its
alphanumeric mode. `offline-verify.mjs` reads the same in a browser; vectors keep both together.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import base45

from kiosk_server.credentials import status
from kiosk_server.credentials.cose import Claims, NotCose, Sign1, claims_in, read_sign1, sign1
from kiosk_server.credentials.lists import StatusList, TrustList
from kiosk_server.credentials.reasons import OfflineReason
from kiosk_server.credentials.signers import Signer, can_use

PREFIX = "ZZ1:"
CWT_TYPE = 61
"""The header's type: CoAP's number of application/cwt. A list has another, and is no code."""
LEEWAY = timedelta(seconds=60)
"""Phones' clocks are wrong by as much."""
LONGEST = 1_500
"""Characters of a code that are looked at: a QR that phones read easily has no more."""
ISS, AUD, EXP, NBF, IAT, CTI, STATUS = 1, 3, 4, 5, 6, 7, 65535
KIND, NAME, SCENE, FIELDS, SAMPLE = "k", "n", "s", "f", "x"


@dataclass(frozen=True)
class OfflineFacts:
    """What a code says; nothing in it is more than whoever scans in that scene may see."""

    issuer: str
    kind: str
    masked_name: str
    scene: str
    issued_at: datetime
    not_before: datetime
    expires_at: datetime
    place: int
    list_address: str
    code_id: bytes
    fields: Mapping[str, str] = field(default_factory=dict)
    audience: str | None = None
    sample: bool = False
    """Whether it tells of simulated data and proves nothing."""


@dataclass(frozen=True)
class OfflineVerdict:
    """Genuine (no reason) or why not. Facts are told only of what our own keys signed."""

    reason: OfflineReason | None
    facts: OfflineFacts | None = None


def write(signer: Signer, facts: OfflineFacts) -> str:
    """Return the code's text, as a QR shows it."""
    claims: Claims = {
        ISS: facts.issuer,
        EXP: int(facts.expires_at.timestamp()),
        NBF: int(facts.not_before.timestamp()),
        IAT: int(facts.issued_at.timestamp()),
        CTI: facts.code_id,
        STATUS: {"status_list": {"idx": facts.place, "uri": facts.list_address}},
        KIND: facts.kind,
        NAME: facts.masked_name,
        SCENE: facts.scene,
    }
    if facts.fields:
        claims[FIELDS] = dict(facts.fields)
    if facts.audience is not None:
        claims[AUD] = facts.audience
    if facts.sample:
        claims[SAMPLE] = True
    written: bytes = base45.b45encode(sign1(signer, claims, typ=CWT_TYPE))
    return PREFIX + written.decode()


def verify(
    text: str,
    *,
    trust: TrustList | None,
    statuses: StatusList | None,
    now: datetime,
    audience: str | None = None,
) -> OfflineVerdict:
    """Judge a scanned text by the lists at hand.

    What certainly speaks against a code is said even by an old list; that nothing does is said
    only by lists that are in force. `audience`: who scans, by the id that the code may name.
    """
    if not text.startswith(PREFIX):
        return OfflineVerdict(OfflineReason.NOT_OURS)
    message = _message(text)
    if message is None:
        return OfflineVerdict(OfflineReason.UNREADABLE)
    fresh = trust is not None and now <= trust.next_update + LEEWAY
    issuer, key = trust.find(message.kid) if trust is not None else (None, None)
    if issuer is None or key is None:
        unknown = OfflineReason.UNKNOWN_ISSUER if fresh else OfflineReason.TRUST_LIST_TOO_OLD
        return OfflineVerdict(unknown)
    if not message.names(key) or message.typ != CWT_TYPE:
        return OfflineVerdict(OfflineReason.ALTERED)
    if not can_use(key.algorithm):
        # Whoever cannot judge a signature must not call it false.
        return OfflineVerdict(OfflineReason.UNREADABLE)
    if not message.signed_by(key):
        return OfflineVerdict(OfflineReason.ALTERED)
    facts = _facts(message)
    if facts is None:
        return OfflineVerdict(OfflineReason.UNREADABLE)
    if facts.issuer != issuer:
        return OfflineVerdict(OfflineReason.UNKNOWN_ISSUER)
    reason = _against(facts, statuses, now, audience)
    if reason is None and not (fresh and _covers(statuses, facts, now)):
        reason = OfflineReason.TRUST_LIST_TOO_OLD
    return OfflineVerdict(reason, facts)


def _against(
    facts: OfflineFacts, statuses: StatusList | None, now: datetime, audience: str | None
) -> OfflineReason | None:
    if facts.audience is not None and facts.audience != audience:
        return OfflineReason.WRONG_AUDIENCE
    if now < facts.not_before - LEEWAY:
        return OfflineReason.NOT_YET_VALID
    if now > facts.expires_at + LEEWAY:
        return OfflineReason.EXPIRED
    if statuses is None or statuses.address != facts.list_address:
        return None
    found = status.at(statuses.bits, facts.place)
    if found is None or found == status.Status.VALID:
        return None
    return status.REASONS.get(found, OfflineReason.REVOKED)


def _covers(statuses: StatusList | None, facts: OfflineFacts, now: datetime) -> bool:
    if statuses is None or statuses.address != facts.list_address:
        return False
    return now <= statuses.expires_at + LEEWAY and status.at(statuses.bits, facts.place) is not None


def _message(text: str) -> Sign1 | None:
    if len(text) > LONGEST:
        return None
    try:
        return read_sign1(base45.b45decode(text.removeprefix(PREFIX)))
    except (ValueError, NotCose):
        return None


def _facts(message: Sign1) -> OfflineFacts | None:
    try:
        claims = claims_in(message)
        listed = claims[STATUS]["status_list"]
        return OfflineFacts(
            issuer=_text(claims[ISS]),
            kind=_text(claims[KIND]),
            masked_name=_text(claims[NAME]),
            scene=_text(claims[SCENE]),
            issued_at=_moment(claims[IAT]),
            not_before=_moment(claims[NBF]),
            expires_at=_moment(claims[EXP]),
            place=int(listed["idx"]),
            list_address=_text(listed["uri"]),
            code_id=bytes(claims[CTI]),
            fields={_text(name): _text(value) for name, value in claims.get(FIELDS, {}).items()},
            audience=_text(claims[AUD]) if AUD in claims else None,
            sample=claims.get(SAMPLE) is True,
        )
    except (NotCose, KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError):
        return None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _moment(value: Any) -> datetime:
    if not isinstance(value, int):
        raise TypeError
    return datetime.fromtimestamp(value, UTC)
