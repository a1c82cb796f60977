"""
What the server is told from outside, checked whole before anything starts.

Every variable begins with `KIOSK_`. All faults are named at once, in words; production refuses
to start with a development secret, without a public address, with made-up records, or with one
machine's files behind several servers.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import time
from pathlib import Path

from kiosk_server.settings_billers import SIMULATED_BILLERS, BillerSettings, as_billers
from kiosk_server.settings_couriers import CourierSettings, courier_faults, read_couriers
from kiosk_server.settings_payments import SIMULATED, PaymentTerms, as_payments
from kiosk_server.settings_reader import (
    Reader,
    as_database_url,
    as_field_keys,
    as_folder,
    as_key,
    as_levels,
    as_long_secret,
    as_nights,
    as_origin,
    as_partner,
    as_paths,
    as_simulated_or_url,
)
from kiosk_server.settings_region_desk import (
    RegionDeskSettings,
    read_region_desk,
    region_desk_faults,
)

ROOT = Path(__file__).resolve().parent.parent
DEVELOPMENT_SECRET = "for-development-only-never-in-production"  # noqa: S105 - refused below
DEVELOPMENT_KEY = base64.b64encode(b"for-development-only-32-bytes-k1").decode()

COUNTS = (
    "trusted_proxies",
    "servers",
    "certificates_kept_hours",
    "show_code_seconds",
    "show_code_refresh_seconds",
    "show_codes_alive",
    "uses_kept_days",
    "offline_code_minutes",
    "status_list_hours",
    "trust_list_days",
    "issuer_key_announced_days",
    "issuer_key_days",
    "issuer_key_retiring_days",
    "copies_kept_days",
    "evidence_kept_days",
    "booking_hold_minutes",
    "booking_offer_minutes",
    "booking_days_ahead",
    "bookings_per_day",
    "bookings_at_once",
)
"""Fields that are whole numbers; each is read from the variable of its name in capitals."""


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
    region_desk: RegionDeskSettings = field(default_factory=RegionDeskSettings)
    """The region's unified booking and the platform's hall management."""
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
    offline_code_minutes: int = 15
    """How long one offline code of a batch serves."""
    status_list_hours: int = 24
    """How long a verifier without a network may rely on a status list."""
    trust_list_days: int = 7
    issuer_key_announced_days: int = 14
    issuer_key_days: int = 90
    """How long an issuer key signs; the next one is announced so much earlier."""
    issuer_key_retiring_days: int = 30
    copies_kept_days: int = 30
    """How long the files of an annotated copy are kept after its last day."""
    evidence_kept_days: int = 180
    """How long the files of an objection are kept after its answer."""
    booking_hold_minutes: int = 5
    """How long a place is kept for who has chosen it and not said yes."""
    booking_offer_minutes: int = 30
    booking_days_ahead: int = 14
    bookings_per_day: int = 2
    bookings_at_once: int = 4
    """How many bookings one person may have ahead of him."""
    map_shapes: Path | None = None
    """A folder of GeoJSON with the divisions' shapes; without one the map is a list."""
    couriers: CourierSettings = field(default_factory=CourierSettings)
    payments: PaymentTerms = SIMULATED
    """Who takes money: `none`, `simulated`, or a file that names the channels. Production has no
    cashier that only plays one: there `simulated` means none."""
    billers: BillerSettings = SIMULATED_BILLERS
    """Through whom bills are asked and booked: `none`, `simulated`, or a file that names the
    partners. Production has no biller that only plays one: there `simulated` means none."""
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
        reader = Reader(environment)
        default = cls()
        settings = cls(
            environment=reader.choice("ENVIRONMENT", ("development", "production"), "development"),
            public_origin=reader.value("PUBLIC_ORIGIN", as_origin, reader.default_origin()),
            database_url=reader.value("DATABASE_URL", as_database_url, default.database_url),
            instance=reader.value("INSTANCE", Path, default.instance),
            secret=reader.value("SECRET", as_long_secret, default.secret),
            field_keys=reader.value("FIELD_KEYS", as_field_keys, default.field_keys),
            index_key=reader.value("INDEX_KEY", as_key, default.index_key),
            audit_key=reader.value("AUDIT_KEY", as_key, default.audit_key),
            command_keys=reader.value("COMMAND_KEYS", as_field_keys, default.command_keys),
            files=reader.choice("FILES", ("directory", "database"), default.files),
            records=reader.value("RECORDS", as_simulated_or_url, default.records),
            records_key=reader.value("RECORDS_KEY", as_key, default.records_key),
            records_asleep=reader.value("RECORDS_ASLEEP", as_nights, default.records_asleep),
            certificates=reader.value("CERTIFICATES", as_partner, default.certificates),
            certificates_id=reader.value("CERTIFICATES_ID", str, default.certificates_id),
            certificates_token=reader.value(
                "CERTIFICATES_TOKEN", as_long_secret, default.certificates_token
            ),
            certificates_key=reader.value("CERTIFICATES_KEY", as_key, default.certificates_key),
            digests=reader.choice("DIGESTS", ("sha-256", "sm3"), default.digests),
            region=reader.value("REGION", as_partner, default.region),
            region_client=reader.value("REGION_CLIENT", str, default.region_client),
            region_secret=reader.value("REGION_SECRET", as_long_secret, default.region_secret),
            region_levels=reader.value("REGION_LEVELS", as_levels, default.region_levels),
            mini_program=reader.value("MINI_PROGRAM", as_partner, default.mini_program),
            mini_program_app=reader.value("MINI_PROGRAM_APP", str, default.mini_program_app),
            mini_program_secret=reader.value(
                "MINI_PROGRAM_SECRET", as_long_secret, default.mini_program_secret
            ),
            map_shapes=reader.value("MAP_SHAPES", as_folder, default.map_shapes),
            couriers=read_couriers(reader),
            payments=reader.value("PAYMENTS", as_payments, default.payments),
            billers=reader.value("BILLERS", as_billers, default.billers),
            help_phone=reader.value("HELP_PHONE", str, default.help_phone),
            region_desk=read_region_desk(reader),
            metrics_token=reader.value("METRICS_TOKEN", as_long_secret, default.metrics_token),
            font_directories=reader.value("FONTS", as_paths, default.font_directories),
        )
        settings = replace(settings, **reader.counts(default, COUNTS))
        reader.refuse_unknown()
        reader.faults += _key_faults(settings)
        if settings.production:
            reader.faults += region_desk_faults(settings.region_desk)
        reader.faults += courier_faults(settings.couriers, production=settings.production)
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
    if any(address.startswith("http://") for address in settings.payments.addresses):
        faults.append("KIOSK_PAYMENTS: production asks for money over https:// alone")
    if any(address.startswith("http://") for address in settings.billers.addresses):
        faults.append("KIOSK_BILLERS: production has bills booked over https:// alone")
    if settings.certificates.startswith("http://"):
        faults.append("KIOSK_CERTIFICATES: production asks for certificates over https:// alone")
    faults += _sign_in_faults(settings)
    return faults + _shared_key_faults(settings) + _several_servers_faults(settings)


def _key_faults(settings: Settings) -> list[str]:
    faults = []
    if not 1 <= settings.offline_code_minutes <= 60:
        faults.append("KIOSK_OFFLINE_CODE_MINUTES: must be between 1 and 60")
    if settings.status_list_hours < 1 or settings.trust_list_days < 1:
        faults.append("KIOSK_STATUS_LIST_HOURS, _TRUST_LIST_DAYS: must be 1 or more")
    # Whoever holds a list in force must never meet a key that it does not name.
    if settings.issuer_key_announced_days <= settings.trust_list_days:
        faults.append("KIOSK_ISSUER_KEY_ANNOUNCED_DAYS: must exceed KIOSK_TRUST_LIST_DAYS")
    if settings.issuer_key_days <= settings.issuer_key_announced_days:
        faults.append("KIOSK_ISSUER_KEY_DAYS: must exceed KIOSK_ISSUER_KEY_ANNOUNCED_DAYS")
    if settings.issuer_key_retiring_days <= settings.trust_list_days:
        faults.append("KIOSK_ISSUER_KEY_RETIRING_DAYS: must exceed KIOSK_TRUST_LIST_DAYS")
    return faults


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
