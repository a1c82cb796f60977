"""What may stand in the asset book, on a site card and about a keeper."""

from datetime import date

import pytest

from kiosk_server.assets.rules import (
    Book,
    Card,
    book_faults,
    card_faults,
    differences,
    keeper_faults,
    plain_phone,
)
from kiosk_server.places.rules import openings

TODAY = date(2026, 11, 22)
WHOLE = Book(
    model="示例立式机 T32",
    serial="SN-2026/0001",
    device_serials={"id_reader": "R 100-7", "a4_printer": "PX.9"},
    line_number="KS0908-1",
    warranty_until=date(2029, 6, 1),
    filing_number="新示例备〔2026〕12号",
    installed_on=date(2026, 6, 1),
)


def test_a_whole_book_has_no_fault() -> None:
    """What name plates, contracts and filings say may be written as it is."""
    assert book_faults(WHOLE, TODAY) == []
    assert book_faults(Book(), TODAY) == []


@pytest.mark.parametrize(
    ("book", "at", "code"),
    [
        (Book(serial="<b>"), "serial", "not_a_plate_number"),
        (Book(serial="x" * 41), "serial", "not_a_plate_number"),
        (Book(line_number="电话"), "line_number", "not_a_plate_number"),
        (Book(device_serials={"id_reader": "?"}), "device_serials.id_reader", "not_a_plate_number"),
        (Book(model="x" * 61), "model", "too_long"),
        (Book(filing_number="x y"), "filing_number", "not_a_filing_number"),
        (Book(installed_on=date(2026, 11, 23)), "installed_on", "in_the_future"),
        (Book(warranty_until=date(1999, 1, 1)), "warranty_until", "not_a_plausible_day"),
        (
            Book(installed_on=date(2026, 6, 2), warranty_until=date(2026, 6, 1)),
            "warranty_until",
            "before_installation",
        ),
    ],
)
def test_a_faulty_book_is_named_by_field(book: Book, at: str, code: str) -> None:
    """Each fault is told at its own field."""
    assert [(fault.at, fault.code) for fault in book_faults(book, TODAY)] == [(at, code)]


@pytest.mark.parametrize("number", ["13900000001", "0908-0000001", "653001 1990 0307 0022"])
def test_directions_hold_no_number_of_a_person(number: str) -> None:
    """How to get there is no place for telephones or identity numbers."""
    faults = card_faults(Card(directions=f"到门口打 {number}"))
    assert [fault.code for fault in faults] == ["holds_a_number"]
    assert card_faults(Card(directions="大厅东侧 3 号柱后，2 楼电梯旁")) == []


def test_a_card_opens_in_one_way() -> None:
    """Open day and night leaves no room for hours beside it, and directions stay short."""
    hours = openings([{"days": [1], "opens": "10:00", "closes": "14:00"}])
    assert [f.code for f in card_faults(Card(always_open=True, hours=hours))] == ["open_twice"]
    assert [f.code for f in card_faults(Card(directions="远" * 201))] == ["too_long"]


def test_a_keeper_is_a_person_with_a_mobile_and_a_language() -> None:
    """Name, number and language are each asked for, and told apart."""
    assert keeper_faults("测试·古丽", plain_phone("+86 139-0000 0001"), "ug") == []
    faults = keeper_faults("七号1", "0908-1", "fr")
    assert [fault.at for fault in faults] == ["name", "phone", "language"]


def test_differences_name_only_what_changed() -> None:
    """A history line holds what stood before and after, of the changed fields alone."""
    assert differences({"a": 1, "b": 2}, {"a": 1, "b": 3, "c": None}) == {"b": [2, 3]}
