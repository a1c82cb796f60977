"""The tables of credentials: the keys that sign, and each credential whose state may be asked."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_server.core.database import Base, UtcDateTime


def _one_of_each(name: str, line: str) -> Index:
    where = text(f"state IN ('active', 'announced') AND {line}")
    return Index(name, "state", unique=True, sqlite_where=where, postgresql_where=where)


class IssuerKey(Base):
    """One key that signs credentials and lists (签发密钥)."""

    __tablename__ = "issuer_key"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    kid: Mapped[str] = mapped_column(String(11), unique=True)
    algorithm: Mapped[str] = mapped_column(String(10))
    public_jwk: Mapped[str] = mapped_column(String(300))
    private_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """32 bytes as base64url; None once it signs no more."""
    state: Mapped[str] = mapped_column(String(10))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it came into its state."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)

    # Two workers that rotate at once never leave two keys that sign, nor two that wait: of those
    # that everybody verifies, and of SM2 beside them.
    __table_args__ = (
        _one_of_each("ix_issuer_key_one_of_each", "algorithm <> 'SM2'"),
        _one_of_each("ix_issuer_key_one_of_each_sm2", "algorithm = 'SM2'"),
    )


class IssuedCredential(Base):
    """One offline code or disclosure that was given out; forgotten when it is over.

    Its place in the status list is random, so that two shows of one certificate have nothing in
    common by which they could be joined (P39).
    """

    __tablename__ = "issued_credential"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    place: Mapped[int] = mapped_column(unique=True)
    """Its index in the status list."""
    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificate.id"))
    phone_id: Mapped[str | None] = mapped_column(String(26))
    """The phone that keeps it; no reference, since phones that ended are forgotten."""
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_issued_credential_owner", "certificate_id", "phone_id"),)
