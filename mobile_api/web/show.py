"""
Showing a certificate (亮证): the PIN, the certificate, the scene and what it gives, the live code.

Codes are made by a POST alone, and stand in its answer alone: no address leads back to one. Without
scripts the answer leads, when its minute is over, to the page that says what became of it.
"""

from flask import Blueprint, Response, g, make_response, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from kiosk_server.certificates.certificate_types import Wording
from kiosk_server.certificates.holders import person
from kiosk_server.certificates.rights import certificate_for, holders_for
from kiosk_server.certificates.wallet import WalletCertificate, view, wallet_of
from kiosk_server.core.errors import Invalid, NotFound, TooMany
from kiosk_server.core.identifiers import is_id
from kiosk_server.printing.documents.codes import qr_svg
from kiosk_server.residents.assurance import Act, allows
from kiosk_server.showing import pins
from kiosk_server.showing.codes import (
    CodeView,
    ShowWish,
    make_code,
    shower,
    stop_code,
    watch,
)
from kiosk_server.showing.rules import Mode
from kiosk_server.showing.scenes import fields_of, scene_named, scenes_for, withheld_by
from kiosk_server.showing.uses import uses_of
from kiosk_server.web.languages import DEFAULT
from kiosk_server.web.request_context import database, settings
from mobile_api.access import holder
from mobile_api.show_terms import show_terms
from mobile_api.web.frame import page
from mobile_api.web.guard import may, safe_next

SHOW = "/m/show"
_LONGEST_PIN = 20
_USES_ON_A_PAGE = 30


def add_routes(blueprint: Blueprint) -> None:
    """Open the pages of showing."""
    blueprint.get("/show", endpoint="show")(choose)
    blueprint.post("/show/pin", endpoint="show_pin")(take_pin)
    blueprint.post("/show/new-pin", endpoint="show_new_pin")(take_new_pin)
    blueprint.get("/show/<certificate_id>", endpoint="show_scene")(choose_scene)
    blueprint.post("/show/<certificate_id>", endpoint="show_code")(show_code)
    blueprint.get("/show/codes/<code_id>", endpoint="shown")(shown)
    blueprint.get("/show/codes/<code_id>/state", endpoint="shown_state")(shown_state)
    blueprint.post("/show/codes/<code_id>/stop", endpoint="show_stop")(stop)
    blueprint.get("/uses", endpoint="uses")(uses)


def choose() -> ResponseReturnValue:
    """Ask for the PIN, then for the certificate."""
    may(Act.SHOW_CERTIFICATE)
    return _first_page(())


def take_pin() -> ResponseReturnValue:
    """Let this phone show for five minutes."""
    may(Act.SHOW_CERTIFICATE)
    try:
        refused = pins.unlock(database(), holder(), request.form.get("pin", "")[:_LONGEST_PIN])
    except TooMany as fault:
        return _first_page((fault.code,))
    return _first_page((refused.code,)) if refused else redirect(_onward(), code=303)


def take_new_pin() -> ResponseReturnValue:
    """Set the PIN of this phone, typed twice."""
    may(Act.SHOW_CERTIFICATE)
    new, again = (request.form.get(name, "")[:_LONGEST_PIN] for name in ("pin", "again"))
    if new != again:
        return _first_page(("pins_differ",))
    try:
        refused = pins.set_pin(database(), holder(), new)
    except (Invalid, TooMany) as fault:
        return _first_page((fault.code,))
    return _first_page((refused.code,)) if refused else redirect(_onward(), code=303)


def choose_scene(certificate_id: str) -> ResponseReturnValue:
    """Say in words what the other will see in each scene and what not, before it is shown."""
    may(Act.SHOW_CERTIFICATE)
    with database().reading() as session:
        if not pins.is_unlocked(session, holder()):
            return redirect(SHOW, code=303)
        row = certificate_for(session, shower(holder()), _id(certificate_id))
        certificate = view(session, row)
    offers = [
        (scene, fields_of(scene, certificate.type), withheld_by(scene, certificate.type))
        for scene in scenes_for(certificate.type)
    ]
    return page(
        "m/show_scene.html",
        tab="home",
        one=certificate,
        offers=offers,
        answers=allows(holder().level, Act.AUTHORISE),
        in_words=in_words,
    )


