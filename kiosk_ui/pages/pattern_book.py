"""The pattern book's door: open, and there in development only."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from kiosk_server.core import clock
from kiosk_server.core.clock import to_beijing
from kiosk_server.web.front import asset_tree
from kiosk_server.web.surface import OPEN, Surface
from kiosk_ui.pattern_book import pattern_book
from kiosk_ui.presenters.screen import Looks
from kiosk_ui.showing import show
from kiosk_ui.view_models import Assets, Dock, Place, Screen, Wording

PX_PER_MM = 4.03


def pattern_book_surface() -> Surface:
    """The surface of `/kiosk/pattern-book`; the caller leaves it out in production."""
    blueprint = Blueprint("pattern_book", __name__, url_prefix="/kiosk")
    blueprint.get("/pattern-book", endpoint="page")(page)
    return Surface(blueprint, OPEN, forms=False)


def page() -> ResponseReturnValue:
    """Show all components in the looks that the query names."""
    return show(pattern_book(_screen()))


def _screen() -> Screen:
    tree = asset_tree("kiosk")
    statics = f"{tree.prefix}/{tree.version}"
    looks = Looks.read(request.args)
    here = url_for("pattern_book.page")
    site = Wording("示例便民服务中心")
    return Screen(
        place=Place(Wording("示例自助服务"), site, site, help_phone="0908-000-0000"),
        assets=Assets(statics, statics, url_for("kiosk_static.panel_css", mm=PX_PER_MM)),
        dock=Dock(here, here, here, here, here),
        now=to_beijing(clock.now()),
        csrf_token=generate_csrf(),
        language=looks.language,
        theme=looks.theme,
        size=looks.size,
        reach=looks.reach,
        px_per_mm=PX_PER_MM,
        development=True,
    )
