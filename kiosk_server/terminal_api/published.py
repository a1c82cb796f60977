"""
What a terminal fetches ahead while nobody stands before it: guides, and the list of static files.

Both bear the SHA-256 of their content as ETag, so that a terminal that has them pays a few hundred
bytes to learn so, and one that received them damaged notices.
"""

import hashlib
import json

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from kiosk_server.terminal_api.guide_bundle import guide_bundle
from kiosk_server.web.front import asset_tree
from kiosk_server.web.guards import terminal
from kiosk_server.web.request_context import database

STATIC_LIST_VERSION = 1
_FOR_PHONES = "/vendor/zxing-wasm/"
"""A terminal reads codes with its scanner: nearly a megabyte that no page of it asks for."""


def add_routes(blueprint: Blueprint) -> None:
    """Put guides and static files under *blueprint*."""
    blueprint.get("/guides")(guides)
    blueprint.get("/static-files")(static_files)


def guides() -> ResponseReturnValue:
    """Hand out the guides and sites as this terminal keeps them."""
    here = terminal()
    with database().reading() as session:
        bundle = guide_bundle(session, terminal_id=here.id, site_id=here.site_id)
    return _with_etag(bundle)


def static_files() -> ResponseReturnValue:
    """List the versioned files of the kiosk's pages, each with digest, size and type."""
    listed = [
        {
            "target": each.url,
            "digest": each.digest,
            "bytes": each.size,
            "media_type": each.media_type,
        }
        for each in asset_tree("kiosk").files
        if _FOR_PHONES not in each.url
    ]
    body = {"version": STATIC_LIST_VERSION, "files": listed}
    return _with_etag(json.dumps(body, separators=(",", ":")).encode())


def _with_etag(content: bytes) -> Response:
    response = Response(content, content_type="application/json")
    response.set_etag(hashlib.sha256(content).hexdigest())
    response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response
