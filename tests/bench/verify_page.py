"""The page that checks a paper, against a bare Flask route with one indexed select."""

from collections.abc import Iterator

from flask import Flask
from sqlalchemy import text

from kiosk_server.app import create_app
from kiosk_server.certificates.queries import token_of
from tests.bench.ground import fresh_ground
from tests.bench.side_by_side import Measured, seconds_in_turns
from tests.support.certificates import issued

LOOKS = 50


def measure() -> Iterator[Measured]:
    """Yield the milliseconds of one look, in the process, without a socket."""
    with fresh_ground() as (settings, database):
        with database.unit_of_work() as session:
            certificate = issued(session)
            token = token_of(session, certificate)
        server = create_app(settings)
        bare = Flask("bare")
        database_of_the_server = server.extensions["kiosk_database"]

        @bare.get("/v/<code>")
        def look(code: str) -> str:
            with database_of_the_server.reading() as session:
                asked = text("SELECT number FROM certificate WHERE code = :code")
                return str(session.scalar(asked, {"code": code}))

        ours, theirs = server.test_client(), bare.test_client()
        assert ours.get(f"/v/{token}").status_code == 200
        assert theirs.get(f"/v/{certificate.code}").text == certificate.number
        seconds = seconds_in_turns(
            lambda: [ours.get(f"/v/{token}") for _ in range(LOOKS)],
            lambda: [theirs.get(f"/v/{certificate.code}") for _ in range(LOOKS)],
        )
        database_of_the_server.dispose()
    ours_ms, theirs_ms = (each / LOOKS * 1000 for each in seconds)
    yield Measured("verify page", ours_ms, theirs_ms, "ms", "a bare route, one indexed select")
