"""The paper: its progress, its troubles, and what the person says of it in the end."""

from flask import Blueprint, Response, jsonify, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.cases.models import Case
from kiosk_server.cases.slips import queue_print_code_slip, slip_possible
from kiosk_server.core.errors import NotFound, Refused
from kiosk_server.payments.rules import as_yuan
from kiosk_server.printing import queries as printing_queries
from kiosk_server.printing.models import JobState, PrintJob
from kiosk_server.printing.queries import JobView
from kiosk_server.printing.services import answer_came_out
from kiosk_server.results import paper
from kiosk_server.results.queries import result_of
from kiosk_server.terminals.queries import ability_at
from kiosk_server.terminals.rules import DeviceKind
from kiosk_server.visits.drafts import draft_of, put_draft
from kiosk_server.visits.models import Visit
from kiosk_server.web.guards import terminal
from kiosk_server.web.request_context import database, settings
from kiosk_ui.outside import press
from kiosk_ui.pages.wanting import wanted
from kiosk_ui.presenters.fault import fault_at
from kiosk_ui.presenters.nearby import printing_nearby
from kiosk_ui.presenters.paper import DEVICE, KIND, reprint_of, steps_of, trouble_of
from kiosk_ui.showing import show, this_screen
from kiosk_ui.view_models import (
    CameOutPage,
    MoneyInstead,
    NotPrintedPage,
    Page,
    PrintingPage,
    Screen,
    TroublePage,
    UnknownPage,
)
from kiosk_ui.visiting import deed, this_visit


def register(blueprint: Blueprint) -> None:
    """Put these pages into *blueprint*."""
    blueprint.get("/printing", endpoint="printing")(printing)
    blueprint.get("/printing/state", endpoint="printing_state")(printing_state)
    blueprint.post("/printing/came-out", endpoint="came_out")(came_out)
    blueprint.post("/printing/again", endpoint="print_again")(print_again)
    blueprint.post("/printing/code", endpoint="grant_reprint")(grant_reprint)
    blueprint.post("/printing/code-slip", endpoint="code_slip")(code_slip)


def printing() -> ResponseReturnValue:
    """Show where the job stands, and let the host fetch what it does not have yet."""
    visit = this_visit()
    with database().reading() as session:
        screen = this_screen(session)
        job = _job(session, visit)
        page = _page_of(session, screen, job, draft_of(session, visit).get("reprint_code"))
    if page is None:
        return redirect(url_for("kiosk.rating"), 303)
    response = make_response(show(page))
    return wanted(response) if job.state is JobState.WAITING else response


def printing_state() -> ResponseReturnValue:
    """Tell a script whether the page would look different now (ETag, RFC 9110 8.8.3)."""
    with database().reading() as session:
        version = _job(session, this_visit()).version
    response: Response = jsonify({"version": version})
    response.set_etag(version)
    return response.make_conditional(request)


def came_out() -> ResponseReturnValue:
    """Keep the person's own word; a no opens the way to a second print."""
    yes = request.form.get("answer") == "yes"
    with deed() as (session, visit):
        answer_came_out(session, _job(session, visit).id, came_out=yes)
    return redirect(url_for("kiosk.rating" if yes else "kiosk.printing"), 303)


def print_again() -> ResponseReturnValue:
    """Print once more here, marked 重打, with the right that the failed print left."""
    visit = this_visit()
    with database().reading() as session:
        job = _job(session, visit)
    paper.print_again(
        database(),
        press(),
        origin=settings().public_origin,
        visit_id=visit.id,
        job_id=job.id,
    )
    return wanted(make_response(redirect(url_for("kiosk.printing"), 303)))


def grant_reprint() -> ResponseReturnValue:
    """Give the right to print elsewhere; its code stands in the visit's sealed draft (P52)."""
    try:
        with deed() as (session, visit):
            granted = paper.grant(session, _job(session, visit).id)
            put_draft(session, visit, reprint_code=granted.code)
    except Refused:
        # The job went on or came out between the drawing of the button and its touch.
        return redirect(url_for("kiosk.printing"), 303)
    return wanted(make_response(redirect(url_for("kiosk.printing"), 303)))


