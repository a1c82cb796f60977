"""The press of copies (加注件): PDF and PNG, with purpose and last day across the whole page."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kiosk_server.certificates.copy_papers import Annotation, CopyPaper, RenderedCopy
from kiosk_server.fonts import RARE_PLANES
from kiosk_server.printing.documents.codes import grouped, qr_svg
from kiosk_server.printing.documents.typesetter import Typesetter
from kiosk_server.printing.documents.wording import (
    NO_SEAL,
    REPRINT,
    SAMPLE,
    address,
    beijing_minute,
    chinese_date,
)

_TEMPLATE = Path(__file__).with_name("copy.typ")
_DOTS_PER_INCH = 144
_OWN_VIEW = "仅供持证人本人查看"
_SIMULATED_SEAL = "模拟印章，不具效力"


class CertificatePress:
    """Sets copies; one is enough for a process, from any thread."""

    def __init__(self, font_directories: Sequence[Path] = RARE_PLANES) -> None:
        """`font_directories` hold fonts beside the committed ones; absent ones do no harm."""
        self._setter = Typesetter(_TEMPLATE, font_directories)

    def render(self, paper: CopyPaper) -> RenderedCopy:
        """`paper` as PDF/A-2b and PNG. Raises `CannotBeSet` rather than print boxes."""
        data = _content(paper)
        pdf, _ = self._setter.set_pdf(data, name=paper.holder_name, at=paper.made_at)
        png = self._setter.set_png(data, name=paper.holder_name, dots_per_inch=_DOTS_PER_INCH)
        return RenderedCopy(pdf, png)


def _content(paper: CopyPaper) -> dict[str, Any]:
    return {
        "title": paper.title,
        "issuer": paper.issuer,
        "identifier": paper.identifier,
        "holder_name": paper.holder_name,
        "facts": [[fact.label, fact.value] for fact in paper.facts],
        "made_at": beijing_minute(paper.made_at),
        "sample": SAMPLE if paper.sample else None,
        "reprint": REPRINT if paper.reprint else None,
        # No font has a line break, and a drawing needs none.
        "seal": " ".join(paper.seal.svg.split()) if paper.seal else None,
        "standing": _standing(paper),
        "watermark": _watermark(paper),
        "annotation": _annotation(paper.annotation) if paper.annotation else None,
    }


def _annotation(told: Annotation) -> dict[str, str]:
    return {
        "number": told.number,
        "purpose": told.purpose,
        "recipient": told.recipient or "未限定",
        "valid_until": chinese_date(told.valid_until),
        "qr": qr_svg(told.verify_url),
        "verify_address": address(told.verify_url),
        "verify_code": grouped(told.verify_code),
    }


def _watermark(paper: CopyPaper) -> str:
    if paper.annotation is None:
        return _OWN_VIEW
    told = paper.annotation
    whom = f"　{told.recipient}" if told.recipient else ""
    return f"仅供{told.purpose.removeprefix('仅供')}{whom}　{told.valid_until.isoformat()} 止"


def _standing(paper: CopyPaper) -> str:
    if paper.seal is None:
        return f"{NO_SEAL}：请扫码核验，不作为须加盖印章的文件使用。"
    if paper.seal.simulated:
        return f"{_SIMULATED_SEAL}。"
    verified = beijing_minute(paper.seal.verified_at)
    return f"已加盖{paper.seal.body}电子印章（{verified} 核验有效）。"
