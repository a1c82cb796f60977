"""Making a copy for one purpose (加注件), and the copy: what stands on it, its files, its end."""

from datetime import timedelta

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from kiosk_server.certificates.copies import LONGEST_PURPOSE, LONGEST_RECIPIENT, CopyWish
from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict, Invalid
from kiosk_server.residents.assurance import Act
from mobile_api.v1.certificates import brief, fields_of
from mobile_api.v1.copies import copy_file, produce, see_copy, stop_copy
from mobile_api.wallets import see_certificate
from mobile_api.web.certificate import behind_pin, handed_out
from mobile_api.web.frame import page
from mobile_api.web.guard import may, own_id

LIVES_DAYS = (1, 7, 30, 90)
"""How long a copy may serve; never longer than its certificate."""
USUAL_DAYS = 7


def add_routes(blueprint: Blueprint) -> None:
    """Open the pages of copies."""
    blueprint.get("/certificates/<certificate_id>/copy")(copy_form)
    blueprint.post("/certificates/<certificate_id>/copy")(make_copy_of)
    blueprint.get("/copies/<copy_id>")(copy_page)
    blueprint.post("/copies/<copy_id>/stop")(stop_copy_of)
    blueprint.get("/copies/<copy_id>/copy.pdf")(copy_pdf)
    blueprint.get("/copies/<copy_id>/copy.png")(copy_png)


def copy_form(certificate_id: str) -> ResponseReturnValue:
    """Ask what for, for whom, which fields, how long."""
    return _form(certificate_id, ())


def make_copy_of(certificate_id: str) -> ResponseReturnValue:
    """Make the copy and lead to it."""
    may(Act.SEE_CERTIFICATES)
    seen = see_certificate(own_id(certificate_id)).certificate
    asked = request.form.get("days", "")
    days = int(asked) if asked in {str(each) for each in LIVES_DAYS} else USUAL_DAYS
    until = clock.beijing_today() + timedelta(days=days)
    wish = CopyWish(
        purpose=request.form.get("purpose", "")[: LONGEST_PURPOSE + 1],
        recipient=request.form.get("recipient", "")[: LONGEST_RECIPIENT + 1],
        fields=tuple(dict.fromkeys(request.form.getlist("fields"))),
        valid_until=min(until, seen.valid_until or until),
    )
    try:
        copy_id = produce(certificate_id, wish)
    except Invalid as fault:
        return _form(certificate_id, tuple(each.at for each in fault.fields) or (fault.code,))
    except Conflict as fault:
        return _form(certificate_id, (fault.code,))
    return redirect(f"/m/copies/{copy_id}", code=303)


def copy_page(copy_id: str) -> ResponseReturnValue:
    """Show one copy that I made."""
    may(Act.SEE_CERTIFICATES)
    copy = see_copy(own_id(copy_id))
    over = copy.stopped_at is not None or copy.valid_until < clock.beijing_today()
    return page("m/copy.html", tab="wallet", copy=copy, over=over)


def stop_copy_of(copy_id: str) -> ResponseReturnValue:
    """Let it serve no longer."""
    may(Act.SEE_CERTIFICATES)
    stop_copy(own_id(copy_id))
    return redirect(f"/m/copies/{copy_id}", code=303)


def copy_pdf(copy_id: str) -> ResponseReturnValue:
    """Hand out the copy as PDF."""
    may(Act.SEE_CERTIFICATES)
    return behind_pin(
        f"/m/copies/{own_id(copy_id)}",
        lambda: handed_out(copy_file(copy_id, png=False), "application/pdf", "copy.pdf"),
    )


def copy_png(copy_id: str) -> ResponseReturnValue:
    """Hand out the copy as PNG."""
    may(Act.SEE_CERTIFICATES)
    return behind_pin(
        f"/m/copies/{own_id(copy_id)}",
        lambda: handed_out(copy_file(copy_id, png=True), "image/png", "copy.png"),
    )


def _form(certificate_id: str, faults: tuple[str, ...]) -> ResponseReturnValue:
    may(Act.SEE_CERTIFICATES)
    seen = see_certificate(own_id(certificate_id)).certificate
    return page(
        "m/copy_form.html",
        tab="wallet",
        status=422 if faults else 200,
        certificate_id=certificate_id,
        title_of_certificate=brief(seen).title,
        fields=fields_of(seen, masked=True),
        faults=faults,
        asked=request.form,
        chosen=request.form.getlist("fields"),
        lives=LIVES_DAYS,
        usual=USUAL_DAYS,
        longest={"purpose": LONGEST_PURPOSE, "recipient": LONGEST_RECIPIENT},
    )
