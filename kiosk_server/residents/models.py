"""
The table of residents: number and name sealed, the number found by its blind index.

Nothing else of a card is kept: no nation, no address, no photo, no birthday (P37).
"""

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_server.core.database import Base, UtcDateTime


class Resident(Base):
    """One person, by the number on a card of `kind` (see `rules.CardKind`)."""

    __tablename__ = "resident"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    number_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    number_index: Mapped[str] = mapped_column(String(32), unique=True)
    name_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime)
