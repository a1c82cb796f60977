"""
A town that books: a crowd with phones, a clerk, a worker, and a fortnight with one slot a day.

What it is for is to be killed in the middle: `strike_the_server`, and the lives of its workers.
"""

import datetime as dt
import random
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from os import kill
from pathlib import Path
from signal import SIGKILL

import requests
from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from kiosk_server.audit.services import SYSTEM
from kiosk_server.bookings import services, waiting
from kiosk_server.bookings.chores import make_slots
from kiosk_server.bookings.life import Channel, WaitingState
from kiosk_server.bookings.making import Wish
from kiosk_server.bookings.models import Booking, BookingSlot, Slot, WaitingEntry
from kiosk_server.bookings.templates import enter_template
from kiosk_server.core import clock
from kiosk_server.core.idempotency import KeptAnswer
from kiosk_server.outbox.services import emit
from kiosk_server.outbox.timetable import TOPIC
from kiosk_server.places import site_hours
from kiosk_server.places.calendars import calendar_of
from kiosk_server.places.hours import DayKind, DayTold
from kiosk_server.places.models import AnnouncedYear
from kiosk_server.staff.seed import demo_accounts
from tests.support.booking import GROUP, SHORT, SITE
from tests.support.crowd import Answer, Crowd, begin_server
from tests.support.staff_browser import account, code_of
from tests.support.warm_starts import Life, WarmStarts

PLACES, WALK_IN = 3, 1
DAYS = 14
WHOLE_SERVER_EVERY = 6
"""Else its processes die, and its master starts others."""
LATEST_SECONDS = 0.08
PATIENCE_SECONDS = 60.0
SPELL = (dt.time(10), dt.time(10, 15))
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Town:
    """A crowd, a clerk who signs in, and the slots of a fortnight in order."""

    crowd: Crowd
    warm: WarmStarts
    folder: Path
    chance: random.Random
    clerk: requests.Session = field(default_factory=requests.Session)
    slots: list[str] = field(default_factory=list)

    def open(self) -> "Town":
        """Enter the slots of a fortnight, and let the clerk sign in."""
        with self.crowd.database.unit_of_work() as session:
            demo_accounts(session, production=False)
            _enter_templates(session)
            _open_days(session, days_to_come())
        make_slots(self.crowd.database, self.crowd.terms)
        wanted = select(Slot.id).where(Slot.day.in_(days_to_come())).order_by(Slot.day)
        with self.crowd.database.reading() as session:
            self.slots = list(session.scalars(wanted))
        assert len(self.slots) == DAYS
        self.sign_in()
        return self

    def wipe(self) -> None:
        """Let nobody have a place, and every day be open."""
        with self.crowd.database.unit_of_work() as session:
            for table in (WaitingEntry, BookingSlot, Booking):
                session.execute(delete(table))
            session.execute(
                update(Slot).values(
                    remaining_booked=PLACES, remaining_total=PLACES + WALK_IN, closed_at=None
                )
            )

    def holds(self, who: int, slot: str, *, says_yes: bool) -> str:
        """Give one person a place, held or confirmed."""
        wish = Wish(self.crowd.residents[who], SHORT, Channel.PHONE)
        with self.crowd.database.unit_of_work() as session:
            booking = services.hold(session, slot, wish, terms=self.crowd.terms, by=SYSTEM)
            if says_yes:
                services.confirm(session, booking.id, by=SYSTEM)
            return booking.id

    def wait(self, who: int, slot: str) -> None:
        """Let one person wait for a place on the day of a slot."""
        day = SITE, GROUP, self.day(slot)
        wish = Wish(self.crowd.residents[who], SHORT, Channel.PHONE)
        with self.crowd.database.unit_of_work() as session:
            waiting.join(session, day, wish, terms=self.crowd.terms, by=SYSTEM)

    def day(self, slot: str) -> dt.date:
        """The day of a slot."""
        return dt.date.fromisoformat(self.crowd.day_of(slot))

    def tell_day(self, slot: str, kind: DayKind) -> None:
        """Say of the day of a slot whether it is open; its places follow when they are fitted."""
        told = DayTold(self.day(slot), kind, () if kind is DayKind.CLOSED else (SPELL,))
        with self.crowd.database.unit_of_work() as session:
            site_hours.set_day(session, SITE, told, by=SYSTEM)

    def asks_until_answered(self, deed: Callable[[], Answer]) -> Answer:
        """Ask again as a phone does, until somebody is there to answer."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            try:
                answer = deed()
            except OSError:
                time.sleep(0.01)
                continue
            assert answer.status < 500, answer.body
            if answer.status == 409 and answer.json()["code"] == "request_at_work":
                self._let_the_minute_pass()
                continue
            return answer
        raise AssertionError("nobody answers")

    def _let_the_minute_pass(self) -> None:
        # What a killed server began under a key is another's after a minute.
        before = clock.now() - dt.timedelta(minutes=2)
        with self.crowd.database.unit_of_work() as session:
            session.execute(
                update(KeptAnswer).where(KeptAnswer.status.is_(None)).values(begun_at=before)
            )

    def closes(self, slot: str) -> None:
        """Let the clerk close the day of a slot, and try until it is done."""
        hours = f"/staff/sites/{SITE}/hours"
        form = {"day": self.crowd.day_of(slot), "kind": DayKind.CLOSED.value}

        def close() -> Answer:
            said = self.submits(f"/staff/sites/{SITE}/days", hours, **form)
            return Answer(said.status_code, said.content)

        assert self.asks_until_answered(close).status == 303

    def submits(self, path: str, form_page: str, **fields: str) -> requests.Response:
        """Send the clerk's form."""
        origin = self.crowd.settings.public_origin
        page = self.clerk.get(origin + form_page, timeout=PATIENCE_SECONDS).text
        found = _TOKEN.search(page)
        fields["csrf_token"] = found.group(1) if found else ""
        return self.clerk.post(
            origin + path, data=fields, allow_redirects=False, timeout=PATIENCE_SECONDS
        )

    def sign_in(self) -> None:
        """Let the clerk sign in."""
        known, page = account("chuangkou"), "/staff/sign-in"
        given = self.submits(page, page, login=known.login, password=known.password)
        assert given.status_code == 303, given.text
        given = self.submits(f"{page}/code", f"{page}/code", code=code_of(known))
        assert given.status_code == 303, given.text

    def strike_the_server(self, turn: int) -> None:
        """`kill -9` of its processes, or of its master too, at a moment that chance chose."""
        time.sleep(self.chance.uniform(0, LATEST_SECONDS))
        crowd = self.crowd
        if turn % WHOLE_SERVER_EVERY:
            for process in children_of(crowd.server.pid):
                kill(process, SIGKILL)
        else:
            crowd.server.kill()
            crowd.server = begin_server(crowd.settings, self.warm, self.folder)

    def worker(self) -> Life:
        """Start a worker."""
        settings = self.crowd.settings
        environment = {
            "KIOSK_DATABASE_URL": settings.database_url,
            "KIOSK_INSTANCE": str(settings.instance),
        }
        log = self.folder / "worker.log"
        return self.warm.begin("kiosk_server.worker", [], environment=environment, log=log)

    def orders(self, chore: str) -> None:
        """Let a worker do a chore now."""
        with self.crowd.database.unit_of_work() as session:
            emit(session, TOPIC, {"chore": chore})

    def count(self, *conditions: ColumnElement[bool]) -> int:
        """Return how many bookings are like this."""
        with self.crowd.database.reading() as session:
            return session.scalar(select(func.count()).select_from(Booking).where(*conditions)) or 0

    def upcoming(self, who: int) -> int:
        """Return how many bookings one person has ahead of him."""
        ahead = Booking.state.in_(["held", "confirmed"])
        return self.count(Booking.resident_id == self.crowd.residents[who], ahead)

    def until(self, reached: Callable[[], bool]) -> None:
        """Wait for what must come about."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not reached():
            assert time.monotonic() < end, (self.folder / "worker.log").read_text("utf-8")[-3000:]
            time.sleep(0.005)

    def all_is_counted(self) -> None:
        """Nothing lost, nothing doubled, and no offer made twice."""
        assert self.crowd.counted_right()
        led_to = WaitingEntry.booking_id
        answered = select(func.count(led_to), func.count(led_to.distinct()))
        with self.crowd.database.reading() as session:
            led, different = session.execute(answered).one()
        assert self.count(Booking.channel == Channel.WAITING_LIST) == led == different

    def entries(self, state: WaitingState) -> int:
        """Return how many places in the waiting list stand so."""
        wanted = select(func.count()).where(WaitingEntry.state == state)
        with self.crowd.database.reading() as session:
            return session.scalar(wanted) or 0


def children_of(process: int) -> list[int]:
    """Return the processes that a process has started."""
    text = Path(f"/proc/{process}/task/{process}/children").read_text("ascii")
    return [int(each) for each in text.split()]


def days_to_come() -> list[dt.date]:
    """Return the days of the fortnight, from tomorrow on."""
    return [clock.beijing_today() + dt.timedelta(days=1 + ahead) for ahead in range(DAYS)]


def _enter_templates(session: Session) -> None:
    for weekday in range(1, 8):
        enter_template(
            session,
            SITE,
            GROUP,
            weekday=weekday,
            spell=SPELL,
            minutes=15,
            capacity=PLACES + WALK_IN,
            walk_in=WALK_IN,
        )


def _open_days(session: Session, days: Sequence[dt.date]) -> None:
    """Let all *days* be open, whatever is announced of them, or not yet."""
    for year in sorted({day.year for day in days}):
        if not calendar_of(session).is_known(year):
            free = [[f"{year}-01-01"] * 2]
            row = AnnouncedYear(year=year, free=free, worked=[], basis="test")
            row.entered_at = clock.now()
            session.add(row)
    for day in days:
        site_hours.set_day(session, SITE, DayTold(day, DayKind.INSTEAD, (SPELL,)), by=SYSTEM)
