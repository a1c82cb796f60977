"""
Many orders among misfortunes and `kill -9`: a real server and real workers, real doors, channels on
loopback that lose, forge and repeat what they say.

At its end nobody pulls a plug any more, every line works, time leaps on to the next day's bills,
and the books are held together. The same seed sets out for the same story; the processes' own
moments make it another one each time.
"""

import math
import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Lock

from sqlalchemy import func, select

from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.outbox.models import OutboxMessage
from kiosk_server.outbox.rules import MessageState
from kiosk_server.payments.models import PaymentDay
from kiosk_server.payments.rules import Channel
from kiosk_server.settings import Settings
from tests.money.channels import RoughChannel, rough_channels, terms_of
from tests.money.fates import Life, draw
from tests.money.leaping import LeapingClock
from tests.money.payers import Payer, Street
from tests.money.programs import Programs, running
from tests.money.verdict import Verdict, is_settled, verdict_of
from tests.support.crowd import signed_in_phones
from tests.support.paying import NOON
from tests.support.terminal_bench import free_port
from tests.support.warm_starts import WarmStarts

BEGINS = NOON + timedelta(hours=10)
"""Ten in the evening in Beijing: a long story goes on after midnight, into another day's bill."""
PEOPLE, AT_ONCE, DAYS = 6, 8, 2
"""People, how many orders of each are under way side by side, and days on which bills are asked."""
ORDERS_A_LEAP, LEAPS_SECONDS = 40, (10, 30, 60)
"""Time leaps as orders are opened, so that no code grows old while the workers fetch it, ..."""
FEW_DUE, IDLE_LEAP_AFTER_SECONDS = 4, 0.5
"""... and where everybody waits, once the workers have next to nothing to do."""
PATIENCE_SECONDS = 240.0
QUIET_WITHIN_SECONDS = 60.0
MOST_LEAPS = 40
_LOOK_SECONDS = 0.05
_NEEDED = {
    "paid": 0.5,
    "paid by notice": 0.2,
    "paid by query alone": 0.04,
    "second payments": 0.02,
    "late payments": 0.02,
    "wrong sums": 0.01,
    "refunded whole": 0.02,
    "refunded in part": 0.02,
    "closed unpaid": 0.02,
    "notices told again": 0.05,
    "notices doubted": 0.01,
}
"""Which part of the orders each kind must be at least; fates draw about twice as many."""


@dataclass
class Told:
    """A story that is over, and what a test may still look at."""

    verdict: Verdict
    kills: dict[str, int]
    forged: dict[str, int]
    seconds: float

    @property
    def missing(self) -> list[str]:
        """What there was too little of to have been shown."""
        return self.verdict.shares.missing(_NEEDED)

    @property
    def is_right(self) -> bool:
        """Whether the money is right, nobody believed what was forged, and nothing is missing."""
        return self.verdict.is_right and self.forged["believed"] == 0 and not self.missing

    def __str__(self) -> str:
        lines = [
            str(self.verdict),
            f"killed: server {self.kills['server']}, workers {self.kills['worker']}; "
            f"forged notices: refused {self.forged['refused']}, believed {self.forged['believed']}",
            *([f"too few: {', '.join(self.missing)}"] if self.missing else []),
        ]
        return "\n  ".join(lines)


