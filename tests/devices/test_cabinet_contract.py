"""The cabinet's contract: the Modbus driver over a simulated board, on a pty and on a script."""

from collections.abc import Iterator

import pytest

from devices.contracts.cabinet import Contact, Lamp, LampTrouble, Lit
from devices.contracts.states import Condition, Trouble
from devices.drivers.modbus_cabinet import ModbusCabinet, Thermometer, Wiring, over_serial
from devices.protocols.modbus_rtu import Function
from devices.simulators.cabinet_board import (
    CONTACTS,
    RELAYS,
    THERMOMETER,
    BoardOnPty,
    CabinetBoard,
    request_length,
)
from devices.simulators.control import MisusedVerb
from devices.transports.scripted import ScriptedLine, VirtualClock

WIRING = Wiring(
    lamps={Lamp(name): at for at, name in enumerate(RELAYS)},
    contacts={Contact(name): at for at, name in enumerate(CONTACTS)},
    thermometer=Thermometer(THERMOMETER, 1),
)
BOTH = {Lamp.READER, Lamp.IN_SERVICE}


@pytest.fixture
def board() -> Iterator[BoardOnPty]:
    """A board on a pseudo-terminal."""
    simulator = BoardOnPty()
    simulator.start()
    yield simulator
    simulator.stop()


@pytest.fixture
def cabinet(board: BoardOnPty) -> Iterator[ModbusCabinet]:
    """The driver of that board."""
    driver = over_serial(board.address, WIRING)
    yield driver
    driver.close()


class Bench:
    """A driver on a scripted line whose far end is a board, in virtual time."""

    def __init__(self, wiring: Wiring = WIRING) -> None:
        self.clock = VirtualClock()
        self.board = CabinetBoard()
        self.line = ScriptedLine(iter(lambda: self.board.answer_to, None), self.clock, baud=9600)
        self.cabinet = ModbusCabinet(self.line, wiring, clock=self.clock)

    @property
    def lit(self) -> set[str]:
        """The lamps that burn."""
        return {name for at, name in enumerate(RELAYS) if self.board.relays[at]}


def test_a_quiet_cabinet_is_ready(board: BoardOnPty, cabinet: ModbusCabinet) -> None:
    """Doors shut, mains on, cool: ready, with its degrees for the technician."""
    status = cabinet.status()

    assert status.condition is Condition.READY
    assert status.details == {"celsius": 28}


def test_lamps_burn_as_wished(board: BoardOnPty, cabinet: ModbusCabinet) -> None:
    """Exactly the wished lamps burn, and none when nothing is wished."""
    assert cabinet.light(BOTH) == Lit()
    assert [name for name, on in _lamps(board).items() if on] == ["reader", "in_service"]

    assert cabinet.light(()) == Lit()
    assert not any(_lamps(board).values())


@pytest.mark.parametrize(
    ("contact", "trouble", "condition"),
    [
        ("door_open", Trouble.DOOR_OPEN, Condition.NEEDS_ATTENTION),
        ("tray_open", Trouble.COVER_OPEN, Condition.NEEDS_ATTENTION),
        ("key_turned", Trouble.KEY_TURNED, Condition.LOW),
        ("on_battery", Trouble.ON_BATTERY, Condition.LOW),
    ],
)
def test_contacts_are_named_troubles(
    board: BoardOnPty, cabinet: ModbusCabinet, contact: str, trouble: Trouble, condition: Condition
) -> None:
    """Each contact is one trouble with its gravity, gone when the contact parts."""
    board.make(contact)
    status = cabinet.status()

    assert (status.troubles, status.condition) == ((trouble,), condition)

    board.part(contact)

    assert cabinet.status().condition is Condition.READY


def test_who_has_the_key_may_open() -> None:
    """With the maintenance key turned an open door is no break-in; the key itself is told."""
    bench = Bench()
    bench.board.contacts[:3] = [True, True, True]
    status = bench.cabinet.status()

    assert status.troubles == (Trouble.KEY_TURNED,)


def test_a_switch_may_be_closed_at_rest() -> None:
    """A door switch that the shut door presses: a cut wire then looks like an open door."""
    bench = Bench(
        Wiring(contacts={Contact.DOOR_OPEN: 0}, closed_at_rest=frozenset({Contact.DOOR_OPEN}))
    )

    assert bench.cabinet.status().troubles == (Trouble.DOOR_OPEN,)

    bench.board.contacts[0] = True

    assert bench.cabinet.status().troubles == ()


def test_heat_does_not_flap() -> None:
    """Hot from 60 degrees on, cool again only below 55."""
    bench = Bench()
    seen = []
    for celsius in (59.9, 60.0, 57.0, 55.0, 54.9, 58.0):
        bench.board.tenths = round(celsius * 10)
        seen.append(bench.cabinet.status().troubles == (Trouble.OVERHEATED,))

    assert seen == [False, True, True, True, False, False]


def test_a_dead_thermometer_is_told_and_stops_nothing() -> None:
    """The board goes on; that heat would not be noticed is a fault of its own."""
    bench = Bench()
    bench.board.thermometer_answers = False

    assert bench.cabinet.status().troubles == (Trouble.SELF_TEST_FAILED,)
    assert bench.cabinet.light(BOTH) == Lit()


