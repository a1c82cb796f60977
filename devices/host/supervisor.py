"""Watching the devices: one duty for each, one word for each change, none for no change."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from devices.contracts.states import Condition, DeviceKind, DeviceStatus, Trouble
from devices.host.duties import Duty
from devices.host.loss_log import LossLog

_UNHEARD = DeviceStatus(Condition.ABSENT, (Trouble.OFFLINE,))


class HasStatus(Protocol):
    """All that the supervisor wants of a device."""

    def status(self) -> DeviceStatus:
        """Ask the device how it is."""
        ...


@dataclass(frozen=True, slots=True)
class Watched:
    """A device and how often it is asked, in seconds."""

    kind: DeviceKind
    device: HasStatus
    every_seconds: float = 2.0


class Supervisor:
    """Keeps the status of every device; `changed` is called once for each change."""

    def __init__(
        self,
        devices: Sequence[Watched],
        *,
        changed: Callable[[DeviceKind, DeviceStatus], None],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._devices = {watched.kind: watched for watched in devices}
        self._changed = changed
        self._losses = LossLog(now)
        self._ending = threading.Event()
        self._lock = threading.Lock()
        self._statuses: dict[DeviceKind, DeviceStatus] = {}

    def duties(self) -> tuple[Duty, ...]:
        """One duty a device; a device whose duty falls counts as faulty until it runs again."""
        fault = DeviceStatus(Condition.FAULT, (Trouble.HARDWARE,))
        return tuple(
            Duty(
                f"watch {kind.value}",
                partial(self._run, watched),
                partial(self._note, kind, fault),
            )
            for kind, watched in self._devices.items()
        )

    def stop(self) -> None:
        """End all duties soon."""
        self._ending.set()

    def statuses(self) -> Mapping[DeviceKind, DeviceStatus]:
        """The last known status of each device; one that has not answered yet is absent."""
        with self._lock:
            return {kind: self._statuses.get(kind, _UNHEARD) for kind in self._devices}

    def status(self, kind: DeviceKind) -> DeviceStatus | None:
        """The last known status of one device, or None when this terminal has no such device."""
        return self.statuses().get(kind)

    def look(self, kind: DeviceKind) -> DeviceStatus:
        """Ask one device now and announce what has changed."""
        status = self._devices[kind].device.status()
        self._note(kind, status)
        return status

    def _run(self, watched: Watched) -> None:
        while not self._ending.is_set():
            self.look(watched.kind)
            self._ending.wait(watched.every_seconds)

    def _note(self, kind: DeviceKind, status: DeviceStatus) -> None:
        with self._lock:
            self._losses.note(kind, status.condition)
            before = self._statuses.get(kind)
            # A device that is away says nothing of itself: keep the facts that it said last,
            # the technician asks for them.
            if before is not None and not status.details:
                status = replace(status, details=before.details)
            if before == status:
                return
            self._statuses[kind] = status
        self._changed(kind, status)
