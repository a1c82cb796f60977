"""
A holder's wallet (证照夹): for each type what is here, or why not and whom to ask. Nothing here
asks departments or writes; `wallet_keeping` does.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from kiosk_server.certificates.certificate_types import (
    CertificateType,
    Department,
    certificate_types,
)
from kiosk_server.certificates.holders import Holder, HolderKind, holder_of
from kiosk_server.certificates.lives import CertificateState
from kiosk_server.certificates.models import Certificate, PlatformFinding
from kiosk_server.certificates.rules import Standing, Verdict, judge
from kiosk_server.certificates.services import HERE, PLATFORM
from kiosk_server.core import clock
from kiosk_server.core.database import canonical_json, keyring_of

SOON_DAYS = 60
"""From when a wallet says that a certificate ends soon."""
GONE = (CertificateState.SUPERSEDED, CertificateState.CANCELLED, CertificateState.RESCINDED)
"""Ends after which a wallet no longer shows it; what was taken away stays visible."""


class Result(StrEnum):
    """What became of looking for one type."""

    HERE = "here"
    SOURCE_DOWN = "source_down"
    NOT_FOUND = "not_found"
    NOT_YET_ELECTRONIC = "not_yet_electronic"
    NOT_ASKED = "not_asked"
    """Departments were not asked yet, or too long ago: a wallet that is opened asks them."""


@dataclass(frozen=True)
class WalletCertificate:
    """One certificate as its own holder sees it; `content` is in clear, for him alone."""

    id: str
    holder: Holder
    type: CertificateType
    title: str
    version: int
    state: CertificateState
    verdict: Verdict
    issuer: str
    issued_on: date
    valid_until: date | None
    days_left: int | None
    content: Mapping[str, str]
    sample: bool
    from_platform: bool

    @property
    def ends_soon(self) -> bool:
        """Whether it is good and will not be for long."""
        return self.verdict.genuine and self.days_left is not None and self.days_left <= SOON_DAYS


@dataclass(frozen=True)
class WalletEntry:
    """One type in a wallet: what is here, and whom to ask where nothing is."""

    type: CertificateType
    result: Result
    certificates: tuple[WalletCertificate, ...]
    asked_at: datetime | None

    @property
    def ask(self) -> Department:
        """The department with its desk and telephone."""
        return self.type.department


@dataclass(frozen=True)
class Wallet:
    """Everything of one holder, in the order of the types."""

    holder: Holder
    entries: tuple[WalletEntry, ...]


def wallet_of(session: Session, holder: Holder) -> Wallet:
    """Return a wallet as it is kept now; who may open it is `rights.require_holder`'s to say."""
    kept: dict[str, list[WalletCertificate]] = {}
    for row in _rows(session, holder):
        kept.setdefault(row.type_id, []).append(view(session, row))
    asked = findings(session, holder)
    return Wallet(
        holder,
        tuple(
            _entry(kind, tuple(kept.get(kind.id, ())), asked.get(kind.id))
            for kind in types_for(holder)
        ),
    )


def view(session: Session, row: Certificate) -> WalletCertificate:
    """Return one certificate as its own holder sees it."""
    state = CertificateState(row.state)
    today = clock.beijing_today()
    standing = Standing(state, row.valid_until, row.valid_from)
    return WalletCertificate(
        id=row.id,
        holder=holder_of(row),
        type=certificate_types()[row.type_id],
        title=row.kind,
        version=row.version,
        state=state,
        verdict=judge(standing, check_holds=None, today=today),
        issuer=row.issuer,
        issued_on=row.issued_on,
        valid_until=row.valid_until,
        days_left=None if row.valid_until is None else (row.valid_until - today).days,
        content=content_of(session, row),
        sample=row.sample,
        from_platform=row.origin == PLATFORM,
    )


def content_of(session: Session, row: Certificate) -> dict[str, str]:
    """Return the fields of a certificate in clear: a department's sealed ones, else the row's."""
    if row.content_sealed is not None:
        text = keyring_of(session).open(
            row.content_sealed, table="certificate", column="content", row=row.id
        )
        content: dict[str, str] = json.loads(text)
        return content
    told = {
        "number": row.number,
        "holder_name": row.masked_holder,
        "issuer": row.issuer,
        "issued_on": row.issued_on.isoformat(),
        "valid_until": row.valid_until.isoformat() if row.valid_until else None,
    }
    return {name: value for name, value in told.items() if value}


def seal_content(session: Session, certificate_id: str, content: Mapping[str, str]) -> bytes:
    """Return the fields sealed for the row of one certificate."""
    return keyring_of(session).seal(
        canonical_json(dict(content)), table="certificate", column="content", row=certificate_id
    )


def types_for(holder: Holder) -> list[CertificateType]:
    """Return the types of which such a holder can have certificates."""
    person = holder.kind is HolderKind.PERSON
    return [
        kind
        for kind in certificate_types().values()
        if (kind.for_person if person else kind.for_organisation)
    ]


def findings(session: Session, holder: Holder) -> dict[str, PlatformFinding]:
    """Return what departments last answered about a holder, by type."""
    rows = session.scalars(select(PlatformFinding).where(PlatformFinding.holder == holder.key))
    return {row.type_id: row for row in rows}


def platform_rows(session: Session, holder: Holder, type_id: str) -> list[Certificate]:
    """Return what is kept of a department's certificates of one type, ended ones too."""
    kept = _of(holder).where(Certificate.type_id == type_id, Certificate.origin == PLATFORM)
    return list(session.scalars(kept.order_by(Certificate.id)))


def _rows(session: Session, holder: Holder) -> list[Certificate]:
    now = clock.now()
    shown = _of(holder).where(
        Certificate.state.not_in(GONE),
        (Certificate.origin == HERE) | (Certificate.kept_until > now),
    )
    return list(session.scalars(shown.order_by(Certificate.issued_on.desc(), Certificate.id)))


def _of(holder: Holder) -> Select[Certificate]:
    column = (
        Certificate.resident_id if holder.kind is HolderKind.PERSON else Certificate.organisation_id
    )
    return select(Certificate).where(column == holder.id)


def _entry(
    kind: CertificateType,
    certificates: tuple[WalletCertificate, ...],
    finding: PlatformFinding | None,
) -> WalletEntry:
    asked_at = finding.asked_at if finding else None
    if certificates:
        return WalletEntry(kind, Result.HERE, certificates, asked_at)
    if not kind.electronic:
        return WalletEntry(kind, Result.NOT_YET_ELECTRONIC, (), asked_at)
    if not kind.from_platform:
        return WalletEntry(kind, Result.NOT_FOUND, (), None)
    known = finding is not None and finding.kept_until > clock.now()
    result = Result(finding.result) if finding is not None and known else Result.NOT_ASKED
    # What was here and is not kept any more has to be asked for again.
    return WalletEntry(kind, Result.NOT_ASKED if result is Result.HERE else result, (), asked_at)
