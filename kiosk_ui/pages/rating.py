"""好差评: five levels, nothing chosen beforehand, not rating as easy as rating (P40)."""

from contextlib import suppress

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.cases import queries as cases
from kiosk_server.core.errors import Conflict
from kiosk_server.printing import queries as printing
from kiosk_server.printing.models import JobState, PrintJob
from kiosk_server.ratings import rules, services
from kiosk_server.visits.models import EndReason, Visit
from kiosk_server.web.request_context import database
from kiosk_ui.pages.leaving import end_here
from kiosk_ui.presenters.wording import worded
from kiosk_ui.showing import show, this_screen
from kiosk_ui.view_models import Language, RatingLevel, RatingPage, Tag
from kiosk_ui.visiting import deed, this_visit

TAGS_SHOWN = 3
"""Of each level's standard tags, so that nothing scrolls; the phone shows all of them."""


def register(blueprint: Blueprint) -> None:
    """Put these pages into *blueprint*."""
    blueprint.get("/rating", endpoint="rating")(rating)
    blueprint.post("/rating", endpoint="rate")(rate)
    blueprint.post("/rating/skip", endpoint="skip_rating")(skip_rating)


def rating() -> ResponseReturnValue:
    """Ask for a rating, once."""
    with database().reading() as session:
        screen = this_screen(session)
        job = _job(session, this_visit())
    printed = job is not None and job.state == JobState.PRINTED and job.came_out == "yes"
    return show(
        RatingPage(
            screen=screen,
            levels=tuple(_level(level, screen.language) for level in rules.levels()),
            rate_url=url_for("kiosk.rate"),
            skip_url=url_for("kiosk.skip_rating"),
            pages=job.pages if job is not None and printed else None,
            took_paper=printed,
        )
    )


def rate() -> ResponseReturnValue:
    """Keep the rating and end the visit; a rating that stands is not changed by a second touch."""
    level = request.form.get("level", "")
    if level not in {str(known) for known in rules.LEVELS}:
        return redirect(url_for("kiosk.rating"), 303)
    with suppress(Conflict), deed() as (session, visit):
        case_id = _case_id(session, visit)
        if case_id is not None:
            tags = _tags_of(int(level))
            services.rate(session, case_id=case_id, level=int(level), tags=tags)
    return end_here(EndReason.DONE)


def skip_rating() -> ResponseReturnValue:
    """Keep that there shall be no rating, and end the visit."""
    with deed() as (session, visit):
        case_id = _case_id(session, visit)
        if case_id is not None:
            services.skip(session, case_id)
    return end_here(EndReason.DONE)


def _job(session: Session, visit: Visit) -> PrintJob | None:
    return printing.last_of_visit(session, visit.id)


def _case_id(session: Session, visit: Visit) -> str | None:
    """Return the case that is rated: the one of the paper, or the one whose paper comes later."""
    job = _job(session, visit)
    if job is not None:
        return job.case_id
    case = cases.of_visit(session, visit.id)
    return case.id if case is not None else None


def _level(level: rules.Level, language: Language) -> RatingLevel:
    shown = level.tags[:TAGS_SHOWN]
    return RatingLevel(
        level.level, tuple(Tag(tag.code, worded(tag.words, language)) for tag in shown)
    )


def _tags_of(level: int) -> list[str]:
    # Tags that were touched before the level was changed belong to another one.
    own = {tag.code for known in rules.levels() if known.level == level for tag in known.tags}
    return [tag for tag in dict.fromkeys(request.form.getlist("tag")) if tag in own]
