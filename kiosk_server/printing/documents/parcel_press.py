"""The press of parcels: label and packing list on 100 × 150 mm, the driver's list on A4."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kiosk_server.fonts import RARE_PLANES
from kiosk_server.printing.documents.bars import bars_svg
from kiosk_server.printing.documents.codes import grouped, qr_svg
from kiosk_server.printing.documents.parcel_papers import CourierList, LabelEnd, ParcelLabel
from kiosk_server.printing.documents.typesetter import Typesetter
from kiosk_server.printing.documents.wording import SAMPLE, beijing_minute, chinese_date

_LABEL = Path(__file__).with_name("parcel_label.typ")
_LIST = Path(__file__).with_name("courier_list.typ")
_SHORT = 8
"""So many last letters of an order's id tell a site's parcels apart; the QR code has all of it."""


class ParcelPress:
    """Sets labels and lists; one is enough for a process, from any thread."""

    def __init__(self, font_directories: Sequence[Path] = RARE_PLANES) -> None:
        """`font_directories` hold fonts beside the committed ones; absent ones do no harm."""
        self._labels = Typesetter(_LABEL, font_directories)
        self._lists = Typesetter(_LIST, font_directories)

    def label(self, paper: ParcelLabel) -> bytes:
        """Return a label as PDF/A-2b, the packing list behind it.

        Raises `CannotBeSet` rather than print boxes.
        """
        data = {
            "order": paper.order,
            "short": short(paper.order),
            "courier": paper.courier,
            "waybill": grouped(paper.waybill) if paper.waybill else None,
            "bars": bars_svg(paper.waybill or paper.order),
            "qr": qr_svg(paper.order),
            "sender": _end(paper.sender),
            "receiver": _end(paper.receiver),
            "at_site": paper.at_site,
            "paid": paper.paid,
            "contents": paper.contents,
            "weight": f"{paper.weight_grams / 1000:.2f}",
            "pieces": [[each.title, each.original] for each in paper.pieces],
            "printed_at": beijing_minute(paper.printed_at),
            "sample": SAMPLE if paper.sample else None,
        }
        return self._labels.set_pdf(data, name=paper.receiver.name, at=paper.printed_at)[0]

    def courier_list(self, paper: CourierList) -> bytes:
        """Return what a driver signs for as PDF/A-2b."""
        data = {
            "site": paper.site,
            "courier": paper.courier,
            "day": chinese_date(paper.day),
            "parcels": [
                [short(each.order), each.waybill or "—", each.county, str(each.pieces)]
                for each in paper.parcels
            ],
            "pieces": sum(each.pieces for each in paper.parcels),
            "printed_at": beijing_minute(paper.printed_at),
            "sample": SAMPLE if paper.sample else None,
        }
        return self._lists.set_pdf(data, name="", at=paper.printed_at)[0]


def short(order: str) -> str:
    """Return the end of an order's id, as people read it to each other."""
    return grouped(order[-_SHORT:])


def _end(end: LabelEnd) -> dict[str, Any]:
    return {"name": end.name, "phone": end.phone, "county": end.county, "street": end.street}
