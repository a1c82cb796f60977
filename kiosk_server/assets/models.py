"""
The tables of the asset book: the book itself, its history, site cards, keepers, and checks.

A keeper belongs to a place, not to a machine: a machine that is moved finds its new keepers there.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_server.core.database import Base, Json, UtcDateTime


class AssetBook(Base):
    """What one machine is made of (资产台账): written by people, none of it told by the machine."""

    __tablename__ = "asset_book"

    terminal_id: Mapped[str] = mapped_column(ForeignKey("terminal.id"), primary_key=True)
    model: Mapped[str | None] = mapped_column(String(60))
    """As its name plate says; the format that it enrolled with stands in `terminal.model`."""
    serial: Mapped[str | None] = mapped_column(String(40))
    device_serials: Mapped[Any] = mapped_column(Json)
    """Device kind -> serial number on its plate."""
    line_operator: Mapped[str | None] = mapped_column(String(20))
    line_kind: Mapped[str | None] = mapped_column(String(20))
    line_number: Mapped[str | None] = mapped_column(String(40))
    warranty_until: Mapped[date | None]
    filing_number: Mapped[str | None] = mapped_column(String(40))
    """备案号."""
    installed_on: Mapped[date | None]
    notes: Mapped[Any] = mapped_column(Json)
    """`rules.Note` values: free words would gather people's names."""
    edition: Mapped[int] = mapped_column(default=0)
    """Counts the changes: who edits an older one is told so."""


class SiteCard(Base):
    """How a machine is reached where it stands now; a move leaves it behind."""

    __tablename__ = "asset_site_card"

    terminal_id: Mapped[str] = mapped_column(ForeignKey("terminal.id"), primary_key=True)
    key_with: Mapped[str | None] = mapped_column(String(20))
    always_open: Mapped[bool] = mapped_column(default=False)
    hours: Mapped[Any] = mapped_column(Json)
    """Of the building, as in `places.models.Site.hours`."""
    access: Mapped[Any] = mapped_column(Json)
    directions: Mapped[str] = mapped_column(String(200), default="")
    edition: Mapped[int] = mapped_column(default=0)


class AssetChange(Base):
    """One change in a machine's life or papers, with what stood before and after."""

    __tablename__ = "asset_change"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    terminal_id: Mapped[str] = mapped_column(ForeignKey("terminal.id"))
    part: Mapped[str] = mapped_column(String(20))
    changes: Mapped[Any] = mapped_column(Json)
    """Field -> [before, after]."""
    by_id: Mapped[str] = mapped_column(String(26))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_asset_change_terminal", "terminal_id", "id"),)


class Keeper(Base):
    """终端管理员: who loads paper and does the daily check at one place, with an account or not."""

    __tablename__ = "asset_keeper"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    host_place_id: Mapped[str | None] = mapped_column(ForeignKey("host_place.id"))
    name: Mapped[str] = mapped_column(String(60))
    phone_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    language: Mapped[str] = mapped_column(String(8))
    hours: Mapped[Any] = mapped_column(Json)
    staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff_member.id"), index=True)
    """The account that he signs in with; None: he is called by phone only."""
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_asset_keeper_place", "site_id", "host_place_id"),)


class TerminalCheck(Base):
    """Somebody or something looked a machine over, point by point."""

    __tablename__ = "terminal_check"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Given by whoever made it, so that one sent twice is kept once."""
    terminal_id: Mapped[str] = mapped_column(ForeignKey("terminal.id"))
    kind: Mapped[str] = mapped_column(String(20))
    points: Mapped[Any] = mapped_column(Json)
    """Point -> `good`, `bad` or `skipped`."""
    by_kind: Mapped[str] = mapped_column(String(12))
    by_id: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    told: Mapped[Any | None] = mapped_column(Json)
    """What a machine told besides; None for a check that was made on a phone."""

    __table_args__ = (Index("ix_terminal_check_terminal", "terminal_id", "at"),)


class ScreenCodeAsked(Base):
    """Who was shown the code of which window of a machine's screen; the code itself is not kept."""

    __tablename__ = "terminal_screen_code_asked"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    terminal_id: Mapped[str] = mapped_column(ForeignKey("terminal.id"))
    role: Mapped[str] = mapped_column(String(12))
    window_number: Mapped[int]
    staff_id: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_terminal_screen_code_asked_window", "terminal_id", "role", "window_number"),
    )