def code_slip() -> ResponseReturnValue:
    """Print the code on a slip, for whoever has no pen and no phone."""
    with deed() as (session, visit):
        job = _job(session, visit)
        code = draft_of(session, visit).get("reprint_code")
        if code is None or job.reprint_until is None or job.reprint_used:
            raise Refused("reprint_not_open")
        queue_print_code_slip(session, visit, job_id=job.id, code=code, until=job.reprint_until)
    return wanted(make_response(redirect(url_for("kiosk.printing"), 303)))


def _job(session: Session, visit: Visit) -> JobView:
    job = printing_queries.last_of_visit(session, visit.id)
    if job is None:
        raise NotFound("print_job_not_found")
    return printing_queries.view(session, job.id)


def _page_of(session: Session, screen: Screen, job: JobView, code: str | None) -> Page | None:
    match job.state:
        case JobState.WAITING | JobState.TAKEN | JobState.PRINTING if trouble_of(job) is None:
            return _progress(screen, job)
        case JobState.WAITING | JobState.TAKEN | JobState.PRINTING:
            return _trouble(session, screen, job, code)
        case JobState.UNKNOWN:
            return UnknownPage(
                screen=screen,
                pages_done=job.pages_done,
                pages=job.pages,
                answer_url=url_for("kiosk.came_out"),
            )
        case JobState.PRINTED if job.came_out is None:
            return CameOutPage(screen=screen, pages=job.pages, answer_url=url_for("kiosk.came_out"))
        case JobState.PRINTED if job.came_out == "yes":
            return None
        case JobState.PRINTED | JobState.NOT_PRINTED:
            return _not_printed(session, screen, job, code)


def _progress(screen: Screen, job: JobView) -> PrintingPage:
    return PrintingPage(
        screen=screen,
        state_url=url_for("kiosk.printing_state"),
        version=job.version,
        steps=steps_of(job),
        pages_done=job.pages_done,
        pages=job.pages,
        reprinted=job.reprint,
        kind=KIND[job.kind],
    )


def _trouble(session: Session, screen: Screen, job: JobView, code: str | None) -> TroublePage:
    fault = fault_at(session, terminal().id, device=DEVICE[job.kind])
    money = _money(session, job)
    returning = money is not None and money.url is None
    return TroublePage(
        screen=screen,
        trouble=trouble_of(job) or "fault",
        pages_done=job.pages_done,
        pages=job.pages,
        state_url=url_for("kiosk.printing_state"),
        version=job.version,
        wait_url=url_for("kiosk.printing"),
        reprint=None if returning else reprint_of(job, code, slip_url=_slip_url(session)),
        reprint_url=url_for("kiosk.grant_reprint")
        if job.may_print_again and not returning
        else None,
        money=money,
        nearby=printing_nearby(session, terminal().id, screen.language),
        told_at=fault.told_at if fault else None,
    )


def _not_printed(
    session: Session, screen: Screen, job: JobView, code: str | None
) -> NotPrintedPage:
    here = ability_at(session, terminal().id, needs=[DeviceKind.A4_PRINTER.value])
    money = _money(session, job)
    returning = money is not None and money.url is None
    open_ = job.may_print_again and not returning
    return NotPrintedPage(
        screen=screen,
        trouble=trouble_of(job),
        pages_done=job.pages_done,
        pages=job.pages,
        rate_url=url_for("kiosk.rating"),
        retry_url=url_for("kiosk.print_again") if open_ and here.possible else None,
        reprint=None if returning else reprint_of(job, code, slip_url=_slip_url(session)),
        reprint_url=url_for("kiosk.grant_reprint") if open_ else None,
        money=money,
        nearby=printing_nearby(session, terminal().id, screen.language),
    )


def _money(session: Session, job: JobView) -> MoneyInstead | None:
    """Return what was paid for a paper that does not come; None for a free one."""
    case_id = session.get_one(PrintJob, job.id).case_id
    case = session.get(Case, case_id) if case_id is not None else None
    result = result_of(session, case) if case is not None else None
    if case is None or result is None or result.fee_fen == 0:
        return None
    amount = as_yuan(result.fee_fen)
    if result.money_goes_back or result.owed:
        return MoneyInstead(amount)
    url = url_for("kiosk.result_money", case_id=case.id)
    return MoneyInstead(amount, url) if result.may_have_money else None


def _slip_url(session: Session) -> str | None:
    return url_for("kiosk.code_slip") if slip_possible(session, this_visit()) else None
