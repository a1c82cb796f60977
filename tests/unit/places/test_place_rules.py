"""Names of places follow the level, hours are Beijing time."""

from datetime import UTC, datetime

import pytest

from kiosk_server.places.models import SiteLevel
from kiosk_server.places.rules import division_faults, is_open, level_name, name_faults, openings

HOURS = openings(
    [
        {"days": [1, 2, 3, 4, 5], "opens": "10:00", "closes": "14:00"},
        {"days": [1, 2, 3, 4, 5], "opens": "16:00", "closes": "19:30"},
    ]
)


@pytest.mark.policy("P55")
@pytest.mark.parametrize(
    ("level", "name"),
    [
        (SiteLevel.CITY_CENTRE, "阿图什市政务服务中心"),
        (SiteLevel.TOWNSHIP_CENTRE, "上阿图什镇便民服务中心"),
        (SiteLevel.VILLAGE_STATION, "示例一村便民服务站"),
    ],
)
def test_name_of_its_level(level: SiteLevel, name: str) -> None:
    """A place bears the one name of its level."""
    assert name_faults(level, name) == ()
    assert name.endswith(level_name(level))


@pytest.mark.policy("P55")
@pytest.mark.parametrize(
    ("level", "name"),
    [
        (SiteLevel.CITY_CENTRE, "阿图什市行政服务中心"),
        (SiteLevel.CITY_CENTRE, "阿图什市政务服务大厅"),
        (SiteLevel.CITY_CENTRE, "政务服务中心"),
        (SiteLevel.TOWNSHIP_CENTRE, "上阿图什镇政务服务中心"),
        (SiteLevel.TOWNSHIP_CENTRE, "上阿图什镇便民服务站"),
        (SiteLevel.VILLAGE_STATION, "示例一村便民服务中心"),
        (SiteLevel.VILLAGE_STATION, "某便民服务中心便民服务站"),
        (SiteLevel.VILLAGE_STATION, ""),
    ],
)
def test_other_names_are_refused(level: SiteLevel, name: str) -> None:
    """A name of another level, an old name, and a bare name are refused."""
    assert name_faults(level, name) != ()


def test_division_of_its_level() -> None:
    """A centre belongs to a county-level code, a station to a township's or its own."""
    assert division_faults(SiteLevel.CITY_CENTRE, "653001") == ()
    assert division_faults(SiteLevel.CITY_CENTRE, "653001001") != ()
    assert division_faults(SiteLevel.VILLAGE_STATION, "653001001") == ()
    assert division_faults(SiteLevel.TOWNSHIP_CENTRE, "65300100x") != ()


@pytest.mark.parametrize(
    ("moment", "open_"),
    [
        ("2026-11-23T02:00", True),  # Monday, 10:00 in Beijing
        ("2026-11-23T05:59", True),
        ("2026-11-23T06:00", False),  # noon break from 14:00
        ("2026-11-23T11:29", True),
        ("2026-11-23T11:30", False),
        ("2026-11-22T03:00", False),  # Sunday
        ("2026-11-22T19:00", False),  # three in the morning
    ],
)
def test_hours_are_beijing_time(moment: str, open_: bool) -> None:
    """A window is open by Beijing time, whatever clock the village keeps."""
    assert is_open(HOURS, datetime.fromisoformat(moment).replace(tzinfo=UTC)) is open_


@pytest.mark.parametrize(
    "row",
    [
        {"days": [0], "opens": "10:00", "closes": "14:00"},
        {"days": [1], "opens": "14:00", "closes": "10:00"},
        {"days": [1], "opens": "25:00", "closes": "26:00"},
        {"days": "daily", "opens": "10:00", "closes": "14:00"},
    ],
)
def test_hours_that_cannot_be(row: dict[str, object]) -> None:
    """Hours that no clock knows are named, not guessed."""
    with pytest.raises(ValueError):
        openings([row])
