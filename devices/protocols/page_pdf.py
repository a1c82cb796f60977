"""
Pages to a PDF: each page one JPEG, on A4 in the position in which it lies (ISO 32000-1).

The pictures are taken over as they are, nothing is encoded twice; no date, no name and no maker
stands in the file, so that the same pages always give the same bytes.
"""

from collections.abc import Sequence

from devices.protocols.page_making import Page
from devices.protocols.pdf_file import LONG_PT, SHORT_PT, file_of, stream


def pdf_of(pages: Sequence[Page]) -> bytearray:
    """Return the document, in memory that its holder can wipe; raises ValueError for no pages."""
    if not pages:
        raise ValueError("a document has a page")
    kids = " ".join(f"{_first_object(at)} 0 R" for at in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>".encode(),
    ]
    for at, page in enumerate(pages):
        objects += _objects_of(page, _first_object(at))
    return file_of(objects)


def _first_object(at: int) -> int:
    return 3 + 3 * at


def _objects_of(page: Page, first: int) -> list[bytes]:
    lying = page.width_px > page.height_px
    width, height = (LONG_PT, SHORT_PT) if lying else (SHORT_PT, LONG_PT)
    drawn = f"{width} 0 0 {height} 0 0 cm /Page Do".encode()
    space = "/DeviceRGB" if page.colour else "/DeviceGray"
    return [
        (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}]"
            f" /Resources << /XObject << /Page {first + 2} 0 R >> >>"
            f" /Contents {first + 1} 0 R >>"
        ).encode(),
        stream("", drawn),
        stream(
            f"/Type /XObject /Subtype /Image /Width {page.width_px} /Height {page.height_px}"
            f" /ColorSpace {space} /BitsPerComponent 8 /Filter /DCTDecode ",
            page.jpeg,
        ),
    ]
