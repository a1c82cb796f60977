"""The residue check: what a visit left is found wherever it lies, and closes the terminal."""

import os
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from devices.host import residue_search
from devices.host.residue_memory import ResidueState
from devices.host.residue_places import Found, Ground, Place
from devices.host.residue_search import Search, Sighting
from devices.host.residue_wipe import NotAProfile, delete_found, wipe_profile
from tests.support.residue_bench import LOOKS, UNCHECKED_FOR, FakeClipboard, ResidueBench

MARK, NEXT = "0f" * 8 + "a1b2c3d4e5f60718", "9" * 32


@pytest.fixture
def bench(tmp_path: Path) -> ResidueBench:
    return ResidueBench(tmp_path)


def _write(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def _journal_row(folder: Path) -> None:
    disk = sqlite3.connect(folder / "state/journal.sqlite3")
    disk.execute("CREATE TABLE paper (job TEXT)")
    disk.execute("INSERT INTO paper VALUES (?)", (MARK,))
    disk.commit()
    disk.close()


TEXT = f"visit={MARK}".encode()
LEAKS: dict[str, tuple[Place, Callable[[Path], object]]] = {
    "local storage": (
        Place.BROWSER_STORAGE,
        lambda at: _write(at / "browser/one/Default/Local Storage/leveldb/000003.log", TEXT),
    ),
    "cached page": (
        Place.BROWSER_CACHE,
        lambda at: _write(at / "browser/one/Default/Cache/Cache_Data/0a1b_0", TEXT),
    ),
    "service worker's cache": (
        Place.BROWSER_CACHE,
        lambda at: _write(at / "browser/one/Default/Service Worker/CacheStorage/x/y_0", TEXT),
    ),
    "crash dump": (
        Place.BROWSER_PROFILE,
        lambda at: _write(at / "browser/one/Crash Reports/pending/x.dmp", MARK.encode("utf-16-le")),
    ),
    "file in temp": (Place.TEMP, lambda at: _write(at / "temp/core", TEXT)),
    "text file in UTF-16": (
        Place.TEMP,
        lambda at: _write(at / "temp/note.txt", MARK.encode("utf-16")),
    ),
    "spooled paper": (Place.SPOOL, lambda at: _write(at / "spool/d00001-001", b"%PDF" + TEXT)),
    "download": (Place.DOWNLOADS, lambda at: _write(at / "downloads/proof.pdf", TEXT)),
    "journal row": (Place.JOURNAL, _journal_row),
    "log line": (Place.LOGS, lambda at: _write(at / "logs/host.log", b'{"visit": "' + TEXT)),
}


@pytest.mark.policy("P52")
@pytest.mark.parametrize("leak", LEAKS)
def test_a_planted_leak_is_found(bench: ResidueBench, leak: str) -> None:
    """Each leak is found in the first look, named by its place, and closes the terminal."""
    place, plant = LEAKS[leak]
    bench.check.visit_began(MARK)
    plant(bench.folder)
    bench.check.visit_over(MARK)
    bench.later(LOOKS[0])
    report = bench.check.report()
    assert (report.state, report.found_in) == (ResidueState.FOUND, (place,))
    assert bench.check.withheld
    assert bench.told == 1


@pytest.mark.policy("P52")
def test_what_is_written_late_is_found(bench: ResidueBench) -> None:
    """A browser writes some things half a minute after the end: the second look is for those."""
    bench.visit(MARK)
    bench.later(LOOKS[0])
    assert bench.check.report().state is ResidueState.CLEAN
    _write(bench.profile / "Local Storage/leveldb/000004.log", TEXT)
    bench.later(LOOKS[1])
    assert bench.check.report().found_in == (Place.BROWSER_STORAGE,)


def test_a_clean_visit_is_forgotten(bench: ResidueBench) -> None:
    """After two clean looks the word is clean, and the mark is nowhere any more."""
    bench.visit(MARK)
    bench.settle()
    assert bench.check.report().state is ResidueState.CLEAN
    assert bench.over() == ()
    assert MARK not in bench.memory.path.read_text("utf-8")


def test_the_next_visit_s_own_mark_is_no_residue(bench: ResidueBench) -> None:
    """A browser holds the mark of the visit that goes on; only what is over is looked for."""
    bench.visit(MARK)
    bench.check.visit_began(NEXT)
    _write(bench.profile / "Sessions/Session_1", NEXT.encode())
    bench.settle()
    assert bench.check.report().state is ResidueState.CLEAN


def test_what_did_not_change_is_not_read_again(bench: ResidueBench, tmp_path: Path) -> None:
    """A file from before the visit costs nothing: it cannot hold the visit's mark."""
    old = _write(bench.profile / "Cache/Cache_Data/old_0", TEXT)
    # A change of its times would be a change: only the visit can be moved, not the file.
    stamp = old.stat().st_mtime + 10
    bench.check.visit_began(MARK)
    for trail in bench.check._trails.values():
        trail.since = stamp
    bench.check.visit_over(MARK)
    for trail in bench.check._trails.values():
        trail.since = stamp
    bench.later(LOOKS[0])
    assert bench.check.report().state is ResidueState.CLEAN


@pytest.mark.policy("P52")
def test_a_killed_host_looks_for_what_was_open(bench: ResidueBench) -> None:
    """A mark outlives the host until it was looked for; then everything is read, old files too."""
    bench.visit(MARK)
    _write(bench.profile / "IndexedDB/x/000003.log", TEXT)
    bench.restart()
    bench.later(LOOKS[0])
    assert bench.check.report().found_in == (Place.BROWSER_STORAGE,)


def test_a_visit_may_go_on_over_a_restart(bench: ResidueBench) -> None:
    """A visit that was under way is not looked for until it is over."""
    bench.check.visit_began(MARK)
    _write(bench.profile / "Sessions/Session_1", TEXT)
    bench.restart()
    assert bench.check.current == MARK
    bench.later(100)
    assert not bench.check.withheld
    bench.check.visit_over(MARK)
    bench.later(LOOKS[0])
    assert bench.check.withheld


@pytest.mark.policy("P52")
def test_a_finding_outlives_a_power_cut(bench: ResidueBench) -> None:
    """Switching off and on opens nothing; the terminal stays closed until it was wiped."""
    bench.visit(MARK)
    _write(bench.profile / "History", TEXT)
    bench.later(LOOKS[0])
    bench.restart()
    assert bench.check.withheld
    bench.settle()
    assert bench.check.withheld


@pytest.mark.policy("P52")
@pytest.mark.parametrize("leak", ["local storage", "file in temp", "spooled paper", "download"])
def test_a_wipe_opens_what_a_finding_closed(bench: ResidueBench, leak: str) -> None:
    """The profile and the found files go, everything is searched anew, and clean is clean."""
    LEAKS[leak][1](bench.folder)
    bench.visit(MARK)
    bench.later(LOOKS[0])
    assert bench.check.withheld
    bench.restart()
    bench.check.ask_to_wipe()
    bench.later(0)
    report = bench.check.report()
    assert (report.state, report.found_in) == (ResidueState.CLEAN, ())
    assert not bench.check.withheld
    assert bench.over() == ()
    assert not (bench.state / "residue-wipe-wanted").exists()


def test_a_wipe_that_does_not_help_opens_nothing(bench: ResidueBench) -> None:
    """A log is evidence and is not deleted: the finding stands until a person has settled it."""
    log = LEAKS["log line"][1](bench.folder)
    assert isinstance(log, Path)
    bench.visit(MARK)
    bench.later(LOOKS[0])
    bench.check.ask_to_wipe()
    bench.later(0)
    assert bench.check.report().found_in == (Place.LOGS,)
    log.unlink()
    bench.check.ask_to_wipe()
    bench.later(0)
    assert not bench.check.withheld


def test_the_clipboard_is_looked_into_and_emptied(bench: ResidueBench) -> None:
    """What was copied in a visit is found in the clipboard, and a wipe empties it."""
    bench.clipboard.held = MARK.encode("utf-16-be")
    bench.visit(MARK)
    bench.later(LOOKS[0])
    assert bench.check.report().found_in == (Place.CLIPBOARD,)
    bench.check.ask_to_wipe()
    bench.later(0)
    assert not bench.check.withheld


def test_a_clipboard_that_cannot_be_asked_is_said(bench: ResidueBench) -> None:
    """Without a display the word is clean for the rest, and names what was not seen."""
    bench.clipboard.held = None
    bench.visit(MARK)
    bench.settle()
    report = bench.check.report()
    assert (report.state, report.unseen) == (ResidueState.CLEAN, (Place.CLIPBOARD,))


def test_what_cannot_be_read_is_not_called_clean(bench: ResidueBench) -> None:
    """A cookie file that is none leaves a doubt, and a doubt that lasts is overdue."""
    _write(bench.profile / "Cookies", b"no database")
    bench.visit(MARK)
    bench.settle()
    report = bench.check.report()
    assert (report.state, report.unseen) == (ResidueState.NOT_CHECKED, (Place.BROWSER_COOKIES,))
    assert not report.overdue
    bench.seconds += UNCHECKED_FOR.total_seconds()
    assert bench.check.report().overdue
    (bench.profile / "Cookies").unlink()
    bench.visit(NEXT)
    bench.settle()
    assert bench.check.report().state is ResidueState.CLEAN
    assert not bench.check.report().overdue


def test_a_clock_set_back_hides_nothing(bench: ResidueBench) -> None:
    """Files that a set-back clock dates before the visit are read all the same."""
    bench.check.visit_began(MARK)
    for trail in bench.check._trails.values():
        assert trail.since is not None
        trail.since += 86_400
    _write(bench.profile / "Preferences", TEXT)
    bench.check.visit_over(MARK)
    bench.later(LOOKS[0])
    assert bench.check.withheld


def test_a_full_disk_stops_neither_visit_nor_check(
    bench: ResidueBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A memory that cannot be written costs the memory, not the visit."""

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "open", full)
    bench.check.visit_began(MARK)
    monkeypatch.undo()
    _write(bench.profile / "Preferences", TEXT)
    bench.check.visit_over(MARK)
    bench.later(LOOKS[0])
    assert bench.check.withheld


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"state": "odd"}', '{"state": "found"'])
def test_a_damaged_memory_is_no_word(bench: ResidueBench, text: str) -> None:
    """A memory that is none says that nothing was checked, and the host starts."""
    bench.memory.path.write_text(text, encoding="utf-8")
    bench.restart()
    assert bench.check.report().state is ResidueState.NOT_CHECKED


@pytest.mark.policy("P52")
@pytest.mark.parametrize("text", ["", "{", "[]", '{"state": "shining"}', None])
def test_a_memory_damaged_after_a_finding_opens_nothing(
    bench: ResidueBench, text: str | None
) -> None:
    """Damaged or gone, the finding stands until a wipe, and what nobody looked for is not clean."""
    bench.visit(MARK)
    _write(bench.profile / "History", TEXT)
    bench.later(LOOKS[0])
    assert bench.check.withheld
    bench.closed = True
    bench.memory.path.unlink()
    if text is not None:
        bench.memory.path.write_text(text, encoding="utf-8")
    bench.restart()
    bench.settle()
    assert bench.check.withheld
    bench.check.ask_to_wipe()
    bench.later(0)
    assert not bench.check.withheld
    assert bench.check.report().state is ResidueState.NOT_CHECKED
    assert not (bench.profile / "History").exists()
    bench.closed = False
    bench.visit(NEXT)
    bench.settle()
    assert bench.check.report().state is ResidueState.CLEAN


@pytest.mark.parametrize("path", ["/", "/run", "relative/profile"])
def test_only_a_profile_is_wiped(path: str) -> None:
    """A slip of the pen in the settings must not empty a disk."""
    with pytest.raises(NotAProfile):
        wipe_profile(Path(path))


def test_a_wipe_follows_no_link(tmp_path: Path) -> None:
    """A link in a profile goes, what it leads to stays; a profile that is a link is refused."""
    kept = _write(tmp_path / "kept/letter", b"x")
    profile = tmp_path / "profile"
    profile.mkdir()
    (profile / "link").symlink_to(kept.parent)
    assert wipe_profile(profile) == 0
    assert kept.exists()
    assert profile.is_dir()
    (tmp_path / "other").symlink_to(profile)
    with pytest.raises(NotAProfile):
        wipe_profile(tmp_path / "other")


def test_a_link_put_into_the_path_since_saves_what_it_leads_to(tmp_path: Path) -> None:
    """Between finding and deleting a folder becomes a link to ours: nothing of ours is deleted."""
    folder, ours = tmp_path / "temp" / "x", tmp_path / "state"
    folder.mkdir(parents=True)
    ours.mkdir()
    for each in (folder, ours):
        (each / "key").write_text("mark", "utf-8")
    found = [(Place.TEMP, folder / "key")]
    (folder / "key").unlink()
    folder.rmdir()
    folder.symlink_to(ours)
    delete_found(found)
    assert (ours / "key").exists()
    folder.unlink()
    folder.mkdir()
    (folder / "key").write_text("mark", "utf-8")
    delete_found(found)
    assert not (folder / "key").exists()


def test_a_pipe_or_a_link_in_place_of_a_file_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was a file when its folder was read may be another thing now: it is neither waited for
    nor followed."""
    pipe, link, other = tmp_path / "pipe", tmp_path / "link", tmp_path / "other"
    os.mkfifo(pipe)
    other.write_text(MARK, "utf-8")
    link.symlink_to(other)
    seen = [Found(Place.TEMP, each, 1, 0.0) for each in (pipe, link)]
    monkeypatch.setattr(residue_search, "files_in", lambda *_, **__: iter(seen))
    search = Search([Ground(Place.TEMP, tmp_path)], FakeClipboard())
    assert search.look([MARK], since=None) == Sighting()


def test_a_look_rests_as_long_as_it_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind each piece of a file the doors have their turn; a slow piece is no long rest."""
    ticks, rests = iter([0.0, 0.004, 1.0, 1.01, 2.0, 9.0]), list[float]()
    monkeypatch.setattr(
        residue_search, "time", SimpleNamespace(monotonic=lambda: next(ticks), sleep=rests.append)
    )
    (tmp_path / "large.bin").write_bytes(bytes(600_000))
    search = Search([Ground(Place.TEMP, tmp_path)], FakeClipboard(), now=lambda: 0.0)

    assert search.look(["ab" * 16], since=None).places == frozenset()

    assert rests == pytest.approx([0.004, 0.01, 0.05])


def test_whoever_asks_from_afar_hears_whether_it_helped(bench: ResidueBench) -> None:
    """A wipe that is waited for says clean or not; one that nobody carries out says no."""
    LEAKS["local storage"][1](bench.folder)
    bench.visit(MARK)
    bench.later(LOOKS[0])
    assert not bench.check.wipe_now(patience_seconds=0.01)
    duty = threading.Thread(target=bench.check.run)
    duty.start()
    assert bench.check.wipe_now(patience_seconds=10)
    bench.check.stop()
    duty.join(5)
    assert bench.check.report().state is ResidueState.CLEAN
