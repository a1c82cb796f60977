"""The words for the state of a device, and how many pages a document has."""

import json

import pytest
import typst
from hypothesis import given
from hypothesis import strategies as st

from devices.contracts.states import Condition, DeviceStatus, Trouble
from devices.protocols.pdf_pages import count_pages


@pytest.mark.parametrize("trouble", Trouble)
def test_every_trouble_has_a_condition(trouble: Trouble) -> None:
    """No trouble is left without a word for what the device is still good for."""
    assert DeviceStatus.of((trouble,)).condition in Condition


@pytest.mark.parametrize(
    ("troubles", "condition", "usable"),
    [
        ((), Condition.READY, True),
        ((Trouble.PAPER_LOW,), Condition.LOW, True),
        ((Trouble.PAPER_LOW, Trouble.COVER_OPEN), Condition.NEEDS_ATTENTION, False),
        ((Trouble.PAPER_OUT, Trouble.CUTTER), Condition.FAULT, False),
        ((Trouble.CUTTER, Trouble.OFFLINE), Condition.ABSENT, False),
    ],
)
def test_the_gravest_trouble_decides(
    troubles: tuple[Trouble, ...], condition: Condition, usable: bool
) -> None:
    """A device is as good as its gravest trouble lets it be."""
    status = DeviceStatus.of(troubles)

    assert (status.condition, status.usable) == (condition, usable)


@given(st.lists(st.sampled_from(Trouble)))
def test_the_order_of_troubles_says_nothing_new(troubles: list[Trouble]) -> None:
    """The same troubles in another order, or twice, are the same status."""
    assert DeviceStatus.of(troubles) == DeviceStatus.of(reversed(troubles + troubles))


def test_a_status_travels_as_json() -> None:
    """A status is plain JSON with the names of the wire."""
    status = DeviceStatus.of((Trouble.TONER_LOW,), {"levels": {"black": 5}})

    assert json.loads(json.dumps(status.as_json())) == {
        "condition": "low",
        "troubles": ["toner_low"],
        "details": {"levels": {"black": 5}},
    }


@pytest.mark.parametrize("pages", [1, 5, 40])
def test_pages_are_counted_in_compressed_documents(pages: int) -> None:
    """A document whose page objects are compressed has the pages that it has."""
    document = typst.compile(b"#pagebreak()\n" * (pages - 1) + b"end")

    assert count_pages(document) == pages


@given(st.binary(max_size=300))
def test_any_bytes_have_at_least_one_page(document: bytes) -> None:
    """What is no document counts as one page instead of failing."""
    assert count_pages(document) >= 1
