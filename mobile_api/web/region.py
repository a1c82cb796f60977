"""
To the region's app and back (新服办): `/m/region` sends, `/m/region/return` takes (P48).

The return is a GET that signs in, since that is how the protocol answers. It does nothing without
the secret in this browser's own cookie, and its state serves once: a link sent to somebody, or a
page fetched ahead, signs nobody in.
"""

from flask import Blueprint, abort, g, make_response, redirect, request, session
from flask.typing import ResponseReturnValue

from kiosk_server.core.errors import Refused, Unavailable
from kiosk_server.gateways.region_simulated import SimulatedRegion
from kiosk_server.residents.hand_overs import begin, finish
from kiosk_server.residents.models import AccountPhone
from kiosk_server.residents.phone_rules import PhoneKind
from kiosk_server.residents.phones import Device, issue_cookie
from kiosk_server.residents.ports import RegionRefused, RegionSignIn
from kiosk_server.web.request_context import database, settings
from mobile_api.partners import partners
from mobile_api.web.frame import page
from mobile_api.web.guard import (
    HAND_OVER_COOKIE,
    REGION,
    give_hand_over,
    give_session,
    safe_next,
)
from mobile_api.web.looks import look_now
from mobile_api.web.naming import name_of_browser

RETURN = f"{REGION}/return"
LONGEST = 2_000


def add_open_routes(blueprint: Blueprint) -> None:
    """Open the way there and back."""
    blueprint.post("/region")(go)
    blueprint.get("/region/return")(come_back)
    blueprint.get("/region/simulated")(choose)


def go() -> ResponseReturnValue:
    """Send this browser to the region's sign-in."""
    region = _region()
    onward = safe_next(request.form.get("next"))
    begun = begin(database(), region, back=_back(), next_path=onward)
    if isinstance(begun, RegionRefused):
        raise _refusal(begun)
    response = make_response(redirect(begun.address, code=303))
    give_hand_over(response, begun.browser)
    return response


def come_back() -> ResponseReturnValue:
    """Take whoever returns, in the browser that was sent."""
    region = _region()
    if "error" in request.args or not request.args.get("code"):
        raise Refused("region_refused")
    outcome = finish(
        database(),
        region,
        state=request.args.get("state", "")[:LONGEST],
        code=request.args["code"][:LONGEST],
        browser=request.cookies.get(HAND_OVER_COOKIE, ""),
        back=_back(),
        device=Device(
            PhoneKind.BROWSER, name_of_browser(request.user_agent.string), look_now().language
        ),
    )
    if isinstance(outcome, RegionRefused):
        raise _refusal(outcome)
    with database().unit_of_work() as work:
        token = issue_cookie(work, work.get_one(AccountPhone, outcome.phone_id))
    session.clear()
    response = make_response(redirect(safe_next(outcome.next_path), code=303))
    give_session(response, token)
    return response


def choose() -> ResponseReturnValue:
    """Play the region's page: name the unreal people. Absent where the region is real."""
    region = _region()
    if not isinstance(region, SimulatedRegion):
        abort(404)
    return page(
        "m/region_simulated.html",
        people=region.people,
        back=RETURN,
        state=request.args.get("state", "")[:LONGEST],
    )


def let_form_lead_there() -> None:
    """Let a page's form lead to the region: browsers ask the policy about redirects too."""
    region = partners().region
    if region is not None and not region.simulated:
        g.form_targets = (region.origin,)


def _region() -> RegionSignIn:
    region = partners().region
    if region is None:
        raise Unavailable("no_region")
    return region


def _back() -> str:
    return f"{settings().public_origin}{RETURN}"


def _refusal(refused: RegionRefused) -> Refused | Unavailable:
    if refused.code == "region_silent":
        return Unavailable("region_silent")
    return Refused(refused.code)
