"""What the residue check asks other programs: clipboard and journal, and cookies of other keys."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from devices.host.residue_clipboard import SystemClipboard
from devices.host.residue_cookies import CookiesUnreadable, cookie_values
from devices.host.residue_places import Place
from devices.host.residue_search import Search
from tests.support.residue_bench import FakeClipboard

MARK = "ab" * 16
Program = Callable[[str, str], None]


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """Put a shell script under a name where programs are found; nothing else is found there."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def put(name: str, script: str) -> None:
        (folder / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (folder / name).chmod(0o755)

    return put


def _clipboard(tmp_path: Path, **displays: str) -> SystemClipboard:
    return SystemClipboard({"PATH": str(tmp_path / "bin"), **displays})


def test_a_clipboard_is_read_where_there_is_a_display(tmp_path: Path, program: Program) -> None:
    """Wayland and X are asked by their own programs; what was selected counts as copied."""
    program("wl-paste", f"echo {MARK}")
    program("xclip", 'echo "$@"')
    assert _clipboard(tmp_path, WAYLAND_DISPLAY="wayland-0").read() == f"{MARK}\n".encode()
    selected = _clipboard(tmp_path, DISPLAY=":0").read() or b""
    assert b"clipboard" in selected
    assert b"primary" in selected


@pytest.mark.parametrize(
    ("script", "read"),
    [
        ("echo 'Nothing is copied' >&2; exit 1", b""),
        ("echo 'No selection' >&2; exit 1", b""),
        ("echo 'Failed to connect to a Wayland server' >&2; exit 1", None),
    ],
)
def test_an_empty_clipboard_is_not_an_unreachable_one(
    tmp_path: Path, program: Program, script: str, read: bytes | None
) -> None:
    """Both end in failure; only one of them was looked at."""
    program("wl-paste", script)
    assert _clipboard(tmp_path, WAYLAND_DISPLAY="wayland-0").read() == read


def test_without_display_or_program_nothing_is_claimed(tmp_path: Path, program: Program) -> None:
    """No display, or no program for it: not looked at, and clearing it harms nothing."""
    assert _clipboard(tmp_path, DISPLAY=":0").read() is None
    program("xclip", "exit 0")
    assert _clipboard(tmp_path).read() is None
    _clipboard(tmp_path).clear()


def test_a_clipboard_is_emptied(tmp_path: Path, program: Program) -> None:
    """Clearing puts nothing into each selection of the display."""
    program("xclip", f'echo "$@" >> {tmp_path}/said')
    _clipboard(tmp_path, DISPLAY=":0").clear()
    assert (tmp_path / "said").read_text("ascii").splitlines() == [
        "-in -selection clipboard /dev/null",
        "-in -selection primary /dev/null",
    ]


@pytest.mark.policy("P52")
@pytest.mark.parametrize(
    ("script", "places", "unseen"),
    [
        (f"echo 'a line with {MARK}'", {Place.LOGS}, set()),
        ("echo 'a quiet line'", set(), set()),
        ("exit 1", set(), {Place.LOGS}),
    ],
)
def test_the_journal_of_the_host_is_searched(
    program: Program, script: str, places: set[Place], unseen: set[Place]
) -> None:
    """A mark in the unit's log is found; a journal that may not be read is named."""
    program("journalctl", script)
    found = Search((), FakeClipboard(), log_unit="kiosk-host.service").look([MARK], since=1.5)
    assert (set(found.places), set(found.unseen)) == (places, unseen)


def test_a_machine_without_a_journal_is_not_called_clean(program: Program) -> None:
    """Where the program is missing, the log was not seen."""
    found = Search((), FakeClipboard(), log_unit="kiosk-host.service").look([MARK], since=None)
    assert found.unseen == {Place.LOGS}


@pytest.mark.parametrize("value", [b"v11" + b"x" * 16, b"v10", b"v10" + b"x" * 15, b"plain"])
def test_cookies_of_another_key_leave_a_doubt(tmp_path: Path, value: bytes) -> None:
    """A keyring's key is not ours: such cookies are said to be unreadable, not clean."""
    disk = sqlite3.connect(tmp_path / "Cookies")
    disk.execute("CREATE TABLE cookies (value TEXT, encrypted_value BLOB)")
    disk.execute("INSERT INTO cookies VALUES ('', ?)", (value,))
    disk.commit()
    disk.close()
    with pytest.raises(CookiesUnreadable):
        list(cookie_values(tmp_path / "Cookies"))
