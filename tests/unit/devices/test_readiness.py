"""Whether a machine is ready, the report that says so, and the journal and line it goes through."""

import sqlite3
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from devices.contracts.states import DeviceKind, DeviceStatus, Trouble
from devices.drivers.text_pdf import Words, text_pdf
from devices.host import acceptance
from devices.host.check_journal import CheckJournal
from devices.host.check_reporting import CheckReporter
from devices.host.check_values import CheckKind, CheckRecord, CheckResult, ScreenRole, Verdict
from devices.host.device_trials import TrialKind, TrialResult, TrialState
from devices.host.ports import Acknowledged, LineDead, Refused
from devices.host.readiness import Against, Computer, MachineFacts, against
from devices.host.readiness_paper import readiness_pdf
from devices.host.readiness_reports import FOLDER, ReadinessReports, ReportState
from devices.host.residue import ResidueReport
from devices.host.residue_memory import ResidueState
from devices.host.technician_session import Present
from devices.protocols.pdf_pages import count_pages

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
TECHNICIAN = Present(ScreenRole.TECHNICIAN, 249341)
SAM = "05010020201130123456789012345678"


def check(*results: CheckResult, kind: CheckKind = CheckKind.SELF_TEST) -> CheckRecord:
    """A check of a moment ago."""
    return CheckRecord("c" * 32, kind, NOW, ScreenRole.TECHNICIAN, 249341, results)


def facts(report_id: str = "a" * 32) -> MachineFacts:
    """A machine of which everything is well, without a line."""
    return MachineFacts(
        id=report_id,
        at=NOW,
        terminal="AT-0001",
        site="测试镇便民服务中心",
        software="0.1.0",
        px_per_mm=4.03,
        computer=Computer("Linux 6.1 aarch64", 20_000, 900, 41.5, 7200),
        devices={
            DeviceKind.ID_READER: DeviceStatus.of((), {"sam_id": SAM}),
            DeviceKind.A4_PRINTER: DeviceStatus.of((), {"levels": {"black": 40}}),
            DeviceKind.RECEIPT_PRINTER: DeviceStatus.of((), {"width_mm": 80}),
        },
        line_alive=False,
        clock_offset_seconds=-2.0,
        residue=ResidueReport(ResidueState.CLEAN, NOW),
        checks={
            CheckKind.SELF_TEST: check(
                CheckResult("screen", "touch", Verdict.PASS, None, 0.0),
                CheckResult("line", "round_trip", Verdict.FAIL, "line_dead"),
            )
        },
        papers_open=0,
    )


def test_a_machine_without_a_line_may_be_ready() -> None:
    """Nothing stands against it: the line is told of and is not the machine's."""
    assert list(against(facts())) == []


@pytest.mark.parametrize(
    ("spoilt", "reason"),
    [
        (lambda well: replace(well, devices={}), Against("id_reader", "not_fitted")),
        (
            lambda well: replace(
                well,
                devices={
                    **well.devices,
                    DeviceKind.RECEIPT_PRINTER: DeviceStatus.of((Trouble.PAPER_OUT,)),
                },
            ),
            Against("receipt_printer", "paper_out"),
        ),
        (
            lambda well: replace(well, residue=ResidueReport(ResidueState.FOUND, NOW)),
            Against("machine", "residue_found"),
        ),
        (
            lambda well: replace(well, computer=replace(well.computer, disk_free_mb=3)),
            Against("machine", "disk_low"),
        ),
        (
            lambda well: replace(well, computer=replace(well.computer, memory_free_mb=3)),
            Against("machine", "memory_low"),
        ),
        (lambda well: replace(well, clock_offset_seconds=3600.0), Against("machine", "clock_skew")),
        (lambda well: replace(well, checks={}), Against("machine", "not_tested")),
        (
            lambda well: replace(
                well,
                checks={CheckKind.SELF_TEST: check(CheckResult("speaker", "voice", Verdict.FAIL))},
            ),
            Against("speaker", "not_right"),
        ),
    ],
)
def test_what_stands_against_it_is_named(
    spoilt: Callable[[MachineFacts], MachineFacts], reason: Against
) -> None:
    """Each fault makes it not ready, by whose it is and what."""
    assert against(spoilt(facts()))[0] == reason


def _text(pdf: bytes) -> str:
    with pdfium.PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def test_the_report_can_be_read_searched_and_signed() -> None:
    """Serials, levels, checks and the line stand in it as words, and where to sign."""
    words = _text(readiness_pdf(facts()))
    for told in ("就绪 READY", "测试镇便民服务中心", SAM, "black 40%", "断 dead",
                 "没有残留 clean", "往返 round trip", "维护人员 Technician", "14:00"):  # fmt: skip
        assert told in words
    assert "未就绪" not in words


