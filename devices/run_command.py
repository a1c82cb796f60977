"""`python -m devices run`: the terminal's daemon. Ctrl-C or SIGTERM ends it and leaves nothing."""

import argparse
import json
import logging
import sys
import threading
import traceback
from collections.abc import Sequence
from pathlib import Path

import structlog

from devices.agent.identity import Identity, IdentityError, load, readable
from devices.agent.wire import DeviceState
from devices.api.serving import Place, serve
from devices.assembly import Terminal
from devices.contracts.states import DeviceKind
from devices.host.log_ring import LogRing
from devices.host.registry import drivers_for
from devices.host.sole_owner import AnotherHost, sole_owner
from devices.host.visit_marks import never_written
from devices.settings import HostSettings, SettingsError


def run(argv: Sequence[str]) -> int:
    """Run the host, or with --check look at every device once.

    Returns 0; 1 when --check finds a device that would not do its work; 2 for settings or an
    identity that cannot be used and where another host runs already, with a code and a sentence
    on standard error. A damaged identity is told on the screen.
    """
    asked = _parser().parse_args(argv)
    try:
        settings = HostSettings.from_toml(asked.config)
        settings.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        identity = _identity(settings.state, tolerant=not asked.check)
    except SettingsError as fault:
        return _say("settings_invalid", str(fault))
    except (IdentityError, OSError) as fault:
        return _say("state_unusable", str(fault))
    if identity is not None and identity.server_origin != settings.server.origin:
        return _say(
            "wrong_server",
            f"enrolled at {identity.server_origin}, the settings say {settings.server.origin}",
        )
    _write_logs(LogRing(settings.state), development=settings.development)
    if asked.check:
        return _check(settings, enrolled=identity is not None)
    try:
        with sole_owner(settings.state):
            # Read anew by each worker: the first boot answers what the file leaves open.
            serve(
                Place(settings.listen, settings.memory_directory),
                lambda: Terminal(HostSettings.from_toml(asked.config)),
            )
    except AnotherHost as fault:
        return _say("already_running", str(fault))
    return 0


def _identity(state: Path, *, tolerant: bool) -> Identity | None:
    # A host whose identity is damaged still has a screen to say so on.
    return readable(state) if tolerant else load(state)


def _check(settings: HostSettings, *, enrolled: bool) -> int:
    fleet = drivers_for(settings.drivers, memory=settings.memory_directory)
    devices = {
        DeviceKind.ID_READER: fleet.id_reader,
        DeviceKind.A4_PRINTER: fleet.a4_printer,
        DeviceKind.RECEIPT_PRINTER: fleet.receipt_printer,
        DeviceKind.DOCUMENT_SCANNER: fleet.document_scanner,
    }
    found = [
        DeviceState(kind, device.status()) for kind, device in devices.items() if device is not None
    ]
    if fleet.id_reader is not None:
        fleet.id_reader.close()
    told = {"enrolled": enrolled, "devices": [state.body() for state in found]}
    sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
    return 0 if all(state.status.usable for state in found) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m devices run", description=run.__doc__)
    parser.add_argument("--config", required=True, type=Path, help="the terminal's TOML file")
    parser.add_argument("--check", action="store_true", help="print device states as JSON and end")
    return parser


def _write_logs(ring: LogRing, *, development: bool) -> None:
    renderer = (
        structlog.dev.ConsoleRenderer(colors=False)
        if development
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            never_written,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            ring,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    threading.excepthook = _write_fault_down


def _write_fault_down(fallen: threading.ExceptHookArgs) -> None:
    # Where and of what kind, never the message: it might quote a person.
    frames = traceback.extract_tb(fallen.exc_traceback)
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    kind = fallen.exc_type.__name__
    structlog.get_logger(__name__).error("thread_fault", kind=kind, where=where)


def _say(code: str, sentence: str) -> int:
    sys.stderr.write(f"{code}: {sentence}\n")
    return 2
