"""`python -m devices enrol`: run once by the technician who sets a terminal up."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from devices.agent.enrolment import enrol as offer
from devices.agent.identity import Identity, IdentityError, load, set_aside
from devices.host.ports import LineDead, Refused

_SENTENCES = {
    "enrolment_refused": "the code is unknown, used or expired; ask for a new one at /staff/",
    "invalid": "the code or the key is not written as it should be",
}


def enrol(argv: Sequence[str]) -> int:
    """Enrol this terminal; prints its number, or a code and a sentence on standard error.

    Returns 0 when enrolled, 1 when refused, 2 when the server cannot be reached or the state
    directory cannot be used.
    """
    asked = _parser().parse_args(argv)
    try:
        known = _known(asked.state, again=asked.again)
        if known is not None and not asked.again:
            return _say("already_enrolled", f"this is {known.terminal}; --again replaces it", 1)
        outcome = offer(
            origin=asked.server,
            code=asked.code.strip(),
            model=asked.model,
            state=asked.state,
            ca_file=asked.ca_file,
        )
    except (IdentityError, OSError) as fault:
        return _say("state_unusable", str(fault), 2)
    match outcome:
        case Identity():
            sys.stdout.write(f"{outcome.terminal} {outcome.site_name} {outcome.site_place}\n")
            return 0
        case Refused(code=code):
            return _say(code, _SENTENCES.get(code, "the server refused"), 1)
        case LineDead(detail=detail):
            return _say("line_dead", f"{asked.server} does not answer ({detail})", 2)


def _known(state: Path, *, again: bool) -> Identity | None:
    try:
        return load(state)
    except IdentityError:
        if not again:
            raise
        # What cannot be read proves nothing any more: the server gets a new key to know it by.
        set_aside(state)
        return None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m devices enrol", description=enrol.__doc__)
    parser.add_argument("--server", required=True, type=_origin, help="origin, http(s)://HOST:PORT")
    parser.add_argument("--code", required=True, help="the one-time code shown at /staff/")
    parser.add_argument("--state", required=True, type=Path, help="directory of key and journal")
    parser.add_argument("--model", default="floor-21-portrait", help="the cabinet's model")
    parser.add_argument("--ca-file", help="an own certificate authority, PEM")
    parser.add_argument(
        "--again", action="store_true", help="replace an enrolment, also a damaged one"
    )
    return parser


def _origin(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"}:
        raise argparse.ArgumentTypeError("must be http(s)://HOST[:PORT]")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _say(code: str, sentence: str, status: int) -> int:
    sys.stderr.write(f"{code}: {sentence}\n")
    return status
