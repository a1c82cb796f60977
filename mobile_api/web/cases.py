"""My cases (我的办件): every one in one place, its progress, its result."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from kiosk_server.core.identifiers import is_id
from kiosk_server.residents.assurance import Act
from mobile_api.v1.cases import case_document, list_cases, see_case
from mobile_api.v1.schemas import PageAsked
from mobile_api.web.certificate import handed_out
from mobile_api.web.frame import page
from mobile_api.web.guard import may, own_id

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
    case = see_case(own_id(case_id))
    groups = [case.number[at : at + GROUP] for at in range(0, len(case.number), GROUP)]
    return page("m/case.html", tab="cases", case=case, number=" ".join(groups))


def case_result(case_id: str) -> ResponseReturnValue:
    """Hand out the document of its result."""
    may(Act.SEE_CASES)
    return handed_out(case_document(own_id(case_id)), "application/pdf", "result.pdf")
