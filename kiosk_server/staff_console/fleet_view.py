"""What the fleet page and a terminal's page must know, worded for the templates."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kiosk_server.core import clock
from kiosk_server.places.queries import HostView, SiteView
from kiosk_server.terminals.queries import TerminalView
from kiosk_server.terminals.rules import (
    Condition,
    DeviceView,
    Grade,
    Reason,
    is_silent,
)
from kiosk_server.web.words import current_language, message_or, messages, words

_LOOKS = {
    Grade.STOPPED: ("stop", "cross"),
    Grade.SILENT: ("off", "unplug"),
    Grade.PARTLY: ("part", "warn"),
    Grade.WARNED: ("warn", "warn"),
    Grade.LOCKED: ("closed", "tool"),
    Grade.AWAITED: ("closed", "clock"),
    Grade.GOOD: ("good", "check"),
    Grade.REVOKED: ("closed", "cross"),
}
_CONDITION_LOOKS = {
    Condition.READY: ("good", "check"),
    Condition.LOW: ("warn", "warn"),
    Condition.NEEDS_ATTENTION: ("stop", "warn"),
    Condition.ABSENT: ("stop", "unplug"),
    Condition.FAULT: ("stop", "cross"),
}
LOW_TONER_PERCENT = 15


@dataclass(frozen=True)
class DeviceLine:
    """One device: what it is, how it is in a word, and why."""

    name: str
    word: str
    look: str
    symbol: str
    reason: str
    since: str
    toner_percent: int | None
    details: tuple[tuple[str, str], ...]

    @property
    def toner_look(self) -> str:
        """How the toner's bar is drawn."""
        low = self.toner_percent is not None and self.toner_percent < LOW_TONER_PERCENT
        return "low" if low else "fill"


@dataclass(frozen=True)
class TerminalLine:
    """One terminal: grade in word, symbol and edge; why; when it last spoke; its devices."""

    id: str
    site: str
    place: str
    grade: str
    look: str
    symbol: str
    reason: str
    heard: str
    heard_at: str
    model: str
    software: str
    spool_open: int
    clock_offset: str
    code_until: str
    devices: tuple[DeviceLine, ...]

    @property
    def all_well(self) -> bool:
        """Whether every device that it has is well."""
        return all(device.look == "good" for device in self.devices)


@dataclass(frozen=True)
class FleetCounts:
    """How many terminals are in trouble, soon will be, are heard of, and there are.

    What is withdrawn or only awaited is no terminal here.
    """

    troubled: int
    soon: int
    online: int
    total: int


def terminal_line(
    view: TerminalView,
    sites: Mapping[str, SiteView],
    hosts: Mapping[str, HostView],
    now: datetime,
) -> TerminalLine:
    """Return *view* in the words of this request's language."""
    host = hosts.get(view.host_place_id or "")
    look, symbol = _LOOKS[view.standing.grade]
    offset = view.clock_offset_seconds
    return TerminalLine(
        id=view.id,
        site=site_name(sites[view.site_id]),
        place=" · ".join(filter(None, (site_name(host) if host else "", view.place))),
        grade=words(f"staff-grade-{view.standing.grade}"),
        look=look,
        symbol=symbol,
        reason=_sentence(view.standing.reasons),
        heard=ago(view.last_seen_at, now),
        heard_at=moment(view.last_seen_at),
        model=view.model or "—",
        software=view.software or "—",
        spool_open=view.spool_open,
        clock_offset="—" if offset is None else f"{offset:+.1f} s",
        code_until=moment(view.code_until),
        devices=tuple(
            _device_line(device, now, silent=is_silent(view.last_seen_at, now))
            for device in view.devices
        ),
    )


def site_name(site: SiteView | HostView) -> str:
    """Return the name of a site or of a host place in this request's language, else in Chinese."""
    return site.names.get(current_language().code) or site.names["zh"]


def ago(then: datetime | None, now: datetime) -> str:
    """Return how long ago *then* was, in words a technician needs."""
    if then is None:
        return words("staff-ago-never")
    seconds = max(0, int((now - then).total_seconds()))
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= length:
            return words(f"staff-ago-{unit}", count=seconds // length)
    return words("staff-ago-seconds", count=seconds)


def moment(at: datetime | None) -> str:
    """Return a moment in Beijing time, `11-22 03:12`; empty for none."""
    return "" if at is None else clock.to_beijing(at).strftime("%m-%d %H:%M")


def _sentence(reasons: tuple[Reason, ...]) -> str:
    return words("staff-reason-gap").join(reason_words(reason) for reason in reasons)


def reason_words(reason: Reason) -> str:
    """Return one reason in this request's language: `A4 打印机：纸用完了`."""
    if reason.device == "terminal":
        return message_or(f"staff-trouble-{reason.code}", "staff-trouble-other")
    return words("staff-reason", device=_device(reason.device), trouble=trouble_words(reason.code))


def trouble_words(code: str) -> str:
    """Return one trouble in this request's language, without the device it is of."""
    # What is out of reach for a device is a cable or a switch; for a terminal, power or line.
    known = "absent" if code == "offline" else code
    return message_or(f"staff-trouble-{known}", "staff-trouble-other")


def _device(kind: str) -> str:
    return message_or(f"staff-device-{kind}", "staff-device-other")


def _device_line(device: DeviceView, now: datetime, *, silent: bool) -> DeviceLine:
    # Nothing is called well on the word of a terminal that has fallen silent.
    look, symbol = ("closed", "help") if silent else _CONDITION_LOOKS[device.condition]
    condition = "unknown" if silent else device.condition
    toner = device.details.get("toner_percent")
    return DeviceLine(
        name=_device(device.kind),
        word=words(f"staff-condition-{condition}"),
        look=look,
        symbol=symbol,
        reason=words("staff-reason-gap").join(trouble_words(code) for code in device.troubles),
        since=ago(device.since, now),
        toner_percent=toner if isinstance(toner, int) and 0 <= toner <= 100 else None,
        details=tuple(
            (_detail(name), _shown(value))
            for name, value in sorted(device.details.items())
            if name != "toner_percent"
        ),
    )


def _detail(name: str) -> str:
    known = f"staff-detail-{name.replace('_', '-')}"
    return words(known) if messages().knows(known) else name


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {part}" for name, part in sorted(value.items()))
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    return str(value)