def show_code(certificate_id: str) -> ResponseReturnValue:
    """Make a code and show it; the answer is kept nowhere."""
    may(Act.SHOW_CERTIFICATE)
    mode = Mode.AUTHORISE if request.form.get("mode") == Mode.AUTHORISE else Mode.PRESENT
    if mode is Mode.AUTHORISE:
        may(Act.AUTHORISE)
    wish = ShowWish(_id(certificate_id), request.form.get("scene", "")[:20], mode)
    with database().unit_of_work() as session:
        if not pins.is_unlocked(session, holder()):
            return redirect(SHOW, code=303)
        code = make_code(session, holder(), wish, show_terms())
        masked = certificate_for(session, shower(holder()), wish.certificate_id).masked_holder
    response = make_response(
        page(
            "m/show_code.html",
            tab=None,
            code=code,
            masked_holder=masked,
            qr=Markup(qr_svg(code.address(settings().public_origin))),  # noqa: S704 - our squares
            seconds=int((code.refresh_at - code.made_at).total_seconds()),
            given=fields_of(code.scene, code.shown.type),
            version="alive:0",
            mode=mode,
            in_words=in_words,
        )
    )
    life = int((code.expires_at - code.made_at).total_seconds())
    response.headers["Refresh"] = f"{life}; url={SHOW}/codes/{code.id}"
    return response


def shown(code_id: str) -> ResponseReturnValue:
    """Say what became of a code: who asks, who scanned it, or that its time is over."""
    may(Act.SHOW_CERTIFICATE)
    seen = _watch(code_id)
    if seen.request_id is not None:
        return redirect(f"/m/requests/{seen.request_id}", code=303)
    return page(
        "m/shown.html",
        tab="home",
        seen=seen,
        scene=scene_named(seen.scene),
        version=_version(seen),
        in_words=in_words,
    )


def shown_state(code_id: str) -> ResponseReturnValue:
    """Answer what a shown code's page asks every second or two; 304 while nothing has happened."""
    may(Act.SHOW_CERTIFICATE)
    version = _version(_watch(code_id))
    response = Response(version, content_type="text/plain; charset=utf-8")
    response.set_etag(version)
    return response.make_conditional(request)


def stop(code_id: str) -> ResponseReturnValue:
    """Stop a code."""
    may(Act.SHOW_CERTIFICATE)
    with database().unit_of_work() as session:
        stop_code(session, holder(), _id(code_id))
    return redirect(SHOW, code=303)


def uses() -> ResponseReturnValue:
    """Show the holder's own log: who looked at his certificates."""
    may(Act.SEE_USES)
    after = request.args.get("after", "")
    mine = shower(holder())
    with database().reading() as session:
        found = uses_of(
            session,
            mine,
            person(mine),
            after=after if is_id(after) else None,
            limit=_USES_ON_A_PAGE + 1,
        )
    more = found[_USES_ON_A_PAGE - 1].id if len(found) > _USES_ON_A_PAGE else None
    return page(
        "m/uses.html",
        tab="me",
        uses=found[:_USES_ON_A_PAGE],
        more=more,
    )


def _first_page(faults: tuple[str, ...]) -> ResponseReturnValue:
    with database().reading() as session:
        if not pins.is_unlocked(session, holder()):
            fresh = not pins.has_pin(session, holder())
            status = 422 if faults else 200
            return page(
                "m/show_pin.html",
                tab="home",
                status=status,
                faults=faults,
                fresh=fresh,
                onward=_onward(),
            )
        mine: list[WalletCertificate] = [
            one
            for each in holders_for(session, shower(holder()))
            for entry in wallet_of(session, each).entries
            for one in entry.certificates
            if one.verdict.genuine and scenes_for(one.type)
        ]
    return page("m/show.html", tab="home", certificates=mine, in_words=in_words)


def _onward() -> str:
    """The page that asked for the PIN; the first page of showing where none did."""
    asked = request.values.get("next")
    return safe_next(asked) if asked else SHOW


def _watch(code_id: str) -> CodeView:
    with database().reading() as session:
        return watch(session, holder(), _id(code_id))


def _version(seen: CodeView) -> str:
    state = "over" if seen.over and seen.state == "alive" else seen.state.value
    return f"{state}:{len(seen.uses)}" if seen.request_id is None else f"asked:{seen.request_id}"


def _id(text: str) -> str:
    if not is_id(text):
        raise NotFound
    return text


def in_words(words: Wording) -> str:
    """Return data's own words in the language of this request."""
    return words.get(g.language, words[DEFAULT])
