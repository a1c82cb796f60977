"""Examples of the kiosk's pages of everyday life (便民服务): the sample catalogue's own words."""

from pathlib import Path

import kiosk_ui
from kiosk_server.catalogue.content import ItemContent
from kiosk_server.catalogue.first_data import contents
from kiosk_server.web.messages import Argument, Messages
from kiosk_ui.paging import pages_of_facts
from kiosk_ui.presenters.browsing import guide_facts
from kiosk_ui.presenters.wording import titled, worded
from kiosk_ui.view_models import (
    DecisionPage,
    ElementsPage,
    Fact,
    LifeGuidePage,
    LifePage,
    Outcome,
    Page,
    Paging,
    Screen,
    ServiceRow,
    ServicesPage,
    Tile,
    Wording,
)
from kiosk_ui.view_models.life import LifeTile

MESSAGES = Messages([Path(kiosk_ui.__file__).parent / "locales"], strict=True)
GUIDES = tuple(content for content in contents() if content.life is not None)


def life_pages(screen: Screen) -> dict[str, Page]:
    """The choice, each guide, the last page of one, and the decision that leads to legal aid."""
    tiles = tuple(LifeTile(titled(each.names, screen.language), each.icon, "#") for each in GUIDES)
    guides = {f"life-{each.code.lower()}": _guide(each, screen) for each in GUIDES}
    return {
        "life": LifePage(screen=screen, tiles=tiles, back_url="#"),
        **guides,
        **_elements(screen),
        "services-life": _services(screen),
        "decision-refused": _refused(screen),
    }


def _say(screen: Screen, message_id: str, **facts: Argument) -> str:
    return MESSAGES.text(screen.language.value, message_id, **facts)


def _facts(content: ItemContent, screen: Screen) -> tuple[Fact, ...]:
    return guide_facts(content, screen.language, lambda id_, **facts: _say(screen, id_, **facts))


def _guide(content: ItemContent, screen: Screen) -> LifeGuidePage:
    life = content.life
    assert life is not None
    act = "life-pay" if life.bills else "life-book" if life.booked else "life-where"
    return LifeGuidePage(
        screen=screen,
        name=titled(content.names, screen.language),
        short=worded(content.short, screen.language),
        facts=_facts(content, screen),
        version="3f9c21a7b0d4",
        act=act,
        act_url="#",
        elements_url="#",
        window_url="#",
        back_url="#",
        hear=life.hear,
    )


def _elements(screen: Screen) -> dict[str, Page]:
    longest = max(GUIDES, key=lambda each: len(str(each.life)))
    pages = pages_of_facts(_facts(longest, screen), screen)
    return {
        f"life-elements-{at}": ElementsPage(
            screen=screen,
            name=titled(longest.names, screen.language),
            facts=facts,
            version="3f9c21a7b0d4",
            back_url="#",
            paging=Paging(at, len(pages), "#"),
        )
        for at, facts in enumerate(pages, 1)
    }


def _services(screen: Screen) -> ServicesPage:
    def row(word: str, icon: str, outcome: Outcome) -> ServiceRow:
        return ServiceRow(Wording(_say(screen, word)), "#", icon, outcome)

    return ServicesPage(
        screen=screen,
        rows=(
            row("row-at-window", "people", Outcome.WINDOW),
            row("row-life", "bolt", Outcome.LIFE),
        ),
        paging=Paging(1, 3, "#"),
        tiles=(
            Tile("tile-reprint", "#", "paper"),
            Tile("tile-guides", "#", "book", 32),
            Tile("tile-looks", "#", "size"),
        ),
    )


def _refused(screen: Screen) -> DecisionPage:
    working = next(each for each in contents() if each.handling is not None)
    return DecisionPage(
        screen=screen,
        name=titled(working.names, screen.language),
        holder="古***·测试",
        granted=False,
        outcome=Wording(_say(screen, "decision-title-refused")),
        facts=(Fact(Wording(_say(screen, "finding-register")), Wording("0")),),
        reasons_url="#",
        window_url="#",
        help_url="#",
    )
