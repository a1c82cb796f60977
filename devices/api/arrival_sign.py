"""The code of arrival on the screen (到场码), which a technician's phone reads, as a drawing."""

from dataclasses import dataclass

import qrcode
from qrcode.constants import ERROR_CORRECT_M

QUIET_MODULES = 4
"""ISO/IEC 18004 asks for four light modules on each side."""
_MASK = 3
# One of the eight masks: every reader takes any, and weighing all of them is slow on a terminal.


@dataclass(frozen=True)
class ArrivalSign:
    """A QR code: the side of its square in modules, quiet zone included, and its dark parts as the
    path of an SVG."""

    side: int
    path: str


def arrival_sign(address: str) -> ArrivalSign:
    """Draw *address*."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=_MASK)
    code.add_data(address)
    code.make(fit=True)
    matrix = code.get_matrix()
    path = "".join(
        f"M{column + QUIET_MODULES} {row + QUIET_MODULES}h1v1h-1z"
        for row, cells in enumerate(matrix)
        for column, dark in enumerate(cells)
        if dark
    )
    return ArrivalSign(len(matrix) + 2 * QUIET_MODULES, path)
