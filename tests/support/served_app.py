"""The whole server on loopback, in this process, over a database of its own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from flask import Flask
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool
from werkzeug.serving import make_server

from kiosk_server.app import create_app
from kiosk_server.settings import Settings
from tests.support.schema import build_schema


@dataclass(frozen=True)
class Served:
    """The application, and where a browser finds it."""

    app: Flask
    origin: str


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    """Serve the application with its files in *folder* until the block ends."""
    url = f"sqlite:///{folder / 'kiosk.sqlite3'}"
    engine = create_engine(url, poolclass=NullPool)
    build_schema(engine)
    engine.dispose()
    socket = make_server("127.0.0.1", 0, Flask("nobody"), threaded=True)
    origin = f"http://127.0.0.1:{socket.server_port}"
    settings = replace(Settings(), database_url=url, instance=folder, public_origin=origin)
    app = create_app(settings)
    socket.app = app
    thread = threading.Thread(target=socket.serve_forever)
    thread.start()
    try:
        yield Served(app, origin)
    finally:
        socket.shutdown()
        thread.join()
        socket.server_close()
        app.extensions["kiosk_database"].dispose()
