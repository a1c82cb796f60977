"""A whole terminal on a bench: a counter, the simulated devices, and the settings of a host."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from devices.agent.enrolment import enrol
from devices.agent.identity import Identity
from devices.settings import HostSettings
from devices.simulators.control import Control
from devices.simulators.escpos_printer import EscposPrinterSimulator
from devices.simulators.ipp_printer import IppPrinterSimulator
from devices.simulators.sam_on_pty import SamOnPty
from tests.support.counter_server import Counter, counter_server

CODE = "7K3M-9QXT-2WHP"


@dataclass
class Bench:
    """What stands on the bench; `config` is the TOML file of the host."""

    counter: Counter
    sam: SamOnPty
    a4: IppPrinterSimulator
    slips: EscposPrinterSimulator
    folder: Path
    port: int

    @property
    def config(self) -> Path:
        """The settings file."""
        return self.folder / "terminal.toml"

    @property
    def origin(self) -> str:
        """Where the host's door will be."""
        return f"http://127.0.0.1:{self.port}"

    def settings(self) -> HostSettings:
        """The settings, read as the host reads them."""
        return HostSettings.from_toml(self.config)

    def enrol(self) -> Identity:
        """Enrol this terminal at the counter."""
        self.counter.codes.add(CODE)
        admitted = enrol(
            origin=self.counter.origin, code=CODE, model="bench", state=self.folder / "state"
        )
        assert isinstance(admitted, Identity)
        return admitted


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


@contextmanager
def bench(folder: Path, *, seconds_per_page: float = 0.05) -> Iterator[Bench]:
    """Set up a bench in *folder* for the length of the block."""
    with ExitStack() as stack:
        counter = stack.enter_context(counter_server())
        sam = SamOnPty()
        a4 = IppPrinterSimulator(seconds_per_page=seconds_per_page, keep_in=folder)
        slips = EscposPrinterSimulator(keep_in=folder)
        controls = []
        for simulator in (sam, a4, slips):
            simulator.start()
            stack.callback(simulator.stop)
            control = Control(simulator.verbs, simulator.state)
            control.start()
            stack.callback(control.stop)
            controls.append(control.address)
        found = Bench(counter, sam, a4, slips, folder, free_port())
        found.config.write_text(_toml(found, controls), encoding="utf-8")
        yield found


def _toml(bench: Bench, controls: list[str]) -> str:
    return f"""
environment = "development"
state_directory = "{bench.folder / "state"}"
help_phone = "0908-12345"

[server]
origin = "{bench.counter.origin}"

[listen]
port = {bench.port}

[drivers.id_reader]
driver = "sam"
port = "{bench.sam.address}"

[drivers.a4_printer]
driver = "ipp"
uri = "{bench.a4.address}"

[drivers.receipt_printer]
driver = "escpos"
uri = "{bench.slips.address}"

[dock]
id_reader = "{controls[0]}"
a4_printer = "{controls[1]}"
receipt_printer = "{controls[2]}"
"""
