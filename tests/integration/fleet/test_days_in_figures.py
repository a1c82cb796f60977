"""Days in figures from what really happened, on both engines: a simulated month, and visits."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.fleet.models import TerminalDay, UnfinishedDay
from kiosk_server.fleet.queries import Of, service_days, unfinished, whole_share
from kiosk_server.fleet.rules import Told
from kiosk_server.fleet.summaries import forget_days, summarise, summarise_day
from kiosk_server.reactions import CHORES
from kiosk_server.terminals.models import Terminal
from kiosk_server.terminals.rules import Condition, WithdrawalReason
from kiosk_server.terminals.services import lock, unlock
from kiosk_server.upkeep.models import Alert
from kiosk_server.visits import services as visits
from kiosk_server.visits.models import EndReason, Visit
from tests.support.ailing import KEEPER, NOON, Ailing
from tests.support.counter import AYGUL, SITE, TERMINAL, Counter, Person

SPELL, HOUR, DAY = 600, 3600, 86_400
ONE = "AT-0001"
FIRST_DAY = clock.to_beijing(NOON).date()


def enrolled_long_ago(database: Database) -> None:
    """The terminals have been there for years."""
    with database.unit_of_work() as session:
        for terminal in session.scalars(select(Terminal)):
            terminal.enrolled_at = NOON - timedelta(days=700)


def days_of(database: Database, terminal_id: str = ONE) -> dict[date, TerminalDay]:
    """The figures of a terminal, by day."""
    with database.reading() as session:
        rows = session.scalars(select(TerminalDay).where(TerminalDay.terminal_id == terminal_id))
        return {row.day: row for row in rows}


@pytest.mark.policy("P50", "P53")
def test_uptime_of_a_troubled_afternoon(database: Database) -> None:
    """Out of paper, silent, locked and well again: each has its time, worked out from rows."""
    town = Ailing(database).open()
    enrolled_long_ago(database)
    town.says(ONE, Condition.NEEDS_ATTENTION, "paper_out")
    town.wait(SPELL)
    town.well(ONE)
    town.wait(SPELL)
    town.silent.add(ONE)
    town.wait(SPELL)
    town.silent.clear()
    town.wait(SPELL)
    with town.at_work(), database.unit_of_work() as session:
        lock(session, ONE, by=KEEPER, reason=WithdrawalReason.MAINTENANCE)
    town.wait(SPELL)
    with town.at_work(), database.unit_of_work() as session:
        unlock(session, ONE, by=KEEPER)
    town.wait(SPELL)
    town.now += timedelta(days=1)
    with town.at_work():
        summarise(database)
    day = days_of(database)[FIRST_DAY]
    assert day.expected_seconds == DAY
    assert day.partly_seconds == pytest.approx(SPELL, abs=60)
    assert day.silent_seconds == pytest.approx(SPELL, abs=60)
    assert day.locked_seconds == pytest.approx(SPELL, abs=60)
    assert day.whole_seconds == pytest.approx(DAY - 3 * SPELL, abs=180)
    total = day.whole_seconds + day.partly_seconds + day.stopped_seconds
    assert total + day.silent_seconds + day.locked_seconds == DAY


@pytest.mark.policy("P50", "P53")
def test_a_month_of_nightly_silences(database: Database) -> None:
    """Thirty days with two silent hours each: the share in service is what was simulated."""
    town = Ailing(database).open()
    enrolled_long_ago(database)
    with database.unit_of_work() as session:
        for number in range(30):
            seen = NOON + timedelta(days=number, hours=14)
            session.add(
                Alert(
                    id=f"{number:026d}", terminal_id=ONE, site_id=SITE, device="terminal",
                    kind="offline", severity="urgent", suspected_at=seen + timedelta(seconds=90),
                    opened_at=seen + timedelta(seconds=90), last_seen_at=seen,
                    gone_since=seen + timedelta(hours=2), closed_at=seen + timedelta(hours=2),
                )
            )  # fmt: skip
    for number in range(31):
        town.now = NOON + timedelta(days=number, hours=18)
        with town.at_work():
            summarise(database)
    with town.at_work(), database.reading() as session:
        last = FIRST_DAY + timedelta(days=29)
        days = service_days(session, Of(terminal_id=ONE), FIRST_DAY, last)
        of_site = service_days(session, Of(site_ids=[SITE]), FIRST_DAY, last)
    assert len(days) == 30
    # The silence of the first night begins on the second day, at two o'clock.
    assert {day.silent_seconds for day in days[1:]} == {2 * HOUR}
    assert {round(day.share_in_service or 0, 4) for day in days[1:]} == {round(22 / 24, 4)}
    assert of_site == days


def test_a_standstill_is_made_up_for(database: Database) -> None:
    """A worker that was away works out each missed day; doing it again changes nothing."""
    town = Ailing(database).open()
    enrolled_long_ago(database)
    for later in (1, 8):
        town.now = NOON + timedelta(days=later)
        with town.at_work():
            summarise(database)
            summarise(database)
    found = days_of(database)
    assert sorted(found) == [FIRST_DAY + timedelta(days=number) for number in range(-2, 8)]
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(TerminalDay)) == 10


def test_old_days_are_forgotten(database: Database) -> None:
    """Figures are kept for four hundred days."""
    town = Ailing(database).open()
    enrolled_long_ago(database)
    with town.at_work():
        summarise_day(database, FIRST_DAY - timedelta(days=401))
        summarise_day(database, FIRST_DAY - timedelta(days=399))
        with database.unit_of_work() as session:
            assert forget_days(session) == 1
    assert list(days_of(database)) == [FIRST_DAY - timedelta(days=399)]


def goes(counter: Counter, person: Person, reason: EndReason = EndReason.DONE) -> None:
    """The person's visit ends."""
    with counter.database.unit_of_work() as session:
        visits.end(session, session.get_one(Visit, person.visit_id), reason=reason)
    counter.works()


