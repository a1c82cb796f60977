"""
Groups of matters (服务类别) that windows take and people book for, from `data/service_groups.toml`.

Each service has its minutes; a combination (组合办理) has its own, or less than the sum, since a
person is received once.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "data" / "service_groups.toml"
MOST_SERVICES = 4
Words = Mapping[str, str]


@dataclass(frozen=True)
class Service:
    """One matter by its code; *minutes* at a window when it comes alone."""

    code: str
    names: Words
    minutes: int


@dataclass(frozen=True)
class ServiceGroup:
    """Matters that one kind of window takes; *saved* minutes for each after the first."""

    code: str
    names: Words
    saved: int
    services: Mapping[str, Service]
    combinations: Mapping[frozenset[str], int]
    at_home: bool = False
    """上门服务: staff go to the person; booked by staff alone, at no window."""

    def minutes_for(self, codes: Iterable[str]) -> int:
        """Return how long the services called *codes* take in one visit, in minutes."""
        wanted = frozenset(codes)
        if wanted in self.combinations:
            return self.combinations[wanted]
        every = [self.services[code].minutes for code in wanted]
        return max(*every, sum(every) - self.saved * (len(every) - 1))


@cache
def service_groups() -> Mapping[str, ServiceGroup]:
    """Return every group by its code."""
    rows = tomllib.loads(_FILE.read_text("utf-8"))["group"]
    return {row["code"]: _group(row) for row in rows}


def group_of(codes: Iterable[str]) -> ServiceGroup | None:
    """Return the one group that holds all services called *codes*; None where none does."""
    wanted = list(codes)
    if not 1 <= len(set(wanted)) == len(wanted) <= MOST_SERVICES:
        return None
    holding = (each for each in service_groups().values() if each.services.keys() >= set(wanted))
    return next(holding, None)


def _group(row: Mapping[str, Any]) -> ServiceGroup:
    services = [Service(each["code"], _words(each), each["minutes"]) for each in row["service"]]
    return ServiceGroup(
        code=row["code"],
        names=_words(row),
        saved=row["saved"],
        services={each.code: each for each in services},
        combinations={
            frozenset(each["services"]): each["minutes"] for each in row.get("combination", [])
        },
        at_home=row.get("at_home", False),
    )


def _words(row: Mapping[str, Any]) -> Words:
    return {language: row[language] for language in ("zh", "ug", "en")}
