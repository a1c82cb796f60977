"""
One certificate (证照): its cover, its fields masked until they are touched, versions, looks, files.

Showing the fields in clear is a POST behind the phone's PIN: a page that is opened, or fetched
ahead, shows none, and neither does a phone that somebody finds open.
"""

from collections.abc import Callable
from urllib.parse import urlencode

from flask import Blueprint, Response, make_response, redirect, request
from flask.typing import ResponseReturnValue

from kiosk_server.core.errors import Refused, TooMany
from kiosk_server.residents.assurance import Act
from kiosk_server.showing import pins
from kiosk_server.web.request_context import database
from mobile_api.access import holder
from mobile_api.v1.certificates import fields_of, show_certificate, whom_to_ask
from mobile_api.v1.copies import copy_seen, finished_copies
from mobile_api.wallets import own_picture, own_view, see_certificate
from mobile_api.web.frame import page
from mobile_api.web.guard import may, own_id
from mobile_api.web.wallet import dye_of

LONGEST_PIN = 20


def add_routes(blueprint: Blueprint) -> None:
    """Open the pages of one certificate."""
    blueprint.get("/certificates/<certificate_id>")(certificate)
    blueprint.post("/certificates/<certificate_id>")(certificate_in_clear)
    blueprint.get("/certificates/<certificate_id>/view.pdf")(certificate_pdf)
    blueprint.get("/certificates/<certificate_id>/view.png")(certificate_png)


def certificate(certificate_id: str) -> ResponseReturnValue:
    """Show one certificate, its fields masked."""
    return _page(certificate_id)


def certificate_in_clear(certificate_id: str) -> ResponseReturnValue:
    """Show its fields in clear, once, after a touch; the PIN is asked for every five minutes."""
    may(Act.SEE_CERTIFICATES)
    own_id(certificate_id)
    with database().reading() as session:
        unlocked = pins.is_unlocked(session, holder())
        locked = pins.has_pin(session, holder())
    if not unlocked and not locked:
        return to_pin(f"/m/certificates/{certificate_id}")
    if not unlocked:
        try:
            refused = pins.unlock(database(), holder(), request.form.get("pin", "")[:LONGEST_PIN])
        except TooMany as fault:
            return _page(certificate_id, fault=fault.code)
        if refused is not None:
            return _page(certificate_id, fault=refused.code)
    return _page(certificate_id, clear=True)


def certificate_pdf(certificate_id: str) -> ResponseReturnValue:
    """Hand out the holder's own view as PDF."""
    may(Act.SEE_CERTIFICATES)
    return behind_pin(
        f"/m/certificates/{own_id(certificate_id)}",
        lambda: handed_out(own_view(certificate_id).pdf, "application/pdf", "certificate.pdf"),
    )


def certificate_png(certificate_id: str) -> ResponseReturnValue:
    """Hand out the holder's own view as PNG."""
    may(Act.SEE_CERTIFICATES)
    return behind_pin(
        f"/m/certificates/{own_id(certificate_id)}",
        lambda: handed_out(own_picture(certificate_id), "image/png", "certificate.png"),
    )


def behind_pin(page_before: str, give: Callable[[], Response]) -> ResponseReturnValue:
    """Return what *give* gives; where the phone's PIN is wanted, lead to it and back to a page."""
    try:
        return give()
    except Refused as refused:
        if refused.code != "pin_needed":
            raise
        return to_pin(page_before)


def to_pin(onward: str) -> Response:
    """Return the way to the page that sets or asks for the PIN, and from there to *onward*."""
    return make_response(redirect(f"/m/show?{urlencode({'next': onward})}", code=303))


def handed_out(data: bytes, media_type: str, name: str) -> Response:
    """Return a file to be kept by whoever asked, and by nobody on the way."""
    response = make_response(data)
    response.headers["Content-Type"] = media_type
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(certificate_id: str, *, clear: bool = False, fault: str = "") -> ResponseReturnValue:
    may(Act.SEE_CERTIFICATES)
    detail = show_certificate(own_id(certificate_id))
    seen = see_certificate(certificate_id).certificate
    with database().reading() as session:
        asks_pin = pins.has_pin(session, holder()) and not pins.is_unlocked(session, holder())
        made = [
            copy_seen(session, row)
            for row in finished_copies(session)
            if row.certificate_id == certificate_id
        ]
    return page(
        "m/certificate.html",
        tab="wallet",
        status=422 if fault else 200,
        one=detail,
        asks_pin=asks_pin,
        fault=fault,
        fields=fields_of(seen, masked=False) if clear else detail.fields,
        clear=clear,
        whose=seen.holder.key,
        dye=dye_of(detail.type),
        ask=whom_to_ask(seen.type.department),
        copies=made,
    )
