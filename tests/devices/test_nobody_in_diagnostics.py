"""What a driver says of itself never tells of a person: states, details, outcomes, logs.

Every device is given a sample person in the way that it meets people, does its work, and fails at
it; then everything that it said is searched.
"""

import json
import logging
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
import structlog
from PIL import Image

from devices.contracts.cabinet import Lamp
from devices.contracts.card_slot import ChipRead
from devices.contracts.document_printer import Submitted
from devices.contracts.document_scanner import Picture, ScannerFailed
from devices.contracts.id_reader import CardFound, CardRead
from devices.contracts.qr_scanner import Scanned
from devices.contracts.receipt_printer import NotPrinted
from devices.contracts.slip import Code, Qr, Row, Slip, Text
from devices.contracts.states import Trouble
from devices.drivers.escpos_printer import over_address
from devices.drivers.ipp_printer import over_http
from devices.drivers.modbus_cabinet import Wiring
from devices.drivers.modbus_cabinet import over_serial as cabinet_over_serial
from devices.drivers.pcsc_card_slot import PcscCardSlot
from devices.drivers.program_speaker import over_programs
from devices.drivers.qr_scanner import over_serial as scanner_over_serial
from devices.drivers.sam_id_reader import over_serial as reader_over_serial
from devices.drivers.sane_scanner import SaneScanner
from devices.drivers.social_security_card import SocialSecurityCard
from devices.prompts import Language, prompts
from devices.simulators.cabinet_board import BoardOnPty
from devices.simulators.chip_card import ChipOnCard, social_security_files
from devices.simulators.escpos_printer import EscposPrinterSimulator
from devices.simulators.flatbed import FlatbedSimulator
from devices.simulators.ipp_printer import IppPrinterSimulator
from devices.simulators.qr_scanners import ScannerOnPty
from devices.simulators.sam_on_pty import SamOnPty
from devices.simulators.sample_people import sample_cards
from devices.transports.scripted_chip import ScriptedChip
from tests.support.sounds import SIMULATED_PLAYER

PERSON = sample_cards()["resident-1"]
CHIP = social_security_files()
PROGRAM = f"{sys.executable} -m devices.simulators.scanner_program"

Say = Callable[[object], None]


def reader(say: Say, _folder: Path) -> None:
    """A card is read, then lifted within a read."""
    machine = SamOnPty()
    machine.start()
    driver = reader_over_serial(machine.address)
    machine.place_card(PERSON.key)
    assert driver.find() == CardFound()
    outcome = driver.read()
    assert isinstance(outcome, CardRead)
    assert outcome.card.name == PERSON.full_name
    say(outcome)
    machine.verbs["take_card"]()
    assert not driver.card_still_there()
    machine.place_card(PERSON.key)
    machine.lift_card_after("select")
    assert driver.find() == CardFound()
    say(driver.read())
    machine.place_card(PERSON.key)
    machine.pull_cable(after_bytes=700)
    for each in (driver.find(), driver.read(), driver.status().as_json()):
        say(each)
    say(driver)
    driver.close()
    machine.stop()


def slot(say: Say, _folder: Path) -> None:
    """A chip card is read, then pulled."""
    line = ScriptedChip(ChipOnCard(CHIP).answer)
    driver = PcscCardSlot(line, [SocialSecurityCard()])
    outcome = driver.read()
    assert isinstance(outcome, ChipRead)
    say(outcome)
    line.pull_after(3)
    for each in (driver.read(), driver.status().as_json(), driver):
        say(each)


def scanner(say: Say, _folder: Path) -> None:
    """A code that holds a person's number is shown, whole and in half."""
    machine = ScannerOnPty()
    machine.start()
    driver = scanner_over_serial(machine.address)
    driver.status()
    machine.scan(PERSON.values["number"])
    outcome = driver.next_scan(5.0)
    assert outcome == Scanned(PERSON.values["number"])
    say(outcome)
    machine.send(PERSON.values["number"].encode())
    say(driver.next_scan(0.01))
    say(driver.status().as_json())
    say(driver)
    driver.close()
    machine.stop()


