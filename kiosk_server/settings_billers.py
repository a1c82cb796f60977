"""
Through whom billers are asked, from one file (生活缴费): `KIOSK_BILLERS`.

    [water]                   a partner, by the name that `bills/data/billers.toml` gives it
    address = "https://…"     unit = "收款机构编码"     key_file = "…"      32 bytes in base64

Files are named from the folder of this one. Keys stay in files of their own, so that their
readers can be few.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kiosk_server.settings_reader import as_key

_PARTS = ("address", "unit", "key_file")


@dataclass(frozen=True)
class BillerTerms:
    """One partner: where it is, which unit we are there, and the key of both sides."""

    address: str
    unit: str
    key: bytes = field(repr=False)


@dataclass(frozen=True)
class BillerSettings:
    """Who is connected, by name; `simulated` lets all others be played."""

    simulated: bool = False
    partners: Mapping[str, BillerTerms] = field(default_factory=dict)

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where money is booked."""
        return tuple(terms.address for terms in self.partners.values())


SIMULATED_BILLERS = BillerSettings(simulated=True)


def as_billers(text: str) -> BillerSettings:
    """Return the partners that `none`, `simulated` or a file names; `ValueError` says the fault."""
    if text == "none":
        return BillerSettings()
    if text == "simulated":
        return SIMULATED_BILLERS
    path = Path(text)
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise ValueError(f"{path}: cannot be read") from None
    except tomllib.TOMLDecodeError as fault:
        raise ValueError(f"{path}: {fault}") from None
    if not told:
        raise ValueError(f"{path}: names no partner")
    return BillerSettings(partners={name: _terms(path, name, each) for name, each in told.items()})


def _terms(path: Path, name: str, told: object) -> BillerTerms:
    if not isinstance(told, dict) or set(told) != set(_PARTS):
        raise ValueError(f"{path}: [{name}] needs {', '.join(_PARTS)}, and nothing else")
    address, unit, key_file = (str(told[part]).strip() for part in _PARTS)
    if not address.startswith(("https://", "http://127.0.0.1:")):
        raise ValueError(f"{path}: [{name}] address must begin with https://")
    if not unit:
        raise ValueError(f"{path}: [{name}] needs unit")
    try:
        key = (path.parent / key_file).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise ValueError(f"{path}: [{name}] cannot read {key_file}") from None
    return BillerTerms(address.rstrip("/"), unit, as_key(key))
