"""The document scanner's contract: camera and flatbed, each misfortune named, none lasting."""

import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

from devices.contracts.document_scanner import (
    Cancelled,
    DocumentScanner,
    Picture,
    Scanned,
    ScannerFailed,
)
from devices.contracts.states import Condition, Trouble
from devices.drivers.document_camera import SETTLING_FRAMES, DocumentCamera
from devices.drivers.sane_scanner import SaneScanner
from devices.drivers.scan_folder import ScanFolder
from devices.protocols.page_making import make_page
from devices.protocols.v4l2 import MJPG, YUYV
from devices.simulators.document_camera import DocumentCameraSimulator
from devices.simulators.flatbed import FlatbedSimulator
from devices.simulators.sample_pages import SamplePage, draw, laid
from devices.transports.line import LineLost
from devices.transports.video_device import Declined, VideoDevice

PROGRAM = f"{sys.executable} -m devices.simulators.scanner_program"
SIZES = ((320, 240), (800, 600))
REQUESTS = 20
"""How many requests a scan makes of a camera before its first frame."""


def scene(page: SamplePage = SamplePage.CERTIFICATE) -> Image.Image:
    """Return what lies beneath the camera."""
    corners = [(120.0, 60.0), (560.0, 70.0), (570.0, 560.0), (110.0, 550.0)]
    return laid(draw(page, dots_per_inch=60), corners, SIZES[-1])


@dataclass
class Bench:
    """A scanner, and how its cable is pulled and plugged."""

    scanner: DocumentScanner
    pull: Callable[[], None]
    plug: Callable[[], None]


def camera(tmp_path: Path) -> Iterator[Bench]:
    """A document camera."""
    far = DocumentCameraSimulator(scene(), sizes=SIZES)

    def turn(there: bool) -> Callable[[], None]:
        return lambda: setattr(far, "there", there)

    yield Bench(DocumentCamera(far), turn(False), turn(True))


def flatbed(tmp_path: Path) -> Iterator[Bench]:
    """A flatbed scanner behind a program that speaks as SANE's does."""
    far = FlatbedSimulator()
    far.start()
    far.lay("certificate")
    scanner = SaneScanner(far.address, memory=tmp_path, program=PROGRAM, dots_per_inch=60)
    yield Bench(scanner, far.verbs["pull_cable"], far.verbs["plug_cable"])
    far.stop()


@pytest.fixture(params=[camera, flatbed])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    """Each scanner in turn."""
    yield from request.param(tmp_path)


def scan(scanner: DocumentScanner) -> tuple[object, list[Picture]]:
    """Return how a scan ended and what it brought."""
    pictures: list[Picture] = []
    return scanner.scan(pictures.append), pictures


def test_a_page_that_lies_there_is_taken(bench: Bench) -> None:
    """One picture comes, and the sheet is found in it."""
    end, pictures = scan(bench.scanner)

    assert end == Scanned(1)
    assert make_page(pictures[0]).cut_out
    assert bench.scanner.status().condition is Condition.READY
    bench.scanner.close()


def test_a_scanner_that_goes_is_absent_until_it_comes_back(bench: Bench) -> None:
    """Without its cable it is away, whatever is asked of it; with it the next scan goes."""
    bench.pull()

    assert bench.scanner.status().condition is Condition.ABSENT
    end, pictures = scan(bench.scanner)
    assert isinstance(end, ScannerFailed)
    assert (end.trouble, pictures) == (Trouble.OFFLINE, [])

    bench.plug()

    assert bench.scanner.status().condition is Condition.READY
    assert scan(bench.scanner)[0] == Scanned(1)


def test_a_picture_shows_nothing_of_itself_in_a_log(bench: Bench) -> None:
    """The representation of a picture holds no pixel."""
    _, (picture,) = scan(bench.scanner)

    assert len(repr(picture)) < 100


def test_giving_up_and_closing_are_harmless_at_any_time(bench: Bench) -> None:
    """Nothing is under way, and nothing happens; the next scan goes."""
    for _ in range(2):
        bench.scanner.cancel()
        bench.scanner.close()

    assert scan(bench.scanner)[0] == Scanned(1)


