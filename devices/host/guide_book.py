"""The public guides (办事指南) and sites as this terminal keeps them, read from a bundle.

Words are language -> text with `zh` always there; what a later server adds is passed over.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

VERSION = 1
FACTS = ("bring", "for_whom", "limit", "outcome", "fee", "elsewhere", "where")
"""Facts that this terminal has labels for, most wanted first."""
_CODE = re.compile(r"[0-9A-Za-z._-]{1,64}\Z")
_CLOCK = re.compile(r"([01]\d|2[0-4]):[0-5]\d\Z")
_Value = TypeVar("_Value")
Words = Mapping[str, str]


class BundleFault(ValueError):
    """The bundle is not what the wire promises; the text names the field."""


@dataclass(frozen=True, slots=True)
class Hours:
    """When a site is open on some days, Beijing time as HH:MM; days from Monday = 1."""

    days: tuple[int, ...]
    opens: str
    closes: str


@dataclass(frozen=True, slots=True)
class Site:
    """A site and how many other terminals stand there."""

    id: str
    names: Words
    addresses: Words
    phone: str
    hours: tuple[Hours, ...]
    machines: int


@dataclass(frozen=True, slots=True)
class Guide:
    """What is to be known of one service before one sets out."""

    code: str
    edition: str
    sample: bool
    names: Words
    body: Words
    facts: Mapping[str, Words]
    handled_here: bool
    window_site: str
    window_desk: Words


@dataclass(frozen=True, slots=True)
class GuideBook:
    """Everything of one edition. `sites` stand nearest first, the terminal's own before them."""

    guides: tuple[Guide, ...]
    sites: tuple[Site, ...]

    @property
    def here(self) -> Site | None:
        """The site at which the terminal stands, as the server has it now."""
        return next(iter(self.sites), None)

    def guide(self, code: str) -> Guide | None:
        """The guide with *code*."""
        return next((guide for guide in self.guides if guide.code == code), None)

    def site(self, site_id: str) -> Site | None:
        """The site called *site_id*."""
        return next((site for site in self.sites if site.id == site_id), None)


def read_bundle(content: bytes) -> GuideBook:
    """Read the content of GET guides; raises `BundleFault`."""
    try:
        found = json.loads(content)
    except ValueError as fault:
        raise BundleFault("not JSON") from fault
    bundle = _object(found, "bundle")
    if bundle.get("version") != VERSION:
        raise BundleFault("version: is not one this terminal reads")
    return GuideBook(_each(bundle, "guides", _guide), _each(bundle, "sites", _site))


def _guide(found: Mapping[str, object]) -> Guide:
    window = _object(found.get("window"), "window")
    facts = dict(_each(found, "facts", _fact))
    return Guide(
        code=_code(found, "code"),
        edition=_code(found, "edition"),
        sample=_field(found, "sample", bool),
        names=_words(found, "names"),
        body=_words(found, "body"),
        facts={code: facts[code] for code in FACTS if code in facts},
        handled_here=_field(found, "handled_here", bool),
        window_site=_code(window, "site"),
        window_desk=_words(window, "desk"),
    )


def _fact(found: Mapping[str, object]) -> tuple[str, Words]:
    return _code(found, "code"), _words(found, "words")


def _site(found: Mapping[str, object]) -> Site:
    return Site(
        id=_code(found, "id"),
        names=_words(found, "names"),
        addresses=_words(found, "addresses"),
        phone=_field(found, "phone", str),
        hours=_each(found, "hours", _hours),
        machines=_field(found, "machines", int),
    )


def _hours(found: Mapping[str, object]) -> Hours:
    days = _field(found, "days", list)
    if not days or not all(type(day) is int and 1 <= day <= 7 for day in days):
        raise BundleFault("days: must be days of the week")
    opens, closes = (_field(found, name, str) for name in ("opens", "closes"))
    if not _CLOCK.match(opens) or not _CLOCK.match(closes):
        raise BundleFault("opens, closes: must be HH:MM")
    return Hours(tuple(sorted(days)), opens, closes)


def _each(
    found: Mapping[str, object], name: str, read: Callable[[Mapping[str, object]], _Value]
) -> tuple[_Value, ...]:
    return tuple(read(_object(each, f"{name}[]")) for each in _field(found, name, list))


def _words(found: Mapping[str, object], name: str) -> Words:
    words = _object(found.get(name), name)
    texts = {key: text for key, text in words.items() if isinstance(text, str) and text}
    if "zh" not in texts:
        raise BundleFault(f"{name}: must have words in zh")
    return texts


def _code(found: Mapping[str, object], name: str) -> str:
    # Codes become parts of addresses.
    code = _field(found, name, str)
    if not _CODE.match(code) or set(code) == {"."}:
        raise BundleFault(f"{name}: must be a code")
    return code


def _object(found: object, what: str) -> Mapping[str, object]:
    if not isinstance(found, dict):
        raise BundleFault(f"{what}: must be an object")
    return found


def _field(found: Mapping[str, object], name: str, kind: type[_Value]) -> _Value:
    value = found.get(name)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise BundleFault(f"{name}: must be {kind.__name__}")
    return value
