"""
The readiness report as paper (开机就绪报告): A4, with room for two signatures.

It names the terminal, its devices and its checks, and no person: who signs does so on the paper.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from devices.contracts.states import DeviceKind, DeviceStatus
from devices.drivers.text_pdf import Line, Mark, Words, text_pdf, width_mm
from devices.host import readiness_words as words
from devices.host.check_values import CheckKind, CheckRecord, CheckResult, Verdict
from devices.host.readiness import MachineFacts, against

TITLE = "开机就绪报告 Readiness report"
_BEIJING = ZoneInfo("Asia/Shanghai")
_LEFT, _VALUES, _RIGHT, _TOP, _BOTTOM = 18.0, 66.0, 192.0, 18.0, 283.0
_STEP, _POINTS, _SMALL = 4.7, 8.2, 7.5
_SIGNED = ("维护人员 Technician", "接收人 Taken over by")
_SIGNATURES_MM = 34.0

Row = tuple[str, str]


def readiness_pdf(facts: MachineFacts) -> bytes:
    """Return the report as a PDF; raises OSError where a font cannot be read."""
    sheet = _Sheet()
    sheet.heading(TITLE, points=17.0)
    reasons = against(facts)
    sheet.heading("未就绪 NOT READY" if reasons else "就绪 READY", points=13.0)
    for each in reasons:
        whose = words.DEVICES.get(each.whose, each.whose)
        sheet.row((whose, words.code_words(each.code)))
    for title, rows in _sections(facts):
        sheet.heading(title, points=10.5)
        for row in rows:
            sheet.row(row)
    sheet.signatures()
    return text_pdf(sheet.pages(facts.id), title=f"{TITLE} {facts.terminal}")


class _Sheet:
    """Writes rows from top to bottom, on as many pages as they take."""

    def __init__(self) -> None:
        self._pages: list[list[Mark]] = [[]]
        self._y = _TOP

    def heading(self, text: str, *, points: float) -> None:
        """A line of its own, never the last of a page."""
        self._room(3 * _STEP)
        self._y += points / 4
        self._put(Words(text, _LEFT, self._y, points))
        self._y += _STEP + points / 8

    def row(self, row: Row) -> None:
        """A label and its value, which may take several lines."""
        label, value = row
        for at, line in enumerate(_broken(value, _RIGHT - _VALUES)):
            self._room(_STEP)
            if at == 0:
                self._put(Words(label, _LEFT, self._y, _POINTS))
            self._put(Words(line, _VALUES, self._y, _POINTS))
            self._y += _STEP
        self._put(Line(_LEFT, self._y - 3.3, _RIGHT, 0.85))

    def signatures(self) -> None:
        """Two lines to sign on, with the day."""
        self._room(_SIGNATURES_MM)
        for label in _SIGNED:
            self._y += 13.0
            self._put(Words(label, _LEFT, self._y, _POINTS))
            self._put(Line(_VALUES, self._y, 140.0, 0.0))
            self._put(Words("日期 Date", 146.0, self._y, _POINTS))
            self._put(Line(164.0, self._y, _RIGHT, 0.0))

    def pages(self, foot: str) -> Sequence[Sequence[Mark]]:
        """The pages, each with its number and *foot* beneath."""
        return [
            [*page, Words(f"{foot} · {number}/{len(self._pages)}", _LEFT, 289.0, _SMALL)]
            for number, page in enumerate(self._pages, 1)
        ]

    def _room(self, needed_mm: float) -> None:
        if self._y + needed_mm > _BOTTOM:
            self._pages.append([])
            self._y = _TOP

    def _put(self, mark: Mark) -> None:
        self._pages[-1].append(mark)


def _sections(facts: MachineFacts) -> Iterable[tuple[str, Iterable[Row]]]:
    yield "终端 Terminal", _terminal(facts)
    yield "设备 Devices", _devices(facts)
    yield "整机 Machine", _computer(facts)
    yield "检查 Checks", _checks(facts)


def _terminal(facts: MachineFacts) -> Iterable[Row]:
    yield "编号 Number", facts.terminal
    yield "地点 Site", facts.site
    yield "时间 Time", _moment(facts.at)
    yield "软件 Software", f"{facts.software} · {facts.computer.system}"
    yield "屏幕 Screen", f"{facts.px_per_mm} px/mm"


def _devices(facts: MachineFacts) -> Iterable[Row]:
    for kind in DeviceKind:
        name = words.DEVICES[kind.value]
        status = facts.devices.get(kind)
        yield name, words.code_words("not_fitted") if status is None else _status(status)


def _status(status: DeviceStatus) -> str:
    condition = words.CONDITIONS[status.condition.value]
    troubles = [words.code_words(each.value) for each in status.troubles]
    details = [
        f"{words.DETAILS[name]}: {_plain(value)}"
        for name, value in status.details.items()
        if name in words.DETAILS
    ]
    return " · ".join([condition, *troubles, *details])


def _computer(facts: MachineFacts) -> Iterable[Row]:
    computer, residue = facts.computer, facts.residue
    yield "可用存储 Storage free", _measure(computer.disk_free_mb, "MB")
    yield "可用内存 Memory free", _measure(computer.memory_free_mb, "MB")
    yield "温度 Temperature", _measure(computer.temperature_celsius, "°C")
    hours = None if computer.uptime_seconds is None else round(computer.uptime_seconds / 3600, 1)
    yield "已运行 Up for", _measure(hours, "h")
    yield "时钟偏差 Clock offset", f"{facts.clock_offset_seconds:+.1f} s"
    alive = {True: "通 alive", False: "断 dead", None: "未知 not known"}[facts.line_alive]
    yield "网络 Line", alive
    yield "未打完 Papers open", str(facts.papers_open)
    places = [each.value for each in (*residue.found_in, *residue.unseen)]
    when = _moment(residue.checked_at) if residue.checked_at else ""
    told = [words.RESIDUES[residue.state.value], when, *places]
    yield "残留检查 Residue check", " · ".join(each for each in told if each)


def _checks(facts: MachineFacts) -> Iterable[Row]:
    tested = facts.checks.get(CheckKind.SELF_TEST)
    yield "设备自检 Self-test", _when(tested)
    by_device: dict[str, list[str]] = {}
    for each in tested.results if tested else ():
        by_device.setdefault(each.device, []).append(_result(each))
    for device, told in by_device.items():
        yield f"  {words.DEVICES.get(device, device)}", "; ".join(told)
    yield "每日检查 Daily check", _when(facts.checks.get(CheckKind.DAILY))
    loaded = facts.checks.get(CheckKind.PAPER_LOADED)
    sheets = [
        f"{words.DEVICES.get(each.device, each.device)}: {each.measured:g}"
        for each in (loaded.results if loaded else ())
        if each.measured is not None
    ]
    yield "加纸 Paper loaded", " · ".join([_when(loaded), *sheets])
    yield "验收 Acceptance", _when(facts.checks.get(CheckKind.ACCEPTANCE))


def _result(result: CheckResult) -> str:
    told = [words.TESTS.get(result.test, result.test), words.RESULTS[result.result.value]]
    if result.code and result.result is not Verdict.PASS:
        told.append(words.code_words(result.code))
    if result.measured is not None:
        told.append(f"{result.measured:g}")
    return " ".join(told)


def _when(record: CheckRecord | None) -> str:
    return _moment(record.at) if record else "没有 none"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(_BEIJING):%Y-%m-%d %H:%M}"


def _measure(value: float | None, unit: str) -> str:
    return "不详 not told" if value is None else f"{value:g} {unit}"


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {level}%" for name, level in value.items())
    if isinstance(value, (list, tuple)):
        # A printer names a paper once for each tray that holds it.
        return ", ".join(dict.fromkeys(str(each) for each in value))
    return str(value)


def _broken(text: str, wide_mm: float) -> Iterable[str]:
    """Cut *text* into lines that fit, between words where there is a space."""
    line = ""
    for piece in text.split(" "):
        longer = f"{line} {piece}" if line else piece
        if width_mm(longer, _POINTS) <= wide_mm:
            line = longer
            continue
        if line:
            yield line
        line = piece
        while width_mm(line, _POINTS) > wide_mm:
            cut = max(1, int(len(line) * wide_mm / width_mm(line, _POINTS)) - 1)
            yield line[:cut]
            line = line[cut:]
    yield line
