"""Levels and tags of the standard, and the provisional day of a follow-up."""

from datetime import date

import pytest

from kiosk_server.ratings.rules import levels, provisional_due


@pytest.mark.policy("P40")
def test_levels_and_tags_of_the_standard() -> None:
    """Five levels, eight tags each, every tag of its own level, in three languages."""
    assert [level.level for level in levels()] == [5, 4, 3, 2, 1]
    assert [level.words["zh"] for level in levels()] == [
        "非常满意",
        "满意",
        "基本满意",
        "不满意",
        "非常不满意",
    ]
    for level in levels():
        assert len(level.tags) == 8
        assert all(tag.code.startswith(str(level.level)) for tag in level.tags)
        assert all({"zh", "ug", "en"} <= set(tag.words) for tag in level.tags)


@pytest.mark.parametrize(
    ("opened", "due"),
    [
        (date(2026, 11, 20), date(2026, 12, 11)),
        (date(2026, 11, 22), date(2026, 12, 11)),
        (date(2026, 11, 23), date(2026, 12, 14)),
    ],
)
def test_fifteen_weekdays(opened: date, due: date) -> None:
    """Weekends do not count; the day of opening does not either."""
    assert provisional_due(opened) == due
