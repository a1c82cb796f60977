"""
Which ways are open for a result (结果送达), whether it is owed for, and when money goes back.

One rule stands behind all of it: a paper goes out only while its fee is kept, and the fee goes back
only while no paper is out or on its way out. Both are asked with the case's row held. Pure.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

PRINT_WITHIN = timedelta(hours=24)
"""After payment, and after a print that failed: as long as a right to print lasts."""
COLLECT_WITHIN = timedelta(days=30)
"""A paper that waits at a window waits for a person, whose next way to town may be weeks away."""
DOUBT_LASTS = timedelta(hours=72)
"""So much longer a print of which nobody knows the end keeps the money: a terminal whose line comes
back tells what it did. After that the doubt is the office's, and the money the resident's."""


class ResultWay(StrEnum):
    """How a result comes to its resident, as he wishes."""

    HERE = "here"
    """Printed at a terminal, any terminal, with his card."""
    COLLECT = "collect"
    """Handed out at a window."""
    SEND = "send"
    """By courier."""


class Print(StrEnum):
    """Where the paper stands at the printers; all prints of a case together."""

    NONE = "none"
    UNDER_WAY = "under_way"
    HANGS = "hangs"
    """In trouble, or being taken back: it may still come out."""
    FAILED = "failed"
    UNKNOWN = "unknown"
    DENIED = "denied"
    """The printer says that it came out, and the resident that it did not."""
    OUT = "out"


class Parcel(StrEnum):
    """Where the paper stands with couriers; all deliveries of a result together."""

    NONE = "none"
    WAITS = "waits"
    """No courier was asked."""
    ASKED = "asked"
    """A courier was asked and has not the paper; he can still be told to stay away."""
    TURNED_DOWN = "turned_down"
    CARRIED = "carried"
    """With a courier, brought, or on its way back: what follows is decided there."""


@dataclass(frozen=True)
class Standing:
    """Everything that decides about one result. Amounts are integer fen."""

    due: bool
    """There is a paper to give, or there may be one."""
    decided: bool
    fee_fen: int
    kept_fen: int
    """Of the money that was paid, what is here and was not asked back."""
    returning: bool
    """Money was paid, and all of it is on its way back."""
    handed_out: bool
    print: Print
    parcel: Parcel

    @property
    def gone(self) -> bool:
        """Whether the paper has left the house."""
        return self.handed_out or self.print is Print.OUT or self.parcel is Parcel.CARRIED

    @property
    def owed(self) -> bool:
        """Whether the paper costs something that nobody has paid."""
        return self.fee_fen > 0 and self.kept_fen == 0

    @property
    def returnable(self) -> bool:
        """Whether the money may go back: no paper is out, and none can come out any more."""
        at_rest = self.print in (Print.NONE, Print.FAILED, Print.UNKNOWN)
        unsent = self.parcel in (Parcel.NONE, Parcel.TURNED_DOWN)
        return self.kept_fen > 0 and not self.gone and at_rest and unsent


def open_ways(standing: Standing) -> tuple[ResultWay, ...]:
    """Return the ways that may be chosen now, in the order in which they are offered."""
    busy = standing.print is Print.UNDER_WAY or standing.returning
    undecided = not standing.decided and standing.fee_fen > 0
    if not standing.due or standing.gone or busy or undecided:
        return ()
    if standing.print is Print.DENIED:
        # Two papers of which one is said to be missing are looked into by a person, not sent.
        return (ResultWay.HERE, ResultWay.COLLECT)
    return tuple(ResultWay)


def money_goes_back_at(
    way: ResultWay,
    standing: Standing,
    *,
    since: datetime,
    ended: Collection[datetime] = (),
    right_until: datetime | None = None,
) -> datetime | None:
    """
    Return when money that was kept goes back by itself; None while it cannot.

    *since* is the later of payment and choice, *ended* tells when prints failed and parcels came to
    nothing, *right_until* when the last right to print ends. A failure lengthens the time by as
    much as the right that it gives, and each page says until when.
    """
    if not standing.returnable:
        return None
    if way is ResultWay.COLLECT:
        return since + COLLECT_WITHIN
    last = max((since, *ended)) + PRINT_WITHIN
    if right_until is not None:
        last = max(last, right_until)
    return last + DOUBT_LASTS if standing.print is Print.UNKNOWN else last
