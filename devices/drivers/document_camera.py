"""
The document camera (高拍仪) over Video4Linux2.

It is open only while a picture is taken: between two visits nothing films, and its light is off.
A picture is taken once exposure has settled and what lies there lies still.
"""

import errno
import threading
from collections.abc import Callable

from devices.contracts.document_scanner import (
    Cancelled,
    Picture,
    ScanEnd,
    Scanned,
    ScannerFailed,
)
from devices.contracts.states import DeviceStatus, Trouble
from devices.drivers.camera_stream import CameraStream, NotACamera, capability_of
from devices.protocols.camera_frames import SpoiltFrame, difference, glimpse, picture_of
from devices.transports.line import Clock, LineLost, SystemClock
from devices.transports.video_device import Declined, VideoDevice, VideoLine

# Exposure and white balance of common cameras settle within as many frames.
SETTLING_FRAMES = 4
STILL_LEVELS = 2.0
"""Two frames that differ by less show the same thing lying still; noise alone is half of it."""
PATIENCE_SECONDS = 4.0
"""After so long the picture is taken as it is: a curling page never lies quite still."""
NO_FRAME_SECONDS = 2.0
_LOOK_SECONDS = 0.2


def over_video(path: str, *, dots_per_inch: float | None = None) -> "DocumentCamera":
    """Return the camera at *path*; *dots_per_inch* as measured where documents lie, if known.

    Nothing is opened yet.
    """
    return DocumentCamera(VideoDevice(path), dots_per_inch=dots_per_inch)


class DocumentCamera:
    """A `DocumentScanner` over one video device; it takes one picture at a time."""

    def __init__(
        self, line: VideoLine, *, dots_per_inch: float | None = None, clock: Clock | None = None
    ) -> None:
        self._line = line
        self._dots_per_inch = dots_per_inch
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._given_up = threading.Event()

    def status(self) -> DeviceStatus:
        """Ask the camera what it is, without taking a picture."""
        if not self._lock.acquire(blocking=False):
            return DeviceStatus.of([Trouble.BUSY])
        try:
            self._line.open()
            found = capability_of(self._line)
            troubles = () if found.takes_pictures else (Trouble.NOT_SUPPORTED,)
            return DeviceStatus.of(troubles, {"model": found.card, "bus": found.bus})
        except (LineLost, Declined) as fault:
            return DeviceStatus.of([_trouble_of(fault)])
        finally:
            self._line.close()
            self._lock.release()

    def scan(
        self,
        arrived: Callable[[Picture], None],
        *,
        most: int = 1,
        progress: Callable[[int], None] = lambda percent: None,
    ) -> ScanEnd:
        """Take one picture, whatever *most* says: for each page a person must lay one down."""
        with self._lock:
            self._given_up.clear()
            try:
                with CameraStream(self._line) as stream:
                    outcome = self._still_picture(stream)
            except NotACamera as fault:
                return ScannerFailed(Trouble.NOT_SUPPORTED, detail=str(fault))
            except (LineLost, Declined) as fault:
                return ScannerFailed(_trouble_of(fault), detail=str(fault))
        if not isinstance(outcome, Picture):
            return outcome
        arrived(outcome)
        progress(100)
        return Scanned(1)

    def cancel(self) -> None:
        """End the scan under way at its next look."""
        self._given_up.set()

    def close(self) -> None:
        """End the scan under way; nothing else is ever held."""
        self.cancel()

    def _still_picture(self, stream: CameraStream) -> Picture | ScanEnd:
        began = heard = self._clock.monotonic()
        good, spoilt, before = 0, 0, b""
        while not self._given_up.is_set():
            frame = stream.next_frame(_LOOK_SECONDS)
            now = self._clock.monotonic()
            if frame is None:
                if now - heard > NO_FRAME_SECONDS:
                    return ScannerFailed(Trouble.OFFLINE, detail="no frames")
                continue
            heard = now
            try:
                seen = glimpse(frame, stream.shape)
                good += 1
                still = bool(before) and difference(before, seen) < STILL_LEVELS
                before = seen
                if (good > SETTLING_FRAMES and still) or now - began > PATIENCE_SECONDS:
                    return picture_of(frame, stream.shape, self._dots_per_inch)
            except SpoiltFrame:
                spoilt += 1
                if now - began > 2 * PATIENCE_SECONDS:
                    return ScannerFailed(Trouble.GARBLED, detail=f"{spoilt} spoilt frames")
        return Cancelled(0)


def _trouble_of(fault: LineLost | Declined) -> Trouble:
    if isinstance(fault, Declined):
        return Trouble.BUSY if fault.number == errno.EBUSY else Trouble.NOT_SUPPORTED
    return Trouble.OFFLINE
