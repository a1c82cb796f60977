"""
What the server is told from outside, checked whole before anything starts.

Every variable begins with `KIOSK_`. All faults are named at once, in words; production refuses
to start with a development secret, without a public address, with made-up records, or with one
machine's files behind several servers.
"""

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
DEVELOPMENT_SECRET = "for-development-only-never-in-production"  # noqa: S105 - refused below
DEVELOPMENT_KEY = base64.b64encode(b"for-development-only-32-bytes-k1").decode()

T = TypeVar("T")


class SettingsFault(Exception):
    """One or more variables are missing or wrong; the text lists every one of them."""


@dataclass(frozen=True)
class Settings:
    """Everything the server is told from outside. Tests build it directly."""

    environment: str = "development"
    public_origin: str = "http://127.0.0.1:8000"
    database_url: str = f"sqlite:///{ROOT / 'instance' / 'kiosk.sqlite3'}"
    instance: Path = ROOT / "instance"
    secret: str = DEVELOPMENT_SECRET
    """Signs the form tokens of browsers."""
    field_keys: Mapping[str, bytes] = field(
        default_factory=lambda: {"k1": base64.b64decode(DEVELOPMENT_KEY)}
    )
    """Key id -> 32 bytes. The last one seals new fields; the others still open old ones."""
    index_key: bytes = b"for-development-only-index-key-1"
    """Keys blind indexes, short codes and document codes; rotated only by re-indexing."""
    audit_key: bytes = b"for-development-only-audit-key-1"
    """Keys the audit chain; it is never stored in the database."""
    command_keys: Mapping[str, bytes] = field(
        default_factory=lambda: {"c1": b"for-development-only-command-k-1"}
    )
    """Key id -> 32 bytes, the seed of an Ed25519 key. The last one signs commands to terminals; the
    others only vouch for it, so that a terminal which has pinned one of them learns of it."""
    trusted_proxies: int = 0
    servers: int = 1
    files: str = "directory"
    """Where encrypted blobs live: `directory` (one server) or `database`."""
    records: str = "simulated"
    """Source of the departments' records: `simulated`, or the base URL of the HTTP service."""
    records_key: bytes = b"for-development-only-records-key"
    records_asleep: Mapping[str, tuple[time, time]] = field(default_factory=dict)
    """Simulated sources by name, and from when until when they sleep, Beijing time."""
    certificates: str = "simulated"
    """The departments' sharing service: `simulated`, `none`, or its base URL. Production has no
    made-up certificates: there `simulated` means none."""
    certificates_id: str = "development"
    certificates_token: str = "development-certificates-token-32"  # noqa: S105 - refused below
    certificates_key: bytes = b"for-development-only-sm2-key-k-1"
    """The SM2 key with which its answers open."""
    certificates_kept_hours: int = 24
    """How long what departments told is kept before they are asked again."""
    digests: str = "sha-256"
    """Algorithm of documents' digests: `sha-256` or `sm3`."""
    region: str = "simulated"
    """The region's sign-in: `none`, `simulated`, or the address of its OpenID Connect issuer."""
    region_client: str = ""
    region_secret: str = ""
    region_levels: Mapping[str, str] = field(default_factory=dict)
    """What the region calls its levels of assurance -> ours."""
    mini_program: str = "simulated"
    """The messenger of the mini program: `none`, `simulated`, or its address."""
    mini_program_app: str = ""
    mini_program_secret: str = ""
    show_code_seconds: int = 60
    show_code_refresh_seconds: int = 45
    show_codes_alive: int = 3
    uses_kept_days: int = 180
    """How long the holder's log keeps a look, where its scene does not ask for less."""
    help_phone: str = "12345"
    metrics_token: str = "development-metrics"  # noqa: S105 - refused below in production
    font_directories: tuple[Path, ...] = (Path("/usr/share/fonts/truetype/hanazono"),)

    @property
    def production(self) -> bool:
        """Whether people depend on this server: no development doors, no simulated secrets."""
        return self.environment == "production"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Return the settings that *environment* describes; `SettingsFault` names every fault."""
        reader = _Reader(environment)
        default = cls()
        settings = cls(
            environment=reader.choice("ENVIRONMENT", ("development", "production"), "development"),
            public_origin=reader.value("PUBLIC_ORIGIN", _origin, reader.default_origin()),
            database_url=reader.value("DATABASE_URL", _database_url, default.database_url),
            instance=reader.value("INSTANCE", Path, default.instance),
            secret=reader.value("SECRET", _long_secret, default.secret),
            field_keys=reader.value("FIELD_KEYS", _field_keys, default.field_keys),
            index_key=reader.value("INDEX_KEY", _key, default.index_key),
            audit_key=reader.value("AUDIT_KEY", _key, default.audit_key),
            command_keys=reader.value("COMMAND_KEYS", _field_keys, default.command_keys),
            trusted_proxies=reader.value("TRUSTED_PROXIES", _count, default.trusted_proxies),
            servers=reader.value("SERVERS", _count, default.servers),
            files=reader.choice("FILES", ("directory", "database"), default.files),
            records=reader.value("RECORDS", _simulated_or_url, default.records),
            records_key=reader.value("RECORDS_KEY", _key, default.records_key),
            records_asleep=reader.value("RECORDS_ASLEEP", _nights, default.records_asleep),
            certificates=reader.value("CERTIFICATES", _partner, default.certificates),
            certificates_id=reader.value("CERTIFICATES_ID", str, default.certificates_id),
            certificates_token=reader.value(
                "CERTIFICATES_TOKEN", _long_secret, default.certificates_token
            ),
            certificates_key=reader.value("CERTIFICATES_KEY", _key, default.certificates_key),
            certificates_kept_hours=reader.value(
                "CERTIFICATES_KEPT_HOURS", _count, default.certificates_kept_hours
            ),
            digests=reader.choice("DIGESTS", ("sha-256", "sm3"), default.digests),
            region=reader.value("REGION", _partner, default.region),
            region_client=reader.value("REGION_CLIENT", str, default.region_client),
            region_secret=reader.value("REGION_SECRET", _long_secret, default.region_secret),
            region_levels=reader.value("REGION_LEVELS", _levels, default.region_levels),
            mini_program=reader.value("MINI_PROGRAM", _partner, default.mini_program),
            mini_program_app=reader.value("MINI_PROGRAM_APP", str, default.mini_program_app),
            mini_program_secret=reader.value(
                "MINI_PROGRAM_SECRET", _long_secret, default.mini_program_secret
            ),
            show_code_seconds=reader.value("SHOW_CODE_SECONDS", _count, 60),
            show_code_refresh_seconds=reader.value("SHOW_CODE_REFRESH_SECONDS", _count, 45),
            show_codes_alive=reader.value("SHOW_CODES_ALIVE", _count, 3),
            uses_kept_days=reader.value("USES_KEPT_DAYS", _count, 180),
            help_phone=reader.value("HELP_PHONE", str, default.help_phone),
            metrics_token=reader.value("METRICS_TOKEN", _long_secret, default.metrics_token),
            font_directories=reader.value("FONTS", _paths, default.font_directories),
        )
        reader.refuse_unknown()
        faults = reader.faults + (
            _production_faults(settings, default) if settings.production else []
        )
        if faults:
            raise SettingsFault("The settings cannot be used:\n  " + "\n  ".join(faults))
        return settings


def _production_faults(settings: Settings, default: Settings) -> list[str]:
    development_key = default.field_keys["k1"]
    secrets = {
        "SECRET": settings.secret == default.secret,
        # An older key still opens what it sealed: the development key may not be among them.
        "FIELD_KEYS": development_key in settings.field_keys.values(),
        "INDEX_KEY": settings.index_key == default.index_key,
        "AUDIT_KEY": settings.audit_key == default.audit_key,
        "COMMAND_KEYS": default.command_keys["c1"] in settings.command_keys.values(),
        "METRICS_TOKEN": settings.metrics_token == default.metrics_token,
        "RECORDS_KEY": settings.records != "simulated"
        and settings.records_key == default.records_key,
    }
    if settings.certificates not in ("simulated", "none"):
        secrets["CERTIFICATES_TOKEN"] = settings.certificates_token == default.certificates_token
        secrets["CERTIFICATES_KEY"] = settings.certificates_key == default.certificates_key
    faults = [
        f"KIOSK_{name}: production needs a secret of its own"
        for name, same in secrets.items()
        if same
    ]
    if not settings.public_origin.startswith("https://"):
        faults.append("KIOSK_PUBLIC_ORIGIN: production needs an https:// address")
    if settings.records == "simulated":
        faults.append("KIOSK_RECORDS: production decides on real records, not on made-up people")
    elif not settings.records.startswith("https://"):
        faults.append("KIOSK_RECORDS: production sends identity numbers over https:// alone")
    if settings.certificates.startswith("http://"):
        faults.append("KIOSK_CERTIFICATES: production asks for certificates over https:// alone")
    faults += _sign_in_faults(settings)
    return faults + _shared_key_faults(settings) + _several_servers_faults(settings)


def _sign_in_faults(settings: Settings) -> list[str]:
    partners = {
        "REGION": (settings.region, settings.region_client, settings.region_secret),
        "MINI_PROGRAM": (
            settings.mini_program,
            settings.mini_program_app,
            settings.mini_program_secret,
        ),
    }
    faults = []
    for name, (address, known_as, secret) in partners.items():
        if address.startswith("http") and not (known_as and secret):
            faults.append(f"KIOSK_{name}: needs the name that it knows us by, and a secret")
        if address.startswith("http://"):
            faults.append(f"KIOSK_{name}: production signs people in over https:// alone")
    return faults


def _shared_key_faults(settings: Settings) -> list[str]:
    keys = [settings.index_key, settings.audit_key, settings.records_key]
    keys += [*settings.field_keys.values(), *settings.command_keys.values()]
    if len(set(keys)) == len(keys):
        return []
    names = "KIOSK_FIELD_KEYS, _INDEX_KEY, _AUDIT_KEY, _RECORDS_KEY, _COMMAND_KEYS"
    return [f"{names}: each needs a key of its own"]


def _several_servers_faults(settings: Settings) -> list[str]:
    faults = []
    if settings.servers > 1:
        if settings.database_url.startswith("sqlite"):
            faults.append("KIOSK_DATABASE_URL: several servers share PostgreSQL, not a file")
        if settings.files == "directory":
            faults.append(
                "KIOSK_FILES: several servers need `database`, a directory is one server's"
            )
    return faults


class _Reader:
    """Reads variables one by one and keeps what is wrong with each."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._known: set[str] = {"KIOSK_PORT"}
        self.faults: list[str] = []

    def value(self, name: str, parse: Callable[[str], T], default: T) -> T:
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
        def parse(text: str) -> str:
            if text not in choices:
                raise ValueError(f"must be one of {', '.join(choices)}")
            return text

        return self.value(name, parse, default)

    def default_origin(self) -> str:
        return f"http://127.0.0.1:{self._environment.get('KIOSK_PORT', '8000')}"

    def refuse_unknown(self) -> None:
        # A misspelt name would otherwise leave its default in force, in silence.
        tests_own = ("KIOSK_TEST_",)
        for variable in sorted(self._environment):
            if (
                variable.startswith("KIOSK_")
                and not variable.startswith(tests_own)
                and variable not in self._known
            ):
                self.faults.append(f"{variable}: there is no such setting")


