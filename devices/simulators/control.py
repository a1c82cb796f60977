"""
How a simulator is played: one JSON object a line over loopback, one JSON object back.

    {"do": "place_card", "card": "resident-1"}   ->   {"ok": true, "state": {...}}

`state` is always a verb and changes nothing.
"""

import json
import socketserver
import threading
from collections.abc import Callable, Mapping
from typing import Any

Verb = Callable[..., None]


class MisusedVerb(ValueError):
    """The verb is known, its argument makes no sense."""


class Control:
    """A loopback TCP port that lets a dock or a test play one simulator."""

    def __init__(
        self, verbs: Mapping[str, Verb], state: Callable[[], Mapping[str, object]], port: int = 0
    ) -> None:
        self._verbs = verbs
        self._state = state
        control = self

        class Session(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                for line in self.rfile:
                    reply = json.dumps(control.obey(line), ensure_ascii=False)
                    self.wfile.write(reply.encode() + b"\n")

        self._server = _Server(("127.0.0.1", port), Session)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="control", daemon=True
        )

    @property
    def address(self) -> str:
        """Host and port."""
        host, port = self._server.server_address[:2]
        return f"{host!s}:{port}"

    def start(self) -> None:
        """Begin to listen in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def obey(self, line: bytes) -> dict[str, object]:
        """Carry out one line and return the reply to it."""
        try:
            wish = json.loads(line)
        except ValueError:
            return {"ok": False, "problem": "not JSON"}
        if not isinstance(wish, dict):
            return {"ok": False, "problem": "not an object"}
        arguments: dict[str, Any] = {str(key): value for key, value in wish.items()}
        verb = str(arguments.pop("do", ""))
        if verb != "state":
            if verb not in self._verbs:
                return {"ok": False, "problem": f"verbs: {', '.join(sorted(self._verbs))}, state"}
            try:
                self._verbs[verb](**arguments)
            except (MisusedVerb, TypeError) as fault:
                return {"ok": False, "problem": str(fault)}
        return {"ok": True, "state": dict(self._state())}


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    # A session ends when its peer hangs up; stopping must not wait for that.
    block_on_close = False