def document_printer(say: Say, _folder: Path) -> None:
    """A proof is printed, and another is cut off by a jam."""
    machine = IppPrinterSimulator(seconds_per_page=0.01)
    machine.start()
    driver = over_http(machine.address)
    paper = f"%PDF-1.7 <</Type /Page>> {PERSON.full_name} {PERSON.values['number']}".encode()
    for number in range(2):
        outcome = driver.submit(paper, job_name=f"job-{number}", pages=1)
        assert isinstance(outcome, Submitted)
        for each in (outcome, driver.watch(outcome.ref), driver.status().as_json()):
            say(each)
        machine.verbs["jam"]()
    machine.stop()


def receipt_printer(say: Say, _folder: Path) -> None:
    """A slip with everything of a person on it cannot be printed."""
    machine = EscposPrinterSimulator(mm_per_second=100_000)
    machine.start()
    driver = over_address(machine.address)
    number = PERSON.values["number"]
    slip = Slip((Text(PERSON.full_name), Row("证件号", number), Code(number), Qr(number)))
    say(driver.print(slip))
    machine.verbs["open_cover"]()
    outcome = driver.print(slip)
    assert isinstance(outcome, NotPrinted)
    for each in (outcome, slip, driver.status().as_json(), driver):
        say(each)
    machine.stop()


def document_scanner(say: Say, folder: Path) -> None:
    """A picture is taken, then the program fails over the next one."""
    machine = FlatbedSimulator()
    machine.start()
    machine.lay("certificate")
    driver = SaneScanner(machine.address, memory=folder, program=PROGRAM, dots_per_inch=40)
    taken: list[Picture] = []
    say(driver.scan(taken.append))
    say(taken)
    with Image.open(BytesIO(taken[0].data)) as picture:
        assert picture.width > 100
    assert taken[0].data[100:110].hex() not in repr(taken)
    machine.verbs["jam"]()
    failed = driver.scan(taken.append)
    assert isinstance(failed, ScannerFailed)
    assert failed.trouble is Trouble.JAM
    say(failed)
    say(driver.status().as_json())
    machine.stop()


def cabinet(say: Say, _folder: Path) -> None:
    """A board has nothing to do with people; it says no more than its contacts."""
    machine = BoardOnPty()
    machine.start()
    driver = cabinet_over_serial(machine.address, Wiring({Lamp.READER: 0}))
    say(driver.status().as_json())
    driver.close()
    machine.stop()


def speaker(say: Say, folder: Path) -> None:
    """Fixed sentences alone are said."""
    driver = over_programs(SIMULATED_PLAYER, recordings=folder, stand_in="")
    prompt = prompts()[Language.ZH]["card-title"]
    say(driver.say([prompt], loudness=1.0, wanted=lambda: True))
    say(driver.status().as_json())


MEETINGS = [
    reader,
    slot,
    scanner,
    document_printer,
    receipt_printer,
    document_scanner,
    cabinet,
    speaker,
]


def secrets() -> set[str]:
    """All that is known of the sample people, as text and as bytes might be shown."""
    words = {PERSON.full_name, *PERSON.values.values(), *PERSON.appended}
    words |= {"阿依古丽", "阿依古丽·测试"}
    personal = {word for word in words if len(word) >= 4}
    codings = ("utf-8", "gb18030", "utf-16-le")
    shown = {repr(word.encode(coding))[2:-1] for word in personal for coding in codings}
    hexed = {word.encode(coding).hex() for word in personal for coding in codings}
    return personal | shown | hexed


@pytest.mark.policy("P37")
@pytest.mark.parametrize("meet", MEETINGS, ids=lambda meet: str(meet.__name__))
def test_no_device_tells_of_a_person(
    meet: Callable[[Say, Path], None], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither what was done nor what went wrong shows a name, a number, an address or a picture."""
    said: list[str] = []

    def say(thing: object) -> None:
        said.append(repr(thing))
        said.append(str(thing))

    with caplog.at_level(logging.DEBUG), structlog.testing.capture_logs() as logs:
        meet(say, tmp_path)
    said += [json.dumps(log, default=str, ensure_ascii=False) for log in logs]
    said += [record.getMessage() for record in caplog.records]
    heap = "\n".join(said)

    assert said
    assert [secret for secret in secrets() if secret in heap] == []
