"""The names of devices: the rules that give them, and drivers that follow them to a new port."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

import pytest

from devices.contracts.states import Condition, DeviceStatus
from devices.drivers import escpos_printer, qr_scanner, sam_id_reader
from devices.simulators.escpos_mouths import PtyMouth
from devices.simulators.escpos_printer import EscposPrinterSimulator
from devices.simulators.qr_scanners import ScannerOnPty
from devices.simulators.sam_on_pty import SamOnPty
from tests.support.udev_rules import Device, apply, read

FOLDER = Path(__file__).parents[2] / "devices" / "udev"
RULES = read(FOLDER / "70-kiosk.rules")


def port(vendor: str, **properties: str) -> Device:
    """Return a serial port of USB vendor *vendor*."""
    return Device("tty", "ttyUSB0", {"ID_VENDOR_ID": vendor, **properties})


def keyboard(vendor: str) -> Device:
    """Return the event device of a USB keyboard."""
    return Device("input", "event5", {"ID_VENDOR_ID": vendor, "ID_INPUT_KEYBOARD": "1"})


def camera(capabilities: str = ":capture:", **properties: str) -> Device:
    """Return one node of a USB camera."""
    return Device("video4linux", "video0", {"ID_V4L_CAPABILITIES": capabilities, **properties})


LINKS = [
    (camera(), ["kiosk/papers"]),
    (camera(":"), []),
    (camera(KIOSK_ROLE="face"), []),
    (port("1a86"), ["kiosk/idcard"]),
    (port("0c2e"), ["kiosk/qrscan"]),
    (port("1a86", KIOSK_ROLE="receipt"), ["kiosk/receipt"]),
    (port("1a86", KIOSK_ROLE="cabinet"), ["kiosk/cabinet"]),
    (port("0c2e", KIOSK_ROLE="idcard"), ["kiosk/idcard"]),
    (keyboard("0c2e"), ["kiosk/qrscan"]),
    (Device("usbmisc", "lp0", {}, {"idVendor": "04b8"}), ["kiosk/receipt"]),
    (port("dead"), []),
    (port("1a86", KIOSK_ROLE="door"), []),
    (keyboard("046d"), []),
    (Device("input", "mouse0", {"ID_VENDOR_ID": "0c2e"}), []),
    (Device("usbmisc", "lp0", {}, {"idVendor": "03f0"}), []),
    (Device("tty", "ttyS0"), []),
]


@pytest.mark.parametrize(("device", "links"), LINKS)
def test_a_device_gets_the_name_of_its_role(device: Device, links: list[str]) -> None:
    """Known models and sockets that the cabinet names get one link, all others are left alone."""
    apply(RULES, device)

    assert device.links == links
    assert (device.group, device.mode) == (("kiosk", "0660") if links else ("", ""))


def test_a_scanner_of_sane_is_opened_to_the_host() -> None:
    """What SANE knows as a scanner is the host's to open, without a name of its own."""
    known = apply(RULES, Device("usb", "1-2", {"libsane_matched": "yes"}))
    other = apply(RULES, Device("usb", "1-3", {}))

    assert (known.group, known.mode, known.links) == ("kiosk", "0660", [])
    assert other.group == ""


def test_nobody_else_listens_to_a_device_of_the_terminal() -> None:
    """No modem manager speaks to a port, and no desktop takes a scanner for a keyboard."""
    serial, typing = apply(RULES, port("1a86")), apply(RULES, keyboard("0c2e"))

    assert serial.properties["ID_MM_DEVICE_IGNORE"] == "1"
    assert typing.properties["LIBINPUT_IGNORE_DEVICE"] == "1"
    assert "LIBINPUT_IGNORE_DEVICE" not in apply(RULES, keyboard("046d")).properties


def test_a_device_that_goes_is_left_alone() -> None:
    """When a device is removed there is nothing to name."""
    gone = port("1a86")
    gone.action = "remove"

    assert apply(RULES, gone).links == []


