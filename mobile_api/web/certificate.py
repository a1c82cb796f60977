"""
One certificate (证照): its cover, its fields masked until they are touched, versions, looks, files.

Showing the fields in clear is a POST: a page that is opened, or fetched ahead, shows none.
"""

from flask import Blueprint, Response, make_response
from flask.typing import ResponseReturnValue

from kiosk_server.residents.assurance import Act
from kiosk_server.web.request_context import database
from mobile_api.v1.certificates import fields_of, show_certificate, whom_to_ask
from mobile_api.v1.copies import copy_seen, finished_copies
from mobile_api.wallets import own_view, see_certificate
from mobile_api.web.frame import page
from mobile_api.web.guard import may, own_id
from mobile_api.web.wallet import dye_of


def add_routes(blueprint: Blueprint) -> None:
    """Open the pages of one certificate."""
    blueprint.get("/certificates/<certificate_id>")(certificate)
    blueprint.post("/certificates/<certificate_id>")(certificate_in_clear)
    blueprint.get("/certificates/<certificate_id>/view.pdf")(certificate_pdf)
    blueprint.get("/certificates/<certificate_id>/view.png")(certificate_png)


def certificate(certificate_id: str) -> ResponseReturnValue:
    """Show one certificate, its fields masked."""
    return _page(certificate_id, clear=False)


def certificate_in_clear(certificate_id: str) -> ResponseReturnValue:
    """Show its fields in clear, once, after a touch."""
    return _page(certificate_id, clear=True)


def certificate_pdf(certificate_id: str) -> ResponseReturnValue:
    """Hand out the holder's own view as PDF."""
    may(Act.SEE_CERTIFICATES)
    return handed_out(own_view(own_id(certificate_id)).pdf, "application/pdf", "certificate.pdf")


def certificate_png(certificate_id: str) -> ResponseReturnValue:
    """Hand out the holder's own view as PNG."""
    may(Act.SEE_CERTIFICATES)
    return handed_out(own_view(own_id(certificate_id)).png, "image/png", "certificate.png")


def handed_out(data: bytes, media_type: str, name: str) -> Response:
    """Return a file to be kept by whoever asked, and by nobody on the way."""
    response = make_response(data)
    response.headers["Content-Type"] = media_type
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(certificate_id: str, *, clear: bool) -> ResponseReturnValue:
    may(Act.SEE_CERTIFICATES)
    detail = show_certificate(own_id(certificate_id))
    seen = see_certificate(certificate_id).certificate
    with database().reading() as session:
        made = [
            copy_seen(session, row)
            for row in finished_copies(session)
            if row.certificate_id == certificate_id
        ]
    return page(
        "m/certificate.html",
        tab="wallet",
        one=detail,
        fields=fields_of(seen, masked=False) if clear else detail.fields,
        clear=clear,
        whose=seen.holder.key,
        dye=dye_of(detail.type),
        ask=whom_to_ask(seen.type.department),
        copies=made,
    )
