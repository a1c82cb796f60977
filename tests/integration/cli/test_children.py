"""Child processes live and die together."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event

import pytest

from kiosk_server.cli import children as module
from kiosk_server.cli.children import ChildEnded, Children

STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(grandchild.pid, flush=True)
time.sleep(600)
"""
PARENT = """
import sys, time
from pathlib import Path
from kiosk_server.cli.children import Children
with Children(Path.cwd(), Path(sys.argv[1])) as children:
    child = children.start("sleeper", ["-c", "import time; print(1, flush=True); time.sleep(600)"])
    child.first_line()
    print(child.process.pid, flush=True)
    time.sleep(600)
"""


def gone(pid: int) -> bool:
    """Return whether process *pid* ends within a minute; a zombie has ended."""
    pause = Event()
    for _ in range(1200):
        try:
            state = (
                Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0]
            )
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        pause.wait(0.05)
    return False


def test_a_child_that_ignores_us_goes_with_its_own_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who does not go at SIGTERM is killed, with everything that it started."""
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.2)
    with Children(Path.cwd(), tmp_path) as children:
        child = children.start("stubborn", ["-c", STUBBORN])
        grandchild = int(child.first_line())
    assert child.process.returncode == -signal.SIGKILL
    assert gone(grandchild)


def test_the_end_of_one_child_is_told_with_its_last_words(tmp_path: Path) -> None:
    """A child that ends by itself is named, with its status and what it said."""
    with Children(Path.cwd(), tmp_path) as children:
        child = children.start("brief", ["-c", "import sys; sys.exit('no port')"])
        children.start("sleeper", ["-c", "import time; time.sleep(600)"])
        child.process.wait()
        with pytest.raises(ChildEnded, match=r"brief ended with status 1:\nno port"):
            children.check()


def test_children_do_not_outlive_a_killed_parent(tmp_path: Path) -> None:
    """Even `kill -9` of the parent leaves nothing running (Linux)."""
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    os.kill(parent.pid, signal.SIGKILL)
    parent.communicate()
    assert gone(child)
