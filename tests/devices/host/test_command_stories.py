"""Commands to a whole host: real processes, real doors, real kills; what the person there sees."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.counter_server import Page
from tests.support.host_process import HostProcess, host_process
from tests.support.terminal_bench import Bench, bench

PATIENCE_SECONDS = 90.0


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Bench]:
    """An enrolled terminal on the bench."""
    with bench(tmp_path) as found:
        found.enrol()
        yield found


def until(reached: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until something holds; fail when it never does."""
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def ordered(
    table: Bench, host: HostProcess, command_id: str, kind: str, **arguments: object
) -> None:
    """Order something and let the host hear of it with its next page."""
    table.counter.command(command_id, kind, arguments=arguments)
    table.counter.pages["/kiosk/wake"] = Page(204, (("Kiosk-Wanted", "1"),), b"")
    host.ask("GET", "/kiosk/wake")


def ended(table: Bench, command_id: str, *states: str) -> None:
    """Wait until the command was answered with these states."""
    office = table.counter.commands
    assert table.counter.wait_for(
        lambda: office.states(command_id) == list(states), PATIENCE_SECONDS
    ), office.answers


@pytest.mark.policy("P53")
def test_locked_terminal_says_so_itself_until_it_is_opened(table: Bench) -> None:
    """Its own page, with the line dead and after a kill as well; the heartbeat tells that it is."""
    with host_process(table) as host:
        ordered(table, host, "lock", "lock", reason="maintenance")
        ended(table, "lock", "taken", "running", "done")
        page = host.ask("GET", "/kiosk/")
        assert page.status_code == 503
        assert "暂停服务" in page.text
        assert host.ask("POST", "/kiosk/start", data=b"language=zh").status_code == 503
        host.kill()
    counter = table.counter
    with host_process(table, wait_for=503) as host:
        until(
            lambda: any(
                json.loads(each.body).get("locked")
                for each in counter.asked
                if each.url.endswith("/heartbeats")
            )
        )
        counter.command("unlock", "unlock")
        # A device that changes is told at once, and the answer brings what is wanted.
        table.a4.paper.set(sheets=0)
        until(lambda: host.ask("GET", "/kiosk/").status_code == 200)
        ended(table, "unlock", "taken", "running", "done")
        assert host.end() == 0


@pytest.mark.policy("P53")
def test_kill_9_between_journal_and_deed_prints_nothing_twice(table: Bench) -> None:
    """The host dies after noting a test slip and before it: interrupted, and no slip ever."""
    counter = table.counter
    counter.held_state = "running"
    with host_process(table) as host:
        ordered(table, host, "slip", "test_print_slip")
        ended(table, "slip", "taken", "running")
        host.kill()
        counter.let_go.set()
    counter.held_state = None
    with host_process(table) as host:
        ended(table, "slip", "taken", "running", "failed")
        assert counter.commands.last("slip")["code"] == "interrupted"
        ordered(table, host, "slip", "test_print_slip")
        ordered(table, host, "second", "test_print_slip")
        ended(table, "second", "taken", "running", "done")
        assert host.end() == 0
    assert table.slips.state()["slips"] == 1


@pytest.mark.policy("P53")
def test_reboot_is_answered_by_the_next_life(table: Bench) -> None:
    """Done is said when the machine is back; in development it is named as played."""
    with host_process(table) as host:
        ordered(table, host, "reboot", "reboot")
        ended(table, "reboot", "taken", "running", "done")
        assert table.counter.commands.last("reboot")["code"] == "simulated"
        host.wait_for(200)
        assert host.end() == 0


@pytest.mark.policy("P53")
def test_reboot_waits_for_the_person_to_finish(table: Bench) -> None:
    """While a visit goes on nothing happens; when its cookie is taken away, it does."""
    cookie = "kiosk_visit=abc; HttpOnly; Path=/kiosk/"
    gone = "kiosk_visit=; Max-Age=0; Path=/kiosk/"
    table.counter.pages["/kiosk/begin"] = Page(200, (("Set-Cookie", cookie),), b"begun")
    table.counter.pages["/kiosk/end"] = Page(200, (("Set-Cookie", gone),), b"ended")
    with host_process(table) as host:
        host.ask("GET", "/kiosk/begin")
        ordered(table, host, "restart", "restart_app", latest_seconds=50)
        ended(table, "restart", "taken")
        until(
            lambda: host.ask("GET", "/device/v1/notices").json()["closing_in_seconds"] is not None
        )
        seen = host.ask("GET", "/kiosk/", headers={"Cookie": "kiosk_visit=abc"})
        assert seen.status_code == 200
        assert table.counter.commands.states("restart") == ["taken"]
        host.ask("GET", "/kiosk/end", headers={"Cookie": "kiosk_visit=abc"})
        ended(table, "restart", "taken", "running", "done")
        host.wait_for(200)
        assert host.end() == 0


@pytest.mark.policy("P53")
def test_tests_papers_message_wipe_and_logs(table: Bench) -> None:
    """Each comes out, is shown or is sent; nobody's name is in what is sent."""
    with host_process(table) as host:
        for command_id, kind in (
            ("test", "self_test"),
            ("page", "test_print_a4"),
            ("slip", "test_print_slip"),
            ("files", "refresh_static"),
        ):
            ordered(table, host, command_id, kind)
            ended(table, command_id, "taken", "running", "done")
        facts = table.counter.commands.last("test")["facts"]
        assert facts["id_reader"] == "ready"
        ordered(table, host, "say", "show_message", text="paper_coming", note_zh="十分钟后来加纸")
        ended(table, "say", "taken", "running", "done")
        told = host.ask("GET", "/device/v1/notices").json()["message"]
        assert told == {"text": "paper_coming", "note_zh": "十分钟后来加纸", "note_ug": ""}
        ordered(table, host, "logs", "fetch_logs")
        ended(table, "logs", "taken", "running", "done")
        log = table.counter.commands.last("logs")["log"]
        events = [json.loads(line)["event"] for line in log.splitlines()]
        assert {"host_started", "command_begun", "device_found"} <= set(events)
        assert "十分钟" not in log
        ordered(table, host, "wipe", "wipe_browser")
        until(lambda: "Clear-Site-Data" in host.ask("GET", "/kiosk/").headers)
        ended(table, "wipe", "taken", "running", "done")
        assert "Clear-Site-Data" not in host.ask("GET", "/kiosk/").headers
        assert host.end() == 0
    jobs = table.a4.state()["jobs"]
    assert isinstance(jobs, list)
    assert [job["name"] for job in jobs] == ["page"]


def test_paper_out_is_told_and_nothing_is_left_at_the_printer(table: Bench) -> None:
    """A test page without paper fails by name and is not printed when somebody brings paper."""
    table.a4.paper.set(sheets=0)
    with host_process(table) as host:
        ordered(table, host, "page", "test_print_a4")
        ended(table, "page", "taken", "running", "failed")
        assert table.counter.commands.last("page")["code"] == "paper_out"
        table.a4.paper.set(sheets=250)
        assert host.end() == 0
    assert table.a4.state()["jobs"] == []
