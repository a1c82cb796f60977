"""The host as it runs on a terminal: enrolled while running, killed over a paper, ended cleanly."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.run_command import run
from tests.support.counter_server import Page, Paper
from tests.support.host_process import HostProcess, host_process
from tests.support.terminal_bench import Bench, bench

TWO_PAGES = b"%PDF-1.4\n1 0 obj<</Type/Page>>\nendobj\n2 0 obj<</Type/Page>>\nendobj\n"


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Bench]:
    with bench(tmp_path) as found:
        yield found


def _read_card(host: HostProcess, needs: list[str]) -> dict[str, str]:
    token = host.token()
    begun = host.ask(
        "POST", "/device/v1/card-reads", json={"nonce": "n1", "needs": needs}, headers=token
    )
    path = f"/device/v1/card-reads/{begun.json()['id']}"
    for _ in range(1200):
        found: dict[str, str] = host.ask("GET", path, headers=token).json()
        if found["state"] in {"done", "failed"}:
            return found
        time.sleep(0.05)
    raise AssertionError("the read did not end")


def test_a_terminal_is_enrolled_while_it_runs_and_then_serves(table: Bench) -> None:
    """Before enrolment its own page, afterwards the kiosk, a card read and a paper, all real."""
    with host_process(table, wait_for=503) as host:
        assert "还没有启用" in host.ask("GET", "/kiosk/").text
        table.enrol()
        host.wait_for(200)

        table.sam.place_card("resident-1")
        read = _read_card(host, ["name", "number"])
        assert (read["state"], read["masked_name"]) == ("done", "阿***·测试")
        (sent,) = table.counter.reads
        assert sent["fields"] == {"name": "阿依古丽·测试", "number": "653001199003070022"}
        assert (sent["terminal"], sent["nonce"]) == ("AT-0001", "n1")

        table.counter.papers["01job"] = Paper("a4", TWO_PAGES, pages=2)
        table.counter.want("print_a4", "01job")
        table.counter.pages["/kiosk/print"] = Page(
            303, (("Kiosk-Wanted", "1"), ("Location", "/kiosk/printing")), b""
        )
        answer = host.ask("POST", "/kiosk/print", data=b"")
        assert "Kiosk-Wanted" not in answer.headers
        assert table.counter.wait_for(lambda: "printed" in table.counter.states_of("01job"))
        assert table.counter.refused == []
        assert host.end() == 0
    log = host.log.read_text(encoding="utf-8")
    for secret in ("阿依古丽", "653001", 'n1"', "参保"):
        assert secret not in log


def test_kill_9_over_a_paper_prints_it_once_and_reports_it(tmp_path: Path) -> None:
    """The process dies while the printer works; the next life finds the job and ends it."""
    with bench(tmp_path, seconds_per_page=0.4) as table:
        table.enrol()
        table.counter.papers["01job"] = Paper("a4", TWO_PAGES, pages=2)
        table.counter.want("print_a4", "01job")
        with host_process(table) as host:
            assert table.counter.wait_for(lambda: "printing" in table.counter.states_of("01job"))
            host.kill()
        with host_process(table) as host:
            assert table.counter.wait_for(lambda: "printed" in table.counter.states_of("01job"))
            assert host.end() == 0
        jobs = table.a4.state()["jobs"]
        assert isinstance(jobs, list)
        assert [job["name"] for job in jobs] == ["01job"]


def test_paper_runs_out_and_comes_back(table: Bench) -> None:
    """The real driver tells of the empty tray at once; after loading the same job comes out."""
    table.enrol()
    table.a4.paper.set(sheets=1)
    table.counter.papers["01job"] = Paper("a4", TWO_PAGES, pages=2)
    table.counter.want("print_a4", "01job")
    counter = table.counter
    with host_process(table) as host:
        assert counter.wait_for(
            lambda: any(r["trouble"] == "paper_out" for r in counter.reports.get("01job", []))
        )
        table.a4.paper.set(sheets=250)
        assert counter.wait_for(lambda: "printed" in counter.states_of("01job"))
        assert host.end() == 0


def test_a_job_taken_back_is_cancelled_at_the_printer(table: Bench) -> None:
    """The printer waits for paper, the server wants the job no more: not_printed."""
    table.enrol()
    table.a4.paper.set(sheets=0)
    counter = table.counter
    counter.papers["01job"] = Paper("a4", TWO_PAGES, pages=2)
    counter.want("print_a4", "01job")
    with host_process(table) as host:
        assert counter.wait_for(
            lambda: any(r["trouble"] == "paper_out" for r in counter.reports.get("01job", []))
        )
        counter.wants[:] = [{"kind": "cancel_print", "job": "01job"}]
        counter.pages["/kiosk/end"] = Page(200, (("Kiosk-Wanted", "1"),), b"")
        host.ask("GET", "/kiosk/end")
        assert counter.wait_for(lambda: "not_printed" in counter.states_of("01job"))
        assert host.end() == 0


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_ending_leaves_nothing_running(table: Bench, how: signal.Signals) -> None:
    """Ctrl-C and SIGTERM end worker, streams and port, with a page still listening."""
    table.enrol()
    with host_process(table) as host:
        workers = host.children()
        assert workers
        headers = host.token()
        stream = host.ask("GET", "/device/v1/events", headers=headers, stream=True)
        assert next(stream.iter_lines()) == b"event: line"
        assert host.end(how) == 0
        assert not any(Path(f"/proc/{pid}").exists() for pid in workers)


def test_check_tells_the_devices_as_json(table: Bench) -> None:
    """`--check` looks once at every device, prints what it saw and says by its status if all
    would work."""
    command = [sys.executable, "-m", "devices", "run", "--config", str(table.config), "--check"]
    fine = subprocess.run(command, capture_output=True, check=False)
    told = json.loads(fine.stdout)
    assert (fine.returncode, told["enrolled"]) == (0, False)
    assert [device["condition"] for device in told["devices"]] == ["ready"] * 3
    table.a4.paper.set(sheets=0)
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1


def test_settings_that_cannot_be_used_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A code and every fault on standard error, exit status 2."""
    config = tmp_path / "terminal.toml"
    config.write_text('environment = "somewhere"\n', encoding="utf-8")
    assert run(["--config", str(config)]) == 2
    said = capsys.readouterr().err
    assert said.startswith("settings_invalid:")
    assert "help_phone" in said
    assert "server" in said


def test_a_terminal_enrolled_elsewhere_does_not_start(
    table: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    """A key of one server is not shown to another."""
    table.enrol()
    text = table.config.read_text(encoding="utf-8")
    table.config.write_text(text.replace(table.counter.origin, "http://127.0.0.1:9"), "utf-8")
    assert run(["--config", str(table.config)]) == 2
    assert capsys.readouterr().err.startswith("wrong_server:")
