"""The server of a story: the real one with the story's clock. `gunicorn tests.money.…:app`."""

from tests.money.leaping import LeapingClock

LeapingClock.from_environment().take_the_place()

from wsgi import app  # noqa: E402 - the clock comes first

__all__ = ["app"]
