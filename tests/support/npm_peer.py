"""
Programs that others wrote, from npm: brought once, pinned by a lock with digests, run by node.

`tests/peers/package.json` names them and `package-lock.json` pins every file of them by its
digest; both lie in the tree, what is installed lies in `build/` and is shared by all test runs.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from tests.support.missing import missing, need_program
from tests.support.source_tree import ROOT

FOLDER = ROOT / "tests" / "peers"
COMMAND = "apt-get install -y --no-install-recommends nodejs npm"
_FILES = ("package.json", "package-lock.json")
_INSTALL_SECONDS = 300


def peers() -> Path:
    """Return the folder with the installed peers; without node or npm, skip (or fail) by name."""
    need_program("node", COMMAND)
    npm = need_program("npm", COMMAND)
    pinned = b"".join((FOLDER / name).read_bytes() for name in _FILES)
    home = ROOT / "build" / "peers" / hashlib.sha256(pinned).hexdigest()[:16]
    home.parent.mkdir(parents=True, exist_ok=True)
    with (home.parent / f"{home.name}.lock").open("w") as lock:
        # Several test processes may come at once: one brings them, the others wait.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "complete").exists():
            _install(npm, home)
    return home


def node_program(script: str, home: Path) -> list[str]:
    """Return the command that runs *script* of `tests/peers` with the peers beside it."""
    copied = home / script
    fresh = home / f"{script}.{os.getpid()}"
    fresh.write_bytes((FOLDER / script).read_bytes())
    fresh.replace(copied)
    return [need_program("node", COMMAND), str(copied)]


def _install(npm: str, home: Path) -> None:
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    for name in _FILES:
        shutil.copy(FOLDER / name, home)
    outcome = subprocess.run(
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=home,
        env={**os.environ, "CI": "1"},
        capture_output=True,
        text=True,
        timeout=_INSTALL_SECONDS,
        check=False,
    )
    if outcome.returncode != 0:
        missing("the npm peers of tests/peers", "a network on which npm can fetch them")
    (home / "complete").touch()
