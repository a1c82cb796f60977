"""Which driver serves which settings: an explicit table, so that adding a driver is adding a line.

A factory only builds; nothing is opened and nothing can fail before the supervisor asks.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from devices.contracts.cabinet import Cabinet, Contact, Lamp
from devices.contracts.card_slot import CardSlot
from devices.contracts.document_printer import DocumentPrinter
from devices.contracts.document_scanner import DocumentScanner
from devices.contracts.id_reader import IdReader
from devices.contracts.qr_scanner import QrScanner
from devices.contracts.receipt_printer import ReceiptPrinter
from devices.contracts.speaker import Speaker
from devices.drivers.document_camera import over_video
from devices.drivers.escpos_printer import over_address
from devices.drivers.ipp_printer import over_http
from devices.drivers.modbus_cabinet import Thermometer, Wiring
from devices.drivers.modbus_cabinet import over_serial as cabinet_over_serial
from devices.drivers.pcsc_card_slot import over_pcsc
from devices.drivers.program_speaker import over_programs
from devices.drivers.qr_scanner import over_keyboard
from devices.drivers.qr_scanner import over_serial as scanner_over_serial
from devices.drivers.sam_id_reader import over_serial
from devices.drivers.sane_scanner import SaneScanner
from devices.protocols.scan_lines import Framing
from devices.settings import (
    MEMORY_DIRECTORY,
    CabinetSettings,
    DocumentScannerSettings,
    DriverSettings,
    EscposPrinterSettings,
    IppPrinterSettings,
    PcscSlotSettings,
    SamReaderSettings,
    ScannerSettings,
    SerialScannerSettings,
    SpeakerSettings,
    ThermometerSettings,
    VideoCameraSettings,
)


def _sam(found: SamReaderSettings) -> IdReader:
    return over_serial(found.port, baud=found.baud)


def _ipp(found: IppPrinterSettings) -> DocumentPrinter:
    return over_http(found.uri)


def _escpos(found: EscposPrinterSettings) -> ReceiptPrinter:
    return over_address(found.uri, width_mm=found.width_mm, chinese=found.chinese_font)


def _scanner(found: ScannerSettings) -> QrScanner:
    framing = Framing(found.prefix.encode(), found.suffix.encode())
    if isinstance(found, SerialScannerSettings):
        return scanner_over_serial(found.port, baud=found.baud, framing=framing)
    return over_keyboard(found.path, framing=framing)


def _pcsc(found: PcscSlotSettings) -> CardSlot:
    return over_pcsc(found.reader)


def _cabinet(found: CabinetSettings) -> Cabinet:
    at = found.thermometer
    wiring = Wiring(
        lamps={Lamp(name): number for name, number in found.lamps.items()},
        contacts={Contact(name): number for name, number in found.contacts.items()},
        closed_at_rest=frozenset(map(Contact, found.closed_at_rest)),
        thermometer=None if at is None else _thermometer(at),
    )
    return cabinet_over_serial(found.port, wiring, unit=found.unit, baud=found.baud)


def _thermometer(found: ThermometerSettings) -> Thermometer:
    return Thermometer(
        found.unit, found.register_number, found.kept_in == "holding", found.hot_celsius
    )


def _speaker(found: SpeakerSettings) -> Speaker:
    recordings = Path(found.recordings) if found.recordings else None
    return over_programs(found.player, recordings=recordings, stand_in=found.stand_in)


def _document_scanner(found: DocumentScannerSettings, memory: Path) -> DocumentScanner:
    if isinstance(found, VideoCameraSettings):
        return over_video(found.path, dots_per_inch=found.dots_per_inch)
    return SaneScanner(
        found.device,
        memory=memory,
        program=found.program,
        source=found.source,
        mode=found.mode,
        dots_per_inch=found.dots_per_inch,
    )


ID_READERS: dict[str, Callable[[SamReaderSettings], IdReader]] = {"sam": _sam}
A4_PRINTERS: dict[str, Callable[[IppPrinterSettings], DocumentPrinter]] = {"ipp": _ipp}
RECEIPT_PRINTERS: dict[str, Callable[[EscposPrinterSettings], ReceiptPrinter]] = {"escpos": _escpos}
QR_SCANNERS: dict[str, Callable[[ScannerSettings], QrScanner]] = {
    "serial": _scanner,
    "keyboard": _scanner,
}
CARD_SLOTS: dict[str, Callable[[PcscSlotSettings], CardSlot]] = {"pcsc": _pcsc}
CABINETS: dict[str, Callable[[CabinetSettings], Cabinet]] = {"modbus": _cabinet}
SPEAKERS: dict[str, Callable[[SpeakerSettings], Speaker]] = {"program": _speaker}
DOCUMENT_SCANNERS: dict[str, Callable[[DocumentScannerSettings, Path], DocumentScanner]] = {
    "sane": _document_scanner,
    "v4l2": _document_scanner,
}


@dataclass(frozen=True, slots=True)
class Fleet:
    """The drivers of one terminal; None where nothing hangs."""

    id_reader: IdReader | None
    a4_printer: DocumentPrinter | None
    receipt_printer: ReceiptPrinter | None
    qr_scanner: QrScanner | None
    card_slot: CardSlot | None
    cabinet: Cabinet | None = None
    speaker: Speaker | None = None
    document_scanner: DocumentScanner | None = None


def drivers_for(settings: DriverSettings, *, memory: str = MEMORY_DIRECTORY) -> Fleet:
    """Build the driver that each table of the settings names; *memory* is a folder in tmpfs."""
    reader, a4, receipt = settings.id_reader, settings.a4_printer, settings.receipt_printer
    scanner, slot = settings.qr_scanner, settings.card_slot
    cabinet, speaker, documents = settings.cabinet, settings.speaker, settings.document_scanner
    return Fleet(
        id_reader=None if reader is None else ID_READERS[reader.driver](reader),
        a4_printer=None if a4 is None else A4_PRINTERS[a4.driver](a4),
        receipt_printer=None if receipt is None else RECEIPT_PRINTERS[receipt.driver](receipt),
        qr_scanner=None if scanner is None else QR_SCANNERS[scanner.driver](scanner),
        card_slot=None if slot is None else CARD_SLOTS[slot.driver](slot),
        cabinet=None if cabinet is None else CABINETS[cabinet.driver](cabinet),
        speaker=None if speaker is None else SPEAKERS[speaker.driver](speaker),
        document_scanner=(
            None
            if documents is None
            else DOCUMENT_SCANNERS[documents.driver](documents, Path(memory))
        ),
    )
