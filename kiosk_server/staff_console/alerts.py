"""
Alerts (告警): what wants somebody now, who was called, and taking it on by name.

The list is asked for again and again: its ETag spares the answer while nothing has changed, and a
refresh in the page's head is all that a browser without script needs.
"""

from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256

from flask import Blueprint, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.core.errors import FieldFault, NotFound
from kiosk_server.places.queries import SiteView
from kiosk_server.staff.rules import Right, has, may
from kiosk_server.staff_console.alert_view import AlertLine, alert_line, alert_lines, call_words
from kiosk_server.staff_console.fleet_view import site_name, trouble_words
from kiosk_server.staff_console.session import SESSION_COOKIE, actor, audit_refusal, require, staff
from kiosk_server.staff_console.terminals import my_sites
from kiosk_server.upkeep.causes import Severity
from kiosk_server.upkeep.queries import AlertView, alerts, count_open, find, kinds_known
from kiosk_server.upkeep.rules import AlertState, SilenceReason
from kiosk_server.upkeep.services import silence, wake
from kiosk_server.web.request_context import database, page_reading
from kiosk_server.web.words import current_language

SILENCE_HOURS = (1, 4, 12, 24, 72, 168)
STATES = ("open", "silenced", "closed")


def add_routes(blueprint: Blueprint) -> None:
    """Put the alerts under *blueprint*, and their number into its pages."""
    blueprint.get("/alerts")(alerts_page)
    blueprint.get("/alerts/<alert_id>")(alert_page)
    blueprint.post("/alerts/<alert_id>/silence")(silence_alert)
    blueprint.post("/alerts/<alert_id>/wake")(wake_alert)


def open_alert_count() -> int | None:
    """Return how many alerts are open in my divisions; None for who sees no terminals."""
    if not has(staff(), Right.TERMINALS_SEE):
        return None
    with page_reading() as session:
        return sum(count_open(session, site_ids=my_sites(session, Right.TERMINALS_SEE)).values())


def alerts_page() -> ResponseReturnValue:
    """Show the alerts of my divisions, worst first, or those that are over."""
    require(Right.TERMINALS_SEE)
    asked = {name: request.args.get(name, "") for name in ("state", "severity", "kind", "site")}
    state = asked["state"] if asked["state"] in STATES else "open"
    with database().reading() as session:
        mine = my_sites(session, Right.TERMINALS_SEE)
        found = _found(session, mine, state, asked)
        kinds = kinds_known(session, site_ids=mine)
    lines = alert_lines(found, mine)
    response = make_response(
        render_template(
            "staff/alerts.html",
            rows=lines,
            state=state,
            severity=asked["severity"],
            site=asked["site"],
            kind=asked["kind"],
            kinds=[(kind, trouble_words(kind)) for kind in kinds],
            may_keep=has(staff(), Right.ON_CALL_KEEP),
            states=STATES,
            severities=[each.value for each in Severity],
            sites=[(site.id, site_name(site)) for site in mine.values()],
        )
    )
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(_version(lines), weak=True)
    return response.make_conditional(request)


def alert_page(alert_id: str) -> ResponseReturnValue:
    """Show one alert: what is wrong, who was called when, who took it on."""
    return _alert_page(alert_id, [])


def silence_alert(alert_id: str) -> ResponseReturnValue:
    """Stop its calls, in the name of who is signed in, with a reason and an end."""
    with database().reading() as session:
        _my_alert(session, alert_id, Right.ALERTS_SILENCE)
    faults = []
    reason, hours = request.form.get("reason", ""), request.form.get("hours", "")
    if reason not in set(SilenceReason):
        faults.append(FieldFault("reason", "not_chosen"))
    if hours not in {str(each) for each in SILENCE_HOURS}:
        faults.append(FieldFault("hours", "not_chosen"))
    if faults:
        return _alert_page(alert_id, faults), 422
    until = clock.now() + timedelta(hours=int(hours))
    with database().unit_of_work() as session:
        silence(session, alert_id, by=actor(), reason=SilenceReason(reason), until=until)
    return redirect(f"/staff/alerts/{alert_id}", code=303)


def wake_alert(alert_id: str) -> ResponseReturnValue:
    """Let it call again now."""
    with database().reading() as session:
        _my_alert(session, alert_id, Right.ALERTS_SILENCE)
    with database().unit_of_work() as session:
        wake(session, alert_id, by=actor())
    return redirect(f"/staff/alerts/{alert_id}", code=303)


def _found(
    session: Session, mine: Mapping[str, SiteView], state: str, asked: Mapping[str, str]
) -> list[AlertView]:
    severity = Severity(asked["severity"]) if asked["severity"] in set(Severity) else None
    site_ids = [site_id for site_id in mine if asked["site"] in ("", site_id)]
    found = alerts(
        session,
        site_ids=site_ids,
        severity=severity,
        kind=asked["kind"] or None,
        closed=state == "closed",
    )
    if state == "closed":
        return found
    return [view for view in found if (view.silence is not None) == (state == "silenced")]


def _alert_page(alert_id: str, faults: list[FieldFault]) -> str:
    with database().reading() as session:
        view, site = _my_alert(session, alert_id, Right.TERMINALS_SEE)
    return render_template(
        "staff/alert.html",
        row=alert_line(view, site),
        group_size=view.group_size,
        calls=[call_words(call) for call in view.calls],
        may_silence=view.state is AlertState.OPEN
        and may(staff(), Right.ALERTS_SILENCE, site.division_code),
        may_order=view.state is AlertState.OPEN
        and may(staff(), Right.WORK_ORDERS_OPEN, site.division_code),
        reasons=[reason.value for reason in SilenceReason],
        hours=SILENCE_HOURS,
        chosen=request.form,
        faults={fault.at: fault.code for fault in faults},
    )


def _my_alert(session: Session, alert_id: str, right: Right) -> tuple[AlertView, SiteView]:
    view = find(session, alert_id)
    site = my_sites(session, Right.TERMINALS_SEE).get(view.site_id) if view else None
    if view is None or site is None:
        require(Right.TERMINALS_SEE)
        audit_refusal(right, None)
        raise NotFound("alert_not_found")
    require(right, site.division_code)
    return view, site


def _version(lines: list[AlertLine]) -> str:
    # A form token and a language belong to one session: another one never gets this page.
    who = request.cookies.get(SESSION_COOKIE, "")
    told = repr((who, current_language().code, open_alert_count(), lines))
    return sha256(told.encode()).hexdigest()[:32]
