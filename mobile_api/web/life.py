"""
Services of everyday life (便民服务, P47) and the guides (办事指南) of everything, on the phone.

Open to everybody, as the map is: whoever reads what a thing costs and who answers for it need not
say who he is. What is looked for is written down nowhere.
"""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from kiosk_server.catalogue.content import FACTS
from kiosk_server.catalogue.queries import find, life_services, published
from kiosk_server.catalogue.search import LONGEST, matching
from kiosk_server.places.queries import site
from kiosk_server.web.request_context import database
from mobile_api.v1.certificates import in_words
from mobile_api.web.frame import page


def add_open_routes(blueprint: Blueprint) -> None:
    """Open the pages."""
    blueprint.get("/life", endpoint="life")(life)
    blueprint.get("/guides", endpoint="guides")(guides)
    blueprint.get("/guides/<guide_code>", endpoint="guide")(guide)


def life() -> ResponseReturnValue:
    """List bills, post, telephone, notary and legal aid."""
    with database().reading() as session:
        found = life_services(session)
    # Bills have a row of their own, which leads to where they are paid.
    items = [item for item in found if item.content.life and not item.content.life.bills]
    return page("m/life.html", items=items, in_words=in_words, longest=LONGEST)


def guides() -> ResponseReturnValue:
    """List every guide, or those that the words asked for stand in."""
    asked = " ".join(request.args.get("q", "").split())[:LONGEST]
    with database().reading() as session:
        items = matching(published(session), asked)
    return page("m/guides.html", items=items, asked=asked, in_words=in_words, longest=LONGEST)


def guide(guide_code: str) -> ResponseReturnValue:
    """Show one guide: what is to be known before one sets out, and who answers."""
    with database().reading() as session:
        item = find(session, guide_code[:60])
        window = site(session, item.content.window.site_id)
    return page(
        "m/guide.html",
        item=item,
        content=item.content,
        facts=[(each, item.content.facts[each]) for each in FACTS if each in item.content.facts],
        window=window,
        in_words=in_words,
    )
