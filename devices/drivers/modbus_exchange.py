"""One question and one answer of Modbus RTU over a line, asked once more if it went wrong."""

from devices.protocols.modbus_rtu import answer_length, gap_seconds, is_whole, unframed
from devices.transports.line import Clock, LineLost, TunableLine

ANSWER_SECONDS = 0.3
"""Relay boards answer within 50 ms; a USB adapter adds up to 16."""


class Silent(LineLost):
    """The line holds, and nobody answered over it."""


class Exchange:
    """Asks over one line; opens it when it is not open. Not for several threads at once."""

    def __init__(self, line: TunableLine, clock: Clock) -> None:
        self._line = line
        self._clock = clock
        self._open = False

    def ask(self, frame: bytes) -> bytes:
        """Return the answer to *frame*, whole and with a right CRC.

        Raises `LineLost` when the line breaks, `Silent` when nobody answers, `Malformed` when what
        comes is noise the second time too.
        """
        try:
            answer = self._once(frame)
            if not is_whole(answer):
                answer = self._once(frame)
            if not answer:
                raise Silent("silent")
        except LineLost:
            self.close()
            raise
        unframed(answer)
        return answer

    def close(self) -> None:
        """Let go of the line; the next question opens it again."""
        self._open = False
        self._line.close()

    def _once(self, frame: bytes) -> bytes:
        if not self._open:
            self._line.open()
            self._open = True
        self._line.discard_input()
        self._clock.sleep(gap_seconds(self._line.baud))
        self._line.write(frame)
        return self._hear()

    def _hear(self) -> bytes:
        until = self._clock.monotonic() + ANSWER_SECONDS
        heard = b""
        while True:
            length = answer_length(heard)
            wanted = 3 if length is None else length
            if len(heard) >= wanted:
                return heard
            left = until - self._clock.monotonic()
            if left <= 0:
                return heard
            heard += self._line.read(wanted - len(heard), timeout_seconds=left)
