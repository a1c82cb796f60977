"""The commands for one device alone, and the simulators as processes of their own."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from devices.command_line import main
from devices.simulators.escpos_printer import EscposPrinterSimulator
from devices.simulators.ipp_printer import IppPrinterSimulator
from devices.simulators.sam_on_pty import SamOnPty

# fmt: off
FIELDS = [
    "kind", "name", "sex", "nation", "born", "address", "number", "issuer", "valid_from",
    "valid_until", "sam_id",
]
# fmt: on


@pytest.fixture
def sam() -> Iterator[SamOnPty]:
    """A simulated card reader."""
    simulator = SamOnPty()
    simulator.start()
    yield simulator
    simulator.stop()


@pytest.fixture
def ipp() -> Iterator[IppPrinterSimulator]:
    """A simulated document printer."""
    simulator = IppPrinterSimulator(seconds_per_page=0.01)
    simulator.start()
    yield simulator
    simulator.stop()


@pytest.fixture
def escpos() -> Iterator[EscposPrinterSimulator]:
    """A simulated receipt printer."""
    simulator = EscposPrinterSimulator(mm_per_second=10_000)
    simulator.start()
    yield simulator
    simulator.stop()


@pytest.fixture
def pdf(tmp_path: Path) -> str:
    """A document of one page."""
    file = tmp_path / "one.pdf"
    file.write_bytes(b"%PDF-1.7 <</Type /Page>>")
    return str(file)


def test_read_card_prints_one_json_object(
    sam: SamOnPty, capsys: pytest.CaptureFixture[str]
) -> None:
    """A card gives one line of JSON with the eleven fields, and nothing on standard error."""
    sam.place_card("resident-4")

    assert main(["read-card", "--port", sam.address]) == 0

    written = capsys.readouterr()
    [line] = written.out.splitlines()
    found = json.loads(line)
    assert list(found) == FIELDS
    assert found["name"] == "吐尔逊·测试"
    assert found["valid_until"] is None
    assert written.err == ""


def test_read_card_without_a_card_is_a_timeout(
    sam: SamOnPty, capsys: pytest.CaptureFixture[str]
) -> None:
    """No card in time ends with a code, a sentence and a non-zero status."""
    assert main(["read-card", "--port", sam.address, "--timeout", "0.1"]) == 1

    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.startswith("timeout: ")


@pytest.mark.parametrize(
    ("mishap", "status", "code"),
    [("status", 0x31, "card_not_genuine"), ("status", 0x41, "card_moved")],
)
def test_read_card_tells_what_was_wrong_with_the_card(
    sam: SamOnPty, capsys: pytest.CaptureFixture[str], mishap: str, status: int, code: str
) -> None:
    """A card that cannot be read ends with its own code."""
    sam.place_card("resident-1")
    sam.spoil("read", mishap, status)

    assert main(["read-card", "--port", sam.address]) == 1
    assert capsys.readouterr().err.startswith(f"{code}: ")


def test_read_card_without_a_reader_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A port that does not exist is an absent reader."""
    assert main(["read-card", "--port", str(tmp_path / "none")]) == 1
    assert capsys.readouterr().err.startswith("reader_absent: ")


