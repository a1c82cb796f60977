"""The terminal's settings: all faults at once, and nothing of development in production."""

from pathlib import Path

import pytest

from devices.drivers.document_camera import DocumentCamera
from devices.drivers.escpos_printer import EscposPrinter
from devices.drivers.modbus_cabinet import ModbusCabinet
from devices.drivers.pcsc_card_slot import PcscCardSlot
from devices.drivers.program_speaker import ProgramSpeaker
from devices.drivers.qr_scanner import LineScanner
from devices.drivers.sane_scanner import SaneScanner
from devices.host.registry import drivers_for
from devices.settings import HostSettings, SettingsError

GOOD = """
environment = "production"
state_directory = "/var/lib/kiosk"
help_phone = "0908-12345"
[server]
origin = "https://kiosk.example"
[drivers.id_reader]
driver = "sam"
port = "/dev/ttyS0"
"""


def _read(folder: Path, text: str) -> HostSettings:
    path = folder / "terminal.toml"
    path.write_text(text, encoding="utf-8")
    return HostSettings.from_toml(path)


def test_defaults_are_the_door_on_loopback(tmp_path: Path) -> None:
    """Without a word about it the door is 127.0.0.1:8731."""
    settings = _read(tmp_path, GOOD)
    assert settings.listen.authority == "127.0.0.1:8731"
    assert settings.drivers.id_reader is not None
    assert settings.drivers.id_reader.baud == 115200


def test_all_faults_are_named_at_once(tmp_path: Path) -> None:
    """One error names every wrong, missing and unknown entry, each with its place."""
    text = (
        'environment = "production"\nstate_directory = "x"\nhelp_phon = "1"\n'
        '[server]\norigin = "http://kiosk.example/app"\n[listen]\nhost = "0.0.0.0"\n'
        '[drivers.a4_printer]\ndriver = "ipp"\nuri = "lpr://x"\n[dock]\nid_reader = "nowhere"\n'
    )
    with pytest.raises(SettingsError) as raised:
        _read(tmp_path, text)
    places = [fault.partition(":")[0] for fault in raised.value.faults]
    assert {
        "help_phone",
        "help_phon",
        "server.origin",
        "listen.host",
        "drivers.a4_printer.uri",
        "dock.id_reader",
        "dock",
    } <= set(places)


@pytest.mark.parametrize("text", ["not toml [", ""])
def test_a_file_that_is_no_settings_is_said_to_be(tmp_path: Path, text: str) -> None:
    """Broken and empty files give the same kind of error."""
    with pytest.raises(SettingsError):
        _read(tmp_path, text)


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    """A path that leads nowhere is a fault of the settings, not a crash."""
    with pytest.raises(SettingsError, match="cannot be read"):
        HostSettings.from_toml(tmp_path / "none.toml")


def test_production_takes_neither_plain_http_nor_a_dock(tmp_path: Path) -> None:
    """Production names both at once."""
    text = GOOD.replace("https://", "http://") + '[dock]\nid_reader = "127.0.0.1:9"\n'
    with pytest.raises(SettingsError) as raised:
        _read(tmp_path, text)
    assert len(raised.value.faults) == 2


def test_the_example_is_a_terminal_s_settings() -> None:
    """The file that a technician copies is one that the host takes, with all three devices."""
    example = Path(__file__).parents[3] / "devices" / "terminal.example.toml"
    drivers = HostSettings.from_toml(example).drivers
    assert None not in (drivers.id_reader, drivers.a4_printer, drivers.receipt_printer)


FURTHER = """
[drivers.receipt_printer]
driver = "escpos"
uri = "serial:/dev/kiosk/receipt?baud=19200&flow=rts_cts"
[drivers.qr_scanner]
driver = "keyboard"
path = "/dev/kiosk/qrscan"
[drivers.card_slot]
driver = "pcsc"
"""


def test_each_device_that_is_named_gets_its_driver(tmp_path: Path) -> None:
    """What the settings name is built, opened or not, and what they leave out is not there."""
    fleet = drivers_for(_read(tmp_path, GOOD + FURTHER).drivers)
    assert fleet.a4_printer is None
    assert isinstance(fleet.receipt_printer, EscposPrinter)
    assert isinstance(fleet.qr_scanner, LineScanner)
    assert isinstance(fleet.card_slot, PcscCardSlot)


SCANNER = """
[drivers.document_scanner]
driver = "sane"
device = "test:0"
source = "Automatic Document Feeder"
"""
CAMERA = """
[drivers.document_scanner]
driver = "v4l2"
path = "/dev/kiosk/papers"
dots_per_inch = 210
"""


@pytest.mark.parametrize(("table", "driver"), [(SCANNER, SaneScanner), (CAMERA, DocumentCamera)])
def test_a_document_scanner_is_what_its_driver_says(
    tmp_path: Path, table: str, driver: type[object]
) -> None:
    """One table hangs a scanner of SANE or a document camera on the terminal."""
    fleet = drivers_for(_read(tmp_path, GOOD + table).drivers, memory=str(tmp_path))
    assert isinstance(fleet.document_scanner, driver)


@pytest.mark.parametrize("uri", ["usb:/dev/kiosk/receipt", "tcp://printer:9100", "serial:/dev/a"])
def test_every_line_of_a_receipt_printer_can_be_set(tmp_path: Path, uri: str) -> None:
    """Network, serial and USB addresses of a receipt printer are settings."""
    table = f'[drivers.receipt_printer]\ndriver = "escpos"\nuri = "{uri}"\n'
    assert drivers_for(_read(tmp_path, GOOD + table).drivers).receipt_printer is not None


def test_a_scanner_of_an_unknown_kind_is_a_fault(tmp_path: Path) -> None:
    """A scanner must be one of the kinds that there are drivers for."""
    with pytest.raises(SettingsError):
        _read(tmp_path, GOOD + '[drivers.qr_scanner]\ndriver = "usb"\nport = "x"\n')


GUIDANCE = """
[drivers.cabinet]
driver = "modbus"
port = "/dev/kiosk/cabinet"
lamps = {reader = 0, out_of_service = 3}
contacts = {door_open = 0}
closed_at_rest = ["door_open"]
thermometer = {unit = 2, register_number = 1, kept_in = "holding"}
[drivers.speaker]
driver = "program"
player = ["paplay"]
recordings = "/var/lib/kiosk/prompts"
"""


def test_a_cabinet_and_a_speaker_are_built_from_the_file(tmp_path: Path) -> None:
    """Lamps, contacts, thermometer and player get their drivers without being opened."""
    fleet = drivers_for(_read(tmp_path, GOOD + GUIDANCE).drivers)

    assert isinstance(fleet.cabinet, ModbusCabinet)
    assert isinstance(fleet.speaker, ProgramSpeaker)


@pytest.mark.parametrize(
    ("written", "instead", "place"),
    [
        ("reader = 0", "window = 0", "drivers.cabinet.lamps.window.[key]"),
        ("door_open = 0", "door_open = 300", "drivers.cabinet.contacts.door_open"),
        ('["paplay"]', "[]", "drivers.speaker.player"),
        ("unit = 2", "unit = 0", "drivers.cabinet.thermometer.unit"),
    ],
)
def test_wrong_wiring_is_named(tmp_path: Path, written: str, instead: str, place: str) -> None:
    """A lamp that there is not, an input beyond the board: the fault names its place."""
    with pytest.raises(SettingsError) as raised:
        _read(tmp_path, GOOD + GUIDANCE.replace(written, instead))
    assert [fault.partition(":")[0] for fault in raised.value.faults] == [place]
