"""What a terminal is told about itself: one TOML file, written when it is installed."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from devices.first_answers import UNKNOWN_SERVER, AnswersUnreadable, with_answers

MEMORY_DIRECTORY = "/dev/shm"  # noqa: S108 - tmpfs is wanted: nothing here outlives power


class SettingsError(ValueError):
    """The settings cannot be used; `faults` names every one of them, each with its place."""

    def __init__(self, source: Path, faults: tuple[str, ...]) -> None:
        super().__init__(f"{source}:\n" + "\n".join(f"  {fault}" for fault in faults))
        self.faults = faults


def _origin(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be http://HOST[:PORT] or https://HOST[:PORT]")
    if parts.path not in {"", "/"} or parts.query or parts.fragment or parts.username:
        raise ValueError("must end after host and port")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _host_and_port(text: str) -> str:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError("must be HOST:PORT")
    return text


Origin = Annotated[str, AfterValidator(_origin)]
HostAndPort = Annotated[str, AfterValidator(_host_and_port)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ServerSettings(_Table):
    """Where the server is, as it calls itself: the origin is part of every signature.

    `ca_file` names an own certificate authority; the machine's bundle serves otherwise.
    """

    origin: Origin
    ca_file: str | None = None


class ListenSettings(_Table):
    """The loopback door of the browser; anything but loopback is refused."""

    host: Literal["127.0.0.1"] = "127.0.0.1"
    port: int = Field(default=8731, ge=1, le=65535)

    @property
    def authority(self) -> str:
        """The one Host header that the door answers to."""
        return f"{self.host}:{self.port}"

    @property
    def origin(self) -> str:
        """The one Origin from which the door takes orders."""
        return f"http://{self.authority}"


class ModelSettings(_Table):
    """The cabinet's panel, so that pages are laid out in millimetres."""

    name: str = "floor-21-portrait"
    px_per_mm: float = Field(default=4.03, ge=1, le=20, strict=False)
    format: Literal["portrait", "landscape"] = "portrait"


class SamReaderSettings(_Table):
    """An ID reader with a security module on a serial line."""

    driver: Literal["sam"]
    port: str = Field(min_length=1)
    baud: Literal[9600, 19200, 38400, 57600, 115200] = 115200


class IppPrinterSettings(_Table):
    """An A4 printer that speaks IPP."""

    driver: Literal["ipp"]
    uri: str = Field(pattern=r"^ipps?://[^/]+/.+")


class EscposPrinterSettings(_Table):
    """A slip printer that speaks ESC/POS on the network, a serial port or USB; *chinese_font* says
    whether it has one of its own.
    """

    driver: Literal["escpos"]
    uri: str = Field(pattern=r"^(tcp://[^/:]+:\d+/?|serial:/[^?]+(\?.+)?|usb:/[^?]+)$")
    width_mm: Literal[58, 80] = 80
    chinese_font: bool = True


class SerialScannerSettings(_Table):
    """A code scanner on a serial port; *prefix* and *suffix* are what it is set to send."""

    driver: Literal["serial"]
    port: str = Field(min_length=1)
    baud: Literal[9600, 19200, 38400, 57600, 115200] = 9600
    prefix: str = ""
    suffix: str = "\r"


class KeyboardScannerSettings(_Table):
    """A code scanner that poses as a keyboard."""

    driver: Literal["keyboard"]
    path: str = Field(min_length=1)
    prefix: str = ""
    suffix: str = "\r"


class PcscSlotSettings(_Table):
    """A slot for chip cards of PC/SC; *reader* is part of the reader's name."""

    driver: Literal["pcsc"]
    reader: str = ""


class SaneScannerSettings(_Table):
    """A document scanner by way of SANE: `device` as `scanimage -L` names it.

    `source` names a feeder, and `mode` colour or grey, in the scanner's own words.
    """

    driver: Literal["sane"]
    device: str = Field(min_length=1)
    program: str = "scanimage"
    source: str | None = None
    mode: str | None = "Color"
    dots_per_inch: int = Field(default=200, ge=150, le=400)


class VideoCameraSettings(_Table):
    """A document camera over Video4Linux2; `dots_per_inch` as measured where papers lie."""

    driver: Literal["v4l2"]
    path: str = Field(min_length=1)
    dots_per_inch: float | None = Field(default=None, ge=50, le=600, strict=False)


ScannerSettings = SerialScannerSettings | KeyboardScannerSettings
DocumentScannerSettings = SaneScannerSettings | VideoCameraSettings

ModbusUnit = Annotated[int, Field(ge=1, le=247)]
ModbusNumber = Annotated[int, Field(ge=0, le=255)]
LampName = Literal["reader", "paper_exit", "in_service", "out_of_service"]
ContactName = Literal["door_open", "tray_open", "key_turned", "on_battery"]
Percent = Annotated[int, Field(ge=0, le=100)]
Hour = Annotated[int, Field(ge=0, le=23)]


class ThermometerSettings(_Table):
    """A register that holds tenths of a degree, on the cabinet's line."""

    unit: ModbusUnit
    register_number: int = Field(default=0, ge=0, le=65535)
    kept_in: Literal["input", "holding"] = "input"
    hot_celsius: float = Field(default=60, ge=30, le=90, strict=False)


class CabinetSettings(_Table):
    """A relay and input board: which relay lights which lamp, which input is which contact."""

    driver: Literal["modbus"]
    port: str = Field(min_length=1)
    baud: Literal[4800, 9600, 19200, 38400, 57600, 115200] = 9600
    unit: ModbusUnit = 1
    lamps: dict[LampName, ModbusNumber] = {}
    contacts: dict[ContactName, ModbusNumber] = {}
    closed_at_rest: list[ContactName] = []
    thermometer: ThermometerSettings | None = None


class SpeakerSettings(_Table):
    """A loudspeaker: the program that plays, the folder of recordings, loudness by the hour.

    `player` reads a WAVE file from its standard input. An empty `stand_in` keeps silent what
    nobody has recorded.
    """

    driver: Literal["program"]
    player: list[str] = Field(default=["aplay", "-q", "-"], min_length=1)
    recordings: str | None = None
    stand_in: str = "espeak-ng"
    volume: Percent = 80
    night_volume: Percent = 40
    night_from: Hour = 22
    night_until: Hour = 7


class DriverSettings(_Table):
    """What hangs on the terminal; a device that is not there is left out."""

    id_reader: SamReaderSettings | None = None
    a4_printer: IppPrinterSettings | None = None
    receipt_printer: EscposPrinterSettings | None = None
    qr_scanner: Annotated[ScannerSettings, Field(discriminator="driver")] | None = None
    card_slot: PcscSlotSettings | None = None
    cabinet: CabinetSettings | None = None
    speaker: SpeakerSettings | None = None
    document_scanner: Annotated[DocumentScannerSettings, Field(discriminator="driver")] | None = (
        None
    )


class DockSettings(_Table):
    """Control channels of the simulators, for the development dock."""

    id_reader: HostAndPort | None = None
    a4_printer: HostAndPort | None = None
    receipt_printer: HostAndPort | None = None
    qr_scanner: HostAndPort | None = None
    cabinet: HostAndPort | None = None
    document_scanner: HostAndPort | None = None


class BrowserSettings(_Table):
    """The screen's browser, whose leavings are looked for after each visit (P52).

    `profile_directory` holds its profiles and nothing else: a wipe empties it.
    """

    profile_directory: str = Field(pattern=r"^/[^/]+/[^/]+")
    download_directory: str | None = Field(default=None, pattern=r"^/[^/]+/[^/]+")


class ResidueSettings(_Table):
    """Where else is looked, and for how many hours a look may fail before somebody is told."""

    temp_directories: list[str] = ["/tmp", "/dev/shm"]  # noqa: S108 - looked into, not used
    spool_directories: list[str] = []
    log_files: list[str] = []
    log_unit: str | None = Field(default=None, pattern=r"^[a-z0-9][a-z0-9@._-]*\.service$")
    unchecked_hours: int = Field(default=24, ge=1, le=720)
    looks_after_seconds: list[float] = Field(default=[2.0, 45.0], min_length=1, max_length=4)
    """Soon after the end, and once the browser has written what it keeps back for 30 s."""


class HostSettings(_Table):
    """Everything the host is told. Frozen; `from_toml` is the way to get one.

    With `first_boot` the screen asks for what the file leaves out of server and panel.
    """

    environment: Literal["development", "production"]
    first_boot: bool = False
    state_directory: str = Field(min_length=1)
    static_directory: str | None = None
    memory_directory: str = MEMORY_DIRECTORY
    help_phone: str = Field(min_length=3, max_length=40)
    card_forgotten_seconds: int = Field(default=180, ge=10, le=3600)
    server: ServerSettings
    listen: ListenSettings = ListenSettings()
    model: ModelSettings = ModelSettings()
    drivers: DriverSettings = DriverSettings()
    browser: BrowserSettings | None = None
    residue: ResidueSettings = ResidueSettings()
    dock: DockSettings | None = None

    @property
    def development(self) -> bool:
        """Whether simulators may be played and the dock is shown."""
        return self.environment == "development"

    @property
    def server_known(self) -> bool:
        """Whether somebody has said where the server is."""
        return self.server.origin != UNKNOWN_SERVER

    @property
    def state(self) -> Path:
        """Directory of the key, the identity and the journal; readable by the host alone."""
        return Path(self.state_directory)

    @property
    def shipped_static(self) -> Path | None:
        """Directory of page files that came with the terminal's package, known by their bytes."""
        return Path(self.static_directory) if self.static_directory else None

    @classmethod
    def from_toml(cls, path: Path) -> Self:
        """Read the settings from *path*; raises `SettingsError` naming all faults at once."""
        try:
            found = with_answers(tomllib.loads(path.read_text(encoding="utf-8")))
        except AnswersUnreadable as fault:
            raise SettingsError(fault.path, (str(fault),)) from fault
        except OSError as fault:
            raise SettingsError(path, (f"cannot be read: {fault.strerror}",)) from fault
        except ValueError as fault:
            raise SettingsError(path, (f"is not TOML: {fault}",)) from fault
        unfit = _unfit_for_production(found) if found.get("environment") == "production" else ()
        try:
            settings = cls.model_validate(found)
        except ValidationError as fault:
            raise SettingsError(path, (*_sentences(fault), *unfit)) from None
        if unfit:
            raise SettingsError(path, unfit)
        return settings


def _unfit_for_production(found: Mapping[str, object]) -> tuple[str, ...]:
    """Faults of *found* (as written, perhaps malformed) that only production minds."""
    faults = []
    if "dock" in found:
        faults.append("dock: has no place in production")
    server = found.get("server")
    origin = server.get("origin") if isinstance(server, Mapping) else None
    if isinstance(origin, str) and origin.startswith("http://"):
        faults.append("server.origin: must be https in production")
    return tuple(faults)


def _sentences(fault: ValidationError) -> tuple[str, ...]:
    return tuple(
        f"{'.'.join(map(str, each['loc']))}: {each['msg'].removeprefix('Value error, ')}"
        for each in fault.errors(include_url=False, include_context=False, include_input=False)
    )
