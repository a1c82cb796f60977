"""
`/v/<token>`: whether a paper is genuine.

A GET says the verdict and the least that names the paper, and changes nothing for a right code:
messengers fetch links before people do. The facts to compare come after one touch, a POST, which
is the look that the holder sees.
"""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from kiosk_server.public import looking
from kiosk_server.public.showing import verdict_json, verdict_page


def add_routes(blueprint: Blueprint) -> None:
    """Open the page about one paper in *blueprint*."""
    blueprint.add_url_rule("/v/<token>", view_func=show_verdict)
    blueprint.add_url_rule("/v/<token>/look", view_func=show_facts, methods=["POST"])


def show_verdict(token: str) -> ResponseReturnValue:
    """Say genuine or not; JSON for a program that asks for it."""
    finding = looking.judge(token)
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    if best == "application/json":
        return jsonify(verdict_json(finding))
    return verdict_page(token, finding)


def show_facts(token: str) -> ResponseReturnValue:
    """Record a look for the holder and show the facts to compare with the paper."""
    look = looking.look(token)
    return verdict_page(token, look.finding, facts=look.facts)
