"""
Slips (凭条, 80 mm): what a person takes away beside the paper, or instead of it for a day.

A slip is described here and set by the terminal, which knows its printer's fonts and dots. The
description is `application/vnd.kiosk.slip+json`, version 1; `tests/wire/slip_document.json` is
the sample that both ends accept. Chinese comes first (P57), then one sentence in the language
that the person chose. No slip bears a whole name or number.
"""

from collections.abc import Sequence
from datetime import datetime

from kiosk_server.printing.rules import SCANNED
from kiosk_server.printing.slip_parts import (
    Block,
    Slip,
    gap,
    head,
    minute_of,
    own_language,
    rows_of,
    rule,
    text_of,
)

RATING_QR_MM = 30
CODE_QR_MM = 22

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
        "时间": minute_of(at),
        "终端": terminal,
    }
    rating: list[Block] = []
    if rating_url is not None:
        rating = [
            rule("dashed"),
            {"type": "qr", "text": rating_url, "size_mm": RATING_QR_MM},
            text_of("扫码评一评，可不评", align="center"),
            *own_language(_TAKEN_HOME, language),
        ]
    return Slip((*head(office, "办件凭条", sample=sample), *rows_of(rows), *rating, gap(4)))


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
    sentence = f"{minute_of(until)} 前，凭本人身份证和此码，在任何一台自助终端上{what}。"
    rows = {"事项": service, "姓名": masked_name, "时间": minute_of(at), "终端": terminal}
    return Slip(
        (
            *head(office, "打印码", sample=sample),
            {"type": "code", "text": code},
            {"type": "qr", "text": f"{SCANNED}{code}", "size_mm": CODE_QR_MM},
            text_of(sentence),
            *own_language(_PRINT_LATER, language),
            *rows_of(rows),
            gap(4),
        )
    )


def window_slip(
    *, office: str, rows: dict[str, str], at: datetime, terminal: str, language: str, sample: bool
) -> Slip:
    """
    The slip of whoever goes on at a window (窗口指引): where, when, to whom, what to bring.

    `rows` are Chinese labels and what is said beside them, in order; nothing of the person.
    """
    told = {**rows, "时间": minute_of(at), "终端": terminal}
    sentences = own_language(_AT_WINDOW, language)
    return Slip((*head(office, "窗口指引", sample=sample), *sentences, *rows_of(told), gap(4)))


def guide_slip(
    *,
    office: str,
    rows: dict[str, str],
    own: Sequence[str],
    at: datetime,
    terminal: str,
    language: str,
    site: str | None,
    sample: bool,
) -> Slip:
    """
    A guide to take home (办事指南): what it is, who answers for it, what to bring, where.

    `rows` are Chinese labels and what is said beside them; `own` are lines in *language*; `site`
    is the official page, as a code to scan.
    """
    told = {**rows, "时间": minute_of(at), "终端": terminal}
    lines = [text_of(line, lang=language, bold=nth == 0) for nth, line in enumerate(own)]
    code: list[Block] = []
    if site is not None:
        scanned: Block = {"type": "qr", "text": site, "size_mm": CODE_QR_MM}
        code = [rule("dashed"), scanned, text_of("官方网站，扫码打开", align="center")]
    own_lines = [rule("dashed"), *lines] if lines else []
    return Slip(
        (*head(office, "办事指南", sample=sample), *rows_of(told), *own_lines, *code, gap(4))
    )


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
    sentence = f"{minute_of(until)} 前，用自己的手机扫码，或在掌上办“实名”里填写。不要给别人看。"
    return Slip(
        (
            *head(office, "手机绑定码", sample=False),
            {"type": "code", "text": code},
            {"type": "qr", "text": address, "size_mm": RATING_QR_MM},
            text_of(sentence),
            *own_language(_ON_PHONE, language),
            *rows_of({"时间": minute_of(at), "终端": terminal}),
            gap(4),
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
    told = {**rows, "打印时间": minute_of(at), "终端": terminal}
    return Slip(
        (
            *head(office, "预约单", sample=False),
            text_of(f"{minute_of(when)}（北京时间）", bold=True, align="center"),
            {"type": "code", "text": code},
            {"type": "qr", "text": scanned, "size_mm": CODE_QR_MM},
            text_of("到了，在自助机上输入这个签到码，或扫码。请带身份证；来不了，请取消。"),
            *own_language(_WHEN_THERE, language),
            *rows_of(told),
            gap(4),
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
    told = {**rows, "取号时间": minute_of(at), "终端": terminal}
    return Slip(
        (
            *head(office, "号票", sample=False),
            text_of(label, size=3, bold=True, align="center"),
            *rows_of(told),
            {"type": "qr", "text": address, "size_mm": RATING_QR_MM},
            text_of("请看大屏、听叫号。手机扫码，走开也能看轮到谁。"),
            *own_language(_BEING_CALLED, language),
            gap(4),
        )
    )
