"""
What stands on the papers of a parcel, as values: its label (面单), the list that lies in it
(装箱单), and what a courier's driver signs for (交接单).

A label is read by everybody on the way: it shows what a courier needs at the door and not more.
The driver's list names nobody at all.
"""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class LabelEnd:
    """One end of the way as a label shows it; masked before it comes here where it is a person."""

    name: str
    phone: str
    county: str
    street: str


@dataclass(frozen=True)
class LabelPiece:
    """One paper of the list in the parcel."""

    title: str
    original: bool


@dataclass(frozen=True)
class ParcelLabel:
    """A label of 100 × 150 mm and the list behind it. Without a way-bill yet, `waybill` is None.

    `paid` says who pays in words, `returns` where it goes when nobody takes it; times are aware.
    """

    order: str
    courier: str
    waybill: str | None
    sender: LabelEnd
    receiver: LabelEnd
    paid: str
    contents: str
    weight_grams: int
    pieces: tuple[LabelPiece, ...]
    printed_at: datetime
    at_site: str | None = None
    sample: bool = False


@dataclass(frozen=True)
class ListedParcel:
    """One line of what a driver takes."""

    order: str
    waybill: str | None
    county: str
    pieces: int


@dataclass(frozen=True)
class CourierList:
    """What one courier takes from one site on one day (交接单)."""

    site: str
    courier: str
    day: date
    parcels: tuple[ListedParcel, ...]
    printed_at: datetime
    sample: bool = False
