"""
What makes `/scan` installable: manifest, worker, and what the worker keeps for a dead line.

Kept are the page as a stranger sees it, in every language, and every file that it needs to read and
judge an offline code; a test compares the list with what the scripts import.
"""

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue

from kiosk_server.public.language import OFFERED
from kiosk_server.web.front import asset_tree, asset_url
from kiosk_server.web.words import current_language, words

SCRIPTS = (
    *(f"scripts/scan-{name}.mjs" for name in ("page", "camera", "text", "lists", "sound")),
    "scripts/offline-verify.mjs",
    "scripts/small-cbor.mjs",
)
DECODER = (
    "vendor/zxing-wasm/es/reader/index.js",
    "vendor/zxing-wasm/es/share.js",
    "vendor/zxing-wasm/reader/zxing_reader.wasm",
)
STYLES = (
    *(f"styles/{name}.css" for name in ("tokens", "base", "shared", "phone", "phone-fonts")),
    *(f"styles/components/{name}.css" for name in ("icon", "button", "panel", "notice", "field")),
    *(f"styles/components/{name}.css" for name in ("table", "facts", "qr")),
    *(f"styles/components/phone-{name}.css" for name in ("form", "scan")),
    "fonts/UKIJEkran.woff2",
    "fonts/UKIJTuzTom.woff2",
)
KEPT = (*STYLES, *SCRIPTS, *DECODER)
ICONS = (("icons/phone-192.png", "192x192"), ("icons/phone-512.png", "512x512"))


def add_routes(blueprint: Blueprint) -> None:
    """Open what the browser itself asks for."""
    blueprint.add_url_rule("/scan/manifest.webmanifest", view_func=scan_manifest)
    blueprint.add_url_rule("/scan/worker.mjs", view_func=scan_worker)
    blueprint.add_url_rule("/scan/shell.json", view_func=scan_shell)


def scan_manifest() -> Response:
    """Describe the page as something that can be installed."""
    language = current_language()
    response = jsonify(
        {
            "id": "/scan",
            "name": words("scan-title"),
            "short_name": words("scan-short-name"),
            "description": words("scan-description"),
            "lang": language.tag,
            "dir": language.direction,
            "start_url": f"/scan?lang={language.code}",
            "scope": "/scan",
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


def scan_worker() -> Response:
    """Answer with the worker, which may serve `/scan` and nothing above it."""
    response = asset_tree("").send("", "scripts/scan-worker.mjs")
    response.headers["Service-Worker-Allowed"] = "/scan"
    return response


def scan_shell() -> ResponseReturnValue:
    """Name what the worker keeps."""
    tree = asset_tree("")
    return jsonify(
        {
            "version": tree.version,
            "pages": [f"/scan?lang={code}" for code in OFFERED],
            "files": [tree.url(name) for name in KEPT],
        }
    )
