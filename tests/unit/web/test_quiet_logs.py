"""Logs tell what fell and where, never what was in its hands."""

import io
import json
import sys
import threading
from collections.abc import Iterator
from threading import Event

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from kiosk_server import worker
from kiosk_server.core.database import Database
from kiosk_server.web.logs import configure_logs

SECRET = "测试·阿依古丽 653001199003070022"
INTO_NOWHERE = text("INSERT INTO nowhere VALUES (:person)")


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What goes to standard error, with the logs as every process configures them."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    configure_logs()
    yield stream
    structlog.reset_defaults()


@pytest.mark.policy("P37")
def test_database_error_quotes_nobody(database: Database) -> None:
    """The text of a refused statement shows no value of it, on both engines."""
    with pytest.raises(SQLAlchemyError) as fault, database.unit_of_work() as session:
        session.execute(INTO_NOWHERE, {"person": SECRET})
    assert "nowhere" in str(fault.value)
    assert SECRET not in str(fault.value)


@pytest.mark.policy("P37")
def test_logged_error_is_kind_and_place(written: io.StringIO) -> None:
    """An error in the log has its type, its causes and its lines, and none of its words."""
    try:
        try:
            raise ValueError(SECRET)
        except ValueError as cause:
            group = ExceptionGroup(SECRET, [KeyError(SECRET)])
            group.add_note(SECRET)
            raise group from cause
    except ExceptionGroup:
        structlog.get_logger().exception("request_broken")
    line = json.loads(written.getvalue())
    told = [each["exc_type"] for each in line["exception"]]
    assert told == ["ExceptionGroup", "ValueError"]
    assert line["exception"][0]["exceptions"][0][0]["exc_type"] == "KeyError"
    assert line["exception"][0]["frames"][0]["name"] == "test_logged_error_is_kind_and_place"
    assert SECRET not in written.getvalue()


@pytest.mark.policy("P37")
def test_fallen_duty_ends_the_worker_without_words(written: io.StringIO) -> None:
    """A duty that falls is logged by kind and place, and takes the whole worker down."""

    def fall() -> float:
        raise RuntimeError(SECRET)

    stop = Event()
    thread = threading.Thread(target=worker._repeat, args=("outbox", fall, stop), name="outbox")
    thread.start()
    thread.join()
    assert stop.is_set()
    line = json.loads(written.getvalue())
    assert (line["event"], line["thread"]) == ("thread_fallen", "outbox")
    assert SECRET not in written.getvalue()
