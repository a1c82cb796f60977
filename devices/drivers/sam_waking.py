"""
How the security module is woken: at which baud it listens, whether it is ready, who it is.

A module stays at the baud that it was last set to, so one that comes from another cabinet may be
silent at ours: every baud is then tried, and the module that answers is set to the one wanted.
"""

from dataclasses import dataclass

from devices.contracts.states import Trouble
from devices.drivers.sam_exchange import Exchange
from devices.drivers.sam_words import trouble_of
from devices.protocols.id_card_frames import BAUD_COMMANDS, Answer, Command, sam_id
from devices.transports.line import TunableLine

PROBE_SECONDS = 0.4
_ATTEMPTS = 2
_LASTING = frozenset({Trouble.SELF_TEST_FAILED, Trouble.NOT_AUTHORISED})
# What a module at another baud looks like: nothing, or noise.
_MISTUNED = frozenset({Trouble.OFFLINE, Trouble.GARBLED})


@dataclass(frozen=True, slots=True)
class Awake:
    """The module is ready; `sam_id` is its printed identity."""

    sam_id: str


class Waking:
    """Wakes the module behind a line; breaks of the line pass through as `LineLost`."""

    def __init__(self, line: TunableLine, exchange: Exchange) -> None:
        self._line = line
        self._exchange = exchange
        self._wanted_baud = line.baud

    def wake(self) -> Awake | Trouble:
        """Open the line, find the module's baud if it is silent, and ask who it is."""
        self._line.tune(self._wanted_baud)
        self._line.open()
        trouble = self._until_ready()
        if trouble in _MISTUNED and self._found_at_another_baud():
            trouble = self._until_ready()
        return self.identity() if trouble is None else trouble

    def identity(self) -> Awake | Trouble:
        """Ask a ready module for its identity, which changes only with the module itself."""
        answer = self._exchange.ask_again_if_garbled(Command.SAM_ID)
        trouble = trouble_of(answer)
        if trouble is not None or not isinstance(answer, Answer):
            return trouble or Trouble.GARBLED
        learned = sam_id(answer.data)
        return Trouble.GARBLED if learned is None else Awake(learned)

    def _until_ready(self) -> Trouble | None:
        trouble: Trouble | None = None
        for attempt in range(_ATTEMPTS):
            if attempt:
                self._exchange.ask(Command.RESET)
            trouble = trouble_of(self._exchange.ask(Command.STATUS))
            if trouble is None or trouble in _LASTING:
                return trouble
        return trouble

    def _found_at_another_baud(self) -> bool:
        for baud in BAUD_COMMANDS:
            if baud != self._wanted_baud and self._answers_at(baud):
                self._set_to_wanted(baud)
                return True
        self._line.tune(self._wanted_baud)
        return False

    def _answers_at(self, baud: int) -> bool:
        self._line.tune(baud)
        answer = self._exchange.ask(Command.STATUS, header_seconds=PROBE_SECONDS)
        return isinstance(answer, Answer)

    def _set_to_wanted(self, found: int) -> None:
        """Change the module's baud; one that cannot is spoken to at its own.

        Some modules answer before they change and some after, so the answer is not waited for
        longer than a probe and proves nothing: only one at the new baud does.
        """
        self._exchange.ask(BAUD_COMMANDS[self._wanted_baud], header_seconds=PROBE_SECONDS)
        if not self._answers_at(self._wanted_baud):
            self._line.tune(found)
