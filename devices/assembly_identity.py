"""Who this terminal is, at the start of a life and while it lasts (终端身份)."""

import os
import signal
import threading
from pathlib import Path

import structlog

from devices.agent.identity import Identity, IdentityError, load, readable
from devices.host.closure import ClosedFor, Closure

_LOOK_SECONDS = 2.0

_log = structlog.get_logger(__name__)


def who_we_are(state: Path, closure: Closure) -> Identity | None:
    """Return the identity kept in *state*, or None before enrolment.

    One that is there and cannot be read closes the door of this life and is logged by file, never
    by content: damaged is not new.
    """
    try:
        return load(state)
    except IdentityError as fault:
        _log.error("identity_damaged", why=str(fault))
        closure.close(ClosedFor.UNIDENTIFIED)
        return None


def await_another(state: Path, known: Identity | None, ending: threading.Event) -> None:
    """Begin anew as whoever the terminal has become: neither enrolment nor a mended file needs a
    visit to the power switch. The worker ends and the master starts the next one."""
    key_id = known.key_id if known else None
    while not ending.wait(_LOOK_SECONDS):
        found = readable(state)
        if found is not None and found.key_id != key_id:
            _log.info("identity_changed", terminal=found.terminal)
            os.kill(os.getpid(), signal.SIGTERM)
            return
