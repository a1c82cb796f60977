"""From the card on the reader to the name in the host, against the wire's own time."""

from collections.abc import Iterator
from statistics import median
from time import perf_counter, sleep

from devices.contracts.id_reader import CardFound, CardRead
from devices.drivers.sam_id_reader import SamIdReader
from devices.simulators.sam_on_pty import SamOnPty
from devices.transports.serial_port import SerialPort
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
    """Yield the median milliseconds of a read; the reader is polled as the protocol allows."""
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
        sleep(0.3 * number / READS)
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
    wire = median(carried) * BITS_PER_BYTE / BAUD
    yield Measured(
        "card placed to name in the host",
        median(taken) * 1000,
        wire * 1000,
        "ms",
        f"{median(carried):.0f} bytes at {BAUD} baud; looks are 300 ms apart",
    )
