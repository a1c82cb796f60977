"""
`/sign/<code>` (立牌码): somebody scanned a verifier's sign with any camera.

It says whose sign it is and that we know them, or that it is a false one, and leads to the phone's
own page, where whoever is signed in decides. Opening it tells nobody anything and counts nothing.
"""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from kiosk_server.credentials.signs import SIGN_PATH, SignRefused, looks_like_sign, read_sign
from kiosk_server.public.scan_verdicts import in_words
from kiosk_server.showing.scenes import scene_named
from kiosk_server.web.request_context import database


def add_routes(blueprint: Blueprint) -> None:
    """Open the page of a sign in *blueprint*."""
    blueprint.add_url_rule(f"{SIGN_PATH}<code>", view_func=sign_seen)


def sign_seen(code: str) -> ResponseReturnValue:
    """Say who asks here, or why the sign is not to be believed."""
    with database().reading() as session:
        read = read_sign(session, code)
    if isinstance(read, SignRefused):
        # What is no code of a sign is not written back into the page.
        kept = code if looks_like_sign(code) else "-"
        return render_template("public/sign.html", code=kept, reason=read.reason, sign=None)
    scene = in_words(scene_named(read.scene).names)
    return render_template("public/sign.html", code=code, reason=None, sign=read, scene=scene)
