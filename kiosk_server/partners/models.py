"""
Tables of verifying organisations (核验单位). Secrets stand as digests, people's names sealed.

Whether any of it serves is asked anew at every look: what is revoked here is dead at once.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_server.core.database import Base, UtcDateTime

_STANDS = text("state IN ('applied', 'approved', 'suspended')")


class PartnerOrganisation(Base):
    """One organisation that applied to verify, and what became of it."""

    __tablename__ = "partner_organisation"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    code: Mapped[str] = mapped_column(String(18))
    """统一社会信用代码."""
    kind: Mapped[str] = mapped_column(String(12))
    purpose: Mapped[str] = mapped_column(String(200))
    """What it says it looks for."""
    contact_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """JSON of whom to call; gone some time after a refusal."""
    wanted_scenes: Mapped[str] = mapped_column(String(200))
    scenes: Mapped[str] = mapped_column(String(200), default="")
    """The scenes that were granted, comma-separated."""
    state: Mapped[str] = mapped_column(String(10), index=True)
    applied_at: Mapped[datetime] = mapped_column(UtcDateTime)
    moved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    moved_by: Mapped[str | None] = mapped_column(String(26))
    reason: Mapped[str] = mapped_column(String(200), default="")
    """Why it was refused or suspended, in staff's words."""

    __table_args__ = (
        Index(
            "ix_partner_organisation_one_of_each",
            "code",
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
    )


class PartnerMember(Base):
    """One person of an organisation; accounts are never shared."""

    __tablename__ = "partner_member"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("partner_organisation.id"), index=True)
    login: Mapped[str] = mapped_column(String(40), unique=True)
    name_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    password_hash: Mapped[str | None] = mapped_column(String(160))
    """None until the invitation was taken."""
    invited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    joined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PartnerInvitation(Base):
    """A one-time link: for a person to choose a password, or for one more device."""

    __tablename__ = "partner_invitation"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("partner_organisation.id"), index=True)
    member_id: Mapped[str | None] = mapped_column(ForeignKey("partner_member.id"), index=True)
    """None where it binds a device and no more."""
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PartnerDevice(Base):
    """A browser that an organisation's people may sign in at (绑定设备)."""

    __tablename__ = "partner_device"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("partner_organisation.id"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    secret_digest: Mapped[str] = mapped_column(String(64), unique=True)
    bound_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PartnerSession(Base):
    """One sign-in of a person at a device. The browser holds the token, the row its digest."""

    __tablename__ = "partner_session"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("partner_member.id"), index=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("partner_device.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PartnerCredential(Base):
    """The name and secret with which an organisation's program asks for tokens."""

    __tablename__ = "partner_credential"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    """Also its `client_id`."""
    organisation_id: Mapped[str] = mapped_column(ForeignKey("partner_organisation.id"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    secret_digest: Mapped[str] = mapped_column(String(64))
    scenes: Mapped[str] = mapped_column(String(200))
    per_minute: Mapped[int]
    per_day: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    secret_made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PartnerToken(Base):
    """An access token of a credential, of minutes."""

    __tablename__ = "partner_token"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    credential_id: Mapped[str] = mapped_column(ForeignKey("partner_credential.id"), index=True)
    scenes: Mapped[str] = mapped_column(String(200))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class PartnerSign(Base):
    """A sign (立牌码) at a place of an organisation, for phones to scan."""

    __tablename__ = "partner_sign"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("partner_organisation.id"), index=True)
    place: Mapped[str] = mapped_column(String(80))
    scene: Mapped[str] = mapped_column(String(20))
    purpose: Mapped[str] = mapped_column(String(60))
    """Why it asks, in words that the holder reads."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
