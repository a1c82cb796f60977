"""
How variables of the environment are read: one after the other, every fault kept until the end.

The parsers raise `ValueError` with what a value must be, in words for whoever runs the server.
"""

import base64
import binascii
from collections.abc import Callable, Mapping
from datetime import time
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")


class Reader:
    """Reads variables one by one and keeps what is wrong with each."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._known: set[str] = {"KIOSK_PORT"}
        self.faults: list[str] = []

    def value(self, name: str, parse: Callable[[str], T], default: T) -> T:
        """Return the variable called *name* without its prefix; *default* where it is not set."""
        variable = f"KIOSK_{name}"
        self._known.add(variable)
        text = self._environment.get(variable, "").strip()
        if not text:
            return default
        try:
            return parse(text)
        except ValueError as fault:
            self.faults.append(f"{variable}: {fault}")
            return default

    def choice(self, name: str, choices: tuple[str, ...], default: str) -> str:
        """Return a variable that is one of *choices*."""

        def parse(text: str) -> str:
            if text not in choices:
                raise ValueError(f"must be one of {', '.join(choices)}")
            return text

        return self.value(name, parse, default)

    def counts(self, default: object, names: tuple[str, ...]) -> dict[str, Any]:
        """Return whole numbers by the names of *default*'s fields, which hold their defaults."""
        return {name: self.value(name.upper(), as_count, getattr(default, name)) for name in names}

    def default_origin(self) -> str:
        """Return the address of a server on this machine."""
        return f"http://127.0.0.1:{self._environment.get('KIOSK_PORT', '8000')}"

    def refuse_unknown(self) -> None:
        """Name each variable of ours that was never asked for."""
        # A misspelt name would otherwise leave its default in force, in silence.
        tests_own = ("KIOSK_TEST_",)
        for variable in sorted(self._environment):
            if (
                variable.startswith("KIOSK_")
                and not variable.startswith(tests_own)
                and variable not in self._known
            ):
                self.faults.append(f"{variable}: there is no such setting")


def as_origin(text: str) -> str:
    """Return an origin: scheme and host, no path."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path not in ("", "/"):
        raise ValueError("must be an origin such as https://fuwu.example.cn")
    return f"{parts.scheme}://{parts.netloc}"


def as_database_url(text: str) -> str:
    """Return the address of a database, with the driver that this product uses."""
    if text.startswith("postgresql://"):
        text = text.replace("postgresql://", "postgresql+psycopg://", 1)
    if not text.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError("must begin with sqlite:/// or postgresql://")
    return text


def as_long_secret(text: str) -> str:
    """Return a secret of 32 characters and more."""
    if len(text) < 32:
        raise ValueError("must have at least 32 characters")
    return text


def as_key(text: str) -> bytes:
    """Return 32 bytes given in base 64."""
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("must be base64") from None
    if len(key) != 32:
        raise ValueError("must be 32 bytes in base64")
    return key


def as_field_keys(text: str) -> Mapping[str, bytes]:
    """Return keys by their ids, in the order given."""
    keys: dict[str, bytes] = {}
    for pair in text.split(","):
        name, colon, value = pair.strip().partition(":")
        if not colon or not name.isalnum() or len(name) > 8:
            raise ValueError("must be a list such as k1:BASE64,k2:BASE64")
        keys[name] = as_key(value)
    return keys


def as_folder(text: str) -> Path:
    """Return a folder that is there."""
    folder = Path(text)
    if not folder.is_dir():
        raise ValueError("must be a folder that is there")
    return folder


def as_count(text: str) -> int:
    """Return a whole number, 0 and more."""
    if not text.isdecimal():
        raise ValueError("must be a whole number")
    return int(text)


def as_simulated_or_url(text: str) -> str:
    """Return `simulated` or an address."""
    if text != "simulated" and not text.startswith(("http://", "https://")):
        raise ValueError("must be `simulated` or an address")
    return text


def as_partner(text: str) -> str:
    """Return `none`, `simulated` or an address."""
    return text if text == "none" else as_simulated_or_url(text)


def as_levels(text: str) -> Mapping[str, str]:
    """Return what a partner calls its levels of assurance, and ours."""
    levels = dict(pair.strip().partition("=")[::2] for pair in text.split(","))
    if not set(levels.values()) <= {"number", "named", "checked"}:
        raise ValueError("must be a list such as L1=number,L2=named,L3=checked")
    return levels


def as_nights(text: str) -> Mapping[str, tuple[time, time]]:
    """Return from when until when sources sleep, by name."""
    nights: dict[str, tuple[time, time]] = {}
    for night in text.split(","):
        name, _, hours = night.strip().partition("=")
        falls_asleep, dash, wakes = hours.partition("-")
        try:
            nights[name] = (time.fromisoformat(falls_asleep), time.fromisoformat(wakes))
        except ValueError:
            dash = ""
        if not name.isidentifier() or not dash or nights[name][0] >= nights[name][1]:
            raise ValueError("must be a list such as real_estate=02:00-06:00")
    return nights


def as_paths(text: str) -> tuple[Path, ...]:
    """Return folders, given with `:` between them."""
    return tuple(Path(part) for part in text.split(":"))