def test_a_restarted_board_is_lit_again() -> None:
    """A board that lost its power has dark lamps; the next look lights them again."""
    bench = Bench()
    bench.cabinet.light(BOTH)
    bench.board.relays[:] = [False] * len(bench.board.relays)
    bench.cabinet.status()

    assert bench.lit == {"reader", "in_service"}


def test_only_what_changes_is_told() -> None:
    """One lamp costs one frame, several cost one frame, none costs none."""
    bench = Bench()
    bench.cabinet.light(BOTH)
    bench.line.written.clear()
    bench.cabinet.light(BOTH)
    bench.cabinet.light({Lamp.IN_SERVICE})
    bench.cabinet.light({Lamp.READER, Lamp.PAPER_EXIT})

    assert [frame[1] for frame in bench.line.written] == [
        Function.WRITE_SINGLE_COIL,
        Function.WRITE_MULTIPLE_COILS,
    ]


def test_relays_between_ours_are_left_alone() -> None:
    """Where lamps are not wired in a row, each is set by itself: a fan between them runs on."""
    bench = Bench(Wiring(lamps={Lamp.READER: 0, Lamp.PAPER_EXIT: 2}))
    bench.board.relays[1] = True
    bench.cabinet.light({Lamp.READER, Lamp.PAPER_EXIT})
    bench.cabinet.light(())

    assert bench.board.relays == [False, True, *[False] * 6]


def test_wiring_that_the_board_lacks_is_named() -> None:
    """A relay beyond the board's is a fault of the settings, told as not supported."""
    bench = Bench(Wiring(lamps={Lamp.READER: 12}))

    assert bench.cabinet.status().troubles == (Trouble.NOT_SUPPORTED,)
    assert bench.cabinet.light({Lamp.READER}) == LampTrouble(Trouble.NOT_SUPPORTED, "exception_2")


def test_one_burst_of_noise_is_forgiven() -> None:
    """An answer with a wrong sum is asked for again; twice in a row it is told."""
    bench = Bench()
    bench.line.follow([b"\x01\x02\x01\x00\x00\x00"])

    assert bench.cabinet.status().condition is Condition.READY

    bench.line.follow([b"\x01\x02\x01\x00\x00\x00"] * 2)

    assert bench.cabinet.status().troubles == (Trouble.GARBLED,)
    assert bench.cabinet.status().condition is Condition.READY


def test_the_cable_may_be_pulled_at_every_byte() -> None:
    """Wherever the line breaks, the board is absent once and whole at the next look."""
    whole = Bench()
    whole.cabinet.light(BOTH)
    whole.cabinet.status()
    received, sent = whole.line.delivered, sum(map(len, whole.line.written))
    assert received > 0
    assert sent > 0
    for count in range(received):
        bench = Bench()
        bench.line.pull_after(count)
        _survives(bench)
    for count in range(sent):
        bench = Bench()
        bench.line.pull_after_written(count)
        _survives(bench)


def _survives(bench: Bench) -> None:
    lit, seen = bench.cabinet.light(BOTH), bench.cabinet.status()

    told = [lit.trouble] if isinstance(lit, LampTrouble) else []
    assert [*told, *seen.troubles] == [Trouble.OFFLINE]
    assert bench.cabinet.status().condition is Condition.READY
    assert bench.lit == {"reader", "in_service"}


def test_a_pulled_cable_is_told_and_plugged_in_again_it_works(
    board: BoardOnPty, cabinet: ModbusCabinet
) -> None:
    """The board is absent while the cable is pulled and is opened again by itself, lamps lit."""
    cabinet.light(BOTH)
    board.pull_cable()

    assert cabinet.status().troubles == (Trouble.OFFLINE,)
    assert isinstance(cabinet.light(()), LampTrouble)

    board.plug_cable()
    cabinet.light(BOTH)

    assert cabinet.status().condition is Condition.READY
    assert _lamps(board)["reader"]


def test_a_silent_board_is_absent() -> None:
    """A board of another number never answers: absent after less than a second."""
    bench = Bench()
    bench.cabinet = ModbusCabinet(bench.line, WIRING, unit=9, clock=bench.clock)

    assert bench.cabinet.status().troubles == (Trouble.OFFLINE,)
    assert bench.clock.monotonic() < 1.0


def test_closing_leaves_the_cabinet_dark(board: BoardOnPty, cabinet: ModbusCabinet) -> None:
    """No lamp points to a terminal that has ended; closing twice is harmless."""
    cabinet.light(BOTH)
    cabinet.close()
    cabinet.close()

    assert not any(_lamps(board).values())


def test_unknown_contacts_are_refused_by_the_simulator(board: BoardOnPty) -> None:
    """A misspelt contact is the caller's mistake, and half a request is waited for."""
    with pytest.raises(MisusedVerb):
        board.make("window_open")
    assert request_length(b"\x01") is None
    assert request_length(b"\x01\x0f\x00\x00\x00\x08") is None


def _lamps(board: BoardOnPty) -> dict[str, bool]:
    found = board.state()["lamps"]
    assert isinstance(found, dict)
    return found
