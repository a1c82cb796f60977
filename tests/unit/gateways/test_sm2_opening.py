"""SM2 decryption against the example of the standard and against our own encryption."""

import pytest
from hypothesis import given
from hypothesis import settings as bounded
from hypothesis import strategies as st

from kiosk_server.gateways.sm2 import CannotOpen, SoftwareSm2
from tests.support.certshare_server import PRIVATE_KEY, encrypt

# GB/T 32918.5, annex C: key, and C1, C3, C2 of "encryption standard".
KEY = bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
C1 = (
    "04EBFC718E8D1798620432268E77FEB6415E2EDE0E073C0F4F640ECD2E149A73"
    "E858F9D81E5430A57B36DAAB8F950A3C64E6EE6A63094D99283AFF767E124DF0"
)
C3 = "59983C18F809E262923C53AEC295D30383B54E39D609D160AFCB1908D0BD8766"
C2 = "21886CA989CA9C7D58087307CA93092D651EFA"


@pytest.mark.parametrize("sealed", ["04" + C1 + C3 + C2, "04" + C1 + C2 + C3, C1 + C3 + C2])
def test_the_standards_example_opens_in_every_order(sealed: str) -> None:
    """The new and the old order open, and so does a point whose own first byte is 04."""
    assert SoftwareSm2(KEY).open(bytes.fromhex(sealed)) == b"encryption standard"


@bounded(max_examples=5)
@given(st.binary(min_size=1, max_size=200))
def test_what_was_encrypted_for_us_opens(text: bytes) -> None:
    """Any text comes back as it was."""
    assert SoftwareSm2(PRIVATE_KEY).open(encrypt(text)) == text


@pytest.mark.parametrize("at", [1, 40, 70, 97])
def test_one_changed_bit_is_found(at: int) -> None:
    """Point, digest and text are vouched for: whatever is altered does not open."""
    sealed = bytearray(encrypt(b"certificate"))
    sealed[at] ^= 1
    with pytest.raises(CannotOpen):
        SoftwareSm2(PRIVATE_KEY).open(bytes(sealed))


def test_a_key_outside_the_curve_is_refused() -> None:
    """Nothing and too much are no private keys."""
    for key in (bytes(32), b"\xff" * 32):
        with pytest.raises(ValueError, match="no private key"):
            SoftwareSm2(key)
