"""
Use and uptime (运行统计) of my area, of one site, or of one terminal: how long it served, how it
was used, what residents could not finish and why. Counts alone, and none that gives one away.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.fleet.attempts import REPRINT
from kiosk_server.fleet.queries import (
    Of,
    ServiceDay,
    item_names,
    service_days,
    unfinished,
    whole_share,
)
from kiosk_server.fleet.rules import LEAST_TOLD, OTHERS, Told, tellable
from kiosk_server.places.queries import SiteView
from kiosk_server.staff.rules import Right
from kiosk_server.staff_console.charts import (
    Chart,
    pages_chart,
    service_chart,
    service_share,
    share_words,
    visits_chart,
)
from kiosk_server.staff_console.fleet_view import site_name, trouble_words
from kiosk_server.staff_console.session import require
from kiosk_server.staff_console.terminals import my_sites
from kiosk_server.terminals.queries import ids_at
from kiosk_server.visits.ladder import counts
from kiosk_server.web.request_context import database
from kiosk_server.web.words import current_language, message_or, words

PERIODS = (30, 90, 365)
_PRINT = "print_"


@dataclass(frozen=True)
class Lacks:
    """What was not finished, in words: by reason, by item, by site, with counts in words."""

    reasons: tuple[tuple[str, str], ...]
    items: tuple[tuple[str, str], ...]
    sites: tuple[tuple[str, str], ...]
    steps: tuple[tuple[str, str], ...]
    """Steps of identity that failed, each with its reason."""


@dataclass(frozen=True)
class Use:
    """A period of one terminal or of many: its charts, and what was not finished in it."""

    since: date
    until: date
    charts: tuple[Chart, ...]
    lacks: Lacks
    share_in_service: str
    share_finished: str
    days: tuple[ServiceDay, ...]


def add_routes(blueprint: Blueprint) -> None:
    """Put the page under *blueprint*."""
    blueprint.get("/fleet/use")(use_page)


def use_page() -> ResponseReturnValue:
    """Show a period of my area, or of one site in it."""
    require(Right.TERMINALS_SEE)
    period = request.args.get("days", PERIODS[0], type=int)
    period = period if period in PERIODS else PERIODS[0]
    with database().reading() as session:
        mine = my_sites(session, Right.TERMINALS_SEE)
        chosen = mine.get(request.args.get("site", ""))
        ids: Collection[str] = [chosen.id] if chosen else list(mine)
        use = use_of(session, Of(site_ids=ids), mine, days=period)
        share = whole_share(session)
    return render_template(
        "staff/use.html",
        use=use,
        share=share,
        sites=[(site.id, site_name(site)) for site in mine.values()],
        site=chosen.id if chosen else "",
        period=period,
        periods=PERIODS,
    )


def use_of(session: Session, of: Of, sites: Mapping[str, SiteView], *, days: int) -> Use:
    """Return the last *days* days of one terminal or of many, up to yesterday."""
    until = clock.beijing_today() - timedelta(days=1)
    since = until - timedelta(days=days - 1)
    found = service_days(session, of, since, until)
    lacks = unfinished(session, of, since, until)
    names = item_names(session)
    charts = (service_chart, visits_chart, pages_chart)
    return Use(
        since=since,
        until=until,
        charts=tuple(draw(found, since, until) for draw in charts),
        lacks=Lacks(
            reasons=_worded(lacks.reasons, _reason),
            items=_worded(lacks.items, lambda code: _item(code, names)),
            steps=_worded(_steps(session, of, since, until), _step),
            sites=_worded(lacks.sites, lambda id_: site_name(sites[id_]) if id_ in sites else id_),
        ),
        share_in_service=share_words(service_share(found)),
        share_finished=share_words(_finished(found)),
        days=tuple(found),
    )


def _worded(told: list[Told], name: Callable[[str], str]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (
            words("staff-lack-others") if each.key == OTHERS else name(each.key),
            words("staff-few", least=LEAST_TOLD) if each.count is None else str(each.count),
        )
        for each in told
    )


def _steps(session: Session, of: Of, since: date, until: date) -> list[Told]:
    ids = [of.terminal_id] if of.terminal_id else ids_at(session, of.site_ids)
    found = counts(session, ids, since=since, until=until)
    return tellable(Counter({f"{each.step}.{each.reason}": each.count for each in found}))


def _step(code: str) -> str:
    step, _, reason = code.partition(".")
    return words(
        "staff-step-failed",
        step=message_or(f"staff-step-{step}".replace("_", "-"), "staff-lack-other"),
        reason=message_or(f"staff-step-why-{reason}".replace("_", "-"), "staff-lack-other"),
    )


def _finished(days: list[ServiceDay]) -> float | None:
    finished = sum(each.finished for each in days)
    begun = finished + sum(each.unfinished for each in days)
    return finished / begun if begun >= LEAST_TOLD else None


def _reason(code: str) -> str:
    if code.startswith(_PRINT):
        trouble = trouble_words(code.removeprefix(_PRINT))
        return words("staff-lack-print", trouble=trouble)
    return message_or(f"staff-lack-{code}", "staff-lack-other")


def _item(code: str, names: Mapping[str, Mapping[str, str]]) -> str:
    if code == REPRINT:
        return words("staff-lack-reprint")
    known = names.get(code, {})
    return known.get(current_language().code) or known.get("zh") or code
