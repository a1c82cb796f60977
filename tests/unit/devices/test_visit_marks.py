"""Which visit's mark the host believes to be on the machine."""

from dataclasses import dataclass, field

import pytest
import structlog

from devices.host.ports import Reply
from devices.host.visit_marks import VISIT_HEADER, VisitMarks, log_context, never_written
from devices.host.visit_watch import LONGEST_SILENCE_SECONDS

FIRST, SECOND = "a" * 32, "b" * 32


@dataclass
class Door:
    """Marks with a clock of their own, and what they told."""

    current: str | None = None
    time: float = 50.0
    told: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.marks = VisitMarks(
            lambda mark: self.told.append(("began", mark)),
            lambda mark: self.told.append(("over", mark)),
            current=self.current,
            now=lambda: self.time,
        )

    def says(self, word: str | None) -> None:
        """One answer of the server."""
        headers = () if word is None else ((VISIT_HEADER, word),)
        self.marks.answered(Reply(200, headers, b""))


def test_a_mark_is_followed_from_the_first_page_to_the_last() -> None:
    """It begins once, ends once, and answers without a word about visits change nothing."""
    door = Door()
    for word in ("over", FIRST, None, FIRST, "over", None):
        door.says(word)
    assert door.told == [("began", FIRST), ("over", FIRST)]
    assert door.marks.current is None


def test_a_visit_that_supersedes_another_ends_it() -> None:
    """Another mark is another visit: the one before is over."""
    door = Door()
    door.says(FIRST)
    door.says(SECOND)
    assert door.told == [("began", FIRST), ("over", FIRST), ("began", SECOND)]


@pytest.mark.parametrize("word", ["", "x" * 32, "a" * 31, "A" * 32, "a" * 32 + "\n"])
def test_another_word_is_no_mark(word: str) -> None:
    """Only 32 lower-case hexadecimal digits are a mark; nothing else gets into files."""
    door = Door()
    door.says(word)
    assert door.told == []


def test_a_host_that_was_killed_goes_on_with_the_visit() -> None:
    """The mark of an earlier life is the same visit when the server says so, else it is over."""
    same, other = Door(current=FIRST), Door(current=FIRST)
    same.says(FIRST)
    other.says("over")
    assert same.told == []
    assert other.told == [("over", FIRST)]


def test_silence_ends_a_visit() -> None:
    """After the server's longest patience without a word the visit counts as over, once."""
    door = Door()
    door.says(FIRST)
    door.time += LONGEST_SILENCE_SECONDS - 1
    door.marks.lapse()
    assert door.marks.current == FIRST
    door.time += 1
    door.marks.lapse()
    door.marks.lapse()
    assert door.told == [("began", FIRST), ("over", FIRST)]


@pytest.mark.policy("P52")
def test_the_mark_in_the_log_context_is_never_written() -> None:
    """It is bound to every line that a request causes, and taken out of each before writing."""
    structlog.contextvars.clear_contextvars()
    with structlog.testing.capture_logs(
        processors=[structlog.contextvars.merge_contextvars, never_written]
    ) as lines:
        with log_context(FIRST):
            assert structlog.contextvars.get_contextvars() == {"visit_mark": FIRST}
            structlog.get_logger().info("something", job="1")
        assert structlog.contextvars.get_contextvars() == {}
    assert lines == [{"event": "something", "job": "1", "log_level": "info"}]
