"""Contracts of devices stay small, drivers keep them, and docs/devices.md tells what proves it."""

import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from typing import Protocol

import pytest

from devices.contracts.states import DeviceKind
from devices.drivers.document_camera import DocumentCamera
from devices.drivers.escpos_printer import EscposPrinter
from devices.drivers.ipp_printer import IppPrinter
from devices.drivers.modbus_cabinet import ModbusCabinet
from devices.drivers.pcsc_card_slot import PcscCardSlot
from devices.drivers.program_speaker import ProgramSpeaker
from devices.drivers.qr_scanner import LineScanner
from devices.drivers.sam_id_reader import SamIdReader
from devices.drivers.sane_scanner import SaneScanner
from tests.support.source_tree import ROOT

MOST_METHODS = 6
TABLE = ROOT / "docs" / "devices.md"
_ROW = re.compile(r"^\| (?P<name>[^|]+) \|(?P<cells>.+)\|$", re.MULTILINE)
_TEST = re.compile(r"`([\w/]+\.py)(?:::(\w+))?`")
_NOT_HERE = "—"

CONTRACTS = {
    "id_reader": ("IdReader", (SamIdReader,)),
    "document_printer": ("DocumentPrinter", (IppPrinter,)),
    "receipt_printer": ("ReceiptPrinter", (EscposPrinter,)),
    "qr_scanner": ("QrScanner", (LineScanner,)),
    "card_slot": ("CardSlot", (PcscCardSlot,)),
    "document_scanner": ("DocumentScanner", (SaneScanner, DocumentCamera)),
    "cabinet": ("Cabinet", (ModbusCabinet,)),
    "speaker": ("Speaker", (ProgramSpeaker,)),
}


def methods_of(contract: type) -> set[str]:
    """The public methods that a contract asks for."""
    return {
        name
        for name, member in vars(contract).items()
        if inspect.isfunction(member) and not name.startswith("_")
    }


def contract_named(module: str) -> type:
    """The protocol of a contract's module."""
    found: type = getattr(import_module(f"devices.contracts.{module}"), CONTRACTS[module][0])
    assert issubclass(found, Protocol)
    return found


@pytest.mark.parametrize("module", list(CONTRACTS))
def test_a_contract_asks_for_little(module: str) -> None:
    """At most six methods, each with what it does in words; every driver has them all."""
    contract = contract_named(module)
    methods = methods_of(contract)

    assert 2 <= len(methods) <= MOST_METHODS
    assert all(inspect.getdoc(getattr(contract, name)) for name in methods)
    for driver in CONTRACTS[module][1]:
        for name in methods:
            asked = inspect.signature(getattr(contract, name)).parameters
            given = inspect.signature(getattr(driver, name)).parameters
            assert list(asked) == list(given), f"{driver.__name__}.{name}"


def test_every_kind_of_device_has_a_contract() -> None:
    """What can hang on a terminal is what there are contracts for."""
    assert len(CONTRACTS) == len(DeviceKind)


def rows() -> Iterator[tuple[str, list[str]]]:
    """The rows of the table of drivers: property and what proves it, one cell a driver."""
    text = TABLE.read_text(encoding="utf-8")
    for row in _ROW.finditer(text):
        cells = [cell.strip() for cell in row["cells"].split("|")]
        if _TEST.search(row["cells"]):
            yield row["name"].strip(), cells


def test_the_table_of_drivers_names_tests_that_exist() -> None:
    """Each cell is a test that there is, or says why there is none."""
    found = list(rows())
    assert len(found) >= len(DeviceKind)
    for name, cells in found:
        for cell in cells:
            tests = _TEST.findall(cell)
            assert tests or cell.startswith(_NOT_HERE), f"{name}: {cell}"
            for file, test in tests:
                text = (ROOT / "tests" / file).read_text(encoding="utf-8")
                if test:
                    assert re.search(rf"^def {test}\(", text, re.MULTILINE), f"{file}::{test}"
