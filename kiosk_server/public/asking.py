"""
`/scan/ask` (授权用证): a verifier asks for named fields, for a reason; the holder answers.

The answer is shown once, by a touch or by the page's script, which sends the same form. Where a
question stands can be asked as often as one likes: that delivers nothing.
"""

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from kiosk_server.core.errors import Invalid, NotFound
from kiosk_server.core.identifiers import is_id
from kiosk_server.partners import quotas
from kiosk_server.public.scan_verdicts import in_words, of_look
from kiosk_server.public.verifiers import in_language, verifier
from kiosk_server.public.views_of_scan import scan_page_with
from kiosk_server.showing.asking import askable
from kiosk_server.showing.looking_up import CodeRefused
from kiosk_server.showing.requests import LONGEST_PURPOSE, Answer, Wanted, ask, collect, standing
from kiosk_server.showing.rules import RequestState
from kiosk_server.showing.verifiers import looker_of
from kiosk_server.web.request_context import database

ASKED = "/scan/asked"
_LONGEST_CODE = 200
_MOST_FIELDS = 20


def add_routes(blueprint: Blueprint) -> None:
    """Open the questions in *blueprint*, to verifiers who are signed in."""
    blueprint.add_url_rule("/scan/ask", view_func=take_question, methods=["POST"])
    blueprint.add_url_rule(f"{ASKED}/<request_id>", view_func=asked_page)
    blueprint.add_url_rule(f"{ASKED}/<request_id>", view_func=take_answer, methods=["POST"])
    blueprint.add_url_rule(f"{ASKED}/<request_id>/state", view_func=asked_state)


def take_question() -> ResponseReturnValue:
    """Ask whoever shows this code; the code has had its look with that."""
    looker = looker_of(verifier())
    code = request.form.get("code", "")[:_LONGEST_CODE]
    fields = tuple(dict.fromkeys(request.form.getlist("fields")))[:_MOST_FIELDS]
    wanted = Wanted(fields, request.form.get("purpose", "")[: LONGEST_PURPOSE + 1])
    quotas.spend(database(), verifier())
    try:
        with database().unit_of_work() as session:
            outcome = ask(session, code, looker, wanted)
            asked_id = None if isinstance(outcome, CodeRefused) else outcome.id
    except Invalid:
        with database().reading() as session:
            offer = askable(session, code, looker)
        return scan_page_with(None, offer=offer, code=code, wanted=wanted), 422
    if isinstance(outcome, CodeRefused):
        return scan_page_with(of_look(outcome))
    return redirect(in_language(f"{ASKED}/{asked_id}"), code=303)


def asked_page(request_id: str) -> ResponseReturnValue:
    """Say that the holder is reading the question, or that he has answered."""
    return _page(request_id, _standing(request_id))


def asked_state(request_id: str) -> ResponseReturnValue:
    """Answer what the page asks every second or two: 0 while nothing has come."""
    found = _standing(request_id)
    response = Response("0" if _open(found) else "1", content_type="text/plain; charset=utf-8")
    response.set_etag(f"{found.state.value}:{int(found.over)}")
    return response.make_conditional(request)


def take_answer(request_id: str) -> ResponseReturnValue:
    """Show what came of a question; what was given is shown this once."""
    with database().unit_of_work() as session:
        found = collect(session, _id(request_id), looker_of(verifier()))
    return _page(request_id, found)


def _page(request_id: str, answer: Answer) -> str:
    state = answer.state.value
    if answer.over and answer.state in (RequestState.ASKED, RequestState.CONFIRMED):
        state = "over"
    return render_template(
        "public/asked.html",
        request_id=request_id,
        answer=answer,
        state=state,
        waits=_open(answer),
        in_words=in_words,
    )


def _standing(request_id: str) -> Answer:
    with database().reading() as session:
        return standing(session, _id(request_id), looker_of(verifier()))


def _open(answer: Answer) -> bool:
    return answer.state is RequestState.ASKED and not answer.over


def _id(text: str) -> str:
    if not is_id(text):
        raise NotFound("request_not_found")
    return text
