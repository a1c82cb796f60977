"""
What makes the pages installable: manifest, worker, and the pages shown without a network.

The worker keeps files without anybody's name in them and nothing else: a personal page that was
kept would be read by whoever picks the phone up next.
"""

from flask import Blueprint, Response, current_app, jsonify, send_from_directory
from flask.typing import ResponseReturnValue

from kiosk_server.web.front import asset_tree, asset_url
from kiosk_server.web.words import current_language, words
from mobile_api.web.frame import page

SHELL = (
    *(f"styles/{name}.css" for name in ("tokens", "base", "shared", "phone", "phone-app")),
    "styles/phone-fonts.css",
    *(f"styles/components/{name}.css" for name in ("icon", "button", "panel", "notice", "field")),
    *(f"styles/components/{name}.css" for name in ("table", "facts", "qr", "phone-form")),
    *(f"styles/components/phone-{name}.css" for name in ("top", "tabs", "rows", "sheet")),
    *(f"styles/components/phone-{name}.css" for name in ("choices", "devices", "covers", "live")),
    "fonts/UKIJEkran.woff2",
    "fonts/UKIJTuzTom.woff2",
    *(f"scripts/{name}.mjs" for name in ("phone-app", "kept-codes", "code-store")),
)
"""The files that the pages without a network are drawn with, and those that they import."""
PAGES = ("/m/offline", "/m/kept")
"""Served alike to everybody; what the second one shows lies sealed on the phone."""
ICONS = (("icons/phone-192.png", "192x192"), ("icons/phone-512.png", "512x512"))


def add_open_routes(blueprint: Blueprint) -> None:
    """Open what the browser itself asks for."""
    blueprint.get("/manifest.webmanifest")(manifest)
    blueprint.get("/worker.mjs")(worker)
    blueprint.get("/shell.json")(shell)
    blueprint.get("/offline")(offline)


def manifest() -> Response:
    """Describe the pages as something that can be installed."""
    language = current_language()
    response = jsonify(
        {
            "id": "/m/",
            "name": words("m-product"),
            "short_name": words("m-short-name"),
            "description": words("m-description"),
            "lang": language.tag,
            "dir": language.direction,
            "start_url": "/m/",
            "scope": "/m/",
            "display": "standalone",
            "background_color": "#F7F3EC",
            "theme_color": "#F7F3EC",
            "icons": [
                {"src": asset_url(name), "sizes": size, "type": "image/png", "purpose": purpose}
                for name, size in ICONS
                for purpose in ("any", "maskable")
            ],
        }
    )
    response.content_type = "application/manifest+json"
    return response


def worker() -> Response:
    """Answer with the worker, which may serve every page beneath `/m/`."""
    folder = current_app.extensions["mobile_static"]
    response = send_from_directory(folder, "scripts/phone-worker.mjs", max_age=0)
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Service-Worker-Allowed"] = "/m/"
    return response


def shell() -> ResponseReturnValue:
    """Name what the worker keeps: the pages without a network, and their files."""
    tree = asset_tree("")
    files = [tree.url(name) for name in SHELL]
    return jsonify({"version": tree.version, "pages": PAGES, "files": files})


def offline() -> ResponseReturnValue:
    """Say that there is no network, and what still works."""
    return page("m/offline.html")
