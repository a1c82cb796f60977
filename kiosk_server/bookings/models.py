"""
Templates of slots, slots with their two counters, bookings, and the waiting list; what staff add:
extra places for a day, visits at home, groups that a site lets go first; and the region's book.

A slot's places are taken and given back by conditional updates of its counters alone; the checks
are the last guard. Who books is a row of `resident`; nothing else of him stands here.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_server.core.database import Base, Json, UtcDateTime


class SlotTemplate(Base):
    """Slots of one length that a weekday has, for one group of matters at one site (号源模板)."""

    __tablename__ = "slot_template"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), index=True)
    group_code: Mapped[str] = mapped_column(String(40))
    weekday: Mapped[int]
    """Monday = 1 (ISO 8601); a day worked in exchange is a Friday."""
    opens: Mapped[str] = mapped_column(String(5))
    closes: Mapped[str] = mapped_column(String(5))
    minutes: Mapped[int]
    capacity: Mapped[int]
    walk_in: Mapped[int]
    """Of the capacity, places that are never booked (P16)."""

    __table_args__ = (
        UniqueConstraint("site_id", "group_code", "weekday", "opens"),
        CheckConstraint("minutes > 0", name="minutes"),
        CheckConstraint("walk_in >= 1 AND walk_in <= capacity", name="walk_in"),
    )


class Slot(Base):
    """One time at one site for one group, with the places that are left in it."""

    __tablename__ = "slot"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    group_code: Mapped[str] = mapped_column(String(40))
    day: Mapped[date] = mapped_column(Date)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    capacity: Mapped[int]
    walk_in: Mapped[int]
    remaining_booked: Mapped[int]
    """Places that may still be booked, the walk-in share kept out."""
    remaining_total: Mapped[int]
    """Places that nobody has, whoever comes."""
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        UniqueConstraint("site_id", "group_code", "starts_at"),
        Index("ix_slot_day", "site_id", "day", "group_code"),
        CheckConstraint(
            "remaining_booked >= 0 AND remaining_booked <= capacity - walk_in",
            name="remaining_booked",
        ),
        CheckConstraint(
            "remaining_total >= 0 AND remaining_total <= capacity", name="remaining_total"
        ),
    )


class Booking(Base):
    """One visit's places: booked, offered, or taken by somebody who simply came."""

    __tablename__ = "booking"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    group_code: Mapped[str] = mapped_column(String(40))
    day: Mapped[date] = mapped_column(Date)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    services: Mapped[Any] = mapped_column(Json)
    resident_id: Mapped[str | None] = mapped_column(ForeignKey("resident.id"))
    """None for who came without saying who he is."""
    walk_in: Mapped[bool] = mapped_column(default=False)
    channel: Mapped[str] = mapped_column(String(14))
    priority: Mapped[str | None] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(12))
    ended_for: Mapped[str | None] = mapped_column(String(12))
    held_until: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    request_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Digest of caller and Idempotency-Key: what is sent again books nothing again."""
    moved_from: Mapped[str | None] = mapped_column(String(26))
    party_id: Mapped[str | None] = mapped_column(String(26), index=True)
    """团体: bookings of one contact that were made together, a place each."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_booking_resident", "resident_id", "id"),
        Index("ix_booking_day", "site_id", "day", "starts_at"),
    )


class BookingSlot(Base):
    """That a booking has a place in a slot; never changed, whatever the booking becomes."""

    __tablename__ = "booking_slot"

    booking_id: Mapped[str] = mapped_column(ForeignKey("booking.id"), primary_key=True)
    slot_id: Mapped[str] = mapped_column(ForeignKey("slot.id"), primary_key=True, index=True)


class WaitingEntry(Base):
    """That a person waits for a place on one day (候补); `booking_id` is what he was offered."""

    __tablename__ = "waiting_entry"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    group_code: Mapped[str] = mapped_column(String(40))
    day: Mapped[date] = mapped_column(Date)
    services: Mapped[Any] = mapped_column(Json)
    minutes: Mapped[int]
    resident_id: Mapped[str] = mapped_column(ForeignKey("resident.id"), index=True)
    first: Mapped[bool]
    """绿色通道: before all others."""
    state: Mapped[str] = mapped_column(String(10))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    booking_id: Mapped[str | None] = mapped_column(ForeignKey("booking.id"), index=True)

    __table_args__ = (Index("ix_waiting_entry_day", "site_id", "day", "group_code", "state"),)


class ExtraPlaces(Base):
    """Places that a group has more of on one day (应急、特殊时期绿色通道); over when the day is."""

    __tablename__ = "extra_places"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    group_code: Mapped[str] = mapped_column(String(40))
    day: Mapped[date] = mapped_column(Date)
    opens: Mapped[str] = mapped_column(String(5))
    closes: Mapped[str] = mapped_column(String(5))
    places: Mapped[int]
    """More in each slot that lies within, all of them to be booked."""
    reason: Mapped[str] = mapped_column(String(20))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_extra_places_day", "site_id", "day"),
        CheckConstraint("places >= 1", name="places"),
    )


class HomeVisit(Base):
    """Where somebody old or disabled is visited (上门服务), sealed; seen for a reason, audited."""

    __tablename__ = "home_visit"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    booking_id: Mapped[str] = mapped_column(ForeignKey("booking.id"), unique=True)
    address_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    contact_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """The number to call at the door."""


class SitePriority(Base):
    """A group that a site lets go first beside those of the policy (绿色通道, P41)."""

    __tablename__ = "site_priority"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), index=True)
    names: Mapped[Any] = mapped_column(Json)
    """`zh`, `ug` and `en`, all of them."""
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RegionBooking(Base):
    """One booking of the region's unified book (统一预约) that came to us, by the region's name."""

    __tablename__ = "region_booking"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    booking_id: Mapped[str | None] = mapped_column(ForeignKey("booking.id"), index=True)
    """None where it was refused: the place had gone."""
    answer: Mapped[str] = mapped_column(String(24))
    day: Mapped[date] = mapped_column(Date, index=True)
    came_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RegionFeed(Base):
    """How far the region's book has been read."""

    __tablename__ = "region_feed"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    position: Mapped[int]
