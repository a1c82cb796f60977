"""What is failing by the last word of the checks, and which alerts that makes."""

import pytest

from kiosk_server.assets.failing import last_found
from kiosk_server.upkeep.causes import CHECK_FAILED, STRANGE_PARTS, TERMINAL, Cause, Severity
from kiosk_server.upkeep.check_alerts import found


def test_a_later_pass_takes_a_failure_back_and_a_skip_does_not() -> None:
    """What was bad stays bad until somebody finds it good."""
    bad, skipped, good = ({"speaker_voice": word} for word in ("bad", "skipped", "good"))
    assert last_found([bad]) == {"speaker_voice"}
    assert last_found([bad, skipped]) == {"speaker_voice"}
    assert last_found([bad, skipped, good]) == frozenset()
    assert last_found([good, bad]) == {"speaker_voice"}


@pytest.mark.parametrize(
    ("before", "after", "left"),
    [
        ({"a4_printer_page": "bad"}, {"a4_printer_paper": "good"}, set()),
        ({"a4_paper": "bad"}, {"a4_printer_paper": "good"}, set()),
        ({"receipt_printer_paper": "bad"}, {"receipt_printer_slip": "good"}, set()),
        ({"a4_printer_page": "bad"}, {"a4_paper": "good"}, {"a4_printer_page"}),
        ({"a4_printer_page": "bad"}, {"receipt_printer_slip": "good"}, {"a4_printer_page"}),
    ],
)
def test_paper_that_came_out_shows_the_printer(
    before: dict[str, str], after: dict[str, str], left: set[str]
) -> None:
    """Loading ends with a page that is looked at; that there is paper shows no printer."""
    assert last_found([before, after]) == left


def test_one_cause_a_device_as_grave_as_its_worst_point() -> None:
    """Points of one device are one call; what the server hears itself is none."""
    assert found(["a4_paper", "a4_printer_page", "line_round_trip", "machine_clock"]) == {
        Cause("a4_printer", CHECK_FAILED): Severity.SERIOUS
    }
    assert found(["machine_storage", "way", "strange_parts", "cabinet_lamps"]) == {
        Cause(TERMINAL, CHECK_FAILED): Severity.SOON,
        Cause(TERMINAL, STRANGE_PARTS): Severity.SERIOUS,
        Cause("cabinet", CHECK_FAILED): Severity.SOON,
    }
    assert found([]) == {}