@pytest.mark.parametrize("formats", [(MJPG,), (YUYV,), (YUYV, MJPG)])
def test_every_format_of_a_camera_shows_the_sheet(formats: tuple[int, ...]) -> None:
    """Motion-JPEG without its tables and padded YUYV give the same page, at the largest size."""
    far = DocumentCameraSimulator(scene(), sizes=SIZES, formats=formats, padded_by=32)
    end, (picture,) = scan(DocumentCamera(far, dots_per_inch=61.5))
    page = make_page(picture)

    assert end == Scanned(1)
    assert picture.dots_per_inch == 61.5
    assert page.cut_out
    assert page.height_px > page.width_px


def test_the_picture_is_taken_once_all_lies_still() -> None:
    """Exposure settles first, and a hand that is drawn back is not in the picture."""
    far = DocumentCameraSimulator(scene(), sizes=SIZES)
    far.moving = 6
    _, (picture,) = scan(DocumentCamera(far))
    calm = DocumentCameraSimulator(scene(), sizes=SIZES)
    _, (expected,) = scan(DocumentCamera(calm))

    assert picture == expected
    assert far.frames > 6
    assert calm.frames > SETTLING_FRAMES


class Passing:
    """A clock that goes on by itself."""

    def __init__(self, step_seconds: float) -> None:
        self._now, self._step = 0.0, step_seconds

    def monotonic(self) -> float:
        self._now += self._step
        return self._now

    def sleep(self, seconds: float) -> None:
        self._now += seconds


def test_what_never_lies_still_is_taken_in_the_end() -> None:
    """A page that curls all the time is photographed as it is."""
    far = DocumentCameraSimulator(scene(), sizes=SIZES)
    far.moving = 10_000
    end, pictures = scan(DocumentCamera(far, clock=Passing(0.3)))

    assert (end, len(pictures)) == (Scanned(1), 1)


@pytest.mark.parametrize("code", [MJPG, YUYV])
def test_spoilt_frames_are_passed_over(code: int) -> None:
    """Frames that were cut short cost time and nothing else; only they for ever are a fault."""
    far = DocumentCameraSimulator(scene(), sizes=SIZES, formats=(code,))
    far.spoilt = 3

    assert scan(DocumentCamera(far))[0] == Scanned(1)

    far.spoilt = 10_000
    end, pictures = scan(DocumentCamera(far, clock=Passing(0.5)))

    assert isinstance(end, ScannerFailed)
    assert (end.trouble, pictures) == (Trouble.GARBLED, [])


def test_a_camera_that_falls_silent_is_away() -> None:
    """No frame within two seconds is as good as no camera."""
    far = DocumentCameraSimulator(scene(), sizes=SIZES)
    far.silent = True
    camera = DocumentCamera(far, clock=Passing(0.3))

    assert scan(camera)[0] == ScannerFailed(Trouble.OFFLINE, detail="no frames")

    far.silent = False

    assert scan(camera)[0] == Scanned(1)


@pytest.mark.parametrize("place", range(REQUESTS + 6))
def test_a_camera_pulled_at_any_request_is_found_again(place: int) -> None:
    """Wherever the cable is pulled, the scan ends with its reason and the next one goes."""
    far = DocumentCameraSimulator(scene(), sizes=SIZES)
    camera = DocumentCamera(far)
    far.pull_after(place)
    end, pictures = scan(camera)

    assert isinstance(end, ScannerFailed)
    assert (end.trouble, pictures) == (Trouble.OFFLINE, [])

    far.pull_after(None)
    far.there = True

    assert scan(camera)[0] == Scanned(1)


def test_a_camera_in_other_hands_is_busy() -> None:
    """Another program streams from it: that passes, and is no fault."""
    far = DocumentCameraSimulator(scene(), sizes=SIZES)
    far.taken = True
    camera = DocumentCamera(far)
    end, _ = scan(camera)

    assert isinstance(end, ScannerFailed)
    assert end.trouble is Trouble.BUSY

    far.taken = False

    assert scan(camera)[0] == Scanned(1)


