"""
A holder answers: a verifier's question (授权用证), or a verifier's sign that he scanned (扫码亮证).

He sees who asks, whether we know them, where, why, and each field in words; one confirmation with
the phone's PIN gives exactly that, once. Going away gives nothing and tells nobody.
"""

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from kiosk_server.core.errors import Conflict, KioskError, NotFound, Refused, TooMany
from kiosk_server.core.identifiers import is_id
from kiosk_server.credentials.signs import SignRefused, looks_like_sign
from kiosk_server.residents.assurance import Act
from kiosk_server.showing import pins
from kiosk_server.showing.requests import Question
from kiosk_server.showing.rules import RequestState
from kiosk_server.showing.scenes import scene_named
from kiosk_server.web.request_context import database
from mobile_api.access import holder
from mobile_api.answering import (
    answer_question,
    answer_sign,
    offers_at,
    question,
    read_sign_here,
    refuse_question,
)
from mobile_api.web.certificate import LONGEST_PIN, to_pin
from mobile_api.web.frame import page
from mobile_api.web.guard import may, own_id
from mobile_api.web.show import in_words

REQUESTS, SIGNS = "/m/requests", "/m/signs"


def add_routes(blueprint: Blueprint) -> None:
    """Open the pages of questions and signs."""
    blueprint.get("/requests/<request_id>", endpoint="question")(question_page)
    blueprint.get("/requests/<request_id>/state", endpoint="question_state")(question_state)
    blueprint.post("/requests/<request_id>", endpoint="answer_question")(take_answer)
    blueprint.get("/signs/<code>", endpoint="sign")(sign_page)
    blueprint.post("/signs/<code>", endpoint="answer_sign")(take_sign_answer)


def question_page(request_id: str) -> ResponseReturnValue:
    """Say who asks, why and for what; or what became of the question."""
    may(Act.AUTHORISE)
    return _question(own_id(request_id))


def question_state(request_id: str) -> ResponseReturnValue:
    """Answer what an answered question's page asks every second or two."""
    may(Act.AUTHORISE)
    version = _version(question(own_id(request_id)))
    response = Response(version, content_type="text/plain; charset=utf-8")
    response.set_etag(version)
    return response.make_conditional(request)


def take_answer(request_id: str) -> ResponseReturnValue:
    """Take a yes with its PIN, or a no."""
    may(Act.AUTHORISE)
    own_id(request_id)
    if request.form.get("answer") != "yes":
        refuse_question(request_id)
    else:
        try:
            answer_question(request_id, _pin())
        except (Refused, TooMany) as fault:
            return _question(request_id, (fault.code,))
    return redirect(f"{REQUESTS}/{request_id}", code=303)


def sign_page(code: str) -> ResponseReturnValue:
    """Say whose sign was scanned, and what of mine it would be given."""
    may(Act.AUTHORISE)
    return _sign(code)


def take_sign_answer(code: str) -> ResponseReturnValue:
    """Give one certificate's fields to the organisation of a sign."""
    may(Act.AUTHORISE)
    if not looks_like_sign(code):
        raise NotFound
    certificate_id = request.form.get("certificate", "")
    if not is_id(certificate_id):
        raise NotFound("certificate_not_found")
    try:
        asked = answer_sign(code, certificate_id, _pin())
    except (Refused, TooMany, Conflict) as fault:
        return _sign(code, fault, certificate_id)
    return redirect(f"{REQUESTS}/{asked}", code=303)


def _question(request_id: str, faults: tuple[str, ...] = ()) -> ResponseReturnValue:
    asked = question(request_id)
    open_still = asked.state is RequestState.ASKED and not asked.over
    if open_still and not _has_pin():
        return to_pin(f"{REQUESTS}/{request_id}")
    return page(
        "m/question.html",
        status=422 if faults else 200,
        asked=asked,
        open_still=open_still,
        faults=faults,
        version=_version(asked),
        in_words=in_words,
    )


def _sign(
    code: str, fault: KioskError | None = None, certificate_id: str = ""
) -> ResponseReturnValue:
    read = read_sign_here(code)
    if isinstance(read, SignRefused):
        told = render_template("m/sign_refused.html", reason=read.reason, tab=None)
        return told, 422
    if not _has_pin():
        return to_pin(f"{SIGNS}/{code}")
    return page(
        "m/sign.html",
        status=422 if fault else 200,
        sign=read,
        code=code,
        scene=scene_named(read.scene),
        offers=offers_at(read),
        faults=(fault.code,) if fault else (),
        wrong=certificate_id,
        in_words=in_words,
    )


def _version(asked: Question) -> str:
    over = asked.over and asked.state in (RequestState.ASKED, RequestState.CONFIRMED)
    return "over" if over else asked.state.value


def _has_pin() -> bool:
    with database().reading() as session:
        return pins.has_pin(session, holder())


def _pin() -> str:
    return request.form.get("pin", "")[:LONGEST_PIN]