def _origin(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path not in ("", "/"):
        raise ValueError("must be an origin such as https://fuwu.example.cn")
    return f"{parts.scheme}://{parts.netloc}"


def _database_url(text: str) -> str:
    if text.startswith("postgresql://"):
        text = text.replace("postgresql://", "postgresql+psycopg://", 1)
    if not text.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError("must begin with sqlite:/// or postgresql://")
    return text


def _long_secret(text: str) -> str:
    if len(text) < 32:
        raise ValueError("must have at least 32 characters")
    return text


def _key(text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("must be base64") from None
    if len(key) != 32:
        raise ValueError("must be 32 bytes in base64")
    return key


def _field_keys(text: str) -> Mapping[str, bytes]:
    keys: dict[str, bytes] = {}
    for pair in text.split(","):
        name, colon, value = pair.strip().partition(":")
        if not colon or not name.isalnum() or len(name) > 8:
            raise ValueError("must be a list such as k1:BASE64,k2:BASE64")
        keys[name] = _key(value)
    return keys


def _count(text: str) -> int:
    if not text.isdecimal():
        raise ValueError("must be a whole number")
    return int(text)


def _simulated_or_url(text: str) -> str:
    if text != "simulated" and not text.startswith(("http://", "https://")):
        raise ValueError("must be `simulated` or an address")
    return text


def _partner(text: str) -> str:
    return text if text == "none" else _simulated_or_url(text)


def _levels(text: str) -> Mapping[str, str]:
    levels = dict(pair.strip().partition("=")[::2] for pair in text.split(","))
    if not set(levels.values()) <= {"number", "named", "checked"}:
        raise ValueError("must be a list such as L1=number,L2=named,L3=checked")
    return levels


def _nights(text: str) -> Mapping[str, tuple[time, time]]:
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


def _paths(text: str) -> tuple[Path, ...]:
    return tuple(Path(part) for part in text.split(":"))