@pytest.mark.parametrize(
    "far",
    [
        DocumentCameraSimulator(scene(), capabilities=0x00A00000),
        DocumentCameraSimulator(scene(), formats=(0x34363248,)),
    ],
)
def test_a_node_that_brings_no_pictures_is_no_camera(far: DocumentCameraSimulator) -> None:
    """A metadata node and a camera of H.264 alone are named as what cannot be used."""
    end, _ = scan(DocumentCamera(far))

    assert isinstance(end, ScannerFailed)
    assert end.trouble is Trouble.NOT_SUPPORTED


def test_a_camera_films_only_while_a_picture_is_taken() -> None:
    """Asked how it is, it streams nothing; after a picture it is shut."""
    far = DocumentCameraSimulator(scene(), sizes=SIZES)
    camera = DocumentCamera(far)
    camera.status()

    assert far.streams == 0

    scan(camera)

    assert (far.streams, far.is_open) == (1, False)


def test_a_scan_under_way_is_given_up() -> None:
    """Whoever cancels waits for no page; asked meanwhile, the camera is busy."""
    far = DocumentCameraSimulator(scene(), sizes=SIZES)
    far.moving = 1_000_000
    camera, ended = DocumentCamera(far), list[object]()
    busy = threading.Event()
    thread = threading.Thread(target=lambda: ended.append(scan(camera)[0]))
    thread.start()
    while far.frames < 2 and thread.is_alive():
        threading.Event().wait(0.005)
    if Trouble.BUSY in camera.status().troubles:
        busy.set()
    camera.cancel()
    thread.join(5)

    assert ended == [Cancelled(0)]
    assert busy.is_set()


@pytest.mark.parametrize(
    ("verb", "trouble"),
    [("jam", Trouble.JAM), ("open_cover", Trouble.COVER_OPEN)],
)
def test_what_a_person_can_cure_is_named(verb: str, trouble: Trouble, tmp_path: Path) -> None:
    """Paper stuck and an open cover come by name, and go when they are cured."""
    far = FlatbedSimulator()
    far.start()
    scanner = SaneScanner(far.address, memory=tmp_path, program=PROGRAM, dots_per_inch=60)
    far.verbs[verb]()
    end, _ = scan(scanner)

    assert isinstance(end, ScannerFailed)
    assert end.trouble is trouble

    far.verbs["clear_jam"]()

    assert scan(scanner)[0] == Scanned(1)
    far.stop()


SHELL_SCANNERS = [
    ("exit 0", ScannerFailed(Trouble.HARDWARE, 0, "exit 0")),
    ("kill -9 $$", ScannerFailed(Trouble.HARDWARE, 0, "exit -9")),
    ("echo /etc/passwd", ScannerFailed(Trouble.HARDWARE, 0, "exit 0")),
    ("sleep 20", ScannerFailed(Trouble.OFFLINE, 0, "silent")),
    ("trap '' INT; exec 1>&- 2>&-; exit 3", ScannerFailed(Trouble.HARDWARE, 0, "exit 3")),
    ("head -c 9000 /dev/zero >&2; exit 9", ScannerFailed(Trouble.HARDWARE, 0, "exit 9")),
    (
        "echo 'scanimage: sane_start: Out of memory' >&2; exit 10",
        ScannerFailed(Trouble.HARDWARE, 0, "exit 10: scanimage: sane_start: Out of memory"),
    ),
]
JAMMED_AND_CLINGING = """{
echo 'scanimage: sane_read: Document feeder jammed'
echo 'Scanned page 1. (scanner status = 6)'
echo 'Batch terminated, 1 page scanned'
} >&2
sleep 60"""
"""What SANE's own program did with its test backend, now and then."""


