"""The card slot against the PC/SC service that others wrote."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from devices.contracts.card_slot import ChipRead, SlotEmpty
from devices.contracts.states import Condition
from devices.drivers.pcsc_card_slot import over_pcsc
from tests.support import vpcd

pytestmark = pytest.mark.peer


def wait_until(happened: Callable[[], bool]) -> None:
    """Give the service, which polls its slot, the time to notice."""
    deadline = time.monotonic() + 10
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_card_is_read_pulled_and_read_again(tmp_path: Path) -> None:
    """The slot is seen, the card in it is read each time that it is inserted, and never else."""
    with vpcd.running(tmp_path) as peer:
        slot = over_pcsc("Virtual PCD")
        wait_until(lambda: slot.status().condition is Condition.READY)
        assert slot.read() == SlotEmpty()
        for _ in range(2):
            with peer.with_card():
                wait_until(slot.card_present)
                outcome = slot.read()
                assert isinstance(outcome, ChipRead)
                assert outcome.card.fields["number"] == "653001199003070022"
            wait_until(lambda: not slot.card_present())
            assert slot.read() == SlotEmpty()
        slot.close()
