"""
Codes for where there is no network (离线码): fetched with the PIN, kept sealed on the phone.

The browser keeps them; the server only gives them out. `/m/kept` opens without a network and holds
nobody's name until the PIN is typed into it. Without scripts the first code stands in the answer.
"""

from flask import Blueprint, Response, make_response, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from kiosk_server.certificates.certificate_types import Field
from kiosk_server.certificates.rights import certificate_for
from kiosk_server.certificates.wallet import WalletCertificate, view
from kiosk_server.core.errors import Conflict, Invalid, TooMany, Unavailable
from kiosk_server.credentials.codes import shown_fields
from kiosk_server.credentials.holding import OfflineWish, drop_codes
from kiosk_server.printing.documents.codes import qr_svg
from kiosk_server.residents.assurance import Act
from kiosk_server.showing import pins
from kiosk_server.showing.codes import shower
from kiosk_server.showing.scenes import UsageScene, scenes_for
from kiosk_server.web.request_context import database, settings
from mobile_api.access import holder
from mobile_api.v1.certificates import in_words
from mobile_api.v1.offline_codes import batch_seen, fetch
from mobile_api.web.frame import page
from mobile_api.web.guard import may, own_id

HOURS = (1, 4, 12)
"""For how long codes may be fetched ahead; each is no more than `MOST_CODES` windows."""
USUAL_HOURS = 4
_LONGEST_PIN = 20


def add_open_routes(blueprint: Blueprint) -> None:
    """Open the page that shows what is kept; the phone's own storage fills it."""
    blueprint.get("/kept")(kept)


def add_routes(blueprint: Blueprint) -> None:
    """Open the pages that fetch codes and give them back."""
    blueprint.get("/show/<certificate_id>/offline", endpoint="offline_form")(offline_form)
    blueprint.post("/show/<certificate_id>/offline", endpoint="offline_fetch")(offline_fetch)
    blueprint.post("/show/<certificate_id>/offline/drop", endpoint="offline_drop")(offline_drop)


def kept() -> ResponseReturnValue:
    """Show the codes that this phone keeps, once its PIN is typed; nothing leaves the phone."""
    return page("m/kept.html")


def offline_form(certificate_id: str) -> ResponseReturnValue:
    """Say what an offline code tells and what nobody will see of it, before one is fetched."""
    may(Act.SHOW_CERTIFICATE)
    return _form(own_id(certificate_id), ())


def offline_fetch(certificate_id: str) -> ResponseReturnValue:
    """Give the codes to the page's script, which seals them; without it show the first."""
    may(Act.SHOW_CERTIFICATE)
    own_id(certificate_id)
    minutes = settings().offline_code_minutes
    asked = request.form.get("hours", "")
    hours = int(asked) if asked in {str(each) for each in HOURS} else USUAL_HOURS
    wish = OfflineWish(
        certificate_id, request.form.get("scene", "")[:20], max(1, hours * 60 // minutes)
    )
    try:
        refused = pins.unlock(database(), holder(), request.form.get("pin", "")[:_LONGEST_PIN])
        if refused is not None:
            return _form(certificate_id, (refused.code,))
        batch = fetch(wish)
    except (TooMany, Invalid, Conflict, Unavailable) as fault:
        return _form(certificate_id, (fault.code,))
    seen = batch_seen(batch)
    if request.accept_mimetypes.best == "application/json":
        return Response(seen.model_dump_json(), content_type="application/json")
    first = seen.codes[0]
    response = make_response(
        page(
            "m/offline_code.html",
            batch=seen,
            first=first,
            qr=Markup(qr_svg(first.text)),  # noqa: S704 - our squares
        )
    )
    response.headers["Refresh"] = f"{60 * minutes}; url=/m/show/{certificate_id}/offline"
    return response


def offline_drop(certificate_id: str) -> ResponseReturnValue:
    """Let what this phone keeps serve no longer; the page's script has forgotten it already."""
    may(Act.SHOW_CERTIFICATE)
    with database().unit_of_work() as session:
        drop_codes(session, holder(), own_id(certificate_id))
    return redirect(f"/m/show/{certificate_id}/offline", code=303)


def _form(certificate_id: str, faults: tuple[str, ...]) -> ResponseReturnValue:
    with database().reading() as session:
        if not pins.has_pin(session, holder()):
            return redirect("/m/show", code=303)
        row = certificate_for(session, shower(holder()), certificate_id)
        one: WalletCertificate = view(session, row)
        offers: list[tuple[UsageScene, tuple[Field, ...]]] = []
        for scene in scenes_for(one.type):
            said = shown_fields(session, row, scene.id)
            fields = tuple(each for each in one.type.fields if each.id in said)
            offers.append((scene, fields))
    return page(
        "m/offline_form.html",
        status=422 if faults else 200,
        one=one,
        offers=offers,
        faults=faults,
        hours=HOURS,
        usual=USUAL_HOURS,
        minutes=settings().offline_code_minutes,
        in_words=in_words,
    )
