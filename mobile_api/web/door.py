"""Signing in on the phone's pages: a number, then the code; signing out; how the pages look."""

from flask import Blueprint, make_response, redirect, request, session
from flask.typing import ResponseReturnValue

from kiosk_server.core import clock
from kiosk_server.core.errors import Invalid, TooMany, Unavailable
from kiosk_server.core.masking import mask_phone
from kiosk_server.gateways.sms_simulated import code_sent
from kiosk_server.residents.my_phones import sign_out_there
from kiosk_server.residents.phone_rules import PhoneKind
from kiosk_server.residents.phones import Device, issue_cookie
from kiosk_server.residents.sign_in_codes import CodeRefused, CodeWaiting, ask_code, waiting
from kiosk_server.residents.signing_in import by_code
from kiosk_server.web.request_context import database
from mobile_api.access import holder
from mobile_api.partners import partners, ways
from mobile_api.web.frame import page
from mobile_api.web.guard import (
    CHALLENGE_COOKIE,
    HOME,
    SIGN_IN,
    forget_session,
    give_challenge,
    give_session,
    safe_next,
)
from mobile_api.web.looks import changed, keep_look, look_now
from mobile_api.web.naming import name_of_browser
from mobile_api.web.region import let_form_lead_there

LONGEST_TYPED = 40


def add_open_routes(blueprint: Blueprint) -> None:
    """Open the doors before signing in."""
    blueprint.get("/sign-in")(number_page)
    blueprint.post("/sign-in")(take_number)
    blueprint.get("/sign-in/code")(code_page)
    blueprint.post("/sign-in/code")(take_code)
    blueprint.post("/look")(take_look)


def add_routes(blueprint: Blueprint) -> None:
    """Open the door out."""
    blueprint.post("/sign-out")(leave)


def number_page() -> ResponseReturnValue:
    """Ask for the number."""
    return _number_page(None)


def take_number() -> ResponseReturnValue:
    """Send a code; what follows is the same for every number."""
    messages = partners().messages
    if messages is None:
        raise Unavailable("no_short_messages")
    number = request.form.get("number", "")[:LONGEST_TYPED]
    if not number and (again := _waiting()):
        number = again.number
    try:
        asked = ask_code(
            database(),
            number=number,
            source=request.remote_addr,
            language=look_now().language,
            voice="voice" in request.form,
        )
    except Invalid as fault:
        return _number_page(fault.code)
    except TooMany as fault:
        return _number_page(fault.code, wait_seconds=fault.retry_after_seconds)
    response = make_response(redirect(_code_address(), code=303))
    give_challenge(response, asked.challenge)
    return response


def code_page() -> ResponseReturnValue:
    """Ask for the code."""
    return _code_page(None)


def take_code() -> ResponseReturnValue:
    """Take the code and sign in; a session that was there before is worth nothing from now on."""
    challenge = request.cookies.get(CHALLENGE_COOKIE, "")
    typed = "".join(request.form.get("code", "")[:LONGEST_TYPED].split())
    device = Device(
        PhoneKind.BROWSER, name_of_browser(request.user_agent.string), look_now().language
    )
    with database().unit_of_work() as work:
        outcome = by_code(work, challenge, typed, device)
        token = None if isinstance(outcome, CodeRefused) else issue_cookie(work, outcome)
    if isinstance(outcome, CodeRefused):
        return _code_page(f"sign_in_{outcome.code}", tries_left=outcome.tries_left)
    session.clear()
    response = make_response(redirect(safe_next(request.form.get("next")), code=303))
    give_session(response, token or "")
    return response


def leave() -> ResponseReturnValue:
    """Sign this browser out, here and wherever its token may have got to."""
    with database().unit_of_work() as work:
        sign_out_there(work, holder(), holder().phone_id)
    session.clear()
    response = make_response(redirect(SIGN_IN, code=303))
    forget_session(response)
    # What the browser kept of the pages goes too.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def take_look() -> ResponseReturnValue:
    """Remember language, size and colours of this browser."""
    chosen = changed(
        request.form.get("language"), request.form.get("size"), request.form.get("theme")
    )
    response = make_response(redirect(safe_next(request.form.get("next")), code=303))
    keep_look(response, chosen)
    return response


def _number_page(fault: str | None, *, wait_seconds: int = 0) -> ResponseReturnValue:
    let_form_lead_there()
    return page(
        "m/sign_in.html",
        status=200 if fault is None else 422 if not wait_seconds else 429,
        fault=fault,
        wait_minutes=-(-wait_seconds // 60),
        number=request.form.get("number", "")[:LONGEST_TYPED],
        next=safe_next(request.values.get("next")),
        ways=ways(),
    )


def _code_page(fault: str | None, *, tries_left: int = 0) -> ResponseReturnValue:
    asked = _waiting()
    if asked is None:
        return _number_page("sign_in_code_over") if fault else redirect(SIGN_IN, code=303)
    messages = partners().messages
    shown = None
    if messages is not None and messages.simulated:
        with database().reading() as work:
            shown = code_sent(work, asked.code_id)
    left = int((asked.again_after - clock.now()).total_seconds())
    return page(
        "m/code.html",
        status=200 if fault is None else 422,
        fault=fault,
        tries_left=tries_left,
        masked_number=mask_phone(asked.number),
        simulated=messages is not None and messages.simulated,
        simulated_code=shown,
        again_in_seconds=max(left, 0),
        next=safe_next(request.values.get("next")),
    )


def _waiting() -> CodeWaiting | None:
    with database().reading() as work:
        return waiting(work, request.cookies.get(CHALLENGE_COOKIE, ""))


def _code_address() -> str:
    onward = safe_next(request.form.get("next"))
    return f"{SIGN_IN}/code" if onward == HOME else f"{SIGN_IN}/code?next={onward}"
