"""The sun over the place: known risings, noons and nights."""

from datetime import UTC, datetime, timedelta

import pytest

from kiosk_ui.sun import elevation, hour_of
from kiosk_ui.view_models import Hour


def test_noon_at_midsummer_is_high() -> None:
    """At local noon of the summer solstice the sun stands at 90 - latitude + 23.44 degrees."""
    noon = datetime(2026, 6, 21, 6, 57, tzinfo=UTC)
    assert elevation(noon) == pytest.approx(90 - 39.7 + 23.44, abs=0.3)


def test_noon_at_midwinter_is_low() -> None:
    """At local noon of the winter solstice the sun stands at 90 - latitude - 23.44 degrees."""
    noon = datetime(2026, 12, 21, 6, 53, tzinfo=UTC)
    assert elevation(noon) == pytest.approx(90 - 39.7 - 23.44, abs=0.3)


def test_equator_at_equinox_has_the_sun_overhead() -> None:
    """On the equator the sun of the equinox passes through the zenith."""
    highest = max(
        elevation(datetime(2026, 3, 20, 12, tzinfo=UTC) + timedelta(minutes=m), latitude=0,
                  longitude=0)
        for m in range(-15, 30)
    )  # fmt: skip
    assert highest > 89.5


@pytest.mark.parametrize(
    ("beijing", "hour"),
    [
        ("2026-11-21T03:12+08:00", Hour.NIGHT),
        ("2026-11-21T09:15+08:00", Hour.DUSK),
        ("2026-11-21T12:00+08:00", Hour.DAY),
        ("2026-11-21T18:00+08:00", Hour.DAY),
        ("2026-06-21T21:30+08:00", Hour.DAY),
        ("2026-06-21T22:30+08:00", Hour.DUSK),
        ("2026-06-22T01:00+08:00", Hour.NIGHT),
    ],
)
def test_sky_follows_the_sun_and_not_the_clock(beijing: str, hour: Hour) -> None:
    """In 阿图什 a quarter past nine of a November morning by Beijing time is still dawn."""
    assert hour_of(datetime.fromisoformat(beijing)) is hour
