"""
A visit and what it gathers: consent, card reads, second proofs, one-time codes.

What a person typed or chose stands sealed in `Visit.draft_sealed` and is wiped at the end (P52).
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_server.core.database import Base, Json, UtcDateTime


class VisitState(StrEnum):
    """A visit is going on, or over."""

    ACTIVE = "active"
    ENDED = "ended"


class EndReason(StrEnum):
    """Why a visit ended: the resident finished or left, time ran out, or it was stopped."""

    DONE = "done"
    LEFT = "left"
    IDLE = "idle"
    LIMIT = "limit"
    CODES = "codes"
    SUPERSEDED = "superseded"
    CLOSED = "closed"
    DENIED = "denied"
    """The phone that it was opened with says that nobody stands there."""
    CARRIED = "carried"
    """What was begun goes on on the phone."""


class RequestState(StrEnum):
    """A request for a card serves once."""

    OPEN = "open"
    USED = "used"
    CLOSED = "closed"


class Visit(Base):
    """One person's time at one terminal."""

    __tablename__ = "visit"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    terminal_id: Mapped[str] = mapped_column(String(26))
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    session_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    """SHA-256 of the secret in the browser's cookie; None when the visit is over."""
    language: Mapped[str] = mapped_column(String(8))
    size: Mapped[str] = mapped_column(String(2))
    theme: Mapped[str] = mapped_column(String(10))
    reach: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """The hard limit; each extension moves it."""
    extensions: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_reason: Mapped[str | None] = mapped_column(String(12))
    item_version_id: Mapped[str | None] = mapped_column(ForeignKey("catalogue_item_version.id"))
    assurance: Mapped[str] = mapped_column(String(20))
    resident_id: Mapped[str | None] = mapped_column(ForeignKey("resident.id"), index=True)
    expected_resident_id: Mapped[str | None] = mapped_column(ForeignKey("resident.id"))
    """Only this person's card is taken: the visit came for a reprint."""
    reprint_right_id: Mapped[str | None] = mapped_column(String(26))
    draft_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    mark: Mapped[str | None] = mapped_column(String(32))
    """The visit mark (无痕标记): 128 random bits without a meaning, planted in forms, cookie and
    paper so that the terminal can look for what was left behind; None when the visit is over."""

    __table_args__ = (
        Index("ix_visit_terminal", "terminal_id", "state"),
        Index("ix_visit_ended", "terminal_id", "ended_at"),
    )


class Consent(Base):
    """A person agreed to the reading notice of one version of one item (P34)."""

    __tablename__ = "visit_consent"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visit.id"), index=True)
    item_version_id: Mapped[str | None] = mapped_column(ForeignKey("catalogue_item_version.id"))
    """None: agreed to the reading for a reprint."""
    text_version: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class CardReadRequest(Base):
    """The server asked one terminal for one card, by a nonce that serves once."""

    __tablename__ = "visit_card_request"

    nonce_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visit.id"), index=True)
    terminal_id: Mapped[str] = mapped_column(String(26))
    needs: Mapped[Any] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(10))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ScanRequest(Base):
    """The server asked one terminal for one code that a person shows, for one purpose."""

    __tablename__ = "visit_scan_request"

    nonce_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visit.id"), index=True)
    terminal_id: Mapped[str] = mapped_column(String(26))
    purpose: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(10))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CaptureRequest(Base):
    """The server asked one terminal for one document that a person lays down."""

    __tablename__ = "visit_capture_request"

    nonce_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visit.id"), index=True)
    terminal_id: Mapped[str] = mapped_column(String(26))
    purpose: Mapped[str] = mapped_column(String(40))
    most_pages: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Capture(Base):
    """A document was taken in and waits for a case; with this row goes its file."""

    __tablename__ = "visit_capture"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visit.id"), index=True)
    nonce_digest: Mapped[str] = mapped_column(String(64), unique=True)
    file_id: Mapped[str] = mapped_column(ForeignKey("stored_file.id"))
    purpose: Mapped[str] = mapped_column(String(40))
    pages: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the document in clear: the same one sent twice is the same one."""
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class CardRead(Base):
    """A card was read and taken. Only the masked name stands here."""

    __tablename__ = "visit_card_read"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visit.id"), index=True)
    resident_id: Mapped[str] = mapped_column(ForeignKey("resident.id"))
    kind: Mapped[str] = mapped_column(String(20))
    sam_id: Mapped[str] = mapped_column(String(64))
    masked_name: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class PresenceProof(Base):
    """A second proof that the holder stands here."""

    __tablename__ = "visit_presence_proof"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visit.id"), index=True)
    resident_id: Mapped[str] = mapped_column(ForeignKey("resident.id"))
    method: Mapped[str] = mapped_column(String(12))
    simulated: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class PhoneCode(Base):
    """A one-time code to the phone that the record source holds."""

    __tablename__ = "visit_phone_code"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visit.id"), index=True)
    mac: Mapped[str] = mapped_column(String(64))
    masked_phone: Mapped[str] = mapped_column(String(20))
    message_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Phone and code for the worker that sends it; wiped once it has been handed over."""
    tries: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PhonePass(Base):
    """One code between a phone and a terminal (手机通行码), by its digest."""

    __tablename__ = "visit_phone_pass"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    way: Mapped[str] = mapped_column(String(10))
    errand: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    phone_id: Mapped[str | None] = mapped_column(ForeignKey("account_phone.id"), index=True)
    resident_id: Mapped[str | None] = mapped_column(ForeignKey("resident.id"))
    visit_id: Mapped[str | None] = mapped_column(ForeignKey("visit.id"), index=True)
    terminal_id: Mapped[str | None] = mapped_column(String(26))
    site_id: Mapped[str | None] = mapped_column(String(40))
    """These three are emptied when the visit ends: nothing tells where a phone was (P39)."""
    form_id: Mapped[str | None] = mapped_column(ForeignKey("visit_carried_form.id"))
    """The form that comes back to a terminal with it."""
    number: Mapped[str] = mapped_column(String(2))
    """Two digits that both screens show."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    at_terminal_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CarriedForm(Base):
    """What was begun at a terminal and goes on on the phone (转到手机), sealed, for a day."""

    __tablename__ = "visit_carried_form"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    resident_id: Mapped[str] = mapped_column(ForeignKey("resident.id"), index=True)
    item_version_id: Mapped[str] = mapped_column(ForeignKey("catalogue_item_version.id"))
    answers_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    carried_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class HelpRequest(Base):
    """A person asked for a member of staff who looks at the document (帮办核验)."""

    __tablename__ = "visit_help_request"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visit.id"), index=True)
    code_mac: Mapped[str] = mapped_column(String(64), index=True)
    """Of the code on the screen: it opens the request once."""
    state: Mapped[str] = mapped_column(String(10))
    staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff_member.id"))
    """Who helps (helped_by 帮办人): he alone may confirm."""
    resident_id: Mapped[str | None] = mapped_column(ForeignKey("resident.id"))
    """Whom the document named."""
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FailedStep(Base):
    """How often a step of identity failed for one reason at one terminal on one Beijing day."""

    __tablename__ = "visit_failed_step"

    terminal_id: Mapped[str] = mapped_column(String(26), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    step: Mapped[str] = mapped_column(String(12), primary_key=True)
    reason: Mapped[str] = mapped_column(String(24), primary_key=True)
    count: Mapped[int]
