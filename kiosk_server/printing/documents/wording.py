"""
The words and figures of a proof as its template wants them: one JSON value, all text.

Written in Chinese because that is the script of every paper (P57); dates and times are those
of Beijing (北京时间), the legal time that an office elsewhere will read them in.
"""

from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from kiosk_server.core.clock import to_beijing
from kiosk_server.printing.documents.codes import grouped, qr_svg
from kiosk_server.printing.documents.papers import ProofPaper, Table

SAMPLE = "样张 · 模拟数据，不作证明使用"
REPRINT = "重打"
NO_SEAL = "未加盖电子印章"


def content(paper: ProofPaper) -> dict[str, Any]:
    """Everything that the template prints of `paper`, but for the fonts."""
    return {
        "title": paper.title,
        "issuer": paper.issuer,
        "document_number": paper.document_number,
        "holder_name": paper.holder_name,
        "holder_number": paper.holder_number,
        "sentences": list(paper.sentences),
        "table": None if paper.table is None else _table(paper.table),
        "purpose": sentence(f"用途：{paper.purpose}") if paper.purpose else None,
        "promise": promise(paper.promise) if paper.promise else None,
        "seal": None if paper.seal is None else paper.seal.picture_svg,
        "qr": qr_svg(paper.verify_url),
        "verify_address": address(paper.verify_url),
        "verify_code": grouped(paper.verify_code),
        "terminal": paper.terminal,
        "site": paper.site,
        "issued_on": chinese_date(paper.issued_on),
        "printed_at": beijing_minute(paper.printed_at),
        "reprint": paper.reprint,
        "sample": paper.sample,
        "mark": paper.mark,
        "words": {
            "sample": SAMPLE,
            "reprint": REPRINT,
            "no_seal": NO_SEAL,
            "standing": standing(paper),
        },
    }


def standing(paper: ProofPaper) -> str:
    """The sentence that says what the paper serves and, without a seal, what it does not."""
    if paper.seal is None:
        return f"{NO_SEAL}：{paper.good_for}，{paper.not_good_for}。"
    verified = beijing_minute(paper.seal.verified_at)
    return f"已加盖{paper.seal.body}电子印章（{verified} 核验有效）：{paper.good_for}。"


def sentence(words: str) -> str:
    """`words` with one full stop at the end."""
    return words.rstrip("。") + "。"


def promise(words: str) -> str:
    """A promise (承诺) as given; its words often say already that they are one."""
    says_so = words.startswith(("我承诺", "本人承诺"))
    return sentence(words if says_so else f"本人承诺：{words}")


def address(verify_url: str) -> str:
    """Where a code is typed in: host and first path of the verify URL, without the code."""
    parts = urlsplit(verify_url)
    first = parts.path.strip("/").partition("/")[0]
    return f"{parts.netloc}/{first}"


def chinese_date(day: date) -> str:
    """2026-11-21 as 2026 年 11 月 21 日."""
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def beijing_minute(moment: datetime) -> str:
    """An aware moment as 2026-11-21 03:12 in Beijing."""
    return f"{to_beijing(moment):%Y-%m-%d %H:%M}"


def _table(table: Table) -> dict[str, Any]:
    return {
        "columns": [
            {"label": column.label, "numeric": column.numeric, "share": column.share}
            for column in table.columns
        ],
        "rows": [list(row) for row in table.rows],
    }
