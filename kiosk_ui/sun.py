"""
Where the sun stands over a place: paints the sky of the waiting screen, and nothing else.

Beijing time says little about light in 阿图什, where the sun rises two hours later by the clock.
The formulas are NOAA's short ones, good to a quarter of a degree between 1950 and 2050.
"""

from datetime import UTC, datetime
from math import asin, atan2, cos, degrees, radians, sin

from kiosk_ui.view_models import Hour

LATITUDE = 39.7
LONGITUDE = 76.2
_J2000 = datetime(2000, 1, 1, 12, tzinfo=UTC)
_HORIZON = -0.833
"""The upper rim of the sun touches the horizon, with the usual bending of light."""
_DARK = -12.0
"""The end of nautical twilight: the mountains can no longer be told from the sky."""


def elevation(
    moment: datetime, *, latitude: float = LATITUDE, longitude: float = LONGITUDE
) -> float:
    """Return the height of the sun's middle above the horizon, in degrees; *moment* is aware."""
    days = (moment - _J2000).total_seconds() / 86_400
    anomaly = radians(357.529 + 0.98560028 * days)
    mean_longitude = 280.459 + 0.98564736 * days
    ecliptic = radians(mean_longitude + 1.915 * sin(anomaly) + 0.020 * sin(2 * anomaly))
    obliquity = radians(23.439 - 0.00000036 * days)
    declination = asin(sin(obliquity) * sin(ecliptic))
    # Greenwich sidereal angle less right ascension is the hour angle at Greenwich.
    sidereal = radians(280.46062 + 360.98564737 * days)
    ascension = atan2(cos(obliquity) * sin(ecliptic), cos(ecliptic))
    hour_angle = sidereal + radians(longitude) - ascension
    here = radians(latitude)
    height = sin(here) * sin(declination) + cos(here) * cos(declination) * cos(hour_angle)
    return degrees(asin(height))


def hour_of(moment: datetime, *, latitude: float = LATITUDE, longitude: float = LONGITUDE) -> Hour:
    """Return day, dusk (also dawn) or night at *moment*, which is aware."""
    height = elevation(moment, latitude=latitude, longitude=longitude)
    if height >= _HORIZON:
        return Hour.DAY
    return Hour.DUSK if height >= _DARK else Hour.NIGHT
