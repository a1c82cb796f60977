"""The identifier of certificates after GB/T 36904."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_server.certificates.identifier import build, mod_37_36, parse
from kiosk_server.core.errors import Invalid

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
REAL = (
    "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U",
    "1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.0",
    "1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9",
    "1.2.156.3005.2.11100000000013127D001.11653001MB1A00001L.2023A0000001.001.I",
)
SERIALS = st.text(alphabet=ALPHABET, min_size=1, max_size=32)


@pytest.mark.policy("P33")
@pytest.mark.parametrize("text", REAL)
def test_identifiers_in_use_are_read_and_written_again(text: str) -> None:
    """What is in use elsewhere is understood here, and comes out as it came in."""
    found = parse(text)
    assert found.text == text
    again = build(found.type_code, found.issuer_code, found.serial, found.version)
    assert again == text


def test_the_example_of_a_documentation_fails() -> None:
    """A published example with a wrong check is refused; its right one is D."""
    serial = "209FA4E8C1D2B3A49ED2CE7EA49"
    parts = ("11100000000013661B006", "113700000045046442", serial, "001")
    right = mod_37_36("".join(parts))
    for check in ALPHABET.replace(right, ""):
        with pytest.raises(Invalid):
            parse(".".join(("1.2.156.3005.2", *parts, check)))


@given(SERIALS, st.integers(1, 999), st.data())
def test_any_single_changed_character_is_found(
    serial: str, version: int, data: st.DataObject
) -> None:
    """Whichever one character is changed, to whichever other, the identifier is refused."""
    text = build("11100000000013127D001", "11653001MB1A00001L", serial, version)
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from(ALPHABET + "abc.·１").filter(lambda new: new != text[at]))
    with pytest.raises(Invalid):
        parse(text[:at] + other + text[at + 1 :])


@given(st.text(max_size=90))
def test_nothing_breaks_the_reader(text: str) -> None:
    """A text is an identifier or refused as none."""
    with contextlib.suppress(Invalid):
        assert parse(text).text == text


@pytest.mark.parametrize(
    ("part", "changes"),
    [
        ("type_code", {"type_code": "11100000000013127D"}),
        ("type_code", {"type_code": "11100000000013127d001"}),
        ("issuer_code", {"issuer_code": "65300"}),
        ("serial", {"serial": ""}),
        ("serial", {"serial": "A" * 33}),
        ("version", {"version": 0}),
        ("version", {"version": 1000}),
    ],
)
def test_a_part_that_cannot_stand_is_named(part: str, changes: dict[str, object]) -> None:
    """Building says which part is unfit."""
    fit: dict[str, object] = {
        "type_code": "11100000000013127D001",
        "issuer_code": "653001",
        "serial": "A1",
        "version": 1,
    }
    with pytest.raises(Invalid) as refused:
        build(**(fit | changes))  # type: ignore[arg-type]
    assert [fault.at for fault in refused.value.fields] == [part]
