"""An entry of one's own data: a row of texts under labels, its moments ISO 8601 in Beijing time."""

from collections.abc import Iterable
from datetime import datetime

from kiosk_server.core import clock

Entry = dict[str, str]


def entry(**told: str | datetime | None) -> Entry:
    """Return what is told under its labels; what is empty is left out."""
    return dict(_texts(told.items()))


def _texts(told: Iterable[tuple[str, str | datetime | None]]) -> Iterable[tuple[str, str]]:
    for name, value in told:
        if value:
            yield name, in_beijing(value) if isinstance(value, datetime) else value


def in_beijing(moment: datetime) -> str:
    """Return *moment* as it stands in a copy."""
    return clock.to_beijing(moment).isoformat(timespec="seconds")
