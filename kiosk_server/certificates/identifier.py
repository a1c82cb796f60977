"""
Identifier of a certificate (电子证照标识, GB/T 36904): written, read, checked.

    1.2.156.3005.2.<T>.<I>.<S>.<V>.<C>

T is the type's code (the defining authority's unified code and three digits), I the issuer's code,
S a serial, V the version from 001, C the check over T, I, S and V: ISO 7064 MOD 37,36.
"""

import re
from dataclasses import dataclass

from kiosk_server.core.errors import FieldFault, Invalid

ROOT = "1.2.156.3005.2"
FIRST_VERSION = 1
LAST_VERSION = 999

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_TYPE = re.compile(r"[0-9A-Z]{18}[0-9]{3}")
_ISSUER = re.compile(r"[0-9A-Z]{18}|[0-9]{6}")
_SERIAL = re.compile(r"[0-9A-Z]{1,32}")
_VERSION = re.compile(r"[0-9]{3}")


@dataclass(frozen=True)
class Identifier:
    """One version of one certificate. Made by `build` or `parse`, never by hand."""

    type_code: str
    issuer_code: str
    serial: str
    version: int

    @property
    def text(self) -> str:
        """The identifier as it is exchanged, with its check."""
        parts = (self.type_code, self.issuer_code, self.serial, f"{self.version:03d}")
        return ".".join((ROOT, *parts, mod_37_36("".join(parts))))

    @property
    def without_version(self) -> tuple[str, str, str]:
        """What all versions of one certificate have in common."""
        return (self.type_code, self.issuer_code, self.serial)


def build(type_code: str, issuer_code: str, serial: str, version: int = FIRST_VERSION) -> str:
    """Return the identifier; `Invalid("identifier_invalid")` names the part that cannot stand.

    `issuer_code` is a unified code of 18 characters or, as real data has it, a division of six.
    """
    parts = {
        "type_code": _TYPE.fullmatch(type_code),
        "issuer_code": _ISSUER.fullmatch(issuer_code),
        "serial": _SERIAL.fullmatch(serial),
        "version": FIRST_VERSION <= version <= LAST_VERSION,
    }
    faults = [FieldFault(name, "identifier_part_unfit") for name, fits in parts.items() if not fits]
    if faults:
        raise Invalid("identifier_invalid", fields=faults)
    return Identifier(type_code, issuer_code, serial, version).text


def parse(text: str) -> Identifier:
    """Return what an identifier says; `Invalid("identifier_invalid")` where it can be none."""
    root, _, rest = text.partition(f"{ROOT}.")
    parts = rest.split(".")
    if root or len(parts) != 5:
        raise Invalid("identifier_invalid")
    type_code, issuer_code, serial, version, _ = parts
    shapes = ((_TYPE, type_code), (_ISSUER, issuer_code), (_SERIAL, serial), (_VERSION, version))
    if not all(shape.fullmatch(part) for shape, part in shapes) or int(version) < FIRST_VERSION:
        raise Invalid("identifier_invalid")
    found = Identifier(type_code, issuer_code, serial, int(version))
    if found.text != text:
        raise Invalid("identifier_invalid")
    return found


def mod_37_36(text: str) -> str:
    """Return the check character of `text` over 0-9 and A-Z (ISO 7064 MOD 37,36)."""
    sum_so_far = 36
    for character in text:
        sum_so_far = (sum_so_far + _ALPHABET.index(character)) % 36 or 36
        sum_so_far = sum_so_far * 2 % 37
    return _ALPHABET[(37 - sum_so_far) % 36]
