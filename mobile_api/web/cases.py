"""My cases (我的办件): every one in one place, its one timeline, its result and how it comes."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from kiosk_server.audit.events import AuditEvent
from kiosk_server.cases.models import Outcome
from kiosk_server.cases.own import case_of
from kiosk_server.catalogue.queries import help_when_refused
from kiosk_server.core.errors import KioskError
from kiosk_server.core.identifiers import is_id
from kiosk_server.residents.assurance import Act
from kiosk_server.results.timeline import timeline_of
from kiosk_server.web.request_context import database
from kiosk_server.web.security import allow_position
from mobile_api.booking_terms import refusals_noted
from mobile_api.v1.cases import case_document, list_cases, see_case
from mobile_api.v1.schemas import PageAsked
from mobile_api.wallets import actor_id
from mobile_api.web.certificate import handed_out
from mobile_api.web.frame import page
from mobile_api.web.guard import may, own_id
from mobile_api.web.result_told import result_told, version_of

CASES = "/m/cases"
GROUP = 4
"""Characters of a long number that are read together."""


def add_routes(blueprint: Blueprint) -> None:
    """Open the pages of cases."""
    blueprint.get("/cases")(cases)
    blueprint.get("/cases/<case_id>")(case_page)
    blueprint.get("/cases/<case_id>/result.pdf")(case_result)


def cases() -> ResponseReturnValue:
    """List my cases, the newest first."""
    may(Act.SEE_CASES)
    after = request.args.get("after", "")
    found = list_cases(PageAsked(cursor=after if is_id(after) else None))
    return page("m/cases.html", tab="cases", cases=found.items, next_cursor=found.next_cursor)


def case_page(case_id: str) -> ResponseReturnValue:
    """Show one case."""
    may(Act.SEE_CASES)
    return case_shown(own_id(case_id))


def case_result(case_id: str) -> ResponseReturnValue:
    """Hand out the document of its result."""
    may(Act.SEE_CASES)
    return handed_out(case_document(own_id(case_id)), "application/pdf", "result.pdf")


def case_shown(case_id: str, refused: KioskError | None = None) -> ResponseReturnValue:
    """Return the page of one case of mine, with what was *refused* on it."""
    with refusals_noted(AuditEvent.RESULT_REFUSED):
        seen = see_case(case_id)
    groups = [seen.number[at : at + GROUP] for at in range(0, len(seen.number), GROUP)]
    with database().reading() as session:
        case = case_of(session, actor_id(), case_id)
        refusal = seen.outcome is Outcome.REFUSED
        legal_aid = help_when_refused(session) if refusal else None
        allow_position()
        return page(
            "m/case.html",
            tab="cases",
            status=409 if refused else 200,
            fault=refused.code if refused else None,
            case=seen,
            number=" ".join(groups),
            timeline=list(reversed(timeline_of(session, case))),
            result=result_told(session, case),
            version=version_of(session, case),
            legal_aid=legal_aid.code if legal_aid else None,
        )
