"""Lives of the device host that begin badly: twice, without an identity, without memory."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
import requests

from devices.agent.command import enrol as enrol_command
from devices.api.closed_texts import CLOSED_TEXTS
from devices.api.event_stream import MOST_STREAMS
from devices.host.closure import ClosedFor
from tests.support.http_browser import Browser
from tests.support.terminal_bench import CODE, Bench, bench
from tests.support.warm_starts import Life, WarmStarts

SERVED, CLOSED = 200, 503
MANY = 24
"""More streams than the door has threads."""
PATIENCE_SECONDS = 60.0


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Bench]:
    """A terminal on a bench, enrolled."""
    with bench(tmp_path) as found:
        found.enrol()
        yield found


@contextmanager
def living(warm: WarmStarts, table: Bench, *, log: str = "host.log") -> Iterator[Life]:
    """A life of the host for the length of the block."""
    life = warm.begin(
        "devices",
        ["run", "--config", str(table.config)],
        environment={},
        log=table.folder / log,
    )
    try:
        yield life
    finally:
        life.kill()


def test_a_host_that_is_started_twice_lives_once(warm: WarmStarts, table: Bench) -> None:
    """The second says who was there first and ends; the first serves on; the next one may begin."""
    with living(warm, table) as first:
        _answers(table, SERVED)
        with living(warm, table, log="second.log") as second:
            second.wait()
        said = (table.folder / "second.log").read_text("utf-8")
        assert said.startswith(f"already_running: process {first.group} is this terminal's host")
        _answers(table, SERVED)
    with living(warm, table):
        _answers(table, SERVED)


def test_a_damaged_identity_is_told_on_the_screen(
    warm: WarmStarts, table: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    """Out of service with the reason, nothing begins; readable again it serves, and enrolled anew
    with a key of its own it serves too."""
    state = table.folder / "state"
    whole = (state / "identity.json").read_bytes()
    (state / "identity.json").write_bytes(whole[: len(whole) // 2])
    with living(warm, table):
        _answers(table, CLOSED)
        browser, asked = Browser(table.origin), {"nonce": "n1", "needs": ["name"]}
        assert CLOSED_TEXTS[ClosedFor.UNIDENTIFIED]["zh"].now in browser.get("/kiosk/").text
        assert browser.get("/device/first-boot/").status_code == 404
        read = browser.device("POST", "/device/v1/card-reads", json=asked)
        assert read.status_code == CLOSED
        (state / "identity.json").write_bytes(whole)
        _answers(table, SERVED)
    (state / "terminal-key.pem").write_bytes(b"")
    with living(warm, table):
        _answers(table, CLOSED)
        table.counter.codes.add(CODE)
        anew = ["--server", table.counter.origin, "--state", str(state), "--code", CODE]
        assert enrol_command(anew) == 2
        assert enrol_command([*anew, "--again"]) == 0
        _answers(table, SERVED)
    assert (state / "terminal-key.pem.damaged").read_bytes() == b""
    assert "state_unusable" in capsys.readouterr().err


def test_more_event_streams_than_threads(warm: WarmStarts, table: Bench) -> None:
    """The oldest streams end for the newest: the door answers, and the last ones still hear."""
    with living(warm, table), ExitStack() as stack:
        _answers(table, SERVED)
        streams: list[requests.Response] = []
        for _ in range(MANY):
            stream = requests.get(
                f"{table.origin}/device/v1/events",
                params={"ticket": _ticket(table)},
                stream=True,
                timeout=PATIENCE_SECONDS,
            )
            streams.append(stack.enter_context(closing(stream)))
        _answers(table, SERVED)
        for ended in streams[:-MOST_STREAMS]:
            assert ended.content.startswith(b"event: line")
        assert next(streams[-1].iter_lines()) == b"event: line"


def test_a_memory_directory_that_takes_no_file(warm: WarmStarts, table: Bench) -> None:
    """The host serves all the same, and says in its log what it lacks."""
    text = table.config.read_text("utf-8")
    missing = f'memory_directory = "{table.folder / "no-memory"}"\n'
    table.config.write_text(missing + text, "utf-8")
    with living(warm, table):
        _answers(table, SERVED)
    assert "memory_directory_unusable" in (table.folder / "host.log").read_text("utf-8")


def _answers(table: Bench, status: int) -> None:
    """Wait until the first page answers with *status*."""
    browser = Browser(table.origin)
    until = time.monotonic() + PATIENCE_SECONDS
    while (found := browser.get("/kiosk/").status_code) != status:
        log = table.folder / "host.log"
        assert time.monotonic() < until, f"{found}: {log.read_text('utf-8')}"
        time.sleep(0.05)


def _ticket(table: Bench) -> str:
    sold = Browser(table.origin).device("POST", "/device/v1/event-tickets")
    return str(sold.get_json()["ticket"])