@pytest.mark.policy("P39", "P50")
def test_visits_are_counted_by_how_they_ended(counter: Counter) -> None:
    """Who got his paper, who did not and why, who only looked: counts without anybody in them."""
    with counter.database.unit_of_work() as session:
        session.get_one(Terminal, TERMINAL).enrolled_at = clock.now() - timedelta(days=9)
    person, _, job_id = counter.comes_to_paper(AYGUL)
    counter.reports(job_id, 1, "printing")
    counter.reports(job_id, 2, "printed", pages_done=2)
    counter.works()
    goes(counter, person)
    for _ in range(3):
        person = counter.starts()
        counter.chooses(person, "SAMPLE-RS-01")
        goes(counter, person, EndReason.IDLE)
    person, _, job_id = counter.comes_to_paper(AYGUL)
    counter.reports(job_id, 1, "not_printed", trouble="jam")
    goes(counter, person, EndReason.LEFT)
    goes(counter, counter.starts())
    today = clock.beijing_today()
    summarise_day(counter.database, today)
    day = days_of(counter.database, TERMINAL)[today]
    assert (day.finished, day.unfinished, day.looked) == (1, 4, 1)
    assert (day.pages, day.card_reads) == (2, 2)
    with counter.database.reading() as session:
        rows = session.scalars(select(UnfinishedDay).order_by(UnfinishedDay.reason)).all()
        assert [(row.item_code, row.reason, row.count) for row in rows] == [
            ("SAMPLE-RS-01", "left_at_card", 3),
            ("SAMPLE-RS-01", "print_jam", 1),
        ]
        told = unfinished(session, Of(terminal_id=TERMINAL), today, today)
        # One jam alone would be one person: it stands with the others, and they are four.
        assert told.reasons == [Told("others", 4)]
        assert told.items == [Told("SAMPLE-RS-01", 4)]
        assert told.sites == [Told(SITE, 4)]
        share = whole_share(session)
        assert 0 < share.whole < share.items


def test_no_figure_names_a_visit_or_a_person() -> None:
    """The tables of days have no column that could lead to somebody (P39)."""
    columns = {
        column.name for table in (TerminalDay, UnfinishedDay) for column in table.__table__.columns
    }
    leads = ("visit", "resident", "case", "person", "name", "_at")
    assert not {name for name in columns if any(part in name for part in leads)}


def test_the_days_are_a_chore_of_the_worker() -> None:
    """The worker reckons each night, and forgets."""
    assert {"summarise_days", "forget_days"} <= {chore.name for chore in CHORES}
