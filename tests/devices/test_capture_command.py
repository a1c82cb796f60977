"""`python -m devices capture`: a scanner used alone, and what a technician learns of it."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.command_line import main
from devices.protocols.pdf_pages import count_pages
from devices.simulators.flatbed import FlatbedSimulator

PROGRAM = [
    "--program",
    f"{sys.executable} -m devices.simulators.scanner_program",
    "--dots-per-inch",
    "60",
]


@pytest.fixture
def flatbed() -> Iterator[FlatbedSimulator]:
    """A flatbed with a certificate on its glass."""
    simulator = FlatbedSimulator()
    simulator.start()
    simulator.lay("certificate")
    yield simulator
    simulator.stop()


def test_a_page_is_written_as_a_document(
    flatbed: FlatbedSimulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What lies on the glass is a PDF afterwards, and the command says what it found."""
    out = tmp_path / "page.pdf"

    assert main(["capture", "--from", f"sane:{flatbed.address}", *PROGRAM, str(out)]) == 0
    assert json.loads(capsys.readouterr().out) == {"pages": 1, "sheets_found": 1}
    assert count_pages(out.read_bytes()) == 1


def test_a_scanner_in_trouble_is_named(
    flatbed: FlatbedSimulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A jam is a code on standard error, and no document is written."""
    flatbed.verbs["jam"]()
    out = tmp_path / "page.pdf"

    assert main(["capture", "--from", f"sane:{flatbed.address}", *PROGRAM, str(out)]) == 1
    assert capsys.readouterr().err.startswith("jam: ")
    assert not out.exists()


def test_a_check_keeps_no_picture(
    flatbed: FlatbedSimulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The technician hears whether the sheet was found, how bright it was and how long it took."""
    assert main(["capture", "--from", f"sane:{flatbed.address}", *PROGRAM, "--check"]) == 0
    told = json.loads(capsys.readouterr().out)

    assert told["condition"] == "ready"
    assert told["picture"]["sheet_found"]
    assert told["picture"]["brightness"] > 150

    flatbed.verbs["pull_cable"]()

    assert main(["capture", "--from", f"sane:{flatbed.address}", *PROGRAM, "--check"]) == 1


def test_a_camera_that_is_not_there_is_absent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A path without a camera is a code, not a traceback."""
    address = f"v4l2:{tmp_path}/video0"

    assert main(["capture", "--from", address, str(tmp_path / "page.pdf")]) == 1
    assert capsys.readouterr().err.startswith("offline: ")


@pytest.mark.parametrize(
    "words",
    [
        ["--from", "twain:x", "out.pdf"],
        ["--from", "sane:", "out.pdf"],
        ["--from", "sane:test:0"],
        ["--from", "sane:test:0", "--check", "out.pdf"],
        ["--from", "sane:test:0", "--pages", "0", "out.pdf"],
    ],
)
def test_words_that_make_no_sense_are_refused(words: list[str]) -> None:
    """An unknown kind of address, no name, and neither or both of file and check."""
    with pytest.raises(SystemExit) as ended:
        main(["capture", *words])

    assert ended.value.code == 2
