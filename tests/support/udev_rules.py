"""
As much of udev's rules as the terminal's use, read strictly: what would be ignored with a warning
in the journal of a machine is an error here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

_TOKEN = re.compile(r'\s*([A-Z]+)(?:\{([A-Za-z0-9_]+)\})?(==|!=|\+=|=)"([^"]*)"\s*(,|$)')
_MATCHED = {"ACTION", "SUBSYSTEM", "KERNEL", "ENV", "ATTR", "ATTRS"}
_ASSIGNED = {
    "ENV": "=",
    "ATTR": "=",
    "SYMLINK": "+=",
    "GROUP": "=",
    "MODE": "=",
    "GOTO": "=",
    "LABEL": "=",
}


@dataclass(frozen=True)
class Token:
    """One condition or assignment of a rule."""

    key: str
    attribute: str
    operator: str
    value: str

    @property
    def is_match(self) -> bool:
        """Say whether it asks, as against sets."""
        return self.operator in ("==", "!=")


@dataclass
class Device:
    """A device as udev sees it; `links`, `group`, `mode` and `written` (attributes of the device
    itself) are what rules gave it."""

    subsystem: str
    kernel: str
    properties: dict[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    action: str = "add"
    links: list[str] = field(default_factory=list)
    group: str = ""
    mode: str = ""
    written: dict[str, str] = field(default_factory=dict)

    def value(self, token: Token) -> str:
        """Return what a condition looks at, empty if the device has no such thing."""
        match token.key:
            case "ENV":
                return self.properties.get(token.attribute, "")
            case "ATTR" | "ATTRS":
                return self.attributes.get(token.attribute, "")
            case "ACTION":
                return self.action
            case "SUBSYSTEM":
                return self.subsystem
        return self.kernel


def read(file: Path) -> list[list[Token]]:
    """Return the rules of *file*; raises ValueError for a line that udev would not understand."""
    return [
        _rule(line, number)
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if line.strip() and not line.startswith("#")
    ]


def apply(rules: list[list[Token]], device: Device) -> Device:
    """Carry the rules out on *device* and return it; raises ValueError for a label too few."""
    waiting_for = ""
    for rule in rules:
        if waiting_for and Token("LABEL", "", "=", waiting_for) not in rule:
            continue
        waiting_for = ""
        if all(_holds(token, device) for token in rule if token.is_match):
            for token in rule:
                if token.key == "GOTO":
                    waiting_for = token.value
                elif not token.is_match:
                    _assign(token, device)
    if waiting_for:
        raise ValueError(f"no label {waiting_for}")
    return device


def _rule(line: str, number: int) -> list[Token]:
    tokens, at = [], 0
    while at < len(line):
        found = _TOKEN.match(line, at)
        if found is None:
            raise ValueError(f"line {number}: {line[at:]}")
        token = Token(found[1], found[2] or "", found[3], found[4])
        fits = token.key in _MATCHED if token.is_match else _ASSIGNED.get(token.key) == found[3]
        if not fits or (token.key in ("ENV", "ATTR", "ATTRS")) is not bool(token.attribute):
            raise ValueError(f"line {number}: {found[0]}")
        tokens.append(token)
        at = found.end()
    return tokens


def _holds(token: Token, device: Device) -> bool:
    value = device.value(token)
    found = any(fnmatchcase(value, pattern) for pattern in token.value.split("|"))
    return found is (token.operator == "==")


def _assign(token: Token, device: Device) -> None:
    match token.key:
        case "ENV":
            device.properties[token.attribute] = token.value
        case "ATTR":
            device.written[token.attribute] = token.value
        case "SYMLINK":
            device.links.append(token.value)
        case "GROUP":
            device.group = token.value
        case "MODE":
            device.mode = token.value
