"""
One line in the log when a device is lost, one when it is found again (设备失联与恢复).

A loose cable comes and goes many times a minute. Found is therefore said only of a device that has
stayed for a while, and then with how often it went: the log of a night stays readable, and what
residents are offered follows each change all the same.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from devices.contracts.states import Condition, DeviceKind

STEADY_SECONDS = 20.0
"""How long a device must stay to count as found."""

LOST = frozenset({Condition.ABSENT, Condition.FAULT})

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Story:
    told_lost: bool = False
    losses: int = 0
    back_since: float | None = None


class LossLog:
    """Hears of every look at every device, one look at a time."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._stories: dict[DeviceKind, _Story] = {}

    def note(self, kind: DeviceKind, condition: Condition) -> None:
        """Take down how a device was found at a look, changed or not."""
        story = self._stories.get(kind)
        if story is None:
            story = self._stories[kind] = _Story()
            if condition not in LOST:
                _log.info("device_found", device=kind.value, condition=condition.value)
        if condition in LOST:
            self._lost(story, kind, condition)
        elif story.told_lost:
            self._back(story, kind, condition)

    def _lost(self, story: _Story, kind: DeviceKind, condition: Condition) -> None:
        if not story.told_lost:
            _log.warning("device_lost", device=kind.value, condition=condition.value)
        if not story.told_lost or story.back_since is not None:
            story.losses += 1
        story.told_lost, story.back_since = True, None

    def _back(self, story: _Story, kind: DeviceKind, condition: Condition) -> None:
        if story.back_since is None:
            story.back_since = self._now()
        if self._now() - story.back_since >= STEADY_SECONDS:
            _log.info(
                "device_found", device=kind.value, condition=condition.value, losses=story.losses
            )
            self._stories[kind] = _Story()
