"""Who this terminal is: its key, made here and never leaving, and what enrolment gave it."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from devices.host.durable_file import write_durably

_KEY_FILE = "terminal-key.pem"
_IDENTITY_FILE = "identity.json"
_DAMAGED = ".damaged"


@dataclass(frozen=True)
class Identity:
    """An enrolled terminal: its number, its key's id at the server, and where it stands."""

    terminal: str
    key_id: str
    server_origin: str
    site_name: str
    site_place: str
    private_key: Ed25519PrivateKey = field(repr=False)


class IdentityError(Exception):
    """The identity on disk cannot be used; the text says which file and why, never its content."""


def private_key(state: Path) -> Ed25519PrivateKey:
    """Return the terminal's key, made on first use and kept in *state* with mode 0600.

    Raises `IdentityError` when the file is unreadable or open to others.
    """
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = state / _KEY_FILE
    if not path.exists():
        pem = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        write_durably(path, pem)
    return _read_key(path)


def load(state: Path) -> Identity | None:
    """Return the identity kept in *state*, or None while the terminal is not enrolled.

    Raises `IdentityError` when files are there but damaged.
    """
    path = state / _IDENTITY_FILE
    if not path.exists():
        return None
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return Identity(
            terminal=kept["terminal"],
            key_id=kept["key_id"],
            server_origin=kept["server_origin"],
            site_name=kept["site_name"],
            site_place=kept["site_place"],
            private_key=_read_key(state / _KEY_FILE),
        )
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise IdentityError(f"{path} is damaged ({type(fault).__name__})") from fault


def readable(state: Path) -> Identity | None:
    """Return the identity in *state* if there is one that can be used, else None."""
    try:
        return load(state)
    except IdentityError:
        return None


def keep(state: Path, identity: Identity) -> None:
    """Write *identity* beside its key; survives a power cut once it returns."""
    facts = {
        "terminal": identity.terminal,
        "key_id": identity.key_id,
        "server_origin": identity.server_origin,
        "site_name": identity.site_name,
        "site_place": identity.site_place,
    }
    text = json.dumps(facts, ensure_ascii=False, indent=2) + "\n"
    write_durably(state / _IDENTITY_FILE, text.encode())


def set_aside(state: Path) -> None:
    """Put key and identity out of the way, under names that end in `.damaged`, so that the terminal
    can be enrolled anew with a key of its own making; nothing is deleted."""
    for name in (_IDENTITY_FILE, _KEY_FILE):
        path = state / name
        if path.exists():
            path.replace(path.with_name(name + _DAMAGED))


def public_bytes(key: Ed25519PrivateKey) -> bytes:
    """The 32 raw bytes of the public half."""
    return key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def _read_key(path: Path) -> Ed25519PrivateKey:
    try:
        if path.stat().st_mode & 0o077:
            raise IdentityError(f"{path} is open to others; chmod 600 or enrol anew")
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError) as fault:
        raise IdentityError(f"{path} cannot be read ({type(fault).__name__})") from fault
    if not isinstance(key, Ed25519PrivateKey):
        raise IdentityError(f"{path} is not an Ed25519 key")
    return key
