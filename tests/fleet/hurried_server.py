"""The server of a fleet: the real one with the fleet's clock. `gunicorn tests.fleet.…:app`."""

from tests.fleet.hurried import Hurry

Hurry.from_environment().take_the_place()

from wsgi import app  # noqa: E402 - the clock comes first

__all__ = ["app"]
