"""
Phones and their tokens: how long each lives, and why one ends. Pure.

    access    ten minutes; looked up at every call, so it can be ended at once
    refresh   thirty days and one use; the next one comes with the next access token
    cookie    thirty days without use; for the pages, which keep no other token
"""

import re
from datetime import datetime, timedelta
from enum import StrEnum

ACCESS_LIFE = timedelta(minutes=10)
REFRESH_LIFE = timedelta(days=30)
PHONE_LIFE = timedelta(days=180)
TOUCH_EVERY = timedelta(minutes=5)
BINDING_CODE_LIFE = timedelta(minutes=5)
BINDING_CODE_DIGITS = 8
HAND_OVER_LIFE = timedelta(minutes=10)
MOST_PHONES = 10
LONGEST_LABEL = 40

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_NOISE = re.compile(r"[\s()\-]")


class PhoneKind(StrEnum):
    """What holds the token."""

    APP = "app"
    BROWSER = "browser"
    MINI_PROGRAM = "mini_program"


class TokenKind(StrEnum):
    """What a token is good for."""

    ACCESS = "access"
    REFRESH = "refresh"
    COOKIE = "cookie"


class PhoneEnd(StrEnum):
    """Why a phone is signed in no more."""

    SIGNED_OUT = "signed_out"
    SIGNED_OUT_THERE = "signed_out_there"
    REFRESH_REUSED = "refresh_reused"
    LOST = "lost"
    NUMBER_MOVED = "number_moved"
    TOO_MANY = "too_many"
    CLOSED = "closed"


class NoticeKind(StrEnum):
    """What the holder is told of his account."""

    PHONE_ADDED = "phone_added"
    PHONE_ENDED = "phone_ended"
    REFRESH_REUSED = "refresh_reused"
    PHONES_STOPPED = "phones_stopped"
    NAME_BOUND = "name_bound"
    CODE_SHOWN_TWICE = "code_shown_twice"
    USES_SEEN = "uses_seen"
    CLOSING_ASKED = "closing_asked"
    CLOSING_STOPPED = "closing_stopped"


LIFE_OF = {
    TokenKind.ACCESS: ACCESS_LIFE,
    TokenKind.REFRESH: REFRESH_LIFE,
    TokenKind.COOKIE: REFRESH_LIFE,
}


def mobile_number(typed: str) -> str | None:
    """Return *typed* as 11 digits of a mainland mobile number, or None if it is none."""
    plain = _NOISE.sub("", typed)
    for prefix in ("+86", "0086"):
        plain = plain.removeprefix(prefix)
    return plain if _MOBILE.fullmatch(plain) else None


def label_of(text: str) -> str:
    """Return what a phone is called on the holder's list: short, printable, one line."""
    return " ".join("".join(c for c in text if c.isprintable()).split())[:LONGEST_LABEL]


def expiry(kind: TokenKind, now: datetime, phone_ends: datetime) -> datetime:
    """Return until when a token of *kind* made *now* is good; never beyond its phone."""
    return min(now + LIFE_OF[kind], phone_ends)
