"""What the host writes of itself names nobody, and never fills a disk."""

import json
from pathlib import Path

import pytest

from devices.host.log_ring import LARGEST_FETCH_BYTES, LogRing, masked


@pytest.mark.policy("P53", "P63")
@pytest.mark.parametrize(
    ("event", "kept"),
    [
        ({"event": "line_lost", "level": "warning"}, {"event": "line_lost", "level": "warning"}),
        ({"event": "测试·古丽 read a card"}, {"event": "unworded_event"}),
        ({"event": "card_read", "name": "测试·古丽"}, {"event": "card_read", "masked": 1}),
        ({"event": "x_y_z", "code": "653001199003070022"}, {"event": "x_y_z", "masked": 1}),
        ({"event": "x_y_z", "job": "13899990000"}, {"event": "x_y_z", "masked": 1}),
        ({"event": "x_y_z", "times": 13899990000}, {"event": "x_y_z", "masked": 1}),
        ({"event": "x_y_z", "where": "door.py:95", "times": 3}, None),
        ({"event": "x_y_z", "reason": {"name": "古丽"}}, {"event": "x_y_z", "masked": 1}),
        ({"event": "x_y_z", "state": "a" * 65}, {"event": "x_y_z", "masked": 1}),
    ],
)
def test_only_enumerated_words_are_kept(
    event: dict[str, object], kept: dict[str, object] | None
) -> None:
    """What is no known field with a plain value is left out and counted."""
    assert json.loads(masked(event)) == (event if kept is None else kept)


def test_ring_is_bounded_and_gives_the_last_lines(tmp_path: Path) -> None:
    """Two files of a fixed size; what is fetched is the newest, oldest first, within its limit."""
    ring = LogRing(tmp_path, largest_bytes=4000)
    for number in range(400):
        ring(None, "info", {"event": "line_found", "times": number})
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 8000
    text, lines = ring.last()
    numbers = [json.loads(line)["times"] for line in text.splitlines()]
    assert numbers == list(range(400 - lines, 400))
    big = LogRing(tmp_path)
    for _ in range(2000):
        big(None, "info", {"event": "x" * 40, "state": "y" * 60})
    text, lines = big.last()
    assert len(text.encode()) <= LARGEST_FETCH_BYTES
    assert lines <= 500


def test_full_disk_does_not_stop_the_terminal(tmp_path: Path) -> None:
    """A diary that cannot be written is not written."""
    ring = LogRing(tmp_path / "missing")
    event = {"event": "line_found"}
    assert ring(None, "info", event) is event
    assert ring.last() == ("", 0)
