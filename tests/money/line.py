"""One request over a line of its own to a server that may die in the middle of it."""

import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException

TIMEOUT_SECONDS = 60.0
PATIENCE_SECONDS = 120.0
_PAUSE_SECONDS = 0.05


@dataclass(frozen=True)
class Answer:
    """What the server said."""

    status: int
    body: bytes


def post(origin: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
    """Send *body*; raises `OSError` where nobody answers."""
    with closing(HTTPConnection(origin.rpartition("/")[2], timeout=TIMEOUT_SECONDS)) as line:
        line.request("POST", path, body, dict(headers))
        try:
            got = line.getresponse()
            return Answer(got.status, got.read())
        except HTTPException as broken:
            raise ConnectionError(str(broken)) from broken


def until_answered(ask: Callable[[], Answer]) -> Answer:
    """Ask again, as a phone does, until somebody answers who is not in trouble himself."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            answer = ask()
        except OSError as away:
            said = str(away)
        else:
            if answer.status < 500:
                return answer
            said = str(answer)
        assert time.monotonic() < until, f"nobody answered: {said}"
        time.sleep(_PAUSE_SECONDS)
