"""The line to the server with a switch in it, so that a dead line can be played in development."""

from collections.abc import Callable, Mapping

from devices.host.ports import LineDead, Reply, ServerDoor


class LineSwitch:
    """A `ServerDoor` that can be cut; everything that the terminal says passes through it."""

    def __init__(self, line: ServerDoor, told: Callable[[bool], None]) -> None:
        self._line = line
        self._told = told
        self.cut = False

    def send(
        self, method: str, target: str, *, headers: Mapping[str, str], body: bytes = b""
    ) -> Reply | LineDead:
        """Send through the line, or find it dead when it is cut."""
        if self.cut:
            self._told(False)
            return LineDead("cut")
        return self._line.send(method, target, headers=headers, body=body)
