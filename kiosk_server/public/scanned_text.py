"""
What a scanned text is (扫到的是什么): by its form alone, before anything is asked of anybody. Pure.

An address is ours only if scheme, host and port are: what merely ends like one of ours is
another's, and is never opened. `scan-text.mjs` says the same in a browser.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from kiosk_server.certificates.rules import read_token as read_paper
from kiosk_server.credentials.offline import PREFIX
from kiosk_server.credentials.signs import SIGN_PATH, looks_like_sign
from kiosk_server.showing.rules import PATH as LIVE_PATH
from kiosk_server.showing.rules import TOKEN_LENGTH
from kiosk_server.showing.rules import read_token as read_live

LONGEST_SCANNED = 1_600
LONGEST_SHOWN = 80
_PAPER_PATH = "/v/"
_OTHER_PAGES = re.compile(r"/(c|r)/[0-9A-Za-z_-]{8,80}")


class What(StrEnum):
    """What a text is."""

    LIVE = "live"
    """亮证码."""
    PAPER = "paper"
    """The code of a printed proof."""
    OFFLINE = "offline"
    """离线码."""
    SIGN = "sign"
    """A verifier's own sign, for holders to scan."""
    PAGE = "page"
    """Another public page of ours: somebody's card, the rating of a slip."""
    FOREIGN = "foreign"


@dataclass(frozen=True)
class Scanned:
    """What was scanned or typed; `value` is the token, an offline code's text, or a page's path."""

    what: What
    value: str = ""


def read_scanned(text: str, *, origin: str) -> Scanned:
    """Say what *text* is; *origin* is where our own addresses begin."""
    text = text.strip()
    if text.startswith(PREFIX):
        return Scanned(What.OFFLINE, text)
    path = _own_path(text, origin)
    if path is not None:
        return _by_path(path)
    live = read_live(text) if len(text) == TOKEN_LENGTH else None
    if live is not None:
        return Scanned(What.LIVE, live)
    return _paper(text)


def for_showing(text: str) -> str:
    """Return a stranger's text as it may stand on a page: short, on one line, nothing unseen."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    short = " ".join(plain.split())
    return short if len(short) <= LONGEST_SHOWN else short[: LONGEST_SHOWN - 1] + "…"


def _own_path(text: str, origin: str) -> str | None:
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    ours = f"{parts.scheme}://{parts.netloc.lower()}" == origin.lower()
    return parts.path if ours else None


def _by_path(path: str) -> Scanned:
    if path.startswith(LIVE_PATH):
        return Scanned(What.LIVE, path.removeprefix(LIVE_PATH))
    if path.startswith(_PAPER_PATH):
        return _paper(path.removeprefix(_PAPER_PATH))
    if path.startswith(SIGN_PATH) and looks_like_sign(path.removeprefix(SIGN_PATH)):
        return Scanned(What.SIGN, path.removeprefix(SIGN_PATH))
    if _OTHER_PAGES.fullmatch(path):
        return Scanned(What.PAGE, path)
    return Scanned(What.FOREIGN)


def _paper(text: str) -> Scanned:
    claim = read_paper(text)
    if claim is None:
        return Scanned(What.FOREIGN)
    return Scanned(What.PAPER, claim.code if claim.check is None else f"{claim.code}-{claim.check}")
