"""A whole terminal with lamps, a door and a voice: what it lights, says and tells the server."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from devices.command_line import main
from devices.host.closure import ClosedFor, Closure
from devices.simulators.cabinet_board import BoardOnPty
from devices.simulators.control import Control
from tests.support.host_process import HostProcess, host_process
from tests.support.sounds import SIMULATED_PLAYER, record
from tests.support.terminal_bench import Bench, bench

LEFT_IN_UG = ("ug/card-left", "ug/card-left-do")


@dataclass
class Guided:
    """The terminal, its lamps, and what was heard of it."""

    table: Bench
    board: BoardOnPty
    host: HostProcess
    heard: Path

    def lamps(self) -> set[str]:
        """The lamps that burn now."""
        found = self.board.state()["lamps"]
        assert isinstance(found, dict)
        return {name for name, lit in found.items() if lit}

    def told(self, kind: str) -> list[list[str]]:
        """The troubles of a device, each time that the server was told of it."""
        return [
            device["troubles"]
            for asked in self.table.counter.asked
            for device in _body(asked.body).get("devices", [])
            if device["kind"] == kind
        ]

    def say(self, *ids: str, lang: str = "ug") -> tuple[int, dict[str, Any]]:
        """Ask as a page does."""
        answer = self.host.ask(
            "POST", "/device/v1/speech", json={"say": ids, "lang": lang}, headers=self.host.token()
        )
        return answer.status_code, answer.json()

    def stage(self) -> str:
        """What a page is told of the card on the reader."""
        told = self.host.ask("GET", "/device/v1/card", headers=self.host.token()).json()
        return str(told["stage"])


def wait(reached: Callable[[], bool], seconds: float = 60.0) -> bool:
    """Look until something holds; the machine may be slow, lamps blink twice a second."""
    until = time.monotonic() + seconds
    while not reached():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def _body(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


@pytest.fixture
def guided(tmp_path: Path) -> Iterator[Guided]:
    """An enrolled terminal on a bench, with a board and recordings of one sentence."""
    with guided_terminal(tmp_path) as found:
        yield found


@contextmanager
def guided_terminal(tmp_path: Path, *, locked: bool = False) -> Iterator[Guided]:
    """The terminal of the fixture, perhaps one that a technician had locked before."""
    board, heard = BoardOnPty(), tmp_path / "heard"
    board.start()
    control = Control(board.verbs, board.state)
    control.start()
    for name in (*LEFT_IN_UG, "ug/card-title"):
        record(tmp_path / "prompts", name)
    with bench(tmp_path) as table:
        player = [*SIMULATED_PLAYER, "--heard", str(heard), "--speed", "50"]
        table.config.write_text(
            "card_forgotten_seconds = 12\n"
            + table.config.read_text(encoding="utf-8")
            + f"""cabinet = "{control.address}"

[drivers.cabinet]
driver = "modbus"
port = "{board.address}"
lamps = {{reader = 0, paper_exit = 1, in_service = 2, out_of_service = 3}}
contacts = {{door_open = 0, tray_open = 1, key_turned = 2, on_battery = 3}}

[drivers.speaker]
driver = "program"
player = {json.dumps(player)}
recordings = "{tmp_path / "prompts"}"
stand_in = ""
""",
            encoding="utf-8",
        )
        table.enrol()
        if locked:
            Closure(table.folder / "state").close(ClosedFor.LOCKED)
        assert main(["prompts", "--enter", "--folder", str(tmp_path / "prompts")]) == 0
        with host_process(table, wait_for=503 if locked else 200) as host:
            yield Guided(table, board, host, heard)
            assert host.end() == 0
            assert not any(board.board.relays)
    control.stop()
    board.stop()


def test_the_lamp_says_whether_it_works_here(guided: Guided) -> None:
    """Green while it works, red while the reader is away, and dark when the terminal ends."""
    assert wait(lambda: guided.lamps() == {"in_service"})

    guided.table.sam.pull_cable()

    assert wait(lambda: guided.lamps() == {"out_of_service"})


def test_the_lamp_does_not_invite_to_a_locked_terminal(tmp_path: Path) -> None:
    """Red while the door is closed, though every device is well."""
    with guided_terminal(tmp_path, locked=True) as guided:
        assert wait(lambda: guided.lamps() == {"out_of_service"})
        assert wait(lambda: [] in guided.told("id_reader"))
        assert guided.lamps() == {"out_of_service"}


@pytest.mark.policy("P53")
def test_an_opened_door_is_told_at_once(guided: Guided) -> None:
    """The server hears of the door when it is opened and when it is shut again."""
    assert wait(lambda: [] in guided.told("cabinet"))
    guided.board.make("door_open")

    assert wait(lambda: ["door_open"] in guided.told("cabinet"))

    guided.board.part("door_open")

    assert wait(lambda: guided.told("cabinet")[-1] == [])


def test_a_page_names_prompts_and_the_host_says_them(guided: Guided) -> None:
    """What is recorded is heard; no words, no unknown ids, nothing without the token."""
    assert guided.say("card-title") == (202, {"speaking": True})
    assert wait(guided.heard.exists)
    assert guided.say("take-all")[1]["code"] == "no_voice"
    assert guided.say("测试·阿依古丽")[1]["code"] == "prompt_unknown"
    assert guided.say()[1]["code"] == "invalid"
    assert guided.say("card-title", lang="fr")[1]["code"] == "invalid"
    refused = guided.host.ask("POST", "/device/v1/speech", json={"say": [], "lang": "ug"})
    assert refused.status_code == 401
    hushed = guided.host.ask("DELETE", "/device/v1/speech", headers=guided.host.token())
    assert hushed.status_code == 204

    dock = guided.host.ask("GET", "/dock").text

    assert "كىملىكىڭىزنى ئوقۇغۇچقا قويۇڭ" in dock
    assert "开柜门" in dock


@pytest.mark.policy("P37", "P39")
def test_a_card_left_behind_is_called_after_and_then_the_keeper_s(guided: Guided) -> None:
    """Voice and lamp, then the screen, then the server; the terminal works on, only a count
    remains, and taken away it is over."""
    table = guided.table
    token = guided.host.token()
    table.sam.place_card("resident-1")
    wish = {"nonce": "n1", "needs": ["name"]}
    guided.host.ask("POST", "/device/v1/card-reads", json=wish, headers=token)

    assert wait(lambda: ["card_left"] in guided.told("id_reader"))
    assert wait(lambda: "reader" in guided.lamps())
    assert wait(lambda: "reader" not in guided.lamps())
    assert wait(lambda: guided.stage() == "left")
    assert wait(lambda: ["card_forgotten"] in guided.told("id_reader"))
    assert wait(lambda: guided.stage() == "forgotten")
    assert "in_service" in guided.lamps()

    table.sam.module.take()

    assert wait(lambda: guided.stage() == "none")
    assert wait(lambda: guided.told("id_reader")[-1] == [])
    assert "阿依古丽" not in guided.host.log.read_text(encoding="utf-8")
