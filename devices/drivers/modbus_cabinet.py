"""
The cabinet (机柜) behind a relay and input board that speaks Modbus RTU.

Relays are coils, contacts are discrete inputs; a thermometer is a register of this unit or of
another one on the same pair of wires. Which number means what is the installer's to say.
"""

import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from devices.contracts.cabinet import Contact, Lamp, LampOutcome, LampTrouble, Lit
from devices.contracts.states import Detail, DeviceStatus, Trouble
from devices.drivers.modbus_exchange import Exchange, Silent
from devices.protocols import modbus_rtu as modbus
from devices.protocols.modbus_rtu import Declined, Function, Malformed
from devices.transports.line import Clock, LineLost, SystemClock, TunableLine
from devices.transports.serial_port import SerialPort

COOLED_BY_CELSIUS = 5.0
"""How far below the limit a hot cabinet must cool before it counts as cool again."""
_TENTHS = 10.0


@dataclass(frozen=True, slots=True)
class Thermometer:
    """Where tenths of a degree stand: a unit and its register (function 04, or 03 if *holding*)."""

    unit: int
    register: int
    holding: bool = False
    hot_celsius: float = 60.0


@dataclass(frozen=True, slots=True)
class Wiring:
    """Which relay lights which lamp, and which input is which contact.

    `closed_at_rest` are contacts that are made while nothing is the matter, as the switch of a
    shut door often is.
    """

    lamps: Mapping[Lamp, int] = field(default_factory=dict)
    contacts: Mapping[Contact, int] = field(default_factory=dict)
    closed_at_rest: frozenset[Contact] = frozenset()
    thermometer: Thermometer | None = None


def over_serial(port: str, wiring: Wiring, *, unit: int = 1, baud: int = 9600) -> "ModbusCabinet":
    """Return the cabinet on a serial port, 8N1; nothing is opened yet."""
    return ModbusCabinet(SerialPort(port, baud), wiring, unit=unit)


class _Refusal(Exception):
    """The board declined, or answered with noise; carries what that means for the technician."""

    def __init__(self, trouble: Trouble, detail: str) -> None:
        super().__init__(detail)
        self.trouble = trouble


class ModbusCabinet:
    """A `Cabinet` over a line."""

    def __init__(
        self, line: TunableLine, wiring: Wiring, *, unit: int = 1, clock: Clock | None = None
    ) -> None:
        self._exchange = Exchange(line, clock or SystemClock())
        self._wiring = wiring
        self._unit = unit
        self._lock = threading.Lock()
        self._wished: frozenset[Lamp] = frozenset()
        self._shown: frozenset[Lamp] | None = None
        self._hot = False

    def status(self) -> DeviceStatus:
        """Read contacts and warmth, and light again what a restarted board has forgotten."""
        with self._lock:
            try:
                made = self._made()
                self._shown = self._lamps_lit()
                self._show()
                warmth, details = self._warmth()
            except LineLost:
                return DeviceStatus.of([self._lose()])
            except _Refusal as refusal:
                return DeviceStatus.of([refusal.trouble])
            return DeviceStatus.of([*_troubles(made), *warmth], details)

    def light(self, lamps: Collection[Lamp]) -> LampOutcome:
        """Light exactly these lamps, telling the board only what changes."""
        with self._lock:
            self._wished = frozenset(lamps)
            try:
                self._show()
            except LineLost as fault:
                return LampTrouble(self._lose(), str(fault))
            except _Refusal as refusal:
                return LampTrouble(refusal.trouble, str(refusal))
            return Lit()

    def close(self) -> None:
        """Leave the cabinet dark."""
        self.light(())
        with self._lock:
            self._lose()

    def _show(self) -> None:
        numbers = self._wiring.lamps
        changed = [
            lamp
            for lamp in numbers
            if self._shown is None or (lamp in self._wished) is not (lamp in self._shown)
        ]
        first, last = min(numbers.values(), default=0), max(numbers.values(), default=-1)
        if len(changed) > 1 and last - first + 1 == len(numbers):
            row = {number: lamp in self._wished for lamp, number in numbers.items()}
            ordered = [row[number] for number in range(first, last + 1)]
            self._write(modbus.write_coils(self._unit, first, ordered))
        else:
            # Relays between ours may drive something else: they are left alone.
            for lamp in changed:
                on = lamp in self._wished
                self._write(modbus.write_coil(self._unit, numbers[lamp], on))
        self._shown = self._wished & numbers.keys()

    def _lamps_lit(self) -> frozenset[Lamp]:
        numbers = self._wiring.lamps
        lit = self._bits(Function.READ_COILS, numbers.values())
        return frozenset(lamp for lamp, number in numbers.items() if lit[number])

    def _made(self) -> frozenset[Contact]:
        numbers = self._wiring.contacts
        closed = self._bits(Function.READ_DISCRETE_INPUTS, numbers.values())
        rest = self._wiring.closed_at_rest
        return frozenset(
            contact
            for contact, number in numbers.items()
            if closed[number] is not (contact in rest)
        )

    def _bits(self, function: Function, numbers: Collection[int]) -> tuple[bool, ...]:
        if not numbers:
            return ()
        asked = modbus.read(self._unit, function, 0, max(numbers) + 1)
        try:
            found = modbus.bits(asked, self._exchange.ask(asked))
        except Malformed as fault:
            raise _Refusal(Trouble.GARBLED, str(fault)) from fault
        if isinstance(found, Declined):
            raise _declined(found)
        return found

    def _write(self, asked: bytes) -> None:
        # Whatever becomes of it, what the lamps show is not known until it is confirmed.
        self._shown = None
        try:
            declined = modbus.confirmed(asked, self._exchange.ask(asked))
        except Malformed as fault:
            raise _Refusal(Trouble.GARBLED, str(fault)) from fault
        if declined is not None:
            raise _declined(declined)

    def _warmth(self) -> tuple[list[Trouble], dict[str, Detail]]:
        at = self._wiring.thermometer
        if at is None:
            return [], {}
        function = Function.READ_HOLDING_REGISTERS if at.holding else Function.READ_INPUT_REGISTERS
        asked = modbus.read(at.unit, function, at.register, 1)
        try:
            found = modbus.registers(asked, self._exchange.ask(asked))
        except (Malformed, Silent):
            # The board itself has just answered: it is the thermometer that does not.
            return [Trouble.SELF_TEST_FAILED], {}
        if isinstance(found, Declined):
            return [Trouble.SELF_TEST_FAILED], {}
        celsius = found[0] / _TENTHS
        limit = at.hot_celsius - (COOLED_BY_CELSIUS if self._hot else 0.0)
        self._hot = celsius >= limit
        return ([Trouble.OVERHEATED] if self._hot else []), {"celsius": round(celsius)}

    def _lose(self) -> Trouble:
        self._exchange.close()
        self._shown = None
        return Trouble.OFFLINE


def _troubles(made: Collection[Contact]) -> list[Trouble]:
    """Return what the contacts mean: a door is no matter while a key keeper has it open."""
    found = []
    if Contact.KEY_TURNED in made:
        found.append(Trouble.KEY_TURNED)
    else:
        if Contact.DOOR_OPEN in made:
            found.append(Trouble.DOOR_OPEN)
        if Contact.TRAY_OPEN in made:
            found.append(Trouble.COVER_OPEN)
    if Contact.ON_BATTERY in made:
        found.append(Trouble.ON_BATTERY)
    return found


def _declined(found: Declined) -> _Refusal:
    # Wiring that names a relay or an input that this board does not have.
    return _Refusal(Trouble.NOT_SUPPORTED, f"exception_{found.code}")
