"""The table of how results come to people. Ids alone: whose it is, the case tells."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_server.core.database import Base, UtcDateTime

_WANTED = text("money_wanted_at IS NOT NULL")


class CaseResult(Base):
    """How one case's result comes to its resident, and what became of that."""

    __tablename__ = "case_result"

    case_id: Mapped[str] = mapped_column(ForeignKey("service_case.id"), primary_key=True)
    way: Mapped[str | None] = mapped_column(String(8))
    """None where nothing is chosen: never, or not again after what was chosen came to nothing."""
    origin: Mapped[str] = mapped_column(String(10))
    chosen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    request_key: Mapped[str | None] = mapped_column(String(64))
    """Digest of caller and Idempotency-Key of the last choice: sent again, it chooses nothing."""
    site_id: Mapped[str | None] = mapped_column(ForeignKey("site.id"), index=True)
    """Whose window hands it out."""
    delivery_id: Mapped[str | None] = mapped_column(ForeignKey("delivery_order.id"))
    money_wanted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """He asked for his money while a print still hung: it goes back once the paper cannot come."""
    given_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The money was sent back in place of the paper."""
    handed_out_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    handed_out_by: Mapped[str | None] = mapped_column(String(26))

    __table_args__ = (
        Index(
            "ix_case_result_money_wanted",
            "money_wanted_at",
            sqlite_where=_WANTED,
            postgresql_where=_WANTED,
        ),
    )