def test_a_long_report_takes_another_page_and_keeps_its_lines() -> None:
    """Nothing runs over the edge: long values are broken, and pages are numbered."""
    many = tuple(CheckResult("machine", f"t{at}", Verdict.PASS, None, at) for at in range(260))
    told = readiness_pdf(replace(facts(), checks={CheckKind.SELF_TEST: check(*many)}))
    assert count_pages(told) == 2
    words = _text(told)
    assert "1/2" in words
    assert "2/2" in words
    with pdfium.PdfDocument(told) as document:
        for page in document:
            assert max(each.get_bounds()[2] for each in page.get_objects()) < page.get_width() - 30


def test_what_no_typeface_writes_stands_as_a_sign() -> None:
    """A character without a glyph, and letters that would not join, never stop a report."""
    pdf = text_pdf([[Words("站\U000f0000 ئۇ 𠮷", 20, 20)]], title="测试")
    assert _text(pdf).startswith("站〓 〓〓 ")


class Line:
    """The server's end: takes what `answer` allows, and notes it."""

    def __init__(self) -> None:
        self.answer: Acknowledged | Refused | LineDead = Acknowledged()
        self.told: list[str] = []

    def send_check(self, record: CheckRecord) -> Acknowledged | Refused | LineDead:
        """Take note of a check."""
        self.told.append(record.kind.value)
        return Acknowledged()

    def send_check_paper(self, check_id: str, pdf: bytes) -> Acknowledged | Refused | LineDead:
        """Take note of a paper."""
        self.told.append(f"paper of {len(pdf)} bytes")
        return self.answer


@pytest.fixture
def journal(tmp_path: Path) -> CheckJournal:
    """A journal of checks."""
    return CheckJournal(tmp_path / "checks.sqlite3", now=lambda: NOW)


def _made(reports: ReadinessReports) -> None:
    assert reports.begin(TECHNICIAN)
    for thread in threading.enumerate():
        if thread.name == "readiness report":
            thread.join(30)


def _refuse(_record: CheckRecord) -> None:
    raise sqlite3.OperationalError("disk is full")


def test_a_report_is_kept_told_and_sent_again_until_its_paper_is_there(
    tmp_path: Path, journal: CheckJournal
) -> None:
    """Without a printer it is kept all the same; a line that dies between check and paper brings
    both again."""
    woken: list[None] = []
    reports = ReadinessReports(tmp_path, facts, journal, None, written=lambda: woken.append(None))
    _made(reports)
    assert (reports.standing.state, reports.standing.code) == (ReportState.KEPT, "not_fitted")
    assert len(woken) == 1
    (kept,) = (tmp_path / FOLDER).glob("*.pdf")
    (record,) = journal.unacknowledged()
    assert record.results == (CheckResult("machine", "ready", Verdict.PASS, None, 0.0),)
    assert reports.paper(record.id) == kept.read_bytes()
    line = Line()
    reporter = CheckReporter(line, journal, lambda: True, reports.paper)
    line.answer = LineDead("cut")
    assert not reporter.send_all()
    line.answer = Acknowledged()
    assert reporter.send_all()
    paper = f"paper of {kept.stat().st_size} bytes"
    assert line.told == ["readiness", paper, "readiness", paper]
    assert journal.unacknowledged() == []


def test_a_full_disk_is_said_and_nothing_is_printed(
    tmp_path: Path, journal: CheckJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A report that could not be kept is none."""
    monkeypatch.setattr(journal, "write", _refuse)
    reports = ReadinessReports(tmp_path, facts, journal, None, written=lambda: None)
    _made(reports)
    assert (reports.standing.state, reports.standing.code) == (ReportState.FAILED, "storage_full")


def test_how_the_machine_was_accepted_is_kept_for_good(
    tmp_path: Path, journal: CheckJournal
) -> None:
    """The sheet comes back from its file as a check nobody typed a code for, and outlives the
    sixty days after which others are forgotten."""
    sheet = acceptance.Acceptance(
        "e" * 32, "AT-0001", "测试镇", "0.1.0", 4.03, NOW - timedelta(days=400),
        {TrialKind.PAGE: TrialResult(TrialState.CONFIRMED),
         TrialKind.CODE: TrialResult(TrialState.ABSENT)},
    )  # fmt: skip
    acceptance.keep(tmp_path, sheet)
    record = acceptance.kept_record(tmp_path)
    assert record is not None
    assert (record.kind, record.code_window) == (CheckKind.ACCEPTANCE, None)
    assert record.results[0] == CheckResult("a4_printer", "page", Verdict.PASS)
    for each in (record, replace(check(), id="d" * 32, at=sheet.at)):
        journal.write(each)
        journal.acknowledge(each.id)
    journal.forget_old()
    assert journal.last(CheckKind.ACCEPTANCE) == record
    assert journal.last(CheckKind.SELF_TEST) is None
    (tmp_path / acceptance.FILE).write_text("{}", "utf-8")
    assert acceptance.kept_record(tmp_path) is None
