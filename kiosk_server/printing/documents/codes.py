"""QR codes (二维码) and typed codes as they stand on paper."""

import re

from kiosk_server.printing.documents.qr_matrix import qr_matrix

GROUP = 4
_DARK = re.compile("1+")


def qr_svg(text: str) -> str:
    """`text` as an SVG of black squares, one unit a module, without a quiet zone.

    Vector, so that the printer's own resolution decides its edges. Error correction is level M
    (ISO/IEC 18004: 15 %), enough for a folded sheet.
    """
    side, path = qr_path(text)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<path d="{path}" fill="#000000"/></svg>'
    )


def qr_path(text: str) -> tuple[int, str]:
    """The side of `text` as a QR code in modules, and its dark modules as the path of an SVG."""
    code = qr_matrix(text)
    path = "".join(
        f"M{run.start()} {row}h{len(run[0])}v1h-{len(run[0])}z"
        for row, cells in enumerate(code.rows)
        for run in _DARK.finditer(cells)
    )
    return code.side, path


def grouped(code: str) -> str:
    """A code to be typed, in capitals and groups of four: `7Q2M 9XKD 4HWR`."""
    plain = code.replace("-", "").replace(" ", "").upper()
    return " ".join(plain[start : start + GROUP] for start in range(0, len(plain), GROUP))
