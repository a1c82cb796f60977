"""
Slips (凭条, 80 mm): what a person takes away beside the paper, or instead of it for a day.

A slip is described here and set by the terminal, which knows its printer's fonts and dots. The
description is `application/vnd.kiosk.slip+json`, version 1; `tests/wire/slip_document.json` is
the sample that both ends accept. Chinese comes first (P57), then one sentence in the language
that the person chose. No slip bears a whole name or number.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kiosk_server.core.clock import to_beijing
from kiosk_server.printing.rules import SCANNED

MEDIA_TYPE = "application/vnd.kiosk.slip+json"
WIDTH_MM = 80
RATING_QR_MM = 30
CODE_QR_MM = 22

Block = dict[str, Any]

# Drafts in Uyghur; a native reader checks them before release, like every message file.
_TAKEN_HOME = {
    "ug": "كودنى سىكاننىرلاپ باھا بەرسىڭىز بولىدۇ، بەرمىسىڭىزمۇ بولىدۇ.",
    "en": "Scan to rate this service. You may leave it.",
}
_PRINT_LATER = {
    "ug": "كىملىكىڭىز ۋە بۇ كود بىلەن 24 سائەت ئىچىدە خالىغان ماشىنىدا بېسىپ بولالايسىز.",
    "en": "With your ID card and this code, print at any terminal within 24 hours.",
}
_AT_WINDOW = {
    "ug": "بۇ كۆزنەكتە بىر كىشى سىزگە ياردەم قىلىدۇ، كىملىكىڭىزنى ئالغاچ كېلىڭ.",
    "en": "A person helps you at this window. Bring your ID card, or a temporary one.",
}
_ON_PHONE = {
    "ug": "بۇ كودنى ئۆز تېلېفونىڭىزغا كىرگۈزۈڭ، باشقىلارغا كۆرسەتمەڭ.",
    "en": "Type this code on your own phone. Show it to nobody.",
}
_WHEN_THERE = {
    "ug": "كەلگەندە بۇ كودنى ماشىنىغا كىرگۈزۈڭ ياكى سىكانىرلاڭ. كىملىك ئېلىپ كېلىڭ، "
    "كېلەلمىسىڭىز بىكار قىلىڭ.",
    "en": "When you come, type or scan this code at a terminal. Bring your ID card; "
    "please cancel if you cannot come.",
}
_BEING_CALLED = {
    "ug": "چوڭ ئېكرانغا قاراڭ، نومۇرنى ئاڭلاڭ. تېلېفوندا سىكانىرلىسىڭىز، يىراقتىنمۇ كۆرەلەيسىز.",
    "en": "Watch the board and listen. Scan the code to follow the queue from anywhere.",
}


@dataclass(frozen=True)
class Slip:
    """A finished description: its blocks from top to bottom."""

    blocks: tuple[Block, ...]

    def document(self) -> bytes:
        """The slip as the terminal fetches it, UTF-8 JSON; the same slip gives the same bytes."""
        described = {"version": 1, "width_mm": WIDTH_MM, "blocks": list(self.blocks)}
        return json.dumps(described, ensure_ascii=False, separators=(",", ":")).encode()


def case_slip(
    *,
    office: str,
    service: str,
    case_number: str,
    at: datetime,
    terminal: str,
    masked_name: str,
    language: str,
    rating_url: str | None = None,
    sample: bool = False,
) -> Slip:
    """The slip of a finished case (办件凭条): what was done, when, where, and how to rate it.

    `language` is the resident's (`zh`, `ug`, `ky`, `en`); `at` is aware; `masked_name` comes
    from `core.masking`. Without `rating_url` the slip says nothing of rating.
    """
    rows = {
        "事项": service,
        "办件编号": case_number,
        "姓名": masked_name,
        "时间": _minute(at),
        "终端": terminal,
    }
    rating: list[Block] = []
    if rating_url is not None:
        rating = [
            _rule("dashed"),
            {"type": "qr", "text": rating_url, "size_mm": RATING_QR_MM},
            _text("扫码评一评，可不评", align="center"),
            *_in_own_language(_TAKEN_HOME, language),
        ]
    return Slip((*_head(office, "办件凭条", sample=sample), *_rows(rows), *rating, _gap(4)))


def reprint_slip(
    *,
    office: str,
    service: str,
    code: str,
    until: datetime,
    at: datetime,
    terminal: str,
    masked_name: str,
    language: str,
    pages_left: str | None = None,
    sample: bool = False,
) -> Slip:
    """The slip of a print that did not finish (打印码): what lets it be finished elsewhere.

    The code alone prints nothing; the sentence says that the same card is asked for again.
    `pages_left` names what has not come out (`第 2 页`), where that is known.
    """
    what = f"打完{pages_left}" if pages_left else "打印"
    sentence = f"{_minute(until)} 前，凭本人身份证和此码，在任何一台自助终端上{what}。"
    rows = {"事项": service, "姓名": masked_name, "时间": _minute(at), "终端": terminal}
    return Slip(
        (
            *_head(office, "打印码", sample=sample),
            {"type": "code", "text": code},
            {"type": "qr", "text": f"{SCANNED}{code}", "size_mm": CODE_QR_MM},
            _text(sentence),
            *_in_own_language(_PRINT_LATER, language),
            *_rows(rows),
            _gap(4),
        )
    )


def window_slip(
    *, office: str, rows: dict[str, str], at: datetime, terminal: str, language: str, sample: bool
) -> Slip:
    """
    The slip of whoever goes on at a window (窗口指引): where, when, to whom, what to bring.

    `rows` are Chinese labels and what is said beside them, in order; nothing of the person.
    """
    told = {**rows, "时间": _minute(at), "终端": terminal}
    sentences = _in_own_language(_AT_WINDOW, language)
    return Slip((*_head(office, "窗口指引", sample=sample), *sentences, *_rows(told), _gap(4)))


def binding_slip(
    *,
    office: str,
    code: str,
    address: str,
    until: datetime,
    at: datetime,
    terminal: str,
    language: str,
) -> Slip:
    """
    The slip of the code that binds a phone (手机绑定码), which names nobody.

    `address` is what a phone opens when it scans the slip; `until` is when the code lapses.
    """
    sentence = f"{_minute(until)} 前，用自己的手机扫码，或在掌上办“实名”里填写。不要给别人看。"
    return Slip(
        (
            *_head(office, "手机绑定码", sample=False),
            {"type": "code", "text": code},
            {"type": "qr", "text": address, "size_mm": RATING_QR_MM},
            _text(sentence),
            *_in_own_language(_ON_PHONE, language),
            *_rows({"时间": _minute(at), "终端": terminal}),
            _gap(4),
        )
    )


def booking_slip(
    *,
    office: str,
    code: str,
    scanned: str,
    when: datetime,
    rows: dict[str, str],
    at: datetime,
    terminal: str,
    language: str,
) -> Slip:
    """
    The slip of a booked visit (预约单), which names nobody: whoever has it can check in with it.

    `code` are the eight digits of the check-in, `scanned` what its QR code says, `when` the booked
    time; `rows` are Chinese labels and what is said beside them.
    """
    told = {**rows, "打印时间": _minute(at), "终端": terminal}
    return Slip(
        (
            *_head(office, "预约单", sample=False),
            _text(f"{_minute(when)}（北京时间）", bold=True, align="center"),
            {"type": "code", "text": code},
            {"type": "qr", "text": scanned, "size_mm": CODE_QR_MM},
            _text("到了，在自助机上输入这个签到码，或扫码。请带身份证；来不了，请取消。"),
            *_in_own_language(_WHEN_THERE, language),
            *_rows(told),
            _gap(4),
        )
    )


def ticket_slip(
    *,
    office: str,
    label: str,
    address: str,
    rows: dict[str, str],
    at: datetime,
    terminal: str,
    language: str,
) -> Slip:
    """The slip of a number of the queue (号票): `address` is where a phone follows it."""
    told = {**rows, "取号时间": _minute(at), "终端": terminal}
    return Slip(
        (
            *_head(office, "号票", sample=False),
            _text(label, size=3, bold=True, align="center"),
            *_rows(told),
            {"type": "qr", "text": address, "size_mm": RATING_QR_MM},
            _text("请看大屏、听叫号。手机扫码，走开也能看轮到谁。"),
            *_in_own_language(_BEING_CALLED, language),
            _gap(4),
        )
    )


def _head(office: str, word: str, *, sample: bool) -> list[Block]:
    head = [
        _text(office, bold=True, align="center"),
        _text(word, size=2, bold=True, align="center"),
    ]
    return [*head, _text("样张 · 模拟数据", align="center")] if sample else head


def _rows(rows: dict[str, str]) -> list[Block]:
    lines = [
        {"type": "row", "label": label, "value": value, "lang": "zh"}
        for label, value in rows.items()
    ]
    return [_rule("dashed"), *lines]


def _in_own_language(sentences: dict[str, str], language: str) -> list[Block]:
    sentence = sentences.get(language)
    return [] if sentence is None else [_text(sentence, lang=language)]


def _text(
    text: str, *, size: int = 1, bold: bool = False, align: str = "start", lang: str = "zh"
) -> Block:
    return {
        "type": "text",
        "text": text,
        "size": size,
        "bold": bold,
        "align": align,
        "lang": lang,
    }


def _rule(style: str) -> Block:
    return {"type": "rule", "style": style}


def _gap(mm: int) -> Block:
    return {"type": "gap", "mm": mm}


def _minute(moment: datetime) -> str:
    return f"{to_beijing(moment):%Y-%m-%d %H:%M}"
