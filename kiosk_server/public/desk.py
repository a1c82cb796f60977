"""
`/scan/desk` (核验台): what holders gave at an organisation's own signs, on the screen at once.

A clerk of the organisation chooses his sign; the page asks every second or two whether something
has come and takes it by a POST, once: a GET shows nothing of anybody.
"""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict, NotFound
from kiosk_server.core.identifiers import digest, is_id
from kiosk_server.credentials.signs import SIGN_PATH, sign_code
from kiosk_server.partners.signs import SignView, sign_of, signs_of
from kiosk_server.printing.documents.codes import qr_svg
from kiosk_server.public.scan_verdicts import in_words
from kiosk_server.public.verifiers import in_language, verifier
from kiosk_server.showing.asking import waiting_at
from kiosk_server.showing.requests import Answer, collect
from kiosk_server.showing.rules import RequestState
from kiosk_server.showing.scenes import scene_named
from kiosk_server.showing.verifiers import looker_of
from kiosk_server.web.request_context import database, settings
from kiosk_server.web.words import messages

DESK = "/scan/desk"


@dataclass(frozen=True)
class Taken:
    """One answer on the screen of a desk."""

    at: datetime
    answer: Answer


def add_routes(blueprint: Blueprint) -> None:
    """Open the desk in *blueprint*, to verifiers who are signed in."""
    blueprint.add_url_rule(DESK, view_func=choose_sign)
    blueprint.add_url_rule(f"{DESK}/<sign_id>", view_func=desk)
    blueprint.add_url_rule(f"{DESK}/<sign_id>", view_func=take, methods=["POST"])
    blueprint.add_url_rule(f"{DESK}/<sign_id>/state", view_func=desk_state)
    blueprint.add_url_rule(f"{DESK}/<sign_id>/print", view_func=printed_sign)


def choose_sign() -> ResponseReturnValue:
    """Ask which sign this desk stands behind; with one alone there is nothing to ask."""
    with database().reading() as session:
        own = [each for each in signs_of(session, verifier().organisation_id) if each.verifier]
    if len(own) == 1:
        return redirect(in_language(f"{DESK}/{own[0].id}"), code=303)
    return render_template("public/desk_signs.html", signs=own, scene_words=_scene_words)


def desk(sign_id: str) -> ResponseReturnValue:
    """Wait for what holders give at this sign."""
    with database().reading() as session:
        sign = _own(session, sign_id)
        waiting = len(waiting_at(session, sign.id))
    return _page(sign, (), waiting)


def desk_state(sign_id: str) -> ResponseReturnValue:
    """Answer how many wait to be taken; 304 while that is so."""
    with database().reading() as session:
        found = waiting_at(session, _own(session, sign_id).id)
    response = Response(str(len(found)), content_type="text/plain; charset=utf-8")
    response.set_etag(digest(",".join(each.id for each in found))[:32])
    return response.make_conditional(request)


def take(sign_id: str) -> ResponseReturnValue:
    """Show what has come, once."""
    with database().unit_of_work() as session:
        sign = _own(session, sign_id)
        if sign.verifier is None:
            raise Conflict("partner_sign_over")
        looker, by = looker_of(sign.verifier), verifier().member_id
        answers = [
            Taken(each.answered_at, collect(session, each.id, looker, taken_by=by))
            for each in waiting_at(session, sign.id)
        ]
    given = tuple(one for one in answers if one.answer.state is RequestState.DELIVERED)
    return _page(sign, given, 0)


def printed_sign(sign_id: str) -> ResponseReturnValue:
    """Show the sign as it is printed: one sheet, with its code."""
    with database().reading() as session:
        sign = _own(session, sign_id)
        if sign.verifier is None:
            raise Conflict("partner_sign_over")
        code = sign_code(session, sign)
    qr = Markup(qr_svg(f"{settings().public_origin}{SIGN_PATH}{code}"))  # noqa: S704 - our squares
    return render_template(
        "public/sign_sheet.html",
        sign=sign,
        name=sign.verifier.name,
        code=code,
        qr=qr,
        scene=scene_named(sign.scene),
        uyghur=lambda message_id: messages().text("ug", message_id),
        ends=f"{clock.to_beijing(sign.ends_at):%Y-%m-%d}",
    )


def _page(sign: SignView, taken: tuple[Taken, ...], waiting: int) -> str:
    return render_template(
        "public/desk.html",
        sign=sign,
        taken=taken,
        waiting=waiting,
        scene=_scene_words(sign.scene),
        in_words=in_words,
        moment=lambda at: f"{clock.to_beijing(at):%H:%M:%S}",
    )


def _own(session: Session, sign_id: str) -> SignView:
    sign = sign_of(session, sign_id) if is_id(sign_id) else None
    if sign is None or sign.organisation_id != verifier().organisation_id:
        raise NotFound("partner_sign_not_found")
    return sign


def _scene_words(scene_id: str) -> str:
    return in_words(scene_named(scene_id).names)
