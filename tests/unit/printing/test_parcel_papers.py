"""Labels, packing lists and drivers' lists: read by machines and by the people on the way."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk_server.printing.documents.bars import code_values
from kiosk_server.printing.documents.parcel_papers import (
    CourierList,
    LabelEnd,
    LabelPiece,
    ListedParcel,
    ParcelLabel,
)
from kiosk_server.printing.documents.parcel_press import ParcelPress
from tests.support.papers import codes_on, picture_of, texts_of

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
OFFICE = LabelEnd("阿图什市政务服务中心", "0908-0000001", "阿图什市", "示例路1号")
HOME = LabelEnd("测***·阿依古丽", "138******01", "阿图什市", "示例巷 2 号")
LABEL = ParcelLabel(
    order="01jdelivery0000000000000a1",
    courier="中国邮政 EMS",
    waybill="1234567890123",
    sender=OFFICE,
    receiver=HOME,
    paid="寄方月结，收件人不付费",
    contents="政务服务办理结果（纸质文件）",
    weight_grams=150,
    pieces=(LabelPiece("办理结果", True), LabelPiece("收据", False)),
    printed_at=NOON,
    sample=True,
)


@pytest.fixture(scope="module")
def press() -> ParcelPress:
    """A press with the committed fonts only."""
    return ParcelPress(())


def test_known_values_of_code_128() -> None:
    """Digits in pairs after start C, letters after start B, and the check that the standard has."""
    assert code_values("123456") == [105, 12, 34, 56, 44]
    assert code_values("AB") == [104, 33, 34, 102]
    assert code_values("SF1234567")[:4] == [104, 51, 38, 99]
    with pytest.raises(ValueError, match="printable"):
        code_values("运单")


def test_a_label_is_read_by_scanner_and_eye(press: ParcelPress) -> None:
    """The way-bill in bars, our order in the square, both ends, who pays, that it is a sample."""
    pdf = press.label(LABEL)
    assert sorted(codes_on(picture_of(pdf))) == ["01jdelivery0000000000000a1", "1234567890123"]
    front, inside = texts_of(pdf)
    for said in ("1234567890123", "测***·阿依古丽", "138******01", "示例巷2号", "寄方月结", "样张"):
        assert said in front
    assert "收据" not in front
    assert all(said in inside for said in ("装箱单", "1办理结果原件", "2收据复印件"))


def test_before_a_way_bill_is_known_the_order_stands_in_bars(press: ParcelPress) -> None:
    """And a parcel for a site says where it is handed out."""
    pdf = press.label(replace(LABEL, waybill=None, at_site="示例一村便民服务站"))
    assert set(codes_on(picture_of(pdf))) == {LABEL.order}
    assert "送到代收点：示例一村便民服务站" in texts_of(pdf)[0]


def test_the_drivers_list_counts_and_names_nobody(press: ParcelPress) -> None:
    """Each parcel by number and place, and what all of them come to."""
    parcels = tuple(
        ListedParcel(f"01jdelivery00000000000000{at:02}", f"SF{at:08}", "阿图什市", 2)
        for at in range(40)
    )
    paper = CourierList("阿图什市政务服务中心", "顺丰速运", date(2026, 11, 23), parcels, NOON)
    pages = texts_of(press.courier_list(paper))
    assert len(pages) == 2
    assert "共40封，80件" in pages[0]
    assert "SF00000039" in pages[1]


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=30))
def test_bars_say_what_they_were_given(text: str) -> None:
    """Whatever stands in a way-bill: decoded by the rules of the standard, it is the same."""
    assert decoded(code_values(text)) == text


def decoded(values: list[int]) -> str:
    """The text of values, read as a scanner reads them."""
    weighed = sum(max(1, place) * value for place, value in enumerate(values[:-1]))
    assert weighed % 103 == values[-1]
    in_c, told = values[0] == 105, ""
    for value in values[1:-1]:
        if value == (100 if in_c else 99):
            in_c = not in_c
        else:
            told += f"{value:02}" if in_c else chr(value + 32)
    return told
