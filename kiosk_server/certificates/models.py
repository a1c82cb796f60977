"""
The tables of proofs: what was issued, the documents made of it, and each look at it.

What may be shown to anyone who holds the paper stands in clear; the facts that only serve to
compare it with the paper stand sealed in one cell. A look names no place and no person (P39).
"""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_server.core.database import Base, UtcDateTime


class Certificate(Base):
    """One proof (证明) about one resident."""

    __tablename__ = "certificate"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    number: Mapped[str] = mapped_column(String(60), unique=True)
    """编号, as printed."""
    code: Mapped[str] = mapped_column(String(26), unique=True)
    """核验码: 130 random bits in Crockford's base 32, lower case."""
    kind: Mapped[str] = mapped_column(String(120))
    """What it is called on its head: 个人参保证明."""
    item_code: Mapped[str] = mapped_column(String(60))
    item_version_id: Mapped[str] = mapped_column(String(26))
    case_id: Mapped[str] = mapped_column(String(26), index=True)
    resident_id: Mapped[str] = mapped_column(String(26), index=True)
    issuer: Mapped[str] = mapped_column(String(120))
    issued_on: Mapped[date]
    """The day in Beijing, as printed."""
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_until: Mapped[date | None]
    """Last day on which it serves; None for a proof that only tells of its day."""
    masked_holder: Mapped[str] = mapped_column(String(120))
    good_for: Mapped[str] = mapped_column(String(200))
    not_good_for: Mapped[str] = mapped_column(String(200))
    bears_seal: Mapped[bool]
    """Whether the paper bears an electronic seal (电子印章)."""
    sample: Mapped[bool]
    """Whether it tells of simulated data and proves nothing."""
    facts_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """JSON list of `[label, value]`: what to compare with the paper."""
    state: Mapped[str] = mapped_column(String(10))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_reason: Mapped[str | None] = mapped_column(String(30))


class CertificateDocument(Base):
    """One document made of a proof: the first, or a second print, which says 重打 itself."""

    __tablename__ = "certificate_document"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificate.id"))
    file_id: Mapped[str] = mapped_column(String(26))
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the bytes, hexadecimal."""
    reprint: Mapped[bool]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("certificate_id", "digest"),)


class CertificateNumber(Base):
    """The last running number that a series of proofs has given in one year."""

    __tablename__ = "certificate_number"

    series: Mapped[str] = mapped_column(String(20), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class UsageRecord(Base):
    """One look at a proof (用证记录), kept for its holder."""

    __tablename__ = "certificate_usage"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificate.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    channel: Mapped[str] = mapped_column(String(10))
    outcome: Mapped[str] = mapped_column(String(10))
    """`genuine`, or the reason why not."""

    __table_args__ = (Index("ix_certificate_usage_certificate", "certificate_id", "at"),)
