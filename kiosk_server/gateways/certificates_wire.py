"""
How a sharing service is asked and what its answers mean (电子证照共享服务), bytes and values only.

The shape is that of a provincial service in use: a head with access id and token, data with the
holder's code, a cause of at most 200 characters that has to be given; answers bear head.status
`0` and encrypted certData. GB/T 36906 names the operations otherwise; its text is not public.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from kiosk_server.certificates.certificate_types import CertificateType
from kiosk_server.certificates.identifier import parse
from kiosk_server.certificates.metadata import Element, state_told
from kiosk_server.certificates.ports import Errand, HeldCertificate
from kiosk_server.core.errors import Invalid

OK = "0"
LONGEST_CAUSE = 200
STATE_TAG = "ZZZT"
_DAYS = ("%Y-%m-%d", "%Y%m%d", "%Y年%m月%d日")
_FOREVER = ("长期", "永久", "9999-12-31", "99991231")


class Unreadable(ValueError):
    """An answer that does not say what an answer must."""


def cause(errand: Errand) -> str:
    """Return the cause (useCause) for *errand*: purpose first, cut where it is too long.

    Item, case, operator and leave come with it, since the service has no fields for them.
    """
    told = {
        "事项": errand.item_code,
        "办件": errand.case_number,
        "授权": errand.authorisation_id,
        "经办": errand.operator,
    }
    tail = "".join(f"；{name}{value}" for name, value in told.items() if value)
    return (errand.purpose[: max(0, LONGEST_CAUSE - len(tail))] + tail)[:LONGEST_CAUSE]


def certificates_in(text: bytes, kind: CertificateType) -> tuple[HeldCertificate, ...]:
    """Return the certificates that decrypted certData tells of; `Unreadable` for anything else."""
    try:
        told = json.loads(text)
    except ValueError:
        raise Unreadable("no_json") from None
    rows = told if isinstance(told, list) else [told]
    if not all(isinstance(row, dict) for row in rows):
        raise Unreadable("no_certificates")
    return tuple(_held(row, kind) for row in rows)


def _held(row: Mapping[str, Any], kind: CertificateType) -> HeldCertificate:
    issued_on = _day(row.get(Element.ISSUED_ON))
    if issued_on is None or not row.get(Element.ISSUER):
        raise Unreadable("element_missing")
    identifier = str(row.get(Element.IDENTIFIER) or "") or None
    try:
        if identifier is not None:
            parse(identifier)
    except Invalid:
        raise Unreadable("identifier") from None
    return HeldCertificate(
        identifier=identifier,
        state=state_told(str(row.get(STATE_TAG, ""))),
        issuer=str(row[Element.ISSUER]),
        issued_on=issued_on,
        valid_from=_day(row.get(Element.VALID_FROM)),
        valid_until=_day(row.get(Element.VALID_UNTIL)),
        content=_content(row, kind),
    )


def _content(row: Mapping[str, Any], kind: CertificateType) -> dict[str, str]:
    # Only the fields of the type are taken over: what it does not list is dropped here (P37).
    found = {}
    for each in kind.fields:
        value = row.get(each.element.value if each.element else each.names["zh"])
        if value not in (None, ""):
            found[each.id] = str(value)
    return found


def _day(value: object) -> date | None:
    """Return a day in any form in use; None for none and for 长期."""
    text = str(value or "").strip()
    if not text or text in _FOREVER:
        return None
    for form in _DAYS:
        try:
            # A day has no zone: it is the day that stands on the certificate.
            return datetime.strptime(text, form).date()  # noqa: DTZ007
        except ValueError:
            continue
    raise Unreadable("day")
