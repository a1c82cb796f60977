"""Who may import whom."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.missing import need_module
from tests.support.source_tree import ROOT, imported, python_trees

SURFACES = ("web", "staff_console", "terminal_api", "verifier_api", "public", "callbacks")
OF_THE_WEB = (*(f"kiosk_server/{name}/" for name in SURFACES), "kiosk_ui/", "mobile_api/")
FRAME = (
    "kiosk_server/app.py",
    "kiosk_server/extensions.py",
    "kiosk_server/surfaces.py",
    "kiosk_server/gunicorn_conf.py",
)
PURE = ("rules.py", "events.py", "errors.py", "transitions.py")


def test_every_floor_uses_only_what_is_beneath() -> None:
    """The contracts of import-linter hold."""
    need_module("importlinter", "pip install --require-hashes -r requirements-dev.txt")
    command = Path(sys.executable).with_name("lint-imports")
    outcome = subprocess.run(
        [command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert outcome.returncode == 0, outcome.stdout


def test_rooms_never_see_a_request() -> None:
    """No room imports flask, an extension of it, or a surface."""
    faults = [
        f"{name} imports {module}"
        for name, tree in python_trees()
        if name.startswith("kiosk_server/") and not name.startswith(OF_THE_WEB)
        if name not in FRAME
        for module in imported(tree)
        if module.split(".")[0].startswith(("flask", "werkzeug"))
    ]
    assert faults == []


@pytest.mark.parametrize("forbidden", ["flask", "sqlalchemy", "requests", "kiosk_server.settings"])
def test_rules_are_pure(forbidden: str) -> None:
    """Rules, events, errors and lives know neither web nor database nor settings."""
    faults = [
        f"{name} imports {module}"
        for name, tree in python_trees()
        if name.startswith("kiosk_server/") and name.rsplit("/", 1)[-1] in PURE
        for module in imported(tree)
        if module == forbidden or module.startswith((f"{forbidden}.", "kiosk_server.core.database"))
    ]
    assert faults == []
