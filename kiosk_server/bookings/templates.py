"""
A site's week of slots in the database (号源模板): read and saved whole, as `weeks.py` changes it.

    week_of(session, site_id)                             -> Week
    enter_template(session, site_id, group_code, ...)     -> SlotTemplate
    save_week(session, site_id, week, event, looked_at=, by=)  -> bool

Who saves says which week he looked at: two at once cannot undo each other unseen. Slots that are
made already follow by `slots.fit`, in the same unit of work.
"""

from datetime import time

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.bookings.models import SlotTemplate
from kiosk_server.bookings.shaping import Draft
from kiosk_server.bookings.weeks import Week, digest_of, draft_faults
from kiosk_server.core.errors import Conflict, Invalid
from kiosk_server.core.identifiers import new_id
from kiosk_server.places.hours import Spell
from kiosk_server.places.models import Site


def sites_with_templates(session: Session) -> list[str]:
    """Return the sites whose places are booked."""
    return list(session.scalars(select(SlotTemplate.site_id).distinct().order_by("site_id")))


def week_of(session: Session, site_id: str) -> Week:
    """Return a site's week, by group, weekday and time."""
    return tuple(sorted(_draft(row) for row in _rows(session, site_id)))


def enter_template(
    session: Session,
    site_id: str,
    group_code: str,
    *,
    weekday: int,
    spell: Spell,
    minutes: int,
    capacity: int,
    walk_in: int,
) -> SlotTemplate:
    """Enter what a weekday has; at least one place of each slot stays with who just comes (P16)."""
    opens, closes = spell
    draft = Draft(group_code, weekday, opens, closes, minutes, capacity, walk_in)
    faults = draft_faults(draft)
    if faults:
        raise Invalid("template_invalid", fields=faults)
    row = _row(site_id, draft)
    session.add(row)
    session.flush()
    return row


def save_week(
    session: Session, site_id: str, week: Week, event: AuditEvent, *, looked_at: str, by: Actor
) -> bool:
    """
    Make *week* the site's; return False where it is already: what is sent again changes nothing.

    *looked_at* is `digest_of` the week that *week* was made from; `Conflict("week_changed")` where
    somebody saved another meanwhile.
    """
    # Whoever saves here does so one after the other; bookings may refer to the site meanwhile.
    held = select(Site.id).where(Site.id == site_id).with_for_update(key_share=True)
    session.execute(held).one()
    rows = {_draft(row): row for row in _rows(session, site_id)}
    before = tuple(sorted(rows))
    if before == tuple(sorted(week)):
        return False
    if digest_of(before) != looked_at:
        raise Conflict("week_changed")
    gone, come = set(before) - set(week), set(week) - set(before)
    for draft in sorted(gone):
        session.delete(rows[draft])
    session.flush()
    session.add_all(_row(site_id, draft) for draft in sorted(come))
    session.flush()
    facts = {"gone": len(gone), "come": len(come)}
    note(session, event, actor=by, subject=Subject("site", site_id), facts=facts)
    return True


def _rows(session: Session, site_id: str) -> list[SlotTemplate]:
    wanted = select(SlotTemplate).where(SlotTemplate.site_id == site_id)
    return list(session.scalars(wanted.execution_options(populate_existing=True)))


def _draft(row: SlotTemplate) -> Draft:
    return Draft(
        row.group_code,
        row.weekday,
        time.fromisoformat(row.opens),
        time.fromisoformat(row.closes),
        row.minutes,
        row.capacity,
        row.walk_in,
    )


def _row(site_id: str, draft: Draft) -> SlotTemplate:
    return SlotTemplate(
        id=new_id(),
        site_id=site_id,
        group_code=draft.group_code,
        weekday=draft.weekday,
        opens=f"{draft.opens:%H:%M}",
        closes=f"{draft.closes:%H:%M}",
        minutes=draft.minutes,
        capacity=draft.capacity,
        walk_in=draft.walk_in,
    )