def test_print_ends_well_only_when_the_printer_says_completed(
    ipp: IppPrinterSimulator, pdf: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without paper the command ends with that code and takes its job back."""
    ipp.verbs["take_paper"]()

    assert main(["print", "--to", ipp.address, "--timeout", "0.3", pdf]) == 1
    assert capsys.readouterr().err.startswith("paper_out: ")

    ipp.verbs["load_paper"]()

    assert main(["print", "--to", ipp.address, pdf]) == 0
    states = [job.state.name for job in ipp.paper.jobs()]
    assert states == ["CANCELED", "COMPLETED"]


def test_print_follows_a_job_whose_answer_was_lost(ipp: IppPrinterSimulator, pdf: str) -> None:
    """A lost answer is no failure and no second job: the first is found and seen through."""
    ipp.lose_next_answer()

    assert main(["print", "--to", ipp.address, pdf]) == 0
    assert len(ipp.paper.jobs()) == 1


def test_print_of_an_aborted_job_fails(
    ipp: IppPrinterSimulator, pdf: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A job that the printer aborts was not printed."""
    ipp.paper.abort_current()

    assert main(["print", "--to", ipp.address, pdf]) == 1
    assert capsys.readouterr().err.startswith("not_completed: ")


def test_resume_lets_a_paused_printer_go_on(
    ipp: IppPrinterSimulator, capsys: pytest.CaptureFixture[str]
) -> None:
    """A pause ends; a printer that ends it at its panel alone, or is away, is told as that."""
    ipp.verbs["pause"]()

    assert main(["resume", "--to", ipp.address]) == 0
    assert not ipp.paper.paused

    ipp.answers.stubborn = True
    ipp.verbs["pause"]()
    assert main(["resume", "--to", ipp.address]) == 1
    assert capsys.readouterr().err.startswith("not_resumed: ")

    ipp.switch_off()
    assert main(["resume", "--to", ipp.address]) == 1
    assert capsys.readouterr().err.startswith("offline: ")
    assert main(["resume", "--to", "lpt1"]) == 1
    assert capsys.readouterr().err.startswith("no_address: ")


def test_slip_prints_any_script(escpos: EscposPrinterSimulator, tmp_path: Path) -> None:
    """Lines in Chinese, Uyghur and Latin, with a rare character, come out as one slip."""
    file = tmp_path / "slip.txt"
    file.write_text("凭条\nباھا بېرىڭ\n\nHello\t1\n𠮷测试\n", "utf-8")

    assert main(["slip", "--to", escpos.address, str(file)]) == 0
    assert len(escpos.slips) == 1


def test_slip_says_what_stops_it(
    escpos: EscposPrinterSimulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An open cover ends the command with its code."""
    file = tmp_path / "slip.txt"
    file.write_text("凭条", "utf-8")
    escpos.verbs["open_cover"]()

    assert main(["slip", "--to", escpos.address, str(file)]) == 1
    assert capsys.readouterr().err.startswith("cover_open: ")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["print", "--to", "ipp://127.0.0.1:9/", "missing.pdf"], "no_document"),
        (["print", "--to", "lpd://127.0.0.1", __file__], "no_address"),
        (["print", "--to", "ipp://127.0.0.1:9/", __file__], "no_document"),
        (["slip", "--to", "tcp://127.0.0.1:9", "missing.txt"], "no_document"),
        (["slip", "--to", "serial:", __file__], "no_address"),
    ],
)
def test_a_command_that_cannot_begin_says_why(
    words: list[str], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A missing file or a strange address is named before any device is asked."""
    assert main(words) == 1
    assert capsys.readouterr().err.startswith(f"{code}: ")


@contextmanager
def simulating(*words: str) -> Iterator[dict[str, str]]:
    """Run a simulator as a process and give what it said of itself."""
    process = subprocess.Popen(
        [sys.executable, "-m", "devices", "simulate", *words, "--while-stdin-open"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.stdin.close()
        assert process.wait(10) == 0
        process.stdout.close()


def said(control: str, *lines: str) -> list[dict[str, object]]:
    """Send lines to a control channel and return the replies."""
    host, _, port = control.partition(":")
    with socket.create_connection((host, int(port)), 5) as connection:
        connection.sendall("".join(line + "\n" for line in lines).encode())
        replies = connection.makefile("rb")
        return [json.loads(replies.readline()) for _ in lines]


def test_a_simulated_reader_is_played_over_its_control_channel(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A process says where it is, obeys lines of JSON, and leaves no port behind."""
    with simulating("sam") as words:
        placed, unknown, nonsense, strange = said(
            words["control"],
            '{"do": "place_card", "card": "resident-2"}',
            '{"do": "dance"}',
            "place_card",
            '{"do": "take_card", "hard": true}',
        )

        assert placed["ok"]
        assert not any(reply["ok"] for reply in (unknown, nonsense, strange))
        assert main(["read-card", "--port", words["address"]]) == 0
        assert json.loads(capsys.readouterr().out)["number"] == "65300119850615002X"

    assert not Path(words["address"]).exists()


@pytest.mark.parametrize("kind", ["qr", "keyboard"])
def test_a_simulated_scanner_is_played_over_its_control_channel(kind: str) -> None:
    """A scanner of either kind scans when it is told to and refuses what it cannot send."""
    with simulating(kind) as words:
        scanned, pulled, refused = said(
            words["control"],
            '{"do": "scan", "text": "A-001"}',
            '{"do": "pull_cable"}',
            '{"do": "scan", "text": "A-001"}',
        )

    assert scanned["state"] == {"plugged": True, "scans": 1}
    assert pulled["state"] == {"plugged": False, "scans": 1}
    assert not refused["ok"]


@pytest.mark.parametrize("line", ["serial", "usb"])
def test_a_simulated_slip_printer_may_hang_on_another_line(line: str, tmp_path: Path) -> None:
    """A slip printer as a process of its own prints over a serial and over a USB line."""
    text = tmp_path / "slip.txt"
    text.write_text("凭条", "utf-8")
    with simulating("escpos", "--on", line) as words:
        assert words["address"].startswith(f"{line}:/")
        assert main(["slip", "--to", words["address"], str(text)]) == 0


@pytest.mark.parametrize("kind", ["ipp", "escpos"])
def test_a_simulated_printer_keeps_what_it_printed_where_it_is_told(
    kind: str, tmp_path: Path, pdf: str
) -> None:
    """In development a folder receives the documents or slips that came out."""
    text = tmp_path / "slip.txt"
    text.write_text("凭条", "utf-8")
    command = ["print", pdf] if kind == "ipp" else ["slip", str(text)]
    with simulating(kind, "--keep-in", str(tmp_path / "out")) as words:
        assert main([*command, "--to", words["address"]]) == 0
        [reply] = said(words["control"], '{"do": "state"}')

    state = reply["state"]
    assert isinstance(state, dict)
    assert state["outputs"] == [str(path) for path in (tmp_path / "out").iterdir()]
