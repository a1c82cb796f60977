"""
What is left in machines and on shelves, as it was last reckoned (耗材台账).

Figures of machines alone: no visit, case or person is named.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_server.core.database import Base, Json, UtcDateTime


class SupplyStock(Base):
    """One supply in one machine: `rules.Stock`, its pace, and when it runs out."""

    __tablename__ = "supply_stock"

    terminal_id: Mapped[str] = mapped_column(ForeignKey("terminal.id"), primary_key=True)
    supply: Mapped[str] = mapped_column(String(10), primary_key=True)
    left: Mapped[float]
    """Sheets, slips, percent or cuts."""
    evidence: Mapped[str] = mapped_column(String(10))
    sensor: Mapped[str] = mapped_column(String(6))
    filled: Mapped[float]
    used: Mapped[float]
    fill: Mapped[float]
    counted_until: Mapped[datetime] = mapped_column(UtcDateTime)
    """Prints and sensors up to here are in it."""
    days: Mapped[int] = mapped_column(default=0)
    """Days in service that the pace was learned of, or that there are while they are too few."""
    week: Mapped[Any | None] = mapped_column(Json)
    """Use expected on each weekday, Monday first; None while the days are too few."""
    spread: Mapped[float | None]
    likely_on: Mapped[date | None]
    early_on: Mapped[date | None]
    warned: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (Index("ix_supply_stock_early", "early_on"),)


class SupplyShelf(Base):
    """What lies ready at one place, for all its machines: in the units that it is used in."""

    __tablename__ = "supply_shelf"

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    host_place_id: Mapped[str] = mapped_column(String(40), primary_key=True, default="")
    """The bank or shop of that site; empty for the site itself."""
    supply: Mapped[str] = mapped_column(String(10), primary_key=True)
    quantity: Mapped[float]
    counted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    counted_by: Mapped[str] = mapped_column(String(26))
