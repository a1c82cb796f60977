"""Playing a simulator through its control channel: one JSON object a line, one back."""

import json
import socket
from collections.abc import Mapping

_PATIENCE_SECONDS = 2.0


class SimulatorControl:
    """The control channel of one simulator at HOST:PORT; each call is a connection of its own."""

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self._address = (host, int(port))

    def state(self) -> Mapping[str, object] | None:
        """How the simulator stands, or None when it does not answer."""
        reply = self._say({"do": "state"})
        found = reply.get("state") if reply is not None else None
        return found if isinstance(found, dict) else None

    def do(self, verb: str, **arguments: object) -> str | None:
        """Carry out a verb; returns None when done, else what the simulator minded."""
        reply = self._say({"do": verb, **arguments})
        if reply is None:
            return "does not answer"
        return None if reply.get("ok") is True else str(reply.get("problem", "refused"))

    def _say(self, wish: Mapping[str, object]) -> Mapping[str, object] | None:
        try:
            with (
                socket.create_connection(self._address, _PATIENCE_SECONDS) as line,
                line.makefile("rwb") as channel,
            ):
                channel.write(json.dumps(wish).encode() + b"\n")
                channel.flush()
                reply = json.loads(channel.readline())
        except (OSError, ValueError):
            return None
        return reply if isinstance(reply, dict) else None
