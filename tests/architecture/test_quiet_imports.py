"""Importing does nothing that anybody could notice."""

import subprocess
import sys

from tests.support.source_tree import PACKAGES, ROOT

# Run in an interpreter of its own: the hook cannot be taken away again.
_IMPORT_ALL = """
import importlib, importlib.util, pkgutil, sys, threading

EVENTS = ("socket.connect", "socket.bind", "subprocess.Popen", "os.fork", "sqlite3.connect")
# Imported only by a server that has the extra.
EXTRAS = {"kiosk_server.credentials.sm2_signers": "gmssl_pyx"}
started = []
def watch(event, arguments):
    # A library that asks whether there is IPv6 binds no port.
    asks = event == "socket.bind" and arguments[1][1] == 0
    if event in EVENTS and not asks:
        started.append((event, str(arguments)))
sys.addaudithook(watch)

for package in sys.argv[1:]:
    for module in pkgutil.walk_packages([package], package + "."):
        quiet = not module.name.endswith((".__main__", ".gunicorn_conf", "migrations.env"))
        needed = EXTRAS.get(module.name)
        here = needed is None or importlib.util.find_spec(needed) is not None
        if quiet and here and ".versions." not in module.name:
            importlib.import_module(module.name)
            if started or threading.active_count() > 1:
                sys.exit(f"{module.name}: {started} {threading.enumerate()}")
"""


def test_importing_any_module_does_nothing() -> None:
    """No import opens a socket, a database or a process, or starts a thread."""
    outcome = subprocess.run(
        [sys.executable, "-c", _IMPORT_ALL, *PACKAGES],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr
