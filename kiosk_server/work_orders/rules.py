"""
A work order's life (工单), its limits, and the figures that are made of it.

Pure. The time to repair (MTTR) is counted from when the trouble was known (the alert's opening, or
the order's where a person opened it) until the terminal was ready again (the last closing of an
alert of the same cause). Saying "done" ends no trouble: an order whose alert still stands has no
time to repair. Where there never was an alert, the moment it was done is all there is.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import fmean, median

from kiosk_server.core.transitions import Transitions
from kiosk_server.upkeep.causes import Severity

REPEAT_WITHIN = timedelta(days=30)
"""The same device of the same terminal failing of the same cause within this was not mended."""


class OrderState(StrEnum):
    """Where an order stands."""

    OPEN = "open"
    ASSIGNED = "assigned"
    ON_THE_WAY = "on_the_way"
    ARRIVED = "arrived"
    WORKING = "working"
    WAITING_FOR_PARTS = "waiting_for_parts"
    DONE = "done"
    REOPENED = "reopened"
    CHECKED = "checked"
    CANCELLED = "cancelled"


class OrderVerb(StrEnum):
    """What somebody does with an order."""

    ASSIGN = "assign"
    SET_OUT = "set_out"
    ARRIVE = "arrive"
    BEGIN = "begin"
    WAIT_FOR_PARTS = "wait_for_parts"
    FINISH = "finish"
    CHECK = "check"
    REOPEN = "reopen"
    CANCEL = "cancel"


LIFE = Transitions[OrderState, OrderVerb](
    {
        (OrderState.OPEN, OrderVerb.ASSIGN): OrderState.ASSIGNED,
        (OrderState.OPEN, OrderVerb.CANCEL): OrderState.CANCELLED,
        (OrderState.ASSIGNED, OrderVerb.ASSIGN): OrderState.ASSIGNED,
        (OrderState.ASSIGNED, OrderVerb.SET_OUT): OrderState.ON_THE_WAY,
        (OrderState.ASSIGNED, OrderVerb.ARRIVE): OrderState.ARRIVED,
        (OrderState.ASSIGNED, OrderVerb.CANCEL): OrderState.CANCELLED,
        (OrderState.ON_THE_WAY, OrderVerb.ASSIGN): OrderState.ASSIGNED,
        (OrderState.ON_THE_WAY, OrderVerb.ARRIVE): OrderState.ARRIVED,
        (OrderState.ON_THE_WAY, OrderVerb.CANCEL): OrderState.CANCELLED,
        (OrderState.ARRIVED, OrderVerb.BEGIN): OrderState.WORKING,
        (OrderState.ARRIVED, OrderVerb.ASSIGN): OrderState.ASSIGNED,
        (OrderState.WORKING, OrderVerb.WAIT_FOR_PARTS): OrderState.WAITING_FOR_PARTS,
        (OrderState.WORKING, OrderVerb.ASSIGN): OrderState.ASSIGNED,
        (OrderState.WORKING, OrderVerb.FINISH): OrderState.DONE,
        (OrderState.WAITING_FOR_PARTS, OrderVerb.ASSIGN): OrderState.ASSIGNED,
        (OrderState.WAITING_FOR_PARTS, OrderVerb.SET_OUT): OrderState.ON_THE_WAY,
        (OrderState.WAITING_FOR_PARTS, OrderVerb.BEGIN): OrderState.WORKING,
        (OrderState.WAITING_FOR_PARTS, OrderVerb.CANCEL): OrderState.CANCELLED,
        (OrderState.DONE, OrderVerb.CHECK): OrderState.CHECKED,
        (OrderState.DONE, OrderVerb.REOPEN): OrderState.REOPENED,
        (OrderState.REOPENED, OrderVerb.ASSIGN): OrderState.ASSIGNED,
        (OrderState.REOPENED, OrderVerb.CANCEL): OrderState.CANCELLED,
    }
)
ENDS = LIFE.ends()
IN_HAND = frozenset(OrderState) - ENDS - {OrderState.DONE}
"""States in which the limit still runs."""
HELD = tuple(sorted(state.value for state in IN_HAND))
"""The same, as they are stored."""
WORKERS_OWN = frozenset(
    {
        OrderVerb.SET_OUT,
        OrderVerb.ARRIVE,
        OrderVerb.BEGIN,
        OrderVerb.WAIT_FOR_PARTS,
        OrderVerb.FINISH,
    }
)
"""What only the person who has the order may say of it."""
SECOND_LOOK = frozenset({OrderVerb.CHECK, OrderVerb.REOPEN})
"""What somebody other than the one who did the work says of it."""


class Origin(StrEnum):
    """Who found that something must be done."""

    ALERT = "alert"
    STAFF = "staff"
    KEEPER = "keeper"


class Trouble(StrEnum):
    """What a person says is wrong, where no alert says it."""

    FAULT = "fault"
    JAM = "jam"
    NEEDS_ATTENTION = "needs_attention"
    HARDWARE = "hardware"
    BEYOND_KEEPER = "beyond_keeper"
    """The keeper has tried, and it is more than hands can do."""


REPORTED = (Trouble.FAULT, Trouble.JAM, Trouble.NEEDS_ATTENTION, Trouble.HARDWARE)
"""What staff choose from."""


class FaultCause(StrEnum):
    """What it was in the end (故障原因)."""

    WORN_OUT = "worn_out"
    FOREIGN_BODY = "foreign_body"
    SUPPLY = "supply"
    LOOSE_CABLE = "loose_cable"
    POWER = "power"
    NETWORK = "network"
    SOFTWARE = "software"
    MISADJUSTED = "misadjusted"
    DAMAGED = "damaged"
    NOTHING_FOUND = "nothing_found"


class Arrival(StrEnum):
    """How it is known that somebody stood at the machine."""

    SCANNED = "scanned"
    BY_HAND = "by_hand"


class ArrivalReason(StrEnum):
    """Why an arrival is only stated."""

    SCREEN_DEAD = "screen_dead"
    LINE_DEAD = "line_dead"
    NO_PHONE_CAMERA = "no_phone_camera"


class CancelReason(StrEnum):
    """Why nobody goes."""

    GONE_BY_ITSELF = "gone_by_itself"
    KEEPER_MENDED_IT = "keeper_mended_it"
    OPENED_IN_ERROR = "opened_in_error"
    TERMINAL_RETIRED = "terminal_retired"


@dataclass(frozen=True)
class Limits:
    """How long an order may take from its opening, and when its end is warned of."""

    until_done: timedelta
    until_warned: timedelta


LIMITS = {
    Severity.URGENT: Limits(timedelta(hours=4), timedelta(hours=3)),
    Severity.SERIOUS: Limits(timedelta(hours=24), timedelta(hours=20)),
    Severity.SOON: Limits(timedelta(hours=72), timedelta(hours=60)),
}


class Timeliness(StrEnum):
    """How an order stands to its limit."""

    IN_TIME = "in_time"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"


def timeliness(
    severity: Severity, opened_at: datetime, done_at: datetime | None, now: datetime
) -> Timeliness:
    """Return how an order stands to its limit *now*, or stood when it was done."""
    limits, until = LIMITS[severity], done_at or now
    if until - opened_at > limits.until_done:
        return Timeliness.OVERDUE
    if done_at is None and until - opened_at >= limits.until_warned:
        return Timeliness.DUE_SOON
    return Timeliness.IN_TIME


@dataclass(frozen=True)
class Spell:
    """One alert of the order's cause at its terminal; `closed_at` None: it still stands."""

    opened_at: datetime
    closed_at: datetime | None


def ready_again_at(spells: Iterable[Spell], since: datetime, until: datetime) -> datetime | None:
    """
    Return when the cause was last over, of the alerts *since* then; None while one stands.

    *until* is when the order was done, or now: an alert that opens later is another story, but one
    that closes later belongs to this one.
    """
    closings = []
    for spell in spells:
        if spell.opened_at > until:
            continue
        if spell.closed_at is None:
            return None
        if spell.closed_at >= since:
            closings.append(spell.closed_at)
    return max(closings, default=None)


def hours_to_repair(began_at: datetime, ready_at: datetime) -> float:
    """Return the hours that one repair took; never below none."""
    return max(0.0, (ready_at - began_at).total_seconds() / 3600)


@dataclass(frozen=True)
class RepairTimes:
    """How long repairs took, in hours, and how many of them kept their limit."""

    count: int
    mean_hours: float | None
    median_hours: float | None
    in_time: int
    finished: int


def repair_times(hours: Collection[float], *, in_time: int, finished: int) -> RepairTimes:
    """Return the figures of these repairs; the mean is the MTTR."""
    if not hours:
        return RepairTimes(0, None, None, in_time, finished)
    return RepairTimes(len(hours), fmean(hours), median(hours), in_time, finished)
