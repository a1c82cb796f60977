"""
Codes without a network: verified on one core, drawn, and how large; and the holder's log at ten
thousand and at a million looks.
"""

from collections.abc import Iterator

from sqlalchemy import text

from kiosk_server.certificates.holders import person
from kiosk_server.core.database import Database
from kiosk_server.core.identifiers import new_id
from kiosk_server.credentials.offline import verify
from kiosk_server.printing.documents.qr_matrix import qr_matrix
from kiosk_server.showing.uses import uses_of
from tests.bench.ground import fresh_ground
from tests.bench.side_by_side import Measured, nothing, seconds_in_turns
from tests.support.credentials import NOON, all_good, code, kept_licence, key, trusting

TIMES = 50
DRAWING_AIM_MS = 3.0
FEW, MANY = 10_000, 1_000_000
_LOOKS = text(
    "WITH RECURSIVE look(i) AS"
    " (SELECT :begun UNION ALL SELECT i + 1 FROM look WHERE i + 1 < :end)"
    " INSERT INTO certificate_usage"
    " (id, certificate_id, holder, at, channel, outcome, scene, fields)"
    " SELECT printf('%026d', i), :certificate,"
    " CASE WHEN i % 10 = 0 THEN :mine ELSE 'person:' || printf('%026d', i % 1000) END,"
    " '2026-11-20 04:00:00.000000', 'live_code', 'genuine', 'transport', '' FROM look"
)
"""A tenth of the looks at certificates of one holder, the others at those of a thousand."""


def measure() -> Iterator[Measured]:
    """Yield milliseconds for one verification, one drawing, and one page of the log."""
    shown, trust, statuses = code(), trusting(key()), all_good()
    public, message = key().public, b"the same length as a code".ljust(len(shown))
    signature = key().sign(message)
    ours, bare = seconds_in_turns(
        lambda: [verify(shown, trust=trust, statuses=statuses, now=NOON) for _ in range(TIMES)],
        lambda: [public.verifies(signature, message) for _ in range(TIMES)],
    )
    squares = qr_matrix(shown)
    what = f"an offline code verified ({len(shown)} characters)"
    yield Measured(what, ours / TIMES * 1000, bare / TIMES * 1000, "ms", "its signature alone")
    drawn, _ = seconds_in_turns(lambda: [qr_matrix(shown) for _ in range(TIMES)], nothing)
    what = f"an offline code drawn (version {(squares.side - 17) // 4})"
    yield Measured(what, drawn / TIMES * 1000, DRAWING_AIM_MS, "ms", "the aim")
    with fresh_ground() as (_, database):
        yield _log(database)


def _log(database: Database) -> Measured:
    certificate = kept_licence(database)
    mine = new_id()
    _fill(database, certificate, mine, 0, FEW)
    few, _ = seconds_in_turns(lambda: _page(database, mine), nothing)
    _fill(database, certificate, mine, FEW, MANY)
    many, _ = seconds_in_turns(lambda: _page(database, mine), nothing)
    what = f"a page of a log of {MANY:,} looks"
    return Measured(what, many * 1000, few * 1000, "ms", f"of {FEW:,} looks")


def _page(database: Database, mine: str) -> None:
    with database.reading() as session:
        assert len(uses_of(session, mine, person(mine), limit=50)) == 50


def _fill(database: Database, certificate: str, mine: str, begun: int, end: int) -> None:
    told = {"certificate": certificate, "mine": person(mine).key, "begun": begun, "end": end}
    with database.unit_of_work() as session:
        session.execute(_LOOKS, told)
