"""What stands in the database against what the words of the fleet ask for."""

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import func, select

from kiosk_server.core.database import Database
from kiosk_server.terminals.models import Terminal
from kiosk_server.upkeep.models import Alert, AlertCall
from tests.fleet.ledger import Count, Trouble, calls_expected
from tests.fleet.life import Fleet


@dataclass
class Verdict:
    """Counts of a play; `lost`, `repeated` and `left_open` name terminals with their troubles."""

    alerts_expected: Count = field(default_factory=lambda: Count(0, 0))
    alerts_opened: int = 0
    alerts_closed: int = 0
    calls_expected: Count = field(default_factory=lambda: Count(0, 0))
    calls_made: int = 0
    calls_sent: int = 0
    calls_open: int = 0
    """Calls of which nobody knows whether they went out."""
    lost: list[tuple[str, Trouble]] = field(default_factory=list)
    repeated: list[tuple[str, Trouble]] = field(default_factory=list)
    left_open: list[tuple[str, Trouble]] = field(default_factory=list)
    not_heard: list[str] = field(default_factory=list)
    """Terminals of which the database has another last word than they said."""

    @property
    def right(self) -> bool:
        """Whether no alert was lost, none repeated, none left, and every call sent once."""
        calls = self.calls_expected
        return not (self.lost or self.repeated or self.left_open or self.not_heard) and (
            calls.least <= self.calls_sent <= calls.most and self.calls_open == 0
        )


def judge(database: Database, fleet: Fleet, *, held_at: float) -> Verdict:
    """Compare every alert and every call with the ledgers of *fleet*."""
    verdict = Verdict()
    opened, live = _alerts(database)
    verdict.alerts_opened = sum(opened.values())
    verdict.alerts_closed = verdict.alerts_opened - sum(live.values())
    verdict.left_open = list(live)
    expected: dict[tuple[str, Trouble], Count] = {}
    for terminal in fleet.terminals:
        for trouble, count in terminal.ledger.alerts().items():
            expected[terminal.id, trouble] = count
            verdict.alerts_expected += count
    for key in expected.keys() | opened.keys():
        count = expected.get(key, Count(0, 0))
        if opened[key] < count.least:
            verdict.lost.append(key)
        if opened[key] > count.most:
            verdict.repeated.append(key)
    sites = [[terminal.ledger for terminal in site] for site in fleet.by_site()]
    verdict.calls_expected = calls_expected(sites, held_at)
    _count_calls(database, verdict)
    verdict.not_heard = _unheard(database, fleet)
    return verdict


def calls_sent(database: Database) -> int:
    """Return how many calls have gone out."""
    with database.reading() as session:
        sent = select(func.count(AlertCall.id)).where(AlertCall.outcome == "sent")
        return session.scalar(sent) or 0


def alerts_live(database: Database) -> int:
    """Return how many alerts and suspicions are not over."""
    with database.reading() as session:
        return session.scalar(select(func.count(Alert.id)).where(Alert.closed_at.is_(None))) or 0


def _alerts(
    database: Database,
) -> tuple[Counter[tuple[str, Trouble]], Counter[tuple[str, Trouble]]]:
    opened: Counter[tuple[str, Trouble]] = Counter()
    live: Counter[tuple[str, Trouble]] = Counter()
    with database.reading() as session:
        for alert in session.scalars(select(Alert).where(Alert.opened_at.is_not(None))):
            key = (alert.terminal_id, (alert.device, alert.kind))
            opened[key] += 1
            live[key] += alert.closed_at is None
    return opened, +live


def _count_calls(database: Database, verdict: Verdict) -> None:
    with database.reading() as session:
        outcomes = Counter(session.scalars(select(AlertCall.outcome)))
    verdict.calls_made, verdict.calls_sent = outcomes.total(), outcomes["sent"]
    # What was over before it went out need not be told.
    verdict.calls_open = outcomes.total() - outcomes["sent"] - outcomes["not_needed"]


def _unheard(database: Database, fleet: Fleet) -> list[str]:
    with database.reading() as session:
        seen = dict(session.execute(select(Terminal.id, Terminal.last_seen_at)).all())
    found = []
    for terminal in fleet.terminals:
        word, at = terminal.ledger.words[-1], seen[terminal.id]
        # Both ends read the same clock; rounding is all that may lie between.
        if at is None or not word.sent - 1 <= at.timestamp() <= word.answered + 1:
            found.append(terminal.id)
    return found
