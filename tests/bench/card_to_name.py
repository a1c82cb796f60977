"""From the card on the reader to the name, in the host and on screen, against the wire's time."""

from collections.abc import Iterator
from statistics import median
from time import perf_counter, sleep

from devices.contracts.id_reader import CardFound, CardRead
from devices.drivers.sam_id_reader import FIND_INTERVAL_SECONDS, SamIdReader
from devices.simulators.sam_on_pty import SamOnPty
from devices.transports.serial_port import SerialPort
from tests.bench.card_on_screen import seconds_to_screen
from tests.bench.side_by_side import Measured

BAUD = 115_200
BITS_PER_BYTE = 10
READS = 9


class CountedLine(SerialPort):
    """The serial line, counting the bytes of both directions."""

    carried = 0

    def write(self, data: bytes) -> None:
        """Send and count."""
        self.carried += len(data)
        super().write(data)

    def read(self, most: int, *, timeout_seconds: float) -> bytes:
        """Receive and count."""
        data = super().read(most, timeout_seconds=timeout_seconds)
        self.carried += len(data)
        return data


def measure() -> Iterator[Measured]:
    """Yield the median milliseconds of a read in the host alone, then up to the screen."""
    host, wire = _read_in_host()
    yield Measured(
        "card placed to name in the host", host * 1000, wire * 1000, "ms", _told(host, wire)
    )
    screen = seconds_to_screen()
    yield Measured(
        "card placed to name on screen", screen * 1000, wire * 1000, "ms", _told(screen, wire)
    )


def _told(taken: float, wire: float) -> str:
    # A card is placed, on the average, half an interval before the next look.
    waiting = FIND_INTERVAL_SECONDS / 2
    ours = (taken - wire - waiting) * 1000
    return f"the wire at {BAUD} baud; {waiting * 1000:.0f} ms wait for a look, {ours:.0f} are ours"


def _read_in_host() -> tuple[float, float]:
    """Return the median seconds of a read, and those that its bytes need on the wire."""
    reader = SamOnPty(baud=BAUD)
    reader.start()
    line = CountedLine(reader.address, BAUD)
    driver = SamIdReader(line)
    driver.open()
    taken, carried = [], []
    for number in range(READS):
        reader.module.take()
        driver.find()
        # Cards do not come in step with the looks: at another moment between two each time.
        sleep(FIND_INTERVAL_SECONDS * number / READS)
        line.carried = 0
        reader.place_card("resident-1")
        placed = perf_counter()
        while not isinstance(driver.find(), CardFound):
            pass
        outcome = driver.read()
        taken.append(perf_counter() - placed)
        carried.append(line.carried)
        assert isinstance(outcome, CardRead), "the simulated card was not read"
    driver.close()
    reader.stop()
    return median(taken), median(carried) * BITS_PER_BYTE / BAUD
