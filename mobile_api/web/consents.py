"""What I agreed to (我的同意): each purpose in words, agreed to or taken back by one touch."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from kiosk_server.core.errors import NotFound
from kiosk_server.residents.assurance import Act
from kiosk_server.residents.consents import Purpose
from mobile_api.v1.consents import ConsentSaid, give_consent, list_consents, withdraw_consent
from mobile_api.web.frame import page
from mobile_api.web.guard import may, safe_next

HERE = "/m/consents"


def add_routes(blueprint: Blueprint) -> None:
    """Open the pages of consents."""
    blueprint.get("/consents", endpoint="consents_consents")(consents)
    blueprint.post("/consents/<purpose>/give", endpoint="consents_give")(give)
    blueprint.post("/consents/<purpose>/withdraw", endpoint="consents_take_back")(take_back)


def consents() -> ResponseReturnValue:
    """Show every purpose, with where the holder stands to it."""
    may(Act.SEE_OWN_DATA)
    return page("m/consents.html", tab="me", consents=list_consents().items)


def give(purpose: str) -> ResponseReturnValue:
    """Agree to one purpose, and go on where it was asked for."""
    may(Act.SEE_OWN_DATA)
    give_consent(_said(purpose))
    asked = request.form.get("next")
    return redirect(safe_next(asked) if asked else HERE, code=303)


def take_back(purpose: str) -> ResponseReturnValue:
    """Take a consent back."""
    may(Act.SEE_OWN_DATA)
    withdraw_consent(_said(purpose))
    return redirect(HERE, code=303)


def _said(purpose: str) -> ConsentSaid:
    if purpose not in set(Purpose):
        raise NotFound
    return ConsentSaid(purpose=Purpose(purpose))
