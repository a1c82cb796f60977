"""
Divisions (行政区划), sites (政务服务中心、便民服务中心、便民服务站) with their windows,
days of their own and closings, and host places.

A terminal stands at a site or, in a bank or a shop, at a host place; a host place always belongs
to a site, and what is taken in there is taken in by that site (P54).
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, ForeignKey, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_server.core.database import Base, Json, UtcDateTime


class SiteLevel(StrEnum):
    """The levels that policy knows, each with its one name (P55)."""

    CITY_CENTRE = "city_centre"
    TOWNSHIP_CENTRE = "township_centre"
    VILLAGE_STATION = "village_station"


class Division(Base):
    """One division by its GB/T 2260 code: 6 digits to the county level, 9 to the township."""

    __tablename__ = "division"

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("division.code"))
    names: Mapped[Any] = mapped_column(Json)
    """Language tag -> name; `zh` is always there."""


class Site(Base):
    """One place that takes matters in, with its window's hours in Beijing time."""

    __tablename__ = "site"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    level: Mapped[str] = mapped_column(String(20))
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"), index=True)
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("site.id"))
    names: Mapped[Any] = mapped_column(Json)
    addresses: Mapped[Any] = mapped_column(Json)
    phone: Mapped[str] = mapped_column(String(20))
    hours: Mapped[Any] = mapped_column(Json)
    """List of `{"days": [1..7], "opens": "10:00", "closes": "14:00"}`, Beijing time."""
    position: Mapped[Any | None] = mapped_column(Json)
    """`{"latitude": 39.7, "longitude": 76.2, "sample": true}`, WGS 84; None: not known."""
    access: Mapped[Any | None] = mapped_column(Json)
    """无障碍: what there is, codes of `rules.Access`; None: not known."""
    mandate: Mapped[str | None] = mapped_column(String(12))
    """A `rules.Mandate`; None where the place decides itself."""
    hands_out: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether parcels of residents are brought here and handed out (代收点)."""


class HostPlace(Base):
    """A bank, post office, mall … in which terminals of a site stand."""

    __tablename__ = "host_place"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    names: Mapped[Any] = mapped_column(Json)
    addresses: Mapped[Any] = mapped_column(Json)
    position: Mapped[Any | None] = mapped_column(Json)


class ServiceWindow(Base):
    """One window (窗口) of a site and the groups of matters that it takes."""

    __tablename__ = "service_window"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), index=True)
    label: Mapped[str] = mapped_column(String(10))
    """What stands above it: a number, or a letter and a number."""
    groups: Mapped[Any] = mapped_column(Json)
    """Codes of `service_groups`."""


class SiteDay(Base):
    """One day of one site that is not what its week says; `kind` is a `hours.DayKind`."""

    __tablename__ = "site_day"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    day: Mapped[date] = mapped_column(Date, index=True)
    kind: Mapped[str] = mapped_column(String(10))
    spells: Mapped[Any] = mapped_column(Json)
    """List of `["10:00", "14:00"]`, Beijing time; empty where it is closed."""
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("site_id", "day"),)


class SiteClosing(Base):
    """A time in which a site is shut at short notice (临时关闭), whatever else says it is open."""

    __tablename__ = "site_closing"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(20))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AnnouncedYear(Base):
    """The official calendar of a year as it was announced and entered (节假日安排), over ours."""

    __tablename__ = "announced_year"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    free: Mapped[Any] = mapped_column(Json)
    """List of `["2027-01-01", "2027-01-03"]`, first and last day."""
    worked: Mapped[Any] = mapped_column(Json)
    """List of days worked in exchange (调休)."""
    basis: Mapped[str] = mapped_column(String(200))
    """The notice that says so."""
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
