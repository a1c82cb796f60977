"""
The device host killed between a note in its journal and the deed that follows, and the reverse.

No hook inside the host: the far end of the wire holds still at a byte, and there `kill -9` strikes.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.counter_server import Paper
from tests.support.gate import Gate, Held, gate
from tests.support.terminal_bench import Bench, bench
from tests.support.warm_starts import Life, WarmStarts

pytestmark = pytest.mark.policy("P50")

JOB = "01job"
TWO_PAGES = b"%PDF-1.4\n1 0 obj<</Type/Page>>\nendobj\n2 0 obj<</Type/Page>>\nendobj\n"
PRINT_JOB = b"\x02\x00\x00\x02"
"""Version and operation of the request that hands a document over (RFC 8011 4.2.1)."""
LAST_WORD = b'"printed"'
PATIENCE_SECONDS = 60.0


@dataclass
class Gated:
    """A bench whose two wires can be held: to the counter and to the A4 printer."""

    table: Bench
    counter: Gate
    printer: Gate
    warm: WarmStarts

    def live(self) -> Life:
        """A life of the host begins."""
        return self.warm.begin(
            "devices",
            ["run", "--config", str(self.table.config)],
            environment={},
            log=self.table.folder / "host.log",
        )

    def reports(self, state: str) -> bool:
        """Wait until the counter has been told that the job is in *state*."""
        return self.table.counter.wait_for(
            lambda: state in self.table.counter.states_of(JOB), PATIENCE_SECONDS
        )

    def given_to_printer(self) -> int:
        """How often the printer was given the job."""
        jobs = self.table.a4.state()["jobs"]
        assert isinstance(jobs, list)
        return [job["name"] for job in jobs].count(JOB)


@pytest.fixture
def place(warm: WarmStarts, tmp_path: Path) -> Iterator[Gated]:
    """The bench with a sheet that is wanted, and nobody who prints it yet."""
    with ExitStack() as stack:
        table = stack.enter_context(bench(tmp_path))
        counter = stack.enter_context(gate(table.counter.port))
        before = table.counter.origin
        # What is signed is the address that is asked.
        table.counter.port = counter.port
        printer_port = int(table.a4.address.split(":")[2].partition("/")[0])
        printer = stack.enter_context(gate(printer_port))
        text = table.config.read_text("utf-8").replace(before, table.counter.origin)
        text = text.replace(f":{printer_port}/", f":{printer.port}/")
        table.config.write_text(text, "utf-8")
        table.enrol()
        table.counter.papers[JOB] = Paper("a4", TWO_PAGES, pages=2)
        table.counter.want("print_a4", JOB)
        yield Gated(table, counter, printer, warm)


def at_printer(what: Held) -> Callable[[Gated], Gate]:
    """Hold the document on its way to the printer, or the printer's word that it has it."""

    def hold(place: Gated) -> Gate:
        place.printer.hold_at(PRINT_JOB, what)
        return place.printer

    return hold


def at_counter(mark: bytes, what: Held) -> Callable[[Gated], Gate]:
    """Hold a request of the terminal, or its answer."""

    def hold(place: Gated) -> Gate:
        place.counter.hold_at(mark, what)
        return place.counter

    return hold


@pytest.mark.parametrize(
    ("hold", "end", "given"),
    [
        pytest.param(at_printer(Held.REQUEST), "unknown", 0, id="journal noted, printer has none"),
        pytest.param(at_printer(Held.ANSWER), "printed", 1, id="printer took, journal has no word"),
        pytest.param(at_counter(b"/document", Held.ANSWER), "printed", 1, id="document fetched"),
        pytest.param(at_counter(LAST_WORD, Held.REQUEST), "printed", 1, id="report not heard"),
        pytest.param(at_counter(LAST_WORD, Held.ANSWER), "printed", 1, id="report heard"),
    ],
)
def test_killed_at_a_byte(
    place: Gated, hold: Callable[[Gated], Gate], end: str, given: int
) -> None:
    """The next life ends the job; the printer is given it once at most, never a second time."""
    held = hold(place)
    first = place.live()
    assert held.reached.wait(PATIENCE_SECONDS), (place.table.folder / "host.log").read_text("utf-8")
    first.kill()
    second = place.live()
    try:
        assert place.reports(end)
        assert place.given_to_printer() == given
        assert place.table.counter.states_of(JOB).count(end) == 1
        # Half a request, whose sender died over it, is not believed.
        assert set(place.table.counter.refused) <= {"signature_invalid"}
    finally:
        second.kill()