@pytest.mark.parametrize(
    "line", ['KERNEL="a"', 'SYMLINK=="b"', 'ENVV{A}=="1"', 'ENV=="1"', 'KERNEL=="a" MODE="1"']
)
def test_a_rule_that_udev_would_not_understand_is_found(line: str, tmp_path: Path) -> None:
    """A slip of the pen in the rules fails here and not on a terminal."""
    file = tmp_path / "70.rules"
    file.write_text(line)

    with pytest.raises(ValueError):
        read(file)


class Machine(Protocol):
    """A simulated device that can be moved to another port."""

    def start(self) -> None:
        """Begin."""
        ...

    def stop(self) -> None:
        """End."""
        ...


class Driver(Protocol):
    """The part of every driver that this is about."""

    def status(self) -> DeviceStatus:
        """Ask the device how it is."""
        ...


Bench = tuple[Machine, Driver, Callable[[], None], Callable[[], None]]


def id_reader(link: Path) -> Bench:
    """The card reader, how it is unplugged and plugged in."""
    machine = SamOnPty(link=link)
    return (
        machine,
        sam_id_reader.over_serial(str(link)),
        machine.pull_cable,
        machine.plug_cable,
    )


def scanner(link: Path) -> Bench:
    """The code scanner."""
    machine = ScannerOnPty(link=link)
    return machine, qr_scanner.over_serial(str(link)), machine.pull_cable, machine.plug_cable


def receipt(link: Path) -> Bench:
    """The receipt printer on a serial port."""
    machine = EscposPrinterSimulator(mouth=PtyMouth("serial", link))
    printer = escpos_printer.over_address(machine.address)
    return machine, printer, machine.switch_off, machine.switch_on


def usb_receipt(link: Path) -> Bench:
    """The receipt printer as a character device."""
    machine = EscposPrinterSimulator(mouth=PtyMouth("usb", link))
    printer = escpos_printer.over_address(machine.address)
    return machine, printer, machine.switch_off, machine.switch_on


MOST_ENDS = 32


@contextmanager
def number_taken(device: str) -> Iterator[None]:
    """Keep the kernel from giving the next device the number of the last one, *device*."""
    ends: list[int] = []
    try:
        ends += os.openpty()
        # Another process may have left a lower number, which is given first.
        while not Path(device).exists() and len(ends) < MOST_ENDS:
            ends += os.openpty()
        yield
    finally:
        for end in ends:
            os.close(end)


def held_by_us(device: str) -> bool:
    """Say whether this process holds *device* open."""
    for handle in os.listdir("/proc/self/fd"):
        with suppress(OSError):
            if os.readlink(f"/proc/self/fd/{handle}").removesuffix(" (deleted)") == device:
                return True
    return False


@pytest.mark.parametrize("make", [id_reader, scanner, receipt, usb_receipt])
def test_a_device_that_comes_back_under_another_number_is_found(
    make: Callable[[Path], Bench], tmp_path: Path
) -> None:
    """The link leads the driver to the new port, and the old one is not held on to."""
    link = tmp_path / "kiosk" / "device"
    link.parent.mkdir()
    machine, driver, pull, plug = make(link)
    machine.start()
    try:
        before = os.readlink(link)
        assert driver.status().condition is Condition.READY

        pull()

        assert driver.status().condition is Condition.ABSENT
        assert not held_by_us(before)

        with number_taken(before):
            plug()

        assert os.readlink(link) != before
        assert driver.status().condition is Condition.READY
    finally:
        machine.stop()
        close = getattr(driver, "close", None)
        if close is not None:
            close()


@pytest.mark.parametrize("make", [id_reader, scanner, receipt, usb_receipt])
def test_a_device_moved_between_two_looks_is_found_by_the_second(
    make: Callable[[Path], Bench], tmp_path: Path
) -> None:
    """Unplugged and plugged in elsewhere while nobody looked, a device costs one look at most."""
    link = tmp_path / "device"
    machine, driver, pull, plug = make(link)
    machine.start()
    try:
        assert driver.status().condition is Condition.READY
        before = os.readlink(link)
        pull()
        with number_taken(before):
            plug()

        looks = [driver.status().condition for _ in range(2)]

        assert looks[-1] is Condition.READY
    finally:
        machine.stop()
        close = getattr(driver, "close", None)
        if close is not None:
            close()
