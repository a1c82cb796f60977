"""
The tables of commands: what was asked by whom, one row for each terminal it is asked of, and the
machine's answers in the order in which it gave them.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_server.core.database import Base, Json, UtcDateTime


class CommandOrder(Base):
    """What one person asked, of one terminal or of many, and who decided on it with him."""

    __tablename__ = "command_order"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    arguments: Mapped[Any] = mapped_column(Json)
    asked_by: Mapped[str] = mapped_column(String(26))
    """A member of staff; `system` where the server brings a machine's lock up to date."""
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    needs_two: Mapped[bool]
    decided_by: Mapped[str | None] = mapped_column(String(26))
    """The second person, never the first one."""
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Command(Base):
    """An order as it concerns one terminal."""

    __tablename__ = "command"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("command_order.id"), index=True)
    terminal_id: Mapped[str] = mapped_column(ForeignKey("terminal.id"))
    state: Mapped[str] = mapped_column(String(10))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sequence: Mapped[int | None]
    """Given when the terminal fetches it for the first time: it grows with every command."""
    issued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the machine said that it has verified and noted it; from then on it is not wanted."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    code: Mapped[str | None] = mapped_column(String(40))
    """Why it failed or was refused; `simulated` where a development machine only played it."""
    facts: Mapped[Any] = mapped_column(Json)
    log_file_id: Mapped[str | None] = mapped_column(String(26))

    __table_args__ = (
        Index("ix_command_terminal", "terminal_id", "state"),
        Index("ix_command_state", "state", "expires_at"),
        UniqueConstraint("terminal_id", "sequence"),
    )


class CommandAnswer(Base):
    """One answer of a machine. What comes after the end is kept too, and changes nothing."""

    __tablename__ = "command_answer"

    command_id: Mapped[str] = mapped_column(ForeignKey("command.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    code: Mapped[str | None] = mapped_column(String(40))
    said_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """By the machine's own clock, as it knows ours."""
    heard_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CommandCounter(Base):
    """The last sequence that a terminal was given; it outlives the commands."""

    __tablename__ = "command_counter"

    terminal_id: Mapped[str] = mapped_column(ForeignKey("terminal.id"), primary_key=True)
    last: Mapped[int]
