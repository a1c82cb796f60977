"""
Tables of showing: live codes, what verifiers asked for, and the PIN of a phone.

A code stands as a digest. Who has seen what is in the one log of uses (`certificates.UsageRecord`).
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_server.core.database import Base, UtcDateTime


class ShowCode(Base):
    """One live code (亮证码): a minute of one certificate in one scene, for one look."""

    __tablename__ = "show_code"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    actor_id: Mapped[str] = mapped_column(String(26))
    """The resident who shows: the holder, a guardian, an agent."""
    phone_id: Mapped[str] = mapped_column(ForeignKey("account_phone.id"))
    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificate.id"))
    scene: Mapped[str] = mapped_column(String(20))
    mode: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    refusals: Mapped[int] = mapped_column(default=0)
    """Refused looks at it that stand in the holder's log."""

    __table_args__ = (Index("ix_show_code_actor", "actor_id", "state", "expires_at"),)


class FieldRequest(Base):
    """What a named verifier asks of a holder (授权用证), and what became of it."""

    __tablename__ = "field_request"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    show_code_id: Mapped[str | None] = mapped_column(ForeignKey("show_code.id"), index=True)
    """None where the holder scanned the verifier's sign."""
    actor_id: Mapped[str] = mapped_column(String(26), index=True)
    phone_id: Mapped[str] = mapped_column(ForeignKey("account_phone.id"))
    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificate.id"))
    scene: Mapped[str] = mapped_column(String(20))
    fields: Mapped[str] = mapped_column(String(300))
    organisation_id: Mapped[str] = mapped_column(String(26))
    organisation_name: Mapped[str] = mapped_column(String(120))
    member_id: Mapped[str | None] = mapped_column(String(26))
    terminal_id: Mapped[str | None] = mapped_column(String(26))
    purpose_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(10))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ShowPin(Base):
    """The PIN with which a phone shows (亮证密码); no part of signing in."""

    __tablename__ = "show_pin"

    phone_id: Mapped[str] = mapped_column(ForeignKey("account_phone.id"), primary_key=True)
    pin_hash: Mapped[str] = mapped_column(String(120))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)
    unlocked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DigitalCard(Base):
    """A card that its owner hands round (数字名片): what he chose, until he stops it.

    The token stands sealed besides its digest, so that its owner can show the code again.
    """

    __tablename__ = "digital_card"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    resident_id: Mapped[str] = mapped_column(String(26), index=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    token_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    name_part: Mapped[str] = mapped_column(String(8))
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("holding_organisation.id"))
    """One for which he is the agent, by a right that is asked for again at every look."""
    certificate_ids: Mapped[str] = mapped_column(String(120), default="")
    """Ids of the proofs that he chose, comma-separated."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
