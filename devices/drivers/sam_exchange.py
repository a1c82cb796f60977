"""
One question to the security module of a card reader and the answer to it, in bounded time.
"""

from dataclasses import dataclass

from devices.protocols.id_card_frames import Answer, Command, FrameParser, Garbled, request
from devices.transports.line import Clock, Line

HEADER_SECONDS = 2.0
WHOLE_SECONDS = 5.0

# A pause this long within an answer means that the module has finished; at 9600 baud, the
# slowest that it can be set to, a byte takes one millisecond.
_QUIET_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Silent:
    """No whole answer came in time."""


class Exchange:
    """Puts questions over a line; breaks of the line pass through as `LineLost`."""

    def __init__(self, line: Line, clock: Clock) -> None:
        self._line = line
        self._clock = clock

    def ask(
        self, command: Command, *, header_seconds: float = HEADER_SECONDS
    ) -> Answer | Garbled | Silent:
        """Send *command* and return its answer, at most five seconds later; a module that has not
        begun to answer within *header_seconds* is silent.

        Rubbish before the answer is passed over; only if nothing true follows it is the
        outcome `Garbled`.
        """
        self._line.discard_input()
        self._line.write(request(command))
        began = self._clock.monotonic()
        parser = FrameParser()
        noise: Garbled | None = None
        while True:
            limit = WHOLE_SECONDS if parser.begun else header_seconds
            left = began + limit - self._clock.monotonic()
            if left <= 0:
                return noise or Silent()
            data = self._line.read(
                4096, timeout_seconds=min(left, _QUIET_SECONDS) if noise else left
            )
            if noise and not data:
                return noise
            parser.feed(data)
            while (found := parser.next_answer()) is not None:
                match found:
                    case Answer():
                        return found
                    case Garbled():
                        noise = found

    def ask_again_if_garbled(self, command: Command) -> Answer | Garbled | Silent:
        """Ask, and once more if the line spoiled the answer: noise is not the card's fault."""
        answer = self.ask(command)
        return self.ask(command) if isinstance(answer, Garbled) else answer
