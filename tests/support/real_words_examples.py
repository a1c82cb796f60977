"""Kiosk pages with the catalogue's own words: the longest of each language are found here."""

from pathlib import Path

import kiosk_ui
from kiosk_server.catalogue.content import Handling, ItemContent
from kiosk_server.catalogue.first_data import contents
from kiosk_server.payments.rules import as_yuan
from kiosk_server.web.messages import Argument, Messages
from kiosk_ui.presenters.browsing import guide_facts
from kiosk_ui.presenters.wording import chinese, titled, worded
from kiosk_ui.view_models import (
    DecisionPage,
    Fact,
    GuidePage,
    NoticePage,
    Page,
    ReadingRow,
    Screen,
    Wording,
)

MESSAGES = Messages([Path(kiosk_ui.__file__).parent / "locales"], strict=True)
FINDINGS: dict[str, tuple[tuple[str, str], ...]] = {
    "SAMPLE-RS-01": (
        ("finding-insurances", "finding-count"),
        ("insurance-pension-employees", "insured-paying"),
        ("insurance-pension-residents", "insured-drawing"),
        ("insurance-medical-residents", "insured-paying"),
    ),
    "SAMPLE-ZR-01": (("finding-register", "finding-estates"), ("", "finding-area")),
    "SAMPLE-ZR-02": (("finding-register", "finding-estates"), ("", "finding-area")),
    "SAMPLE-GJJ-01": (
        ("fund-employer", ""),
        ("fund-status", "fund-open"),
        ("fund-months", "finding-number"),
        ("fund-balance", "finding-number"),
    ),
}
RECORDS_OWN = "阿图什市幸福路街道示例小区 1 幢 2 单元 301 室"


def real_words(screen: Screen) -> dict[str, Page]:
    """Guide, notice and decision of each service that works, in the words of *screen*."""
    pages: dict[str, Page] = {}
    for content in contents():
        if content.handling is not None:
            name = content.code.lower()
            pages[f"{name}-guide"] = _guide(content, screen)
            pages[f"{name}-notice"] = _notice(content, content.handling, screen)
            pages[f"{name}-decision"] = _decision(content, screen)
    return pages


def _guide(content: ItemContent, screen: Screen) -> GuidePage:
    def say(message_id: str, **facts: Argument) -> str:
        return MESSAGES.text(screen.language.value, message_id, **facts)

    return GuidePage(
        screen=screen,
        name=titled(content.names, screen.language),
        facts=guide_facts(content, screen.language, say),
        version="3f9c21a7b0d4",
        elements_url="#",
        back_url="#",
        start_url="#",
        minutes=3,
        fee_fen=0,
        needs_nothing=True,
        decided_at_once=True,
    )


def _notice(content: ItemContent, handling: Handling, screen: Screen) -> NoticePage:
    row = ReadingRow(
        handling.card_fields,
        who=worded(handling.notice.who, screen.language),
        why=worded(handling.notice.why, screen.language),
        kept=worded(handling.notice.kept, screen.language),
    )
    return NoticePage(
        screen=screen,
        name=titled(content.names, screen.language),
        rows=(row,),
        version=handling.notice.version,
        agree_url="#",
        back_url="#",
    )


def _decision(content: ItemContent, screen: Screen) -> DecisionPage:
    language = screen.language.value
    facts: dict[str, Argument] = {"count": 3, "months": 177, "area": "92.35", "number": "88,123.45"}

    def said(message_id: str) -> Wording:
        if not message_id:
            return chinese(RECORDS_OWN, screen.language)
        return Wording(MESSAGES.text(language, message_id, **facts))

    fees = content.handling.fees if content.handling else ()
    return DecisionPage(
        screen=screen,
        fee=as_yuan(sum(fee.unit_fen for fee in fees)) if fees else None,
        ways_url="#",
        name=titled(content.names, screen.language),
        holder="古***·测试",
        granted=True,
        outcome=Wording(MESSAGES.text(language, "decision-granted")),
        facts=tuple(Fact(said(label), said(value)) for label, value in FINDINGS[content.code]),
        reasons_url="#",
        window_url="#",
        print_url=None if fees else "#",
        pages=0,
    )
