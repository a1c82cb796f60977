"""
What lets a call board survive a dead line: its worker, and what the worker keeps.

Kept are the files that the page is drawn with; the page itself is kept by the worker as it comes,
with the last state in it, so that a reload in the middle of a broken line shows it again.
"""

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue

from kiosk_server.web.front import asset_tree

SCRIPTS = tuple(f"scripts/board-{name}.mjs" for name in ("page", "sound", "voice", "chime"))
STYLES = (
    *(f"styles/{name}.css" for name in ("tokens", "base", "board", "phone-fonts")),
    *(f"styles/components/{name}.css" for name in ("icon", "button", "board-waits")),
    "fonts/UKIJEkran.woff2",
    "fonts/UKIJTuzTom.woff2",
)
KEPT = (*STYLES, *SCRIPTS)


def add_worker_routes(blueprint: Blueprint) -> None:
    """Open what the browser itself asks for; beneath `/board/`, which is all it may serve."""
    blueprint.add_url_rule("/board/worker.mjs", view_func=board_worker)
    blueprint.add_url_rule("/board/shell.json", view_func=board_shell)


def board_worker() -> Response:
    """Answer with the worker."""
    return asset_tree("").send("", "scripts/board-worker.mjs")


def board_shell() -> ResponseReturnValue:
    """Name what the worker keeps from its first moment on."""
    tree = asset_tree("")
    return jsonify({"version": tree.version, "files": [tree.url(name) for name in KEPT]})


def worker_version() -> str:
    """Return the version of the files; a board that finds another one loads itself anew."""
    return asset_tree("").version
