"""Examples of the kiosk's pages of papers that are fetched from one's door."""

from dataclasses import replace
from datetime import datetime, timedelta

from kiosk_server.core.clock import BEIJING
from kiosk_server.deliveries.named_papers import named_papers
from kiosk_ui.paging import doors_a_page, lines_a_page, rows_beneath_flow
from kiosk_ui.presenters.wording import chinese, worded
from kiosk_ui.view_models import (
    Deed,
    FieldProblem,
    HandOverPage,
    Page,
    Paging,
    PapersCancelPage,
    PapersCheckPage,
    PapersDoor,
    PapersFromPage,
    PapersPage,
    PapersSite,
    PapersTickPage,
    PapersWherePage,
    PaperTick,
    PaperTold,
    ResultTime,
    Screen,
)

AT = datetime(2026, 11, 25, 10, 30, tzinfo=BEIJING)
SITE = {
    "zh": "松他克镇便民服务中心",
    "ug": "سۇنتاق بازارلىق خەلققە قۇلايلىق مۇلازىمەت مەركىزى",
    "en": "Songtake Township Service Centre",
}
ADDRESS = {
    "zh": "松他克镇示例路 1 号",
    "ug": "سۇنتاق بازىرى مىسال يولى 1-نومۇر",
    "en": "1 Example Road, Songtake",
}
HOLDER = "古***·测试 139****0000"
HAPPENED = ("delivery-accept", "delivery-asked", "delivery-papers-opened")


def papers_pages(screen: Screen) -> dict[str, Page]:
    """From the office to the courier at the door."""
    language, rows = screen.language, rows_beneath_flow(screen)
    office = worded(SITE, language)
    offices = tuple(
        PapersSite(str(at), office, worded(ADDRESS, language), at == 0) for at in range(rows)
    )
    ticks = tuple(
        PaperTick(paper.code, worded(paper.names, language), paper.original)
        for paper in named_papers().values()
    )
    street = chinese("松他克镇示例小区 3 号楼 2 单元 501 室", language)
    door = PapersDoor("1", street, HOLDER, "12.00")
    told = tuple(PaperTold(tick.name, tick.chosen) for tick in ticks)
    links = {"answer_url": "#", "back_url": "#"}
    what = PapersTickPage(
        screen=screen, ask="what", papers=ticks, problem=FieldProblem("papers-missing"), **links
    )
    return {
        "papers_where": PapersWherePage(
            screen=screen, rows=offices, paging=Paging(1, 3, "#"), **links
        ),
        "papers_tick": what,
        "papers-originals": replace(what, ask="originals", problem=None),
        "papers_from": PapersFromPage(
            screen=screen,
            rows=(door,) * doors_a_page(screen),
            add_url="#",
            simulated=True,
            paging=Paging(1, 2, "#"),
            **links,
        ),
        "papers_check": PapersCheckPage(
            screen=screen,
            site=office,
            door=door,
            papers=told,
            payers=("recipient", "prepaid"),
            order_url="#",
            back_url="#",
            wish="wish",
            simulated=True,
        ),
        **_following(screen, told),
    }


def _following(screen: Screen, told: tuple[PaperTold, ...]) -> dict[str, Page]:
    held = lines_a_page(screen)
    lines = tuple(
        ResultTime(AT - timedelta(minutes=turn), f"timeline-{code}")
        for turn, code in enumerate(HAPPENED)
    )
    one = PapersPage(
        screen=screen,
        state="papers-accepted",
        site=worded(SITE, screen.language),
        papers=told[: max(1, held - 1)],
        lines=lines[: held - max(1, held - 1)],
        main=Deed("fetch-code", "#"),
        others=(Deed("cancel", "#", link=True),),
        back_url="#",
        waybill="EX1234567890CN",
        postage="12.00",
        paging=Paging(1, 3, "#"),
    )
    found = ("present", "damaged", "missing")
    checked = tuple(
        replace(paper, found=found[at % len(found)]) for at, paper in enumerate(told[:held])
    )
    return {
        "papers": one,
        "papers-checked": replace(
            one,
            state="papers-delivered",
            papers=checked,
            lines=(),
            main=None,
            others=(),
            postage=None,
        ),
        "papers_cancel": PapersCancelPage(screen=screen, site=one.site, yes_url="#", back_url="#"),
        "papers-code": HandOverPage(
            screen=screen, code="482109", back_url="#", printed=True, papers=True
        ),
    }
