"""The tables of terminals: who they are, the code that admits them, what hangs on them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_server.core.database import Base, Json, UtcDateTime


class Terminal(Base):
    """One machine. Its number is reserved with its first enrolment code and never given twice."""

    __tablename__ = "terminal"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    """The number on its front: AT-0001."""
    site_id: Mapped[str] = mapped_column(String(40), index=True)
    """Whose it is: the site in whose name it receives (P54)."""
    host_place_id: Mapped[str | None] = mapped_column(String(40))
    """The bank or shop of that site in which it stands; None where it stands in the site itself."""
    place: Mapped[str] = mapped_column(String(80), default="")
    """Where in there, for whoever looks for it: 一楼24小时自助区."""
    state: Mapped[str] = mapped_column(String(12))
    model: Mapped[str | None] = mapped_column(String(60))
    key_id: Mapped[str | None] = mapped_column(String(26), unique=True)
    public_key: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    """Ed25519, 32 raw bytes; the private half never leaves the machine."""
    software: Mapped[str | None] = mapped_column(String(40))
    clock_offset_seconds: Mapped[float | None]
    """The server's time minus the terminal's, as the terminal last measured it."""
    spool_open: Mapped[int] = mapped_column(default=0)
    """Print jobs that the terminal has not finished."""
    reader_sam_id: Mapped[str | None] = mapped_column(String(64))
    """The security module of the ID reader that it reads with now, accepted or not."""
    machine: Mapped[Any | None] = mapped_column(Json)
    """`rules.MachineFacts` as the terminal last told them."""
    grade: Mapped[str | None] = mapped_column(String(12))
    """How its devices let it stand, as of its last word: what a list of thousands is sorted by."""
    replaces: Mapped[str | None] = mapped_column(String(26))
    """The terminal whose place this one took; its key died with that."""
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    enrolled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class EnrolmentCode(Base):
    """A one-time code that makes a machine the terminal of this number. Only its MAC is kept."""

    __tablename__ = "enrolment_code"

    digest: Mapped[str] = mapped_column(String(32), primary_key=True)
    terminal_id: Mapped[str] = mapped_column(ForeignKey("terminal.id"), index=True)
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TerminalNonce(Base):
    """A nonce that a terminal has spent, kept until its signature is too old to be believed."""

    __tablename__ = "terminal_nonce"

    terminal_id: Mapped[str] = mapped_column(ForeignKey("terminal.id"), primary_key=True)
    nonce: Mapped[str] = mapped_column(String(64), primary_key=True)
    forget_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class TerminalReader(Base):
    """One ID reader that was seen at a terminal, by its security module, and what we hold of it."""

    __tablename__ = "terminal_reader"

    terminal_id: Mapped[str] = mapped_column(ForeignKey("terminal.id"), primary_key=True)
    sam_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it last came to be the reader of the terminal."""
    proposed_by: Mapped[str | None] = mapped_column(String(64))
    settled_by: Mapped[str | None] = mapped_column(String(64))


class DeviceState(Base):
    """How one device of a terminal is, as the terminal last said."""

    __tablename__ = "device_state"

    terminal_id: Mapped[str] = mapped_column(ForeignKey("terminal.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    condition: Mapped[str] = mapped_column(String(20))
    troubles: Mapped[Any] = mapped_column(Json)
    details: Mapped[Any] = mapped_column(Json)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    """When condition or troubles last changed."""
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DeviceStateChange(Base):
    """How a device came to be, one row a change: what a technician reads back, and uptime."""

    __tablename__ = "device_state_change"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    terminal_id: Mapped[str] = mapped_column(ForeignKey("terminal.id"))
    kind: Mapped[str] = mapped_column(String(40))
    condition: Mapped[str] = mapped_column(String(20))
    troubles: Mapped[Any] = mapped_column(Json)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

    __table_args__ = (Index("ix_device_state_change_terminal", "terminal_id", "at"),)


class TerminalStateChange(Base):
    """Where a terminal came to be in its life, one row a change: locked times are no service."""

    __tablename__ = "terminal_state_change"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    terminal_id: Mapped[str] = mapped_column(ForeignKey("terminal.id"))
    state: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_terminal_state_change_terminal", "terminal_id", "at"),)


class TerminalResidue(Base):
    """What a terminal found of past visits on itself (残留检查), as it last said (P52)."""

    __tablename__ = "terminal_residue"

    terminal_id: Mapped[str] = mapped_column(ForeignKey("terminal.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(12))
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the last look ended, by our clock as the terminal knows it; None before the first."""
    found_in: Mapped[Any] = mapped_column(Json)
    unseen: Mapped[Any] = mapped_column(Json)
    """Places that the last look could not see into."""
    overdue: Mapped[bool]
    """Not checked for longer than this terminal's own setting allows."""
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the state last changed."""
