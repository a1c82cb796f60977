"""
What a terminal's page says beyond its devices (终端档案): the computer in it, its counters and
charts, who minds it, how it is reached, what it is made of. Nothing of any person but its keepers.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint
from sqlalchemy.orm import Session

from kiosk_server.assets import checks, keepers
from kiosk_server.assets.checks import CheckView
from kiosk_server.assets.keepers import KeeperView, Place
from kiosk_server.assets.queries import book_of, card_of
from kiosk_server.core import clock
from kiosk_server.fleet.queries import Of
from kiosk_server.places.rules import Opening
from kiosk_server.staff.rules import Right, may
from kiosk_server.staff_console.book_view import Fact, book_facts, card_facts, hours_words
from kiosk_server.staff_console.fleet_view import moment
from kiosk_server.staff_console.session import staff
from kiosk_server.staff_console.terminals import my_terminal
from kiosk_server.staff_console.use import Use, use_of
from kiosk_server.terminals.queries import TerminalView
from kiosk_server.terminals.rules import LIFE, MachineFacts, TerminalVerb
from kiosk_server.web.request_context import page_reading
from kiosk_server.web.words import message_or, words

DAYS = 30
COUNTED_DAYS = 7
LOW_DISK_MB, LOW_MEMORY_MB, HOT_CELSIUS = 1024, 256, 75.0


@dataclass(frozen=True)
class KeeperLine:
    """One keeper, with his number masked."""

    name: str
    phone: str
    language: str
    hours: str


@dataclass(frozen=True)
class CheckLine:
    """One check: when, by whom, and what was found wanting."""

    at: str
    kind: str
    bad: tuple[str, ...]


@dataclass(frozen=True)
class CountedDay:
    """The machine's own counters on one day."""

    day: str
    pages: int
    slips: int
    card_reads: int


@dataclass(frozen=True)
class Sheet:
    """All that the page shows; `verbs` are what I may do to its life."""

    machine: tuple[Fact, ...]
    use: Use
    counted: tuple[CountedDay, ...]
    check: CheckLine | None
    keepers: tuple[KeeperLine, ...]
    card: tuple[Fact, ...]
    book: tuple[Fact, ...]
    replaces: str
    verbs: frozenset[str]


def add_routes(blueprint: Blueprint) -> None:
    """Let the pages under *blueprint* ask for a terminal's sheet."""
    blueprint.context_processor(lambda: {"terminal_sheet": terminal_sheet})


def terminal_sheet(terminal_id: str) -> Sheet:
    """Return the sheet of a terminal that I may see."""
    with page_reading() as session:
        view, site = my_terminal(session, terminal_id, Right.TERMINALS_SEE)
        place = Place(view.site_id, view.host_place_id)
        use = use_of(session, Of(terminal_id=terminal_id), {site.id: site}, days=DAYS)
        newest = checks.last_checks(session, [terminal_id], kind=checks.DAILY)
        return Sheet(
            machine=machine_facts(view.machine),
            use=use,
            counted=tuple(
                CountedDay(each.day.strftime("%m-%d"), each.pages, each.slips, each.card_reads)
                for each in reversed(use.days)
                if each.day > use.until - timedelta(days=COUNTED_DAYS)
            ),
            check=_check_line(newest.get(terminal_id)),
            keepers=_keeper_lines(session, keepers.at_place(session, place)),
            card=card_facts(card_of(session, terminal_id).card),
            book=book_facts(book_of(session, terminal_id).book, clock.beijing_today()),
            replaces=view.replaces or "",
            verbs=_verbs(view, site.division_code),
        )


def machine_facts(machine: MachineFacts | None) -> tuple[Fact, ...]:
    """Return the computer in the cabinet in words, what is amiss marked; empty for one unheard."""
    if machine is None:
        return ()
    disk, memory = machine.disk_free_mb, machine.memory_free_mb
    celsius, seconds = machine.temperature_celsius, machine.uptime_seconds
    return (
        Fact(
            words("staff-machine-disk"), _size(disk), amiss=disk is not None and disk < LOW_DISK_MB
        ),
        Fact(
            words("staff-machine-memory"),
            _size(memory),
            amiss=memory is not None and memory < LOW_MEMORY_MB,
        ),
        Fact(
            words("staff-machine-temperature"),
            _unknown() if celsius is None else f"{celsius:.0f} °C",
            amiss=celsius is not None and celsius >= HOT_CELSIUS,
        ),
        Fact(words("staff-machine-uptime"), _unknown() if seconds is None else _length(seconds)),
    )


def _verbs(view: TerminalView, division_code: str) -> frozenset[str]:
    allowed = set()
    open_verbs = LIFE.open_verbs(view.state)
    if may(staff(), Right.ASSETS_KEEP, division_code):
        allowed.add("book")
        if TerminalVerb.MOVE in open_verbs:
            allowed.add("move")
    if TerminalVerb.REVOKE in open_verbs and may(staff(), Right.TERMINALS_REVOKE, division_code):
        allowed.add("retire")
        if may(staff(), Right.TERMINALS_ENROL, division_code):
            allowed.add("replace")
    return frozenset(allowed)


def _keeper_lines(session: Session, found: Iterable[KeeperView]) -> tuple[KeeperLine, ...]:
    return tuple(
        KeeperLine(
            name=each.name,
            phone=keepers.masked_phone_of(session, each.id),
            language=words(f"staff-tongue-{each.language}"),
            hours=_hours(each.hours),
        )
        for each in found
    )


def _hours(hours: tuple[Opening, ...]) -> str:
    return hours_words(hours) if hours else ""


def _check_line(check: CheckView | None) -> CheckLine | None:
    if check is None:
        return None
    bad = tuple(message_or(f"staff-check-{point}", "staff-check-other") for point in check.bad)
    return CheckLine(moment(check.at), words(f"staff-check-kind-{check.kind}"), bad)


def _size(megabytes: int | None) -> str:
    if megabytes is None:
        return _unknown()
    return f"{megabytes / 1024:.1f} GB" if megabytes >= 1024 else f"{megabytes} MB"


def _length(seconds: int) -> str:
    days, rest = divmod(seconds, 86_400)
    return words("staff-length", days=days, hours=rest // 3600, minutes=rest % 3600 // 60)


def _unknown() -> str:
    return words("staff-unknown")
