"""
A serial port, 8 data bits, no parity, 1 stop bit; a pseudo-terminal serves as well.

Flow is controlled by the lines RTS and CTS or not at all. XON/XOFF is never used: rasters contain
both of its bytes, which would stop the port and be missing on paper.
"""

import termios
from enum import StrEnum

import serial

from devices.transports.line import LineLost

# pyserial lets termios.error and bare OSError through beside its own exception.
_BREAKS = (serial.SerialException, termios.error, OSError)

# Small enough that even the slowest printer takes one well within the time for a stall.
_PORTION = 256


class Flow(StrEnum):
    """Who holds the sender back when the device cannot take more."""

    NONE = "none"
    RTS_CTS = "rts_cts"


class SerialPort:
    """One serial port, named by its device path, held exclusively while open."""

    def __init__(
        self,
        port: str,
        baud: int = 115200,
        *,
        flow: Flow = Flow.NONE,
        stall_seconds: float = 2.0,
    ) -> None:
        self._name = port
        self._baud = baud
        self._flow = flow
        self._stall_seconds = stall_seconds
        self._port: serial.Serial | None = None

    @property
    def baud(self) -> int:
        """Bits a second."""
        return self._baud

    def tune(self, baud: int) -> None:
        """Change the port's speed, whether it is open or not."""
        self._baud = baud
        if self._port is not None:
            try:
                self._port.baudrate = baud
            except _BREAKS as fault:
                raise LineLost("cannot set the speed") from fault

    def open(self) -> None:
        """Open the port and forget what came before; raises `LineLost` if that is impossible."""
        self.close()
        try:
            self._port = serial.Serial(
                self._name,
                self._baud,
                timeout=0,
                write_timeout=self._stall_seconds,
                rtscts=self._flow is Flow.RTS_CTS,
                exclusive=True,
            )
            self._port.reset_input_buffer()
        except _BREAKS as fault:
            raise LineLost("cannot open the port") from fault

    def write(self, data: bytes) -> None:
        """Send all of *data*; raises `LineLost` after *stall_seconds* without progress."""
        port = self._opened()
        try:
            for start in range(0, len(data), _PORTION):
                port.write(data[start : start + _PORTION])
        except _BREAKS as fault:
            raise LineLost("cannot write") from fault

    def read(self, most: int, *, timeout_seconds: float) -> bytes:
        """Return what has come, waiting for at least one byte."""
        port = self._opened()
        try:
            port.timeout = max(0.0, timeout_seconds)
            first: bytes = port.read(1)
            if not first or most == 1:
                return first
            port.timeout = 0
            rest: bytes = port.read(most - 1)
        except _BREAKS as fault:
            raise LineLost("cannot read") from fault
        return first + rest

    def discard_input(self) -> None:
        """Empty the receive buffer."""
        try:
            self._opened().reset_input_buffer()
        except _BREAKS as fault:
            raise LineLost("cannot read") from fault

    def close(self) -> None:
        """Let go of the port."""
        port, self._port = self._port, None
        if port is not None:
            try:
                # Closing would wait half a minute for a device that takes nothing.
                port.reset_output_buffer()
                port.close()
            except _BREAKS:
                # The device behind the port has gone; there is nothing left to close.
                return

    def _opened(self) -> serial.Serial:
        if self._port is None:
            raise LineLost("not open")
        return self._port
