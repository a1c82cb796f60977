"""
Chores by the clock (定时任务), through the outbox, so that any number of workers do each once.

Schedules are cron expressions in Beijing time. Every worker works out the latest fire time and
emits under its name; the database keeps one. After a standstill the latest missed one runs, not
all of them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from cronsim import CronSim
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.outbox.dispatcher import Handler
from kiosk_server.outbox.leases import Letter
from kiosk_server.outbox.services import emit

TOPIC = "chore"
Context = TypeVar("Context")


@dataclass(frozen=True)
class Chore(Generic[Context]):
    """What is done when: *schedule* is five fields of cron, Beijing time; *run* may run twice."""

    name: str
    schedule: str
    run: Callable[[Context], object]


def latest_fire(schedule: str, now: datetime) -> datetime:
    """Return the last moment at or before *now* at which *schedule* fires."""
    # Going back, cronsim starts before the moment it is given.
    following = next(CronSim(schedule, clock.to_beijing(now)))
    fire: datetime = next(CronSim(schedule, following, reverse=True))
    return fire


def emit_due(session: Session, chores: Sequence[Chore[Context]]) -> None:
    """Put the latest fire of each chore into the outbox, unless it stands there already."""
    now = clock.now()
    for chore in chores:
        fire = latest_fire(chore.schedule, now)
        emit(session, TOPIC, {"chore": chore.name}, dedup=f"cron:{chore.name}:{fire.isoformat()}")


def chore_handler(chores: Sequence[Chore[Context]]) -> Mapping[str, Handler[Context]]:
    """Return the handler that runs *chores*, under the topic that they are emitted with."""
    by_name = {chore.name: chore for chore in chores}

    def run(context: Context, letter: Letter) -> None:
        by_name[str(letter.payload["chore"])].run(context)

    return {TOPIC: run}
