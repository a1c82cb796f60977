"""
The list of thousands of terminals (终端清单): sifted, counted and paged by the database.

    page_of(session, sought, *, after=None) -> Listing
    software_known(session, site_ids) -> list[str]

The number of queries does not grow with the number of terminals: one counts, one finds a page, and
three look at the terminals of that page. Pages go on from the last terminal of the one before
(keyset), so that a list that changes meanwhile neither repeats a terminal nor takes longer further
down.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.terminals.models import Terminal
from kiosk_server.terminals.queries import TerminalView, views_of
from kiosk_server.terminals.rules import GRADES, SILENCE, Grade, TerminalState
from kiosk_server.upkeep.models import Alert

PAGE = 50
_CURSOR = re.compile(r"(\d{1,2})-(AT-\d{4,8})\Z")
_OUT = frozenset({Grade.REVOKED})
_NOT_OURS = frozenset({Grade.REVOKED, Grade.AWAITED})


@dataclass(frozen=True)
class Cursor:
    """The last terminal of a page: where the next one goes on."""

    rank: int
    terminal_id: str

    def __str__(self) -> str:
        return f"{self.rank}-{self.terminal_id}"

    @classmethod
    def read(cls, text: str) -> "Cursor | None":
        """Return the cursor that an address carries; None for anything else."""
        found = _CURSOR.match(text)
        return cls(int(found[1]), found[2]) if found else None


@dataclass(frozen=True)
class Sought:
    """
    Which terminals are looked for; what is left empty does not sift.

    `words` is part of a number or of a place; `named_sites` and `named_hosts` are the sites and
    host places whose names hold it. `hosts` sifts by where a terminal stands: ids of host places,
    or nothing at all for those in the site itself.
    """

    site_ids: Collection[str]
    grades: Collection[Grade] = frozenset(GRADES) - _OUT
    words: str = ""
    named_sites: Collection[str] = ()
    named_hosts: Collection[str] = ()
    hosts: Collection[str] | None = None
    trouble: str = ""
    software: str = ""


@dataclass(frozen=True)
class Listing:
    """One page; how many there are of each grade before sifting by grade; and where it goes on."""

    terminals: tuple[TerminalView, ...]
    counts: Mapping[Grade, int]
    heard: int
    """How many of ours have spoken lately."""
    following: Cursor | None
    total: int = field(default=0)
    """How many there are of the sought grades."""

    @property
    def ours(self) -> int:
        """How many serve or could: neither awaited nor withdrawn."""
        return sum(count for grade, count in self.counts.items() if grade not in _NOT_OURS)


def page_of(
    session: Session, sought: Sought, *, after: Cursor | None = None, size: int = PAGE
) -> Listing:
    """Return the terminals that are *sought*, those that want a person first, from *after* on."""
    rank, wanted = _rank(), _wanted(sought)
    counts, heard = _counts(session, rank, wanted)
    ranks = [GRADES.index(grade) for grade in sought.grades]
    length = func.length(Terminal.id)
    chosen = select(Terminal.id, rank).where(*wanted, rank.in_(ranks))
    if after is not None:
        chosen = chosen.where(_behind(rank, after))
    rows = session.execute(chosen.order_by(rank, length, Terminal.id).limit(size + 1)).all()
    page = rows[:size]
    return Listing(
        terminals=tuple(views_of(session, [terminal_id for terminal_id, _ in page])),
        counts=counts,
        heard=heard,
        following=Cursor(page[-1][1], page[-1][0]) if len(rows) > size else None,
        total=sum(counts.get(grade, 0) for grade in sought.grades),
    )


def software_known(session: Session, site_ids: Collection[str]) -> list[str]:
    """Return the software versions that run at these sites, the newest spelling first."""
    wanted = select(Terminal.software).where(
        Terminal.site_id.in_(site_ids),
        Terminal.software.is_not(None),
        Terminal.state != TerminalState.REVOKED.value,
    )
    return sorted((each for each in session.scalars(wanted.distinct()) if each), reverse=True)


def _rank() -> ColumnElement[int]:
    """Return how much a terminal wants a person, as `standing` would say: small ones first."""
    by_state = {
        TerminalState.AWAITED: Grade.AWAITED,
        TerminalState.REVOKED: Grade.REVOKED,
        TerminalState.LOCKED: Grade.LOCKED,
    }
    by_grade = (Grade.PARTLY, Grade.WARNED, Grade.GOOD)
    return case(
        *(
            (Terminal.state == state.value, GRADES.index(grade))
            for state, grade in by_state.items()
        ),
        (_is_silent(), GRADES.index(Grade.SILENT)),
        *((Terminal.grade == grade.value, GRADES.index(grade)) for grade in by_grade),
        # What has no grade yet is looked at first, not called good.
        else_=GRADES.index(Grade.STOPPED),
    )


def _is_silent() -> ColumnElement[bool]:
    return or_(Terminal.last_seen_at.is_(None), Terminal.last_seen_at < clock.now() - SILENCE)


def _wanted(sought: Sought) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [Terminal.site_id.in_(sought.site_ids)]
    if sought.words:
        wanted.append(
            or_(
                Terminal.id.icontains(sought.words, autoescape=True),
                Terminal.place.icontains(sought.words, autoescape=True),
                Terminal.site_id.in_(sought.named_sites),
                Terminal.host_place_id.in_(sought.named_hosts),
            )
        )
    if sought.hosts is not None:
        stands_in = Terminal.host_place_id.in_(sought.hosts)
        wanted.append(stands_in if sought.hosts else Terminal.host_place_id.is_(None))
    if sought.trouble:
        troubled = select(Alert.terminal_id).where(
            Alert.kind == sought.trouble, Alert.opened_at.is_not(None), Alert.closed_at.is_(None)
        )
        wanted.append(Terminal.id.in_(troubled))
    if sought.software:
        wanted.append(Terminal.software == sought.software)
    return wanted


def _counts(
    session: Session, rank: ColumnElement[int], wanted: list[ColumnElement[bool]]
) -> tuple[dict[Grade, int], int]:
    # Grouped by a column: PostgreSQL takes the same expression with other parameters for another.
    each = select(rank.label("rank"), case((_is_silent(), 0), else_=1).label("heard"))
    found = each.select_from(Terminal).where(*wanted).subquery()
    rows = session.execute(
        select(found.c.rank, func.count(), func.sum(found.c.heard)).group_by(found.c.rank)
    ).all()
    counts = {GRADES[at]: count for at, count, _ in rows}
    return counts, sum(spoke for at, _, spoke in rows if GRADES[at] not in _NOT_OURS)


def _behind(rank: ColumnElement[int], after: Cursor) -> ColumnElement[bool]:
    length, size = func.length(Terminal.id), len(after.terminal_id)
    return or_(
        rank > after.rank,
        and_(rank == after.rank, length > size),
        and_(rank == after.rank, length == size, Terminal.id > after.terminal_id),
    )
