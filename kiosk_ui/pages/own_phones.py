"""
One's own phones with the ID card (我的手机): stop them all, or show the code that binds one.

The code stands on the page behind a POST and in the visit's sealed draft, never in an address of
this machine. The QR code bears it behind `#`, which a phone's browser sends to nobody.
"""

from flask import Blueprint, make_response, redirect, url_for
from flask.typing import ResponseReturnValue

from kiosk_server.cases.binding_slips import queue_binding_slip, slip_asked
from kiosk_server.cases.slips import slip_possible
from kiosk_server.core.clock import to_beijing
from kiosk_server.printing.documents.codes import qr_path
from kiosk_server.visits import own_phones as phones
from kiosk_server.visits import queries as visits
from kiosk_server.web.request_context import database, settings
from kiosk_ui.pages.wanting import wanted
from kiosk_ui.showing import show, this_screen
from kiosk_ui.view_models import BindingCodePage, OwnPhonesPage, QrDrawing, StopPhonesPage
from kiosk_ui.visiting import deed, this_visit

PHONE_PAGE = "/m/me/prove"
"""Where the phone takes the code."""


def register(blueprint: Blueprint) -> None:
    """Put these pages into *blueprint*."""
    blueprint.get("/phones", endpoint="own_phones")(own_phones)
    blueprint.get("/phones/stop", endpoint="stop_phones")(stop_phones)
    blueprint.post("/phones/stop", endpoint="stop_phones_now")(stop_phones_now)
    blueprint.get("/phones/code", endpoint="binding_code")(binding_code)
    blueprint.post("/phones/code", endpoint="ask_binding_code")(ask_binding_code)
    blueprint.post("/phones/code/slip", endpoint="binding_slip")(binding_slip)


def own_phones() -> ResponseReturnValue:
    """Show how many phones are signed in, and what can be done."""
    visit = this_visit()
    with database().reading() as session:
        screen = this_screen(session)
        signed_in = phones.phones_signed_in(session, visit)
        page = OwnPhonesPage(
            screen=screen,
            holder=visits.masked_holder(session, visit),
            phones=signed_in,
            bind_url=url_for("kiosk.ask_binding_code"),
            back_url=url_for("kiosk.services"),
            stop_url=url_for("kiosk.stop_phones") if signed_in else None,
            stopped=phones.stopped_here(session, visit),
        )
    return show(page)


def stop_phones() -> ResponseReturnValue:
    """Ask whether all phones are to be stopped."""
    with database().reading() as session:
        screen = this_screen(session)
        signed_in = phones.phones_signed_in(session, this_visit())
    if not signed_in:
        return redirect(url_for("kiosk.own_phones"), 303)
    return show(
        StopPhonesPage(
            screen=screen,
            phones=signed_in,
            stop_url=url_for("kiosk.stop_phones_now"),
            back_url=url_for("kiosk.own_phones"),
        )
    )


def stop_phones_now() -> ResponseReturnValue:
    """Sign all of them out."""
    with deed() as (session, visit):
        phones.stop_phones(session, visit)
    return redirect(url_for("kiosk.own_phones"), 303)


def ask_binding_code() -> ResponseReturnValue:
    """Make the code for a phone."""
    with deed() as (session, visit):
        phones.ask_for_code(session, visit)
    return redirect(url_for("kiosk.binding_code"), 303)


def binding_code() -> ResponseReturnValue:
    """Show the code until it lapses."""
    visit = this_visit()
    with database().reading() as session:
        screen = this_screen(session)
        shown = phones.code_shown(session, visit)
        asked = slip_asked(session, visit)
        can_print = slip_possible(session, visit)
    if shown is None:
        return redirect(url_for("kiosk.own_phones"), 303)
    return show(
        BindingCodePage(
            screen=screen,
            code=shown.code,
            until=to_beijing(shown.expires_at),
            qr=QrDrawing(*qr_path(_address(shown.code))),
            back_url=url_for("kiosk.own_phones"),
            slip_url=url_for("kiosk.binding_slip") if can_print and not asked else None,
            slip_asked=asked,
        )
    )


def binding_slip() -> ResponseReturnValue:
    """Print the code, for whoever cannot type from the screen."""
    with deed() as (session, visit):
        shown = phones.code_shown(session, visit)
        if shown is not None:
            queue_binding_slip(session, visit, shown, address=_address(shown.code))
    return wanted(make_response(redirect(url_for("kiosk.binding_code"), 303)))


def _address(code: str) -> str:
    return f"{settings().public_origin}{PHONE_PAGE}#{code}"
