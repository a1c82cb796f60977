"""The doors that belong to no room: shared static files."""

from flask import Blueprint, Response, current_app

from kiosk_server.settings import Settings
from kiosk_server.web.assets import AssetTree
from kiosk_server.web.surface import OPEN, Surface


def asset_url(path: str, tree: str = "") -> str:
    """Return the versioned address of a static file in *tree* (`""` or `"kiosk"`)."""
    return asset_tree(tree).url(path)


def asset_tree(name: str) -> AssetTree:
    """Return the tree of static files called *name*."""
    trees: dict[str, AssetTree] = current_app.extensions["kiosk_assets"]
    return trees[name]


def front_surfaces(settings: Settings) -> list[Surface]:
    """Return the surface of shared static files."""
    blueprint = Blueprint("static", __name__)

    @blueprint.app_context_processor
    def helpers_of_templates() -> dict[str, object]:
        return {"asset_url": asset_url, "help_phone": settings.help_phone}

    @blueprint.get("/static/<version>/<path:path>", endpoint="file")
    def static_file(version: str, path: str) -> Response:
        return asset_tree("").send(version, path)

    return [Surface(blueprint, OPEN)]
