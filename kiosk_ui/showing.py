"""Show a page: its screen from this request, its template with the words of its language."""

from flask import g, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.places import queries as places
from kiosk_server.places.queries import SiteView
from kiosk_server.terminals import queries as terminals
from kiosk_server.web.front import asset_tree
from kiosk_server.web.guards import terminal
from kiosk_server.web.messages import Argument
from kiosk_server.web.request_context import settings
from kiosk_server.web.words import messages
from kiosk_ui.panels import Panel, panel_of
from kiosk_ui.presenters.screen import Doors, Looks, Standing, screen_of
from kiosk_ui.view_models import Assets, Dock, Page, Screen
from kiosk_ui.visiting import visit_here

HOME = "/kiosk/services"


def show(page: Page) -> ResponseReturnValue:
    """Return *page* drawn in its screen's language."""
    g.language = page.screen.language.value
    return make_response(
        render_template(page.template, page=page, screen=page.screen, zh=chinese_words)
    )


def chinese_words(message_id: str, **arguments: Argument) -> str:
    """Return a message in Chinese: the line that is kept under a title in another language."""
    return messages().text("zh", message_id.replace("_", "-"), **arguments)


def this_screen(
    session: Session, *, looks: Looks | None = None, back: str | None = None, forms: bool = True
) -> Screen:
    """
    Return the screen of this request; *back* is where a change of looks comes back to.

    Without *forms* no form token is made, and so no cookie: the last page leaves none behind.
    """
    visit = visit_here()
    worn = looks or (Looks.of(visit) if visit else Looks())
    machine = terminal()
    here = places.site(session, machine.site_id)
    known = terminals.find(session, machine.id)
    host = known.host_place_id if known else None
    standing = Standing(
        terminal=machine,
        site=here,
        host=places.host_place(session, host) if host else None,
        centre=places.centre_of(session, here.id),
        place=known.place if known else "",
        help_phone=settings().help_phone,
    )
    return screen_of(
        standing,
        doors_of(panel_of(machine.model), back or _this_page()),
        looks=worn,
        visit=visit,
        now=clock.now(),
        csrf_token=generate_csrf() if forms else "",
        development=not settings().production,
    )


def centre_of_terminal(session: Session) -> SiteView:
    """Return the 政务服务中心 that this terminal's site belongs to."""
    return places.centre_of(session, terminal().site_id)


def doors_of(panel: Panel, back: str) -> Doors:
    """Return where the frame of a page leads; *back* is the page to come back to."""
    tree = asset_tree("kiosk")
    statics = f"{tree.prefix}/{tree.version}"
    return Doors(
        assets=Assets(
            kiosk=statics,
            shared=statics,
            panel_css=url_for("kiosk_static.panel_css", mm=panel.px_per_mm, across=panel.across),
        ),
        dock=Dock(
            end_url=url_for("kiosk.end"),
            help_url=url_for("kiosk.help", back=back),
            settings_url=url_for("kiosk.settings"),
            looks_url=url_for("kiosk.looks", back=back),
            back=back,
        ),
        keep_url=url_for("kiosk.keep"),
        extend_url=url_for("kiosk.extend"),
        still_url=url_for("kiosk.still", back=back),
    )


def local_path(text: str | None, otherwise: str) -> str:
    """Return *text* if it is the path of a kiosk page and nothing else, or *otherwise*."""
    path = text or ""
    plain = path.isascii() and path.isprintable() and "\\" not in path and "//" not in path
    return path if plain and path.startswith("/kiosk/") and ".." not in path else otherwise


def back_asked(otherwise: str = HOME) -> str:
    """Return the page that this request asks to come back to."""
    return local_path(request.values.get("back"), otherwise)


def _this_page() -> str:
    if request.method != "GET":
        return HOME
    path = request.full_path if request.query_string else request.path
    return local_path(path, HOME)
