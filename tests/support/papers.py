"""A proof of an unreal person, and ways to read a finished PDF back."""

from datetime import UTC, date, datetime
from typing import Any

from kiosk_server.printing.documents.papers import Column, ProofPaper, Table
from tests.support.missing import need_module

VERIFY_URL = "http://127.0.0.1:8000/v/7q2m9xkd4hwr7q2m9xkd4hwr7q-0123456789abcd"

INSURANCES = Table(
    columns=(
        Column("险种", share=4),
        Column("状态", share=2),
        Column("起始", share=2),
        Column("累计月数", numeric=True, share=2),
    ),
    rows=(
        ("城镇职工基本养老保险", "参保缴费", "2012-03", "177"),
        ("失业保险", "参保缴费", "2012-03", "177"),
    ),
)


def proof(**changes: Any) -> ProofPaper:
    """A small proof; `changes` replace its fields."""
    fields: dict[str, Any] = {
        "title": "个人参保证明",
        "issuer": "阿图什市社会保险中心",
        "document_number": "TEST-2026-000468",
        "holder_name": "阿依古丽·测试",
        "holder_number": "653001********0022",
        "sentences": (
            "截至 2026 年 11 月，在本市的社会保险参保情况如下：",
            "本证明由系统按规则即时出具。",
        ),
        "issued_on": date(2026, 11, 21),
        "printed_at": datetime(2026, 11, 20, 19, 12, tzinfo=UTC),
        "terminal": "AT-0001",
        "site": "阿图什市政务服务中心",
        "verify_url": VERIFY_URL,
        "verify_code": "7q2m9xkd4hwr7q2m9xkd4hwr7q",
        "table": INSURANCES,
        "purpose": "办理住房贷款",
    }
    return ProofPaper(**(fields | changes))


def texts_of(pdf: bytes) -> list[str]:
    """The text of each page, without white space."""
    need_module("pypdfium2", "pip install --require-hashes -r requirements-dev.txt")
    import pypdfium2  # noqa: PLC0415 - optional on a machine without the checking tools

    document = pypdfium2.PdfDocument(pdf)
    pages = ["".join(page.get_textpage().get_text_range().split()) for page in document]
    document.close()
    return pages


def picture_of(pdf: bytes, *, page: int = 0, dpi: int = 200) -> Any:
    """One page as a Pillow image."""
    need_module("pypdfium2", "pip install --require-hashes -r requirements-dev.txt")
    import pypdfium2  # noqa: PLC0415 - see above

    document = pypdfium2.PdfDocument(pdf)
    picture = document[page].render(scale=dpi / 72).to_pil()
    document.close()
    return picture


def codes_on(picture: Any) -> list[str]:
    """The text of every QR code that an independent decoder finds on `picture`."""
    need_module("zxingcpp", "pip install --require-hashes -r requirements-dev.txt")
    import zxingcpp  # noqa: PLC0415 - see above

    return [found.text for found in zxingcpp.read_barcodes(picture)]