@pytest.mark.parametrize(("does", "expected"), SHELL_SCANNERS)
def test_a_program_that_goes_astray_ends_in_an_outcome(
    does: str, expected: ScannerFailed, tmp_path: Path
) -> None:
    """Killed, silent, talkative or pointing at a file that is none of its own: named, and over."""
    program = tmp_path / "astray"
    program.write_text(f"#!/bin/sh\n{does}\n")
    program.chmod(0o755)
    memory = tmp_path / "memory"
    memory.mkdir()
    scanner = SaneScanner("x", memory=memory, program=str(program), silence_seconds=0.3)

    assert scan(scanner) == (expected, [])
    assert list(memory.iterdir()) == []


def test_a_program_that_cannot_let_go_has_said_how_it_went(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What hangs when all was said is ended soon; pages that came are pages, a jam is a jam."""
    monkeypatch.setattr("devices.transports.program._PARTING_SECONDS", 0.3)
    far = FlatbedSimulator()
    far.start()
    program = tmp_path / "clinging"
    program.write_text(f'#!/bin/sh\n{PROGRAM} "$@"\nsleep 60\n')
    program.chmod(0o755)
    scanner = SaneScanner(far.address, memory=tmp_path, program=str(program), dots_per_inch=60)

    end, pictures = scan(scanner)

    assert (end, len(pictures)) == (Scanned(1), 1)

    program.write_text(f"#!/bin/sh\n{JAMMED_AND_CLINGING}\n")
    end, _ = scan(scanner)

    assert isinstance(end, ScannerFailed)
    assert (end.trouble, end.detail.partition(": ")[2]) == (
        Trouble.JAM,
        "scanimage: sane_read: Document feeder jammed",
    )
    far.stop()


def test_without_the_program_or_its_memory_the_scanner_says_so(tmp_path: Path) -> None:
    """Nothing raises where SANE is not installed, or where there is no memory to scan into."""
    absent = SaneScanner("x", memory=tmp_path, program="/nonexistent/scanimage")

    assert absent.status().condition is Condition.ABSENT
    assert scan(absent)[0] == ScannerFailed(Trouble.OFFLINE, detail="no such program")

    homeless = SaneScanner("x", memory=tmp_path / "gone", program=PROGRAM)

    assert scan(homeless)[0] == ScannerFailed(Trouble.HARDWARE, 0, "FileNotFoundError")


def test_nothing_of_a_scan_is_left_in_memory(tmp_path: Path) -> None:
    """Each page's file is gone when the page has come, and what a killed host left goes too."""
    far = FlatbedSimulator()
    far.start()
    left = tmp_path / "kiosk-scan-killed"
    left.mkdir()
    (left / "p1.pnm").write_bytes(b"somebody's page")
    scanner, during = SaneScanner(far.address, memory=tmp_path, program=PROGRAM), list[Path]()
    scanner.scan(lambda _: during.extend(tmp_path.rglob("*.pnm")))

    assert during == []
    assert list(tmp_path.iterdir()) == []
    far.stop()


def test_a_scan_leaves_another_s_pages_alone(tmp_path: Path) -> None:
    """The host and a technician's command may scan at once: each wipes only what nobody holds."""
    with ScanFolder(tmp_path) as first:
        page = Path(first.pattern % 1)
        page.write_bytes(b"a page under way")
        with ScanFolder(tmp_path) as second:
            assert page.read_bytes() == b"a page under way"
            assert second.pattern != first.pattern

    assert list(tmp_path.iterdir()) == []


def test_a_camera_s_door_is_the_kernel_s(tmp_path: Path) -> None:
    """A path that is missing is lost, one that is no camera declines, mapped bytes are copied."""
    with pytest.raises(LineLost):
        VideoDevice(str(tmp_path / "video0")).open()
    null = VideoDevice("/dev/null")
    null.open()
    with pytest.raises(Declined):
        null.ask(0x80685600, bytes(104))
    null.close()
    with pytest.raises(LineLost):
        null.wait(0)
    file = tmp_path / "buffer"
    file.write_bytes(bytes(4096) + b"frame" + bytes(4091))
    mapped = VideoDevice(str(file))
    mapped.open()
    mapped.map(4096, 4096)

    assert mapped.peek(4096, 5) == b"frame"

    mapped.close()
    mapped.close()
