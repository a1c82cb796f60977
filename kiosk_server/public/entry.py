"""`/v/`: type the code that stands on a paper, when nothing can scan it."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from kiosk_server.certificates.rules import read_token
from kiosk_server.public.language import OFFERED

_LONGEST_ENTRY = 300


def add_routes(blueprint: Blueprint) -> None:
    """Open `/v/` in *blueprint*."""
    blueprint.add_url_rule("/v/", view_func=ask_code)
    blueprint.add_url_rule("/v/", view_func=take_code, methods=["POST"])


def ask_code() -> ResponseReturnValue:
    """Ask for the code."""
    return render_template("public/entry.html", typed="", fault=False)


def take_code() -> ResponseReturnValue:
    """Lead to the page about the paper; a whole address, pasted, is taken too."""
    typed = request.form.get("code", "")[:_LONGEST_ENTRY]
    claim = read_token(typed.strip().rsplit("/", 1)[-1])
    if claim is None:
        return render_template("public/entry.html", typed=typed, fault=True), 422
    token = claim.code if claim.check is None else f"{claim.code}-{claim.check}"
    asked = request.args.get("lang")
    return redirect(f"/v/{token}?lang={asked}" if asked in OFFERED else f"/v/{token}", code=303)
