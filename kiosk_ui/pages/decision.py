"""What was decided at once (秒批), why, and the paper that follows."""

from flask import Blueprint, make_response, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.cases import queries as cases
from kiosk_server.cases.handling import NotReady, Prepared, prepare
from kiosk_server.cases.models import Case, Outcome
from kiosk_server.cases.queries import DecisionView
from kiosk_server.cases.services import ask_for_human
from kiosk_server.catalogue.queries import help_when_refused
from kiosk_server.core.clock import to_beijing
from kiosk_server.core.errors import NotFound
from kiosk_server.payments.rules import as_yuan
from kiosk_server.results.paper import print_paper as print_result
from kiosk_server.results.paper import reprint
from kiosk_server.results.queries import result_of
from kiosk_server.results.rules import ResultWay
from kiosk_server.visits import queries as visits
from kiosk_server.visits.models import Visit
from kiosk_server.web.request_context import database, settings
from kiosk_server.web.words import words
from kiosk_ui.outside import press, records, unprintable_here
from kiosk_ui.pages.turning import turned
from kiosk_ui.pages.wanting import wanted
from kiosk_ui.presenters.result import (
    facts_of,
    inputs_of,
    is_granted,
    outcome_of,
    reasons_of,
    sheets_of,
)
from kiosk_ui.presenters.wording import titled
from kiosk_ui.refusing import words_for
from kiosk_ui.showing import show, this_screen
from kiosk_ui.view_models import DecisionPage, ReasonsPage, RefusalPage, Stage, WorkingPage
from kiosk_ui.visiting import chosen_item, deed, this_visit

_USUAL_SECONDS, _LONGEST_SECONDS = 2, 20


def register(blueprint: Blueprint) -> None:
    """Put these pages into *blueprint*."""
    blueprint.get("/deciding", endpoint="deciding")(deciding)
    blueprint.post("/deciding", endpoint="decide")(decide)
    blueprint.get("/decision", endpoint="decision")(decision)
    blueprint.get("/decision/reasons", endpoint="reasons")(reasons)
    blueprint.post("/decision/print", endpoint="print_paper")(print_paper)
    blueprint.post("/decision/human", endpoint="human")(human)


def deciding() -> ResponseReturnValue:
    """Say what is being done and how long it takes; the form on the page sends itself."""
    for_reprint = this_visit().reprint_right_id is not None
    with database().reading() as session:
        screen = this_screen(session)
    return show(
        WorkingPage(
            screen=screen,
            what="document" if for_reprint else "record",
            next_url=url_for("kiosk.decide"),
            usual_seconds=_USUAL_SECONDS,
            longest_seconds=_LONGEST_SECONDS,
            stage=Stage.PRINT if for_reprint else Stage.RESULT,
        )
    )


def decide() -> ResponseReturnValue:
    """Fetch the record and decide; a reprint is set and sent to the printer instead."""
    visit = this_visit()
    if visit.reprint_right_id is not None:
        reprint(database(), press(), origin=settings().public_origin, visit_id=visit.id)
        return wanted(make_response(redirect(url_for("kiosk.printing"), 303)))
    match prepare(database(), records(), visit_id=visit.id, unprintable=unprintable_here):
        case Prepared():
            return redirect(url_for("kiosk.decision"), 303)
        case NotReady(code):
            return _not_ready(code)


def decision() -> ResponseReturnValue:
    """Show what was decided, with its main facts."""
    visit = this_visit()
    with database().reading() as session:
        screen = this_screen(session)
        view = _decision(session, visit)
        item = chosen_item(session, visit)
        holder = visits.masked_holder(session, visit)
        result = result_of(session, _case(session, visit))
        granted = is_granted(view)
        legal_aid = None if granted else help_when_refused(session)
    # One touch prints what is free and was not asked for in another way.
    at_once = granted and not result.owed and result.way in (None, ResultWay.HERE)
    offers = granted and bool(result.open_ways)
    return show(
        DecisionPage(
            screen=screen,
            name=titled(item.content.names, screen.language),
            holder=holder,
            granted=granted,
            found=view.outcome is not Outcome.NO_RECORD,
            outcome=outcome_of(view, words),
            facts=facts_of(view, screen.language, words, short=screen.size.is_large),
            reasons_url=url_for("kiosk.reasons"),
            window_url=url_for("kiosk.human"),
            help_url=url_for("kiosk.guide", code=legal_aid.code, back=url_for("kiosk.decision"))
            if legal_aid
            else None,
            print_url=url_for("kiosk.print_paper") if at_once else None,
            ways_url=url_for("kiosk.result_ways", case_id=view.case_id) if offers else None,
            fee=as_yuan(result.fee_fen) if result.owed else None,
            # The paper is set when it is asked for; a guess would be said as a fact.
            pages=0,
        )
    )


def reasons() -> ResponseReturnValue:
    """Show item version, rule, inputs and reasons, as they are kept."""
    visit = this_visit()
    with database().reading() as session:
        screen = this_screen(session)
        view = _decision(session, visit)
        item = chosen_item(session, visit)
    sheets = sheets_of(
        reasons_of(view, words),
        inputs_of(view, item.content, screen.language, words),
        large=screen.size.is_large,
    )
    shown, paging = turned(sheets, 1, url_for("kiosk.reasons"))
    told, inputs = shown[0]
    return show(
        ReasonsPage(
            screen=screen,
            name=titled(item.content.names, screen.language),
            granted=is_granted(view),
            reasons=told,
            inputs=inputs,
            rule=f"{view.rule} {view.rule_version}",
            version=item.short_hash,
            decided_at=to_beijing(view.decided_at),
            back_url=url_for("kiosk.decision"),
            paging=paging,
            window_url=url_for("kiosk.human"),
        )
    )


def print_paper() -> ResponseReturnValue:
    """Issue the proof, set it, and ask for the paper; the job tells the rest."""
    visit = this_visit()
    with database().reading() as session:
        view = _decision(session, visit)
    print_result(
        database(),
        press(),
        origin=settings().public_origin,
        visit_id=visit.id,
        case_id=view.case_id,
        sample=records().simulated,
    )
    return wanted(make_response(redirect(url_for("kiosk.printing"), 303)))


def human() -> ResponseReturnValue:
    """Record that a person shall look at the decision, and name the window (P16, P20)."""
    with deed() as (session, visit):
        ask_for_human(session, _case(session, visit))
    return redirect(url_for("kiosk.window", why="window_human"), 303)


def _decision(session: Session, visit: Visit) -> DecisionView:
    return cases.decision_of(session, _case(session, visit).id)


def _case(session: Session, visit: Visit) -> Case:
    case = cases.of_visit(session, visit.id)
    if case is None:
        raise NotFound("decision_not_found")
    return case


def _not_ready(code: str) -> ResponseReturnValue:
    in_vain = code == "paper_unprintable"
    with database().reading() as session:
        screen = this_screen(session)
    return show(
        RefusalPage(
            screen=screen,
            code=words_for(code, "source_unavailable"),
            again_url=None if in_vain else url_for("kiosk.deciding"),
            window_url=url_for("kiosk.window", why="window_human"),
            home_url=url_for("kiosk.services"),
        )
    )
