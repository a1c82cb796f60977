"""QR codes drawn here: the same squares as the library draws, read by a scanner of others."""

import pytest
import qrcode
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from qrcode import util
from qrcode.constants import ERROR_CORRECT_M

from kiosk_server.printing.documents.qr_matrix import MASK, QrMatrix, qr_matrix

ADDRESS = "http://127.0.0.1:8000/s/q3kZ-81bTt2Yw0aFh4_xLm"
CODE = "ZZ1:" + "6BF*DL/N3G$Y8ND" * 24


def rows_of_library(text: str, mode: int) -> list[str]:
    """What `qrcode` draws of the same words in the same mode and mask."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=MASK)
    code.add_data(util.QRData(text.encode(), mode=mode), optimize=0)
    code.make(fit=True)
    return ["".join("01"[cell] for cell in row) for row in code.get_matrix()]


def read(code: QrMatrix) -> str:
    """What a scanner of others reads."""
    side = code.side + 8
    picture = Image.new("L", (side, side), 255)
    for row, cells in enumerate(code.rows):
        for column, cell in enumerate(cells):
            picture.putpixel((column + 4, row + 4), 0 if cell == "1" else 255)
    (found,) = zxingcpp.read_barcodes(
        picture.resize((4 * side, 4 * side), Image.Resampling.NEAREST)
    )
    return str(found.text)


@settings(max_examples=12, deadline=None)
@given(st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:", min_size=1, max_size=700))
def test_capitals_and_digits_are_drawn_as_the_library_draws_them(text: str) -> None:
    """Every length of the dense mode gives the library's squares, one by one."""
    assert qr_matrix(text).rows == rows_of_library(text, util.MODE_ALPHA_NUM)


@settings(max_examples=12, deadline=None)
@given(st.text(min_size=0, max_size=200).map(lambda text: text + "a"))
def test_any_words_are_drawn_as_the_library_draws_them(text: str) -> None:
    """Every length of bytes gives the library's squares, one by one."""
    assert qr_matrix(text).rows == rows_of_library(text, util.MODE_8BIT_BYTE)


@pytest.mark.parametrize("text", ["A", ADDRESS, CODE, "阿图什", "a" * 2_331])
def test_others_read_it(text: str) -> None:
    """The smallest code, an address, an offline code, Chinese, and the largest there is."""
    assert read(qr_matrix(text)) == text


def test_packed_bits_are_the_same_squares() -> None:
    """A phone that is sent the bits draws the same code."""
    code = qr_matrix(ADDRESS)
    bits = "".join(f"{byte:08b}" for byte in code.packed)
    assert bits[: code.side**2] == code.cells
    assert set(bits[code.side**2 :]) <= {"0"}


def test_what_fits_in_no_code_is_refused() -> None:
    """Too long for the largest version."""
    with pytest.raises(ValueError, match="too long"):
        qr_matrix("a" * 2_332)
