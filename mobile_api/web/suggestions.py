"""Suggestions (办事建议) and the reasons behind them: seen, and switched off one by one."""

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from kiosk_server.certificates.certificate_types import certificate_types
from kiosk_server.core.errors import NotFound
from kiosk_server.residents.assurance import Act
from kiosk_server.residents.consents import Purpose, stands
from kiosk_server.suggestions.rules import Suggestion, Tag
from kiosk_server.suggestions.services import suggestions_for, switch
from kiosk_server.web.request_context import database
from mobile_api.access import holder
from mobile_api.v1.certificates import in_words
from mobile_api.wallets import actor_id
from mobile_api.web.frame import page
from mobile_api.web.guard import may

HERE = "/m/suggestions"
_PLACES = {
    Tag.ENDS_SOON: "/m/certificates/",
    Tag.ENDED: "/m/certificates/",
    Tag.PROOF_RUNS_OUT: "/m/certificates/",
    Tag.CASE_REFUSED: "/m/cases/",
}


def add_routes(blueprint: Blueprint) -> None:
    """Open the page of suggestions."""
    blueprint.get("/suggestions", endpoint="suggestions_suggestions")(suggestions)
    blueprint.post("/suggestions/<tag>/<position>", endpoint="suggestions_set_tag")(set_tag)


def suggestions() -> ResponseReturnValue:
    """Show what may be due, reason by reason; without consent, ask for it."""
    may(Act.SEE_OWN_DATA)
    with database().reading() as session:
        agreed = stands(session, actor_id(), Purpose.SUGGESTIONS)
        found = suggestions_for(session, actor_id())
    return page(
        "m/suggestions.html", tab="me", agreed=agreed, tags=found, name_of=_name, place_of=_place
    )


def set_tag(tag: str, position: str) -> ResponseReturnValue:
    """Let a reason suggest again, or nothing more."""
    may(Act.SEE_OWN_DATA)
    if tag not in set(Tag) or position not in ("on", "off"):
        raise NotFound
    with database().unit_of_work() as session:
        switch(session, actor_id(), Tag(tag), on=position == "on", by=holder().actor)
    return redirect(HERE, code=303)


def _name(suggestion: Suggestion) -> str:
    if suggestion.type_id is None:
        return ""
    return in_words(certificate_types()[suggestion.type_id].names)


def _place(suggestion: Suggestion) -> str:
    place = _PLACES.get(suggestion.tag)
    return f"{place}{suggestion.subject_id}" if place else "/m/wallet"
