"""What a view may ask of the request it serves: database, settings, request id, actor."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from flask import Flask, current_app, g, request
from sqlalchemy.orm import Session

from kiosk_server.core.database import Database
from kiosk_server.core.identifiers import new_id
from kiosk_server.settings import Settings

_SAFE = ("GET", "HEAD")


def database() -> Database:
    """Return the application's database."""
    found: Database = current_app.extensions["kiosk_database"]
    return found


@contextmanager
def page_reading() -> Iterator[Session]:
    """
    Lend the reading session that all parts of one page share: they tell of one moment.

    It ends with the request. What answers a form reads anew each time, since it has written.
    """
    if request.method not in _SAFE:
        with database().reading() as session:
            yield session
        return
    if "page_session" not in g:
        g.page_stack = ExitStack()
        g.page_session = g.page_stack.enter_context(database().reading())
    yield g.page_session


def register_page_reading(app: Flask) -> None:
    """Let what `page_reading` has lent end with each request of *app*."""

    @app.teardown_request
    def end(_: BaseException | None) -> None:
        stack: ExitStack | None = g.pop("page_stack", None)
        if stack is not None:
            g.pop("page_session")
            stack.close()


def settings() -> Settings:
    """Return the application's settings."""
    found: Settings = current_app.extensions["kiosk_settings"]
    return found


def request_id() -> str:
    """Return the id under which this request stands in logs and in problems shown to people."""
    if "request_id" not in g:
        g.request_id = new_id()
    found: str = g.request_id
    return found
