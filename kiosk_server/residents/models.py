"""
Residents, and their accounts on the phone: numbers and names sealed, found by blind index.

Of a card nothing else is kept: no nation, no address, no photo, no birthday (P37). Of a token, a
code or a partner's name for a person only a digest is: a copy of these tables opens no door.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_server.core.database import Base, Json, UtcDateTime


class Resident(Base):
    """One person, by the number on a card of `kind` (see `rules.CardKind`)."""

    __tablename__ = "resident"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    number_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    number_index: Mapped[str] = mapped_column(String(32), unique=True)
    name_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PhoneAccount(Base):
    """A person's account on the phone (账号): a number, a resident once he has proven himself."""

    __tablename__ = "phone_account"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    number_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    number_index: Mapped[str | None] = mapped_column(String(32), unique=True)
    """None: came through a partner that told no number, or the number has a new holder."""
    resident_id: Mapped[str | None] = mapped_column(ForeignKey("resident.id"), unique=True)
    """Bound once (实名绑定): the account of one resident never becomes another's."""
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    bound_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    bound_by: Mapped[str | None] = mapped_column(String(20))


class AccountPhone(Base):
    """One phone or browser that is signed in: the family of its tokens, and how sure we are."""

    __tablename__ = "account_phone"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("phone_account.id"), index=True)
    kind: Mapped[str] = mapped_column(String(14))
    label_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    way: Mapped[str] = mapped_column(String(14))
    level: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(8))
    key_jwk: Mapped[Any | None] = mapped_column(Json)
    """The public key that the phone made for itself: what is given to this phone is bound to it."""
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_reason: Mapped[str | None] = mapped_column(String(16))


class PhoneToken(Base):
    """A token of a phone, by its digest: access, refresh, or a browser's cookie."""

    __tablename__ = "phone_token"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    phone_id: Mapped[str] = mapped_column(ForeignKey("account_phone.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    spent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """A refresh token is spent once; whoever shows it again has stolen it, or was stolen from."""


class AccountLink(Base):
    """Who a partner says this is: the region's app, a mini program; found by blind index."""

    __tablename__ = "account_link"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("phone_account.id"), index=True)
    partner: Mapped[str] = mapped_column(String(16))
    subject_index: Mapped[str] = mapped_column(String(32))
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("partner", "subject_index"),)


class SignInCode(Base):
    """A one-time code to a number that somebody typed; whether we know the number plays no part."""

    __tablename__ = "sign_in_code"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    challenge_digest: Mapped[str] = mapped_column(String(64), unique=True)
    """Of what the asker alone holds: nobody else can try this code, or use its tries up."""
    number_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    mac: Mapped[str] = mapped_column(String(64))
    message_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The code for the worker that sends it; wiped once it has been handed over."""
    tries: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class HandOver(Base):
    """Somebody went to the region's app to sign in; waits for his return in the same browser."""

    __tablename__ = "hand_over"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    state_digest: Mapped[str] = mapped_column(String(64), unique=True)
    browser_digest: Mapped[str] = mapped_column(String(64))
    proof_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """Nonce and PKCE verifier."""
    next_path: Mapped[str] = mapped_column(String(200))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class BindingCode(Base):
    """A code that a terminal or a window shows to a person it knows, to be typed into the phone."""

    __tablename__ = "binding_code"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    resident_id: Mapped[str] = mapped_column(ForeignKey("resident.id"), index=True)
    code_index: Mapped[str] = mapped_column(String(32), index=True)
    way: Mapped[str] = mapped_column(String(14))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AccountNotice(Base):
    """What the holder of an account is told about his sign-ins and phones."""

    __tablename__ = "account_notice"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("phone_account.id"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    phone_id: Mapped[str | None] = mapped_column(String(26))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Consent(Base):
    """That a resident agreed to one purpose in one version of its text (同意)."""

    __tablename__ = "consent"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    resident_id: Mapped[str] = mapped_column(ForeignKey("resident.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    version: Mapped[str] = mapped_column(String(20))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AccountClosing(Base):
    """That the holder of an account asked for its end, and when it comes."""

    __tablename__ = "account_closing"

    account_id: Mapped[str] = mapped_column(ForeignKey("phone_account.id"), primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
