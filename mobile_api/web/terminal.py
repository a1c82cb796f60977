"""
This phone at a terminal (一码办事): the code for its scanner, its own code scanned, and the forms
that were carried here.

An address scanned off a screen does nothing by being opened: a touch claims it, another confirms.
"""

from contextlib import suppress

from flask import Blueprint, Response, make_response, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from kiosk_server.core.errors import Conflict, Invalid, Refused
from kiosk_server.printing.documents.codes import qr_svg
from kiosk_server.residents.assurance import Act
from kiosk_server.showing import pins
from kiosk_server.visits import phone_passes
from kiosk_server.web.request_context import database
from mobile_api.access import holder
from mobile_api.v1 import terminal_passes as api
from mobile_api.v1.terminal_passes import PassSeen, PassWanted, PurposeChosen, TerminalScanned
from mobile_api.web.certificate import to_pin
from mobile_api.web.frame import page
from mobile_api.web.guard import may, own_id

TERMINAL = "/m/terminal"
_LONGEST_CODE = 40


def add_routes(blueprint: Blueprint) -> None:
    """Open the pages of terminals."""
    blueprint.get("/terminal", endpoint="terminal")(terminal)
    blueprint.post("/terminal/code", endpoint="terminal_code")(terminal_code)
    blueprint.get("/terminal/passes/<pass_id>", endpoint="terminal_pass")(terminal_pass)
    blueprint.get("/terminal/passes/<pass_id>/state", endpoint="terminal_state")(terminal_state)
    blueprint.post("/terminal/passes/<pass_id>/confirm", endpoint="terminal_confirm")(confirm)
    blueprint.post("/terminal/passes/<pass_id>/deny", endpoint="terminal_deny")(deny)
    blueprint.post("/terminal/passes/<pass_id>/stop", endpoint="terminal_stop")(stop)
    blueprint.get("/at/<token>", endpoint="terminal_at")(at)
    blueprint.post("/at/<token>", endpoint="terminal_claim")(claim)
    blueprint.get("/carried/<form_id>", endpoint="carried")(carried)
    blueprint.post("/carried/<form_id>", endpoint="carried_answer")(carried_answer)
    blueprint.post("/carried/<form_id>/drop", endpoint="carried_drop")(carried_drop)


def terminal() -> ResponseReturnValue:
    """Offer the code, and show the forms that wait."""
    may(Act.CONFIRM_TERMINAL)
    return page("m/terminal.html", tab="home", forms=api.list_carried_forms().items)


def terminal_code() -> ResponseReturnValue:
    """Make a code and show it; the answer is kept nowhere."""
    may(Act.CONFIRM_TERMINAL)
    form_id = request.form.get("form") or None
    if not _unlocked():
        return to_pin(TERMINAL)
    made = api.make_terminal_pass(PassWanted(form_id=own_id(form_id) if form_id else None))
    response = make_response(
        page(
            "m/terminal_code.html",
            made=made,
            qr=Markup(qr_svg(made.address)),  # noqa: S704 - our squares
            seconds=int((made.refresh_at - made.made_at).total_seconds()),
            form_id=form_id,
            version="open:nowhere",
        )
    )
    # Without scripts the page says, when its minute is over, what has become of the code.
    life = int((made.expires_at - made.made_at).total_seconds())
    response.headers["Refresh"] = f"{life}; url={TERMINAL}/passes/{made.id}"
    return response


def terminal_pass(pass_id: str) -> ResponseReturnValue:
    """Say at which terminal, since when, and ask for what is still to be said."""
    may(Act.CONFIRM_TERMINAL)
    seen = api.see_terminal_pass(own_id(pass_id))
    return page("m/terminal_pass.html", tab="home", seen=seen, version=_version(seen))


def terminal_state(pass_id: str) -> ResponseReturnValue:
    """Answer what the page of a pass asks every second or two; 304 while nothing has happened."""
    may(Act.CONFIRM_TERMINAL)
    version = _version(api.see_terminal_pass(own_id(pass_id)))
    response = Response(version, content_type="text/plain; charset=utf-8")
    response.set_etag(version)
    return response.make_conditional(request)


def confirm(pass_id: str) -> ResponseReturnValue:
    """The numbers are the same."""
    may(Act.CONFIRM_TERMINAL)
    # Where its time was over, the page says so in words.
    with suppress(Conflict):
        api.confirm_terminal(own_id(pass_id))
    return redirect(f"{TERMINAL}/passes/{pass_id}", code=303)


def deny(pass_id: str) -> ResponseReturnValue:
    """It was not me."""
    may(Act.CONFIRM_TERMINAL)
    api.deny_terminal(own_id(pass_id))
    return redirect(f"{TERMINAL}/passes/{pass_id}", code=303)


def stop(pass_id: str) -> ResponseReturnValue:
    """Take the code back."""
    may(Act.CONFIRM_TERMINAL)
    api.stop_terminal_pass(own_id(pass_id))
    return redirect(TERMINAL, code=303)


def at(token: str) -> ResponseReturnValue:
    """Say which terminal shows this code, where, and what it is for. Opening it does nothing."""
    may(Act.CONFIRM_TERMINAL)
    try:
        with database().reading() as session:
            asked = phone_passes.look(session, token)
    except Conflict as fault:
        return _at_nothing(fault.code)
    where = api.where_it_is(asked.terminal)
    return page("m/terminal_at.html", asked=asked, where=where, token=token, faults=())


def claim(token: str) -> ResponseReturnValue:
    """Stand before it: both screens then show one number."""
    may(Act.CONFIRM_TERMINAL)
    if not _unlocked():
        return to_pin(f"/m/at/{token[:_LONGEST_CODE]}")
    try:
        seen = api.claim_terminal(TerminalScanned.model_construct(token=token))
    except (Conflict, Refused) as fault:
        return _at_nothing(fault.code)
    return redirect(f"{TERMINAL}/passes/{seen.id}", code=303)


def carried(form_id: str) -> ResponseReturnValue:
    """Show a form that was begun at a terminal."""
    may(Act.CONFIRM_TERMINAL)
    return _carried(form_id, ())


def carried_answer(form_id: str) -> ResponseReturnValue:
    """Keep what the result is for."""
    may(Act.CONFIRM_TERMINAL)
    chosen = PurposeChosen.model_construct(
        purpose=request.form.get("purpose", "")[:_LONGEST_CODE],
        promised="promised" in request.form,
    )
    try:
        api.answer_carried_form(own_id(form_id), chosen)
    except Invalid as fault:
        return _carried(form_id, tuple(each.code for each in fault.fields))
    return redirect(f"/m/carried/{form_id}", code=303)


def carried_drop(form_id: str) -> ResponseReturnValue:
    """Throw it away."""
    may(Act.CONFIRM_TERMINAL)
    api.drop_carried_form(own_id(form_id))
    return redirect(TERMINAL, code=303)


def _at_nothing(fault: str) -> ResponseReturnValue:
    return page("m/terminal_at.html", tab="home", status=409, asked=None, faults=(fault,))


def _carried(form_id: str, faults: tuple[str, ...]) -> ResponseReturnValue:
    form = api.see_carried_form(own_id(form_id))
    status = 422 if faults else 200
    return page("m/carried.html", tab="home", status=status, form=form, faults=faults)


def _unlocked() -> bool:
    with database().reading() as session:
        return pins.is_unlocked(session, holder())


def _version(seen: PassSeen) -> str:
    return "over" if seen.over else f"{seen.state}:{'here' if seen.terminal else 'nowhere'}"
