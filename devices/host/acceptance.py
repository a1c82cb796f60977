"""
The acceptance sheet (验收单): what was tried when a terminal was set up, and what came of it.

It is kept beside the journal as JSON and printed for whoever takes the machine over. It names the
terminal and its devices, and no person: who signs does so on the paper.
"""

import io
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import Image, ImageDraw

from devices.contracts.document_printer import DocumentPrinter, Submitted
from devices.contracts.receipt_printer import Printed, ReceiptPrinter
from devices.contracts.slip import Block, Row, Rule, Slip, Text
from devices.drivers.typefaces import Typefaces
from devices.host.check_values import CheckKind, CheckRecord, CheckResult, ScreenRole, Verdict
from devices.host.device_trials import TrialKind, TrialResult, TrialState
from devices.host.durable_file import write_durably
from devices.host.self_tests import check_result

FILE = "acceptance.json"
VERSION = 1
_DPI = 150
_A4_MM = (210, 297)
_BEIJING = ZoneInfo("Asia/Shanghai")
_NAMES: Mapping[TrialKind, str] = {
    TrialKind.PAGE: "A4 打印 · A4 printer",
    TrialKind.SLIP: "凭条打印 · Slip printer",
    TrialKind.CARD: "证件阅读 · ID reader",
    TrialKind.CODE: "扫码 · Scanner",
}
_WORDS: Mapping[TrialState, str] = {
    TrialState.ABSENT: "未安装 · not fitted",
    TrialState.NOT_TRIED: "未测试 · not tried",
    TrialState.RUNNING: "未测试 · not tried",
    TrialState.FAILED: "不合格 · failed",
    TrialState.PASSED: "未确认 · not confirmed",
    TrialState.CONFIRMED: "合格 · passed",
}


@dataclass(frozen=True, slots=True)
class Acceptance:
    """One sheet. `at` is the server's time; `px_per_mm` the measure of the panel."""

    id: str
    terminal: str
    site: str
    software: str
    px_per_mm: float
    at: datetime
    results: Mapping[TrialKind, TrialResult]

    def as_json(self) -> dict[str, object]:
        """The record as it is kept and as it can be sent."""
        return {
            "version": VERSION,
            "id": self.id,
            "kind": "acceptance",
            "terminal": self.terminal,
            "software": self.software,
            "px_per_mm": self.px_per_mm,
            "at": self.at.isoformat(),
            "results": {
                kind.value: {"state": result.state.value, "code": result.code}
                for kind, result in self.results.items()
            },
        }

    def lines(self) -> tuple[tuple[str, str], ...]:
        """What stands on the paper, label and value."""
        tried = tuple((_NAMES[kind], _WORDS[each.state]) for kind, each in self.results.items())
        return (
            ("终端 · Terminal", self.terminal),
            ("地点 · Site", self.site),
            ("时间 · Time", f"{self.at.astimezone(_BEIJING):%Y-%m-%d %H:%M}"),
            ("软件 · Software", self.software),
            ("屏幕 · Panel", f"{self.px_per_mm:.2f} px/mm"),
            *tried,
        )


def kept_record(state: Path) -> CheckRecord | None:
    """Return the sheet kept in *state* as a check for the server; None where there is none that can
    be read."""
    try:
        found = json.loads((state / FILE).read_text("utf-8"))
        tried = {
            TrialKind(kind): TrialResult(TrialState(each["state"]), each["code"])
            for kind, each in found["results"].items()
        }
        ruler = CheckResult("screen", "ruler", Verdict.PASS, None, float(found["px_per_mm"]))
        return CheckRecord(
            id=str(found["id"]),
            kind=CheckKind.ACCEPTANCE,
            at=datetime.fromisoformat(found["at"]),
            by=ScreenRole.TECHNICIAN,
            # It was set up before there was a key to make codes with.
            code_window=None,
            results=(*(check_result(kind, each) for kind, each in tried.items()), ruler),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def new_id() -> str:
    """A name for a sheet that is used once."""
    return uuid.uuid4().hex


def keep(state: Path, sheet: Acceptance) -> None:
    """Keep the record in *state*; survives a power cut once it returns."""
    text = json.dumps(sheet.as_json(), ensure_ascii=False, indent=2) + "\n"
    write_durably(state / FILE, text.encode())


def hand_out(
    sheet: Acceptance,
    a4_printer: DocumentPrinter | None,
    receipt_printer: ReceiptPrinter | None,
    *,
    slip_width_mm: int,
) -> bool:
    """Print it on A4, or as a slip where there is no A4 printer that takes it; returns whether a
    printer took it."""
    if a4_printer is not None:
        job = f"acceptance-{sheet.id}"
        if isinstance(a4_printer.submit(sheet_page(sheet), job_name=job, pages=1), Submitted):
            return True
    if receipt_printer is None:
        return False
    return isinstance(receipt_printer.print(sheet_slip(sheet, slip_width_mm)), Printed)


def sheet_page(sheet: Acceptance) -> bytes:
    """The A4 page as a PDF, with room for two signatures."""
    width, height = (_dots(mm) for mm in _A4_MM)
    paper = Image.new("L", (width, height), 255)
    draw = ImageDraw.Draw(paper)
    _write(draw, "自助终端验收单 · Acceptance sheet", 20, 20, pixels=56)
    for at, (label, value) in enumerate(sheet.lines()):
        down = 44 + 12 * at
        _write(draw, label, 20, down, pixels=34)
        _write(draw, value, 95, down, pixels=34)
        draw.line((_dots(20), _dots(down + 9), _dots(190), _dots(down + 9)), fill=160)
    for at, label in enumerate(("安装人 · Set up by", "接收人 · Taken over by")):
        _write(draw, label, 20, 215 + 25 * at, pixels=34)
        draw.line((_dots(95), _dots(222 + 25 * at), _dots(190), _dots(222 + 25 * at)), fill=0)
    _write(draw, sheet.id, 20, 275, pixels=24)
    written = io.BytesIO()
    paper.save(written, "PDF", resolution=_DPI)
    return written.getvalue()


def sheet_slip(sheet: Acceptance, width_mm: int) -> Slip:
    """The same on a slip."""
    rows: tuple[Block, ...] = tuple(Row(label, value) for label, value in sheet.lines())
    head = (Text("自助终端验收单", size=2, bold=True, align="center"), Rule())
    return Slip((*head, *rows, Rule("solid"), Text(sheet.id, align="center")), width_mm)


def _write(draw: ImageDraw.ImageDraw, line: str, x_mm: int, y_mm: int, *, pixels: int) -> None:
    across = _dots(x_mm)
    for run in Typefaces().runs(line, right_to_left=False):
        font = run.face.at(pixels)
        direction = "rtl" if run.right_to_left else "ltr"
        draw.text((across, _dots(y_mm)), run.text, fill=0, font=font, direction=direction)
        across += int(font.getlength(run.text, direction=direction))


def _dots(mm: float) -> int:
    return round(mm / 25.4 * _DPI)
