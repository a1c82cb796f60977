"""Offline codes of an unreal person's driving licence, and the lists that a verifier keeps."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from kiosk_server.audit.services import SYSTEM
from kiosk_server.certificates.models import Certificate
from kiosk_server.core.database import Database
from kiosk_server.credentials import codes, keys
from kiosk_server.credentials.lists import (
    Issuer,
    StatusList,
    TrustList,
    read_status_list,
    read_trust_list,
    write_status_list,
    write_trust_list,
)
from kiosk_server.credentials.offline import OfflineFacts, write
from kiosk_server.credentials.signers import Algorithm, SoftwareSigner, signer_of
from kiosk_server.credentials.status import MOST_BYTES, Status
from tests.support.wallets import FilledPlatform, licence, mother, opened

ORIGIN = "https://fuwu.example.cn"
ADDRESS = ORIGIN + "/status/1"
NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
PLACE = 77
FACTS = OfflineFacts(
    issuer=ORIGIN,
    kind="driving_licence",
    masked_name="阿***·测试",
    scene="transport",
    issued_at=NOON,
    not_before=NOON,
    expires_at=NOON + timedelta(minutes=15),
    place=PLACE,
    list_address=ADDRESS,
    code_id=b"8 bytes!",
    fields={"vehicle_class": "C1"},
)


def key(algorithm: Algorithm = Algorithm.ES256, seed: int = 1) -> SoftwareSigner:
    """A signer that is the same in every run."""
    return signer_of(algorithm, seed.to_bytes(32))


def trusting(*signers: SoftwareSigner, **changes: Any) -> TrustList:
    """A trust list of one issuer with these keys."""
    told: dict[str, Any] = {
        "version": 2,
        "issued_at": NOON,
        "next_update": NOON + timedelta(days=7),
        "issuers": (Issuer(ORIGIN, ADDRESS, tuple(each.public for each in signers)),),
    }
    return TrustList(**{**told, **changes})


def listed(signer: SoftwareSigner, **states: Status) -> bytes:
    """A signed status list; `p77=Status.REVOKED` is what stands at place 77."""
    head = StatusList(ADDRESS, NOON, NOON + timedelta(hours=24), b"")
    told = {int(name[1:]): state for name, state in states.items()}
    return write_status_list(signer, told, head, issuer=ORIGIN, ttl=60)


def all_good() -> StatusList:
    """A status list in force that speaks against nothing."""
    return StatusList(ADDRESS, NOON, NOON + timedelta(hours=24), bytes(MOST_BYTES))


def code(signer: SoftwareSigner | None = None, facts: OfflineFacts = FACTS) -> str:
    """A code as a QR shows it."""
    return write(signer or key(), facts)


def signed_trust(signer: SoftwareSigner, trust: TrustList) -> bytes:
    """A trust list as it is fetched."""
    return write_trust_list(signer, trust, issuer=ORIGIN)


@dataclass(frozen=True)
class Lists:
    """What a verifier fetched from a running house."""

    trust: TrustList
    statuses: StatusList


def fetched(database: Database) -> Lists:
    """Fetch both lists now, as for the first time."""
    with database.reading() as session:
        trust = read_trust_list(codes.trust_list(session, origin=ORIGIN), known=None)
        return Lists(trust, read_status_list(codes.status_list(session, origin=ORIGIN), trust))


def kept_licence(database: Database, **changes: Any) -> str:
    """Keep an unreal driving licence, with the house's first key; return the certificate's id."""
    platform = FilledPlatform()
    platform.hold("driving_licence", licence(**changes))
    wallet = opened(database, platform, mother(database))
    with database.unit_of_work() as session:
        keys.rotate(session, by=SYSTEM)
    found = [entry for entry in wallet.entries if entry.type.id == "driving_licence"]
    return found[0].certificates[0].id


def issue(database: Database, certificate_id: str, **changes: Any) -> list[codes.OfflineCode]:
    """Fetch codes as a phone does, in the scene of travelling."""
    told = {"scene_id": "transport", "origin": ORIGIN, "count": 1, "by": SYSTEM}
    with database.unit_of_work() as session:
        certificate = session.get_one(Certificate, certificate_id)
        return codes.issue_codes(session, certificate, **{**told, **changes})
