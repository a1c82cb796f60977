"""The frame around every page: the terminal, its place, the visit, this moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from kiosk_server.core.clock import to_beijing
from kiosk_server.places.queries import HostView, SiteView
from kiosk_server.places.spots import spot_words
from kiosk_server.terminals.queries import TerminalIdentity
from kiosk_server.visits.models import Visit
from kiosk_server.visits.services import watch_of
from kiosk_ui.panels import panel_of
from kiosk_ui.presenters.wording import worded
from kiosk_ui.sun import hour_of
from kiosk_ui.view_models import (
    Assets,
    Dock,
    Language,
    Place,
    Reach,
    Screen,
    Size,
    Theme,
    Watch,
    Wording,
)

Kind = TypeVar("Kind", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Looks:
    """How a person wants pages to look."""

    language: Language = Language.ZH
    size: Size = Size.M
    theme: Theme = Theme.LIGHT
    reach: Reach = Reach.STANDARD

    @classmethod
    def read(cls, values: Mapping[str, str]) -> "Looks":
        """Return the looks that *values* name; what they do not know stays as it is at first."""
        looks = cls()
        return cls(
            language=_known(Language, values.get("language"), looks.language),
            size=_known(Size, values.get("size"), looks.size),
            theme=_known(Theme, values.get("theme"), looks.theme),
            reach=_known(Reach, values.get("reach"), looks.reach),
        )

    @classmethod
    def of(cls, visit: Visit) -> "Looks":
        """Return the looks that hold for *visit*."""
        return cls.read(
            {name: getattr(visit, name) for name in ("language", "size", "theme", "reach")}
        )


@dataclass(frozen=True, slots=True)
class Doors:
    """Where the frame leads: addresses that only the surface knows."""

    assets: Assets
    dock: Dock
    keep_url: str
    extend_url: str
    still_url: str


@dataclass(frozen=True, slots=True)
class Standing:
    """The machine: who it is, whose, in which bank or shop, who answers for it, whom to call."""

    terminal: TerminalIdentity
    site: SiteView
    host: HostView | None
    centre: SiteView
    place: str
    help_phone: str


def screen_of(
    standing: Standing,
    doors: Doors,
    *,
    looks: Looks,
    visit: Visit | None,
    now: datetime,
    csrf_token: str,
    development: bool,
) -> Screen:
    """Return the screen of one terminal, one visit (or none) and this moment (*now*, aware)."""
    panel = panel_of(standing.terminal.model)
    return Screen(
        place=_place(standing, looks.language),
        assets=doors.assets,
        dock=doors.dock,
        now=to_beijing(now),
        csrf_token=csrf_token,
        mark=(visit.mark if visit else None) or "",
        language=looks.language,
        theme=looks.theme,
        size=looks.size,
        reach=looks.reach,
        hour=hour_of(now),
        px_per_mm=panel.px_per_mm,
        terminal=standing.terminal.id,
        reader_side=panel.reader_side,
        watch=_watch(visit, doors, now) if visit else None,
        development=development,
    )


def _known(kind: type[Kind], value: str | None, otherwise: Kind) -> Kind:
    return kind(value) if value in set(kind) else otherwise


def _place(standing: Standing, language: Language) -> Place:
    # Under the name of its level (P55); a bank that hosts the machine is only where it stands.
    return Place(
        service=worded(standing.site.names, language),
        site=_where(standing, language),
        body=worded(standing.site.names, language),
        help_phone=standing.help_phone,
        keeper=worded(standing.centre.names, language),
    )


def _where(standing: Standing, language: Language) -> Wording:
    if standing.host is not None:
        return worded(standing.host.names, language)
    if standing.place:
        return worded(spot_words(standing.place), language)
    return worded(standing.site.addresses, language)


def _watch(visit: Visit, doors: Doors, now: datetime) -> Watch:
    watched = watch_of(visit)
    return Watch(
        warn_after_seconds=_seconds(watched.warns_at - visit.last_seen_at),
        end_after_seconds=_seconds(watched.idle_ends_at - visit.last_seen_at),
        left_seconds=max(0, _seconds(watched.hard_ends_at - now)),
        keep_url=doors.keep_url,
        extend_url=doors.extend_url,
        end_url=doors.dock.end_url,
        still_url=doors.still_url,
    )


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())
