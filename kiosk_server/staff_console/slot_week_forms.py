"""What a form of the week's page asks for: a week made from the one that is; its audit event."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import time

from werkzeug.datastructures import MultiDict

from kiosk_server.audit.events import AuditEvent
from kiosk_server.bookings.shaping import Draft
from kiosk_server.bookings.weeks import (
    Week,
    like_another,
    with_day_copied,
    with_draft,
    without_draft,
)
from kiosk_server.core.errors import FieldFault, Invalid
from kiosk_server.places.rules import spell_of

KINDS = ("set", "remove", "copy_day", "copy_week")
FIELDS = (
    "edit",
    "group",
    "opens",
    "closes",
    "minutes",
    "capacity",
    "walk_in",
    "replaces",
    "weekday",
    "weekdays",
    "from_site",
)
"""What a preview carries over to the saving of the same edit."""


@dataclass(frozen=True)
class Edit:
    """A week as it would be, and what the audit calls the way there."""

    week: Week
    event: AuditEvent


def edit_of(form: MultiDict[str, str], week: Week, groups: Collection[str], other: Week) -> Edit:
    """
    Return the edit that *form* asks for; *other* is the week of the site to copy from.

    Raises `Invalid("template_invalid")` with every fault.
    """
    match form.get("edit"):
        case "set":
            return Edit(_set(form, week, groups), AuditEvent.SITE_TEMPLATE_SET)
        case "remove":
            weekday = _number(form, "weekday")
            gone = _draft_at(form.get("group", ""), weekday, form.get("opens", ""))
            return Edit(without_draft(week, gone), AuditEvent.SITE_TEMPLATE_REMOVED)
        case "copy_day":
            copied = with_day_copied(week, _number(form, "weekday"), _weekdays(form))
            return Edit(copied, AuditEvent.SITE_DAY_COPIED)
        case "copy_week":
            if not other:
                raise _wrong("from_site", "week_empty")
            return Edit(like_another(other, groups), AuditEvent.SITE_WEEK_COPIED)
        case _:
            raise _wrong("edit", "edit_unknown")


def _set(form: MultiDict[str, str], week: Week, groups: Collection[str]) -> Week:
    group, weekdays = form.get("group", ""), _weekdays(form)
    if group not in groups:
        raise _wrong("group", "group_unknown")
    try:
        opens, closes = spell_of(form.get("opens", ""), form.get("closes", ""))
    except ValueError:
        raise _wrong("closes", "hours_unreadable") from None
    draft = Draft(
        group,
        min(weekdays, default=1),
        opens,
        closes,
        _number(form, "minutes"),
        _number(form, "capacity"),
        _number(form, "walk_in"),
    )
    if form.get("replaces"):
        for weekday in weekdays:
            week = without_draft(week, _draft_at(group, weekday, form["replaces"]))
    return with_draft(week, draft, weekdays)


def _draft_at(group: str, weekday: int, opens: str) -> Draft:
    try:
        at = time.fromisoformat(opens)
    except ValueError:
        raise _wrong("opens", "hours_unreadable") from None
    return Draft(group, weekday, at, at, 0, 0, 0)


def _weekdays(form: MultiDict[str, str]) -> set[int]:
    return {int(each) for each in form.getlist("weekdays") if each in {*"1234567"}}


def _number(form: MultiDict[str, str], name: str) -> int:
    typed = form.get(name, "")
    if not (typed.isascii() and typed.isdecimal() and len(typed) <= 4):
        raise _wrong(name, f"{name}_unusable" if name != "walk_in" else "walk_in_missing")
    return int(typed)


def _wrong(at: str, code: str) -> Invalid:
    return Invalid("template_invalid", fields=[FieldFault(at, code)])