@dataclass
class Story:
    """One telling over one database."""

    database: Database
    programs: Programs
    channels: dict[Channel, RoughChannel]
    clock: LeapingClock
    chance: random.Random
    _time: Lock = field(default_factory=Lock)
    _leapt: float = 0.0

    def tell(self, orders: int, orders_a_blow: int, *, seconds: float = math.inf) -> Told:
        """Let so many orders be opened and end; none is opened after so many *seconds*."""
        begun = time.monotonic()

        def opened(left: int) -> None:
            if left % orders_a_blow == 0:
                self.programs.strike()
            if left % ORDERS_A_LEAP == 0:
                self.clock.leap(timedelta(seconds=self.chance.choice(LEAPS_SECONDS)))

        origin = self.programs.settings.public_origin
        until = begun + seconds
        street = Street(self.database, origin, self.channels, orders, opened, self._idle, until)
        with self.database.unit_of_work() as session:
            phones = signed_in_phones(session, PEOPLE)
        people = [
            Payer(street, resident, phone, random.Random(self.chance.random()))
            for resident, phone in phones.items()
        ]
        with ThreadPoolExecutor(PEOPLE) as hands:
            for each in [hands.submit(_live, person) for person in people]:
                each.result()
        for channel in self.channels.values():
            channel.calm = True
        self._settle()
        for person in people:
            person.deliver_what_was_kept()
        self._settle()
        # What a bill alone knew of is put right on the first day, and even on the second.
        for _ in range(DAYS):
            self._reconcile()
        return Told(
            verdict_of(self.database, self.channels),
            dict(self.programs.kills),
            dict(street.forged),
            time.monotonic() - begun,
        )

    def _idle(self) -> None:
        """Everybody waits for a code, for money, or for a dead worker's lease: let time go by."""
        time.sleep(_LOOK_SECONDS)
        assert self.programs.all_live, self.programs.words()
        with self._time:
            late = time.monotonic() > self._leapt + IDLE_LEAP_AFTER_SECONDS
            if late and self._due() <= FEW_DUE:
                self.clock.leap(timedelta(seconds=self.chance.choice(LEAPS_SECONDS)))
                self._leapt = time.monotonic()

    def _settle(self) -> None:
        """Let time go by until no order waits and no channel owes an answer."""
        for _ in range(MOST_LEAPS):
            self._until_quiet()
            if is_settled(self.database):
                return
            leapt_at = self.clock.now()
            self.clock.leap(timedelta(minutes=16))
            self._until(partial(self._has_looked_since, leapt_at))

    def _reconcile(self) -> None:
        """Go on to the next day, on which the worker's own clock asks for the bills."""
        tomorrow = clock.to_beijing(self.clock.now()) + timedelta(days=1)
        asked = tomorrow.replace(hour=10, minute=36)
        self.clock.leap(asked - self.clock.now())
        self._until(lambda: self._days_of(asked) == len(self.channels) * 3)
        self._until_quiet()

    def _days_of(self, asked: datetime) -> int:
        with self.database.reading() as session:
            compared = PaymentDay.compared_at >= asked.replace(hour=0)
            return session.scalar(select(func.count()).where(compared)) or 0

    def _until_quiet(self) -> None:
        """Wait for the worker to have carried out what is due, as far as its partners answer."""
        until = time.monotonic() + QUIET_WITHIN_SECONDS
        while self._due() and time.monotonic() < until:
            time.sleep(_LOOK_SECONDS)

    def _has_looked_since(self, moment: datetime) -> bool:
        """Whether a worker has looked at the clock and put its chores into the outbox."""
        with self.database.reading() as session:
            chore = OutboxMessage.dedup.startswith("cron:look_after_payments:")
            found = select(OutboxMessage.id).where(chore, OutboxMessage.created_at > moment)
            return session.scalar(found.limit(1)) is not None

    def _due(self) -> int:
        with self.database.reading() as session:
            waiting = OutboxMessage.state == MessageState.READY.value
            due = select(func.count()).where(waiting, OutboxMessage.due <= self.clock.now())
            return session.scalar(due) or 0

    def _until(self, reached: Callable[[], bool]) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while not reached():
            assert time.monotonic() < until, self.programs.words()
            time.sleep(_LOOK_SECONDS)


def _live(person: Payer) -> None:
    """Let a person's orders go on side by side until nobody owes anything more."""
    lives: list[Life] = []
    while True:
        while len(lives) < AT_ONCE and person.street.owes_one_more():
            lives.append(draw(person))
        if not lives:
            return
        moved = False
        person.chance.shuffle(lives)
        for life in tuple(lives):
            try:
                moved = next(life) or moved
            except StopIteration:
                lives.remove(life)
        moved = bool(person.post) or moved
        person.deliver()
        if not moved:
            person.street.idle()


@contextmanager
def story(
    settings: Settings,
    database: Database,
    warm: WarmStarts,
    folder: Path,
    *,
    seed: int,
    killed: float,
) -> Iterator[Story]:
    """Lend a story over an empty database in the evening; its programs end with the block.

    *killed* of the questions to a channel end with the death of the worker who asked.
    """
    chance = random.Random(seed)
    settings = replace(settings, public_origin=f"http://127.0.0.1:{free_port()}")
    ticking = LeapingClock.at(folder / "clock", BEGINS)
    programs = Programs(warm, settings, ticking, folder, random.Random(chance.random()))
    with (
        ticking.ticking(),
        rough_channels(chance, programs.strike_a_worker, killed=killed) as channels,
        running(programs, terms_of(channels)),
    ):
        yield Story(database, programs, channels, ticking, chance)
