"""A small fleet in one process: the whole server, a clock that leaps, the worker's watch."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask

from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.outbox.dispatcher import Dispatcher
from kiosk_server.reactions import HANDLERS, Context
from kiosk_server.settings import Settings
from kiosk_server.upkeep.evaluator import WATCH_EVERY_SECONDS, watch
from tests.fleet.life import Fleet
from tests.fleet.terminal import Answer, Request, answer_of

NOON = datetime.fromisoformat("2026-11-22T12:00:00+08:00")


class InProcess:
    """A stage without a socket and without waiting: time passes where it is told to."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self.origin = settings.public_origin
        self.database: Database = app.extensions["kiosk_database"]
        self._client = app.test_client()
        self._dispatcher = Dispatcher(self.database, HANDLERS, Context(self.database, settings))
        self._at = NOON.timestamp()
        self._looked_at = self._at

    def now(self) -> float:
        """The fleet's clock."""
        return self._at

    def send(self, request: Request) -> Answer:
        """Hand a request to the server."""
        with clock.frozen(datetime.fromtimestamp(self._at, UTC)):
            answer = self._client.open(
                request.path,
                method=request.method,
                base_url=self.origin,
                headers=request.headers,
                data=request.body,
            )
        return answer_of(answer.status_code, dict(answer.headers), answer.get_data())

    def live(self, fleet: Fleet, *, until: float, and_until: Callable[[], bool]) -> bool:
        """Let the fleet live until then, and on until *and_until*; False if that never came."""
        (crew,) = fleet.crews
        last = until + 900
        while self._at < until or not and_until():
            if self._at >= last:
                return False
            self._at = min(crew.next_due(), self._looked_at + WATCH_EVERY_SECONDS)
            crew.act(self._at)
            if self._at >= self._looked_at + WATCH_EVERY_SECONDS:
                self._look()
        return True

    def _look(self) -> None:
        self._looked_at = self._at
        with clock.frozen(datetime.fromtimestamp(self._at, UTC)):
            watch(self.database)
            self._dispatcher.work(go_on=lambda: True)
