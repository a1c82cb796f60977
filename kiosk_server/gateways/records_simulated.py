"""
Simulated records of the departments (模拟数据): the unreal people of `data/people.toml`.

Papers made from them say 样张. A source can be given hours in which it sleeps, as real ones do.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Any

from kiosk_server.cases.ports import (
    Answer,
    Awake,
    Contact,
    ContactAnswer,
    ContactQuery,
    Found,
    NoContact,
    NotFound,
    Readiness,
    RecordQuery,
    SourceAsleep,
    SourceRefused,
)
from kiosk_server.core import clock

PEOPLE = Path(__file__).parent / "data" / "people.toml"


@dataclass(frozen=True)
class Sleep:
    """Hours of every night, Beijing time, in which a source is closed; within one day."""

    falls_asleep: time
    wakes: time

    def until(self, now: datetime) -> datetime | None:
        """Return when a source that sleeps at *now* wakes, or None while it is awake."""
        here = clock.to_beijing(now)
        if not self.falls_asleep <= here.time() < self.wakes:
            return None
        return here.replace(hour=self.wakes.hour, minute=self.wakes.minute, second=0, microsecond=0)


class SimulatedRecords:
    """Three sources, by the names that the items give them."""

    simulated = True

    def __init__(self, people: Path = PEOPLE, *, asleep: Mapping[str, Sleep] | None = None) -> None:
        """*asleep* gives sources by name the hours in which they are closed."""
        kept = tomllib.loads(people.read_text("utf-8"))
        self._sources: tuple[str, ...] = tuple(kept["sources"])
        self._people: dict[str, dict[str, Any]] = {
            person["number"]: person for person in kept["person"]
        }
        self._asleep = dict(asleep or {})

    def awake(self, source: str, now: datetime) -> Readiness:
        """Say whether *source* is open at *now*."""
        sleep = self._asleep.get(source)
        until = sleep.until(now) if sleep else None
        return SourceAsleep(until) if until else Awake()

    def contact(self, query: ContactQuery) -> ContactAnswer:
        """Return the phone in the data, for any source."""
        trouble = self._trouble(query.source)
        if trouble is not None:
            return trouble
        phone = self._people.get(query.number, {}).get("phone")
        return Contact(phone) if phone else NoContact()

    def fetch(self, query: RecordQuery) -> Answer:
        """Return what one source holds of one person."""
        trouble = self._trouble(query.source)
        if trouble is not None:
            return trouble
        now = clock.now()
        person = self._people.get(query.number, {})
        record = person.get(query.source)
        if record is None:
            return NotFound(now)
        day = clock.beijing_today()
        as_of = record.get("as_of", f"{day.year}年{day.month}月{day.day}日")
        named = {"name": record.get("name", person["name"]), "as_of": as_of}
        return Found({**record, **named}, now)

    def _trouble(self, source: str) -> SourceAsleep | SourceRefused | None:
        if source not in self._sources:
            return SourceRefused("source_unknown")
        readiness = self.awake(source, clock.now())
        return readiness if isinstance(readiness, SourceAsleep) else None
