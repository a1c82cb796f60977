"""
Billers as data (收费单位): who is owed, who answers for it, how an account is written (P43, P47).

    billers()              every biller, in the order in which they are offered
    biller_named(code)     one of them
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from kiosk_server.bills.rules import Biller, BillKind, Wording
from kiosk_server.core.errors import NotFound

_FILE = Path(__file__).parent / "data" / "billers.toml"
_LANGUAGES = ("zh", "ug", "en", "ky")
_CODE = r"[a-z0-9-]{1,40}"
_GATEWAY = r"[a-z-]{1,20}"


@cache
def billers() -> tuple[Biller, ...]:
    """Return every biller, in the order in which they are offered."""
    return billers_from(_FILE.read_text(encoding="utf-8"))


def biller_named(code: str) -> Biller:
    """Return one biller; raises `NotFound("biller_not_found")`."""
    for biller in billers():
        if biller.code == code:
            return biller
    raise NotFound("biller_not_found")


def billers_from(text: str) -> tuple[Biller, ...]:
    """Return the billers that *text* (TOML) describes; `ValueError` names the first fault."""
    found = tuple(_biller(each) for each in tomllib.loads(text)["biller"])
    if len({biller.code for biller in found}) != len(found):
        raise ValueError("two billers of one code")
    return found


def _biller(told: Mapping[str, Any]) -> Biller:
    biller = Biller(
        code=told["code"],
        kind=BillKind(told["kind"]),
        names=_words(told, "names"),
        answers=_words(told, "answers"),
        phone=told["phone"],
        account_label=_words(told, "account_label"),
        account_example=told["account_example"],
        account_pattern=told["account_pattern"],
        icon=told["icon"],
        family=told.get("family", False),
        basis=told["basis"],
        gateway=told["gateway"],
    )
    sound = {
        "code": re.fullmatch(_CODE, biller.code),
        "gateway": re.fullmatch(_GATEWAY, biller.gateway),
        "account_example": re.fullmatch(biller.account_pattern, biller.account_example),
        "phone": biller.phone,
        "basis": biller.basis,
    }
    for name, holds in sound.items():
        if not holds:
            raise ValueError(f"{biller.code}: {name} is wrong")
    return biller


def _words(told: Mapping[str, Any], name: str) -> Wording:
    words: Wording = told[name]
    if any(not words.get(language) for language in _LANGUAGES):
        raise ValueError(f"{told['code']}: {name} is not in every language")
    return words
