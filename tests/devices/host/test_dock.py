"""The development dock: plays the simulators, and does not exist in production."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from devices.api.dock import Dock
from devices.api.dock_deeds import DEEDS
from devices.api.simulator_control import SimulatorControl
from devices.contracts.speaker import Voice
from devices.contracts.states import DeviceKind, DeviceStatus
from devices.host.line_switch import LineSwitch
from devices.host.ports import LineDead
from devices.host.speaking import Line
from devices.prompts import Language, prompts
from devices.simulators.cabinet_board import BoardOnPty
from devices.simulators.command import Simulator
from devices.simulators.control import Control
from devices.simulators.escpos_printer import EscposPrinterSimulator
from devices.simulators.flatbed import FlatbedSimulator
from devices.simulators.ipp_printer import IppPrinterSimulator
from devices.simulators.qr_scanners import ScannerOnPty
from devices.simulators.sam_on_pty import SamOnPty
from tests.support.door_client import FakeServer, Stand, said, stand


@pytest.fixture
def dock(tmp_path: Path) -> Iterator[Dock]:
    simulators: list[Simulator] = [
        SamOnPty(),
        IppPrinterSimulator(keep_in=tmp_path),
        EscposPrinterSimulator(keep_in=tmp_path),
        ScannerOnPty(),
        FlatbedSimulator(),
        BoardOnPty(),
    ]
    with ExitStack() as stack:
        controls = {}
        kinds = (
            DeviceKind.ID_READER,
            DeviceKind.A4_PRINTER,
            DeviceKind.RECEIPT_PRINTER,
            DeviceKind.QR_SCANNER,
            DeviceKind.DOCUMENT_SCANNER,
            DeviceKind.CABINET,
        )
        for kind, simulator in zip(kinds, simulators, strict=True):
            control = Control(simulator.verbs, simulator.state)
            simulator.start()
            stack.callback(simulator.stop)
            control.start()
            stack.callback(control.stop)
            controls[kind] = SimulatorControl(control.address)
        yield Dock(
            controls,
            lambda: {kind: DeviceStatus.of() for kind in controls},
            LineSwitch(FakeServer(), lambda _: None),
        )


def _do(door: Stand, deed: str) -> int:
    return door.browser.ask("POST", "/dock/do", data={"deed": deed}).status_code


def test_every_button_is_understood_by_its_simulator(dock: Dock) -> None:
    """No deed of the table is a word that the simulator does not know."""
    door = stand(dock=dock)
    assert {deed: _do(door, deed) for deed in DEEDS} == dict.fromkeys(DEEDS, 303)


def test_a_card_is_placed_and_taken(dock: Dock) -> None:
    """The card that lies on the reader is marked on the page, and taken away again."""
    door = stand(dock=dock)
    assert _do(door, "card:resident-1") == 303
    page = door.browser.ask("GET", "/dock").get_data(as_text=True)
    assert 'value="card:resident-1" aria-pressed="true"' in page
    assert _do(door, "card-take") == 303
    assert "aria-pressed" not in door.browser.ask("GET", "/dock/live").get_data(as_text=True)


def test_the_page_says_that_it_is_simulated(dock: Dock) -> None:
    """开发用模拟设备 is its title and its headline; nothing on it is inline."""
    page = stand(dock=dock).browser.ask("GET", "/dock").get_data(as_text=True)
    assert page.count("开发用模拟设备") == 2
    assert "style=" not in page
    assert "onclick" not in page


def test_what_a_simulator_minds_is_said(dock: Dock) -> None:
    """An unknown card and an unknown deed are refused with the reason."""
    door = stand(dock=dock)
    answer = door.browser.ask("POST", "/dock/do", data={"deed": "card:nobody"})
    assert answer.status_code == 409
    assert "resident-1" in said(answer)["title"]
    assert _do(door, "format-disk") == 409


def test_lamps_are_shown_as_they_burn(dock: Dock) -> None:
    """Each lamp stands there by its name and says in words whether it burns; no sign of none."""
    page = stand(dock=dock).browser.ask("GET", "/dock").get_data(as_text=True)

    assert page.count("off</span></li>") == 4
    assert "lamp-lit" not in page
    assert "loudspeaker" not in page


def test_what_is_said_stands_there_as_text(dock: Dock) -> None:
    """The last sentences with their language, and who spoke them."""
    line = Line(prompts()[Language.UG]["card-title"], Voice.STAND_IN)
    quiet = stand(dock=replace(dock, spoken=tuple)).browser.ask("GET", "/dock")
    loud = stand(dock=replace(dock, spoken=lambda: (line,))).browser.ask("GET", "/dock")

    assert "nothing said yet" in quiet.get_data(as_text=True)
    assert line.prompt.text in loud.get_data(as_text=True)
    assert "ug · card-title · stand_in" in loud.get_data(as_text=True)


def test_the_line_can_be_cut_and_mended(dock: Dock) -> None:
    """A cut line is dead for everything that the terminal says."""
    assert dock.line is not None
    door = stand(dock=dock)
    _do(door, "line-cut")
    assert dock.line.send("GET", "/kiosk/", headers={}) == LineDead("cut")
    assert "已断开" in door.browser.ask("GET", "/dock").get_data(as_text=True)
    _do(door, "line-mended")
    assert dock.line.send("GET", "/kiosk/", headers={}) == LineDead("off")


def test_only_papers_of_the_simulators_are_shown(dock: Dock, tmp_path: Path) -> None:
    """What a printer has put out can be opened, and no other file."""
    (tmp_path / "0001.pdf").write_bytes(b"%PDF-1.7")
    door = stand(dock=dock)
    assert door.browser.ask("GET", "/dock/outputs/a4_printer/0001.pdf").data == b"%PDF-1.7"
    for path in ("a4_printer/0002.pdf", "a4_printer/..%2f..%2fetc%2fpasswd", "nothing/0001.pdf"):
        assert door.browser.ask("GET", f"/dock/outputs/{path}").status_code == 404


def test_a_simulator_that_does_not_run_is_shown_as_such() -> None:
    """The dock stands without its devices."""
    dead = Dock({DeviceKind.ID_READER: SimulatorControl("127.0.0.1:9")}, dict, None)
    door = stand(dock=dead)
    assert "模拟器没有运行" in door.browser.ask("GET", "/dock").get_data(as_text=True)
    assert _do(door, "card:resident-1") == 409
    assert _do(door, "line-cut") == 409


@pytest.mark.parametrize("path", ["/dock", "/dock/", "/dock/live", "/dock/files/dock.css"])
def test_in_production_there_is_no_dock(path: str) -> None:
    """The routes do not exist: 404, not a refusal."""
    assert stand(dock=None).browser.ask("GET", path).status_code == 404
    assert stand(dock=None).browser.ask("POST", "/dock/do").status_code == 404


def test_a_typed_code_is_scanned(dock: Dock) -> None:
    """What is typed beside the scanner is what the scanner sends, and the count says so."""
    door = stand(dock=dock)
    typed = {"deed": "scan", "text": "kiosk-print:47112233"}
    assert door.browser.ask("POST", "/dock/do", data=typed).status_code == 303
    state = dock.simulators[DeviceKind.QR_SCANNER].state()
    assert state is not None
    assert state["scans"] == 1
    assert 'name="text"' in door.browser.ask("GET", "/dock").get_data(as_text=True)
