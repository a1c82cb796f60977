"""
What goes out of the house (外发事项): what waits for whom, and what wants a person's word.

A message holds ids alone, so nothing personal is seen here.
"""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from kiosk_server.core import clock
from kiosk_server.core.errors import FieldFault, Invalid
from kiosk_server.outbox import queries, services
from kiosk_server.staff.queries import colleagues
from kiosk_server.staff.rules import Right
from kiosk_server.staff_console.fleet_view import moment
from kiosk_server.staff_console.session import actor, has_everywhere, require_everywhere
from kiosk_server.web.request_context import database, page_reading
from kiosk_server.web.words import words

HERE = "/staff/outbox"
_SETTLED = {"done": True, "dropped": False}


def add_routes(blueprint: Blueprint) -> None:
    """Put the page and its deeds under *blueprint*."""
    blueprint.get("/outbox")(outbox_page)
    blueprint.post("/outbox/<message_id>/again")(send_message_again)
    blueprint.post("/outbox/<message_id>/settle")(settle_message)


def messages_for_me() -> int | None:
    """Return how many messages want a person; None for who does not see them."""
    if not has_everywhere(Right.OUTBOX_SEE):
        return None
    with page_reading() as session:
        return queries.count_for_people(session)


def outbox_page() -> ResponseReturnValue:
    """Show every lane, what wants a person, and what people did lately."""
    require_everywhere(Right.OUTBOX_SEE)
    with database().reading() as session:
        lanes = queries.lanes_now(session, clock.now())
        letters = queries.dead_letters(session)
        deeds = queries.deeds_of_people(session)
        names = colleagues(session, {deed.actor_id for deed in deeds if deed.actor_id})
    return render_template(
        "staff/outbox.html",
        lanes=lanes,
        letters=letters,
        deeds=deeds,
        names=names,
        moment=moment,
        lane_name=lane_name,
        may_act=has_everywhere(Right.OUTBOX_RETRY),
    )


def lane_name(lane: str) -> str:
    """Return what a lane's partner is called."""
    return words("staff-lane-" + lane.replace("_", "-"))


def send_message_again(message_id: str) -> ResponseReturnValue:
    """Let a message go out again, with all its tries before it."""
    require_everywhere(Right.OUTBOX_RETRY)
    with database().unit_of_work() as session:
        services.send_again(session, message_id, by=actor())
    return redirect(HERE, code=303)


def settle_message(message_id: str) -> ResponseReturnValue:
    """Write down what somebody found out about a message: done after all, or not to be done."""
    require_everywhere(Right.OUTBOX_RETRY)
    found = request.form.get("found", "")
    if found not in _SETTLED:
        raise Invalid(fields=[FieldFault("found", "choice_unknown")])
    with database().unit_of_work() as session:
        services.settle(session, message_id, done=_SETTLED[found], by=actor())
    return redirect(HERE, code=303)
