"""QR codes (二维码) and typed codes as they stand on paper."""

import qrcode
from qrcode.constants import ERROR_CORRECT_M

GROUP = 4
MASK = 3
"""One of the eight masks: every reader takes any, and weighing all costs a third of a paper."""


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
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=MASK)
    code.add_data(text)
    code.make(fit=True)
    matrix = code.get_matrix()
    path = "".join(
        f"M{column} {row}h1v1h-1z"
        for row, cells in enumerate(matrix)
        for column, dark in enumerate(cells)
        if dark
    )
    return len(matrix), path


def grouped(code: str) -> str:
    """A code to be typed, in capitals and groups of four: `7Q2M 9XKD 4HWR`."""
    plain = code.replace("-", "").replace(" ", "").upper()
    return " ".join(plain[start : start + GROUP] for start in range(0, len(plain), GROUP))
