"""
Addresses, deliveries, what was heard of each, and the pieces in it.

Who lives where and what couriers wrote stands sealed. A delivery keeps the address that it went to:
what is changed in the book later changes no parcel.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_server.core.database import Base, UtcDateTime

_IS_DEFAULT = text("is_default")


class ResidentAddress(Base):
    """One address of a resident's book (地址簿); at most one of them is the default."""

    __tablename__ = "resident_address"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    resident_id: Mapped[str] = mapped_column(ForeignKey("resident.id"), index=True)
    name_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    phone_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    street_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    is_default: Mapped[bool]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index(
            "ix_resident_address_one_default",
            "resident_id",
            unique=True,
            sqlite_where=_IS_DEFAULT,
            postgresql_where=_IS_DEFAULT,
        ),
    )


class DeliveryOrder(Base):
    """One delivery (寄递); its id is the courier's order id, so that it is never two orders."""

    __tablename__ = "delivery_order"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    resident_id: Mapped[str] = mapped_column(ForeignKey("resident.id"))
    direction: Mapped[str] = mapped_column(String(8))
    case_id: Mapped[str | None] = mapped_column(ForeignKey("service_case.id"), index=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    """The office at the other end."""
    to_site_id: Mapped[str | None] = mapped_column(ForeignKey("site.id"), index=True)
    """Where the resident comes for his result (代收点); None: it goes to his door."""
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    party_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """JSON of the resident's name, phone and street, as they were."""
    courier: Mapped[str] = mapped_column(String(10))
    payer: Mapped[str] = mapped_column(String(10))
    fee_fen: Mapped[int]
    """As quoted; 0 where the office pays."""
    postage_of: Mapped[str | None] = mapped_column(String(26), index=True)
    """The delivery whose postage, paid beforehand, carries this one: itself, or the first of those
    that it takes the place of. None where nobody pays beforehand."""
    state: Mapped[str] = mapped_column(String(18))
    trouble: Mapped[str | None] = mapped_column(String(16))
    waybill: Mapped[str | None] = mapped_column(String(40))
    request_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """From then on a courier may be asked; before, its case is not decided."""
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Set before the courier is first asked: from then on it may have the order."""
    cancel_asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    look_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    """When the courier is asked next, whatever was pushed."""
    subscribe_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    code_mac: Mapped[str | None] = mapped_column(String(64))
    handed_over_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    waits_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when it lies at `to_site_id`."""
    reminded: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """How often its resident was told again that it waits there."""
    way_on: Mapped[str | None] = mapped_column(String(12))
    """What a person decided to follow from its trouble."""
    replaces: Mapped[str | None] = mapped_column(ForeignKey("delivery_order.id"), unique=True)

    __table_args__ = (
        Index("ix_delivery_order_resident", "resident_id", "id"),
        Index("ix_delivery_order_waybill", "waybill", "courier"),
        Index("ix_delivery_order_state", "state", "id"),
    )


class DeliveryEvent(Base):
    """One thing that was heard of a delivery, with the time at which it happened."""

    __tablename__ = "delivery_event"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("delivery_order.id"))
    mark: Mapped[str] = mapped_column(String(64))
    """Keyed digest of what was said: the same line, pushed again, is here already."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    heard_at: Mapped[datetime] = mapped_column(UtcDateTime)
    source: Mapped[str] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(String(20))
    step: Mapped[str | None] = mapped_column(String(12))
    """None: a code that we do not know; its words are kept."""
    trouble: Mapped[str | None] = mapped_column(String(16))
    text_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (UniqueConstraint("order_id", "mark"),)


class DeliveryPiece(Base):
    """One paper in a delivery; an original is looked for one by one where it arrives."""

    __tablename__ = "delivery_piece"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("delivery_order.id"), index=True)
    title_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    original: Mapped[bool]
    found: Mapped[str | None] = mapped_column(String(10))
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
