"""Static files on the terminal: kept if immutable, whole after a restart, out of visits' way."""

import gzip
import hashlib
from pathlib import Path

import pytest

from devices.host.ports import LineDead, Reply
from devices.host.static_store import KeptFile, StaticStore, is_static, may_keep
from tests.support.door_client import said, stand

STYLE = "/kiosk/static/v1/styles/kiosk.css"
FONT = "/kiosk/static/v1/fonts/UKIJEkran.woff2"
FOREVER = ("Cache-Control", "public, max-age=31536000, immutable")


def _reply(*headers: tuple[str, str], status: int = 200, body: bytes = b"page") -> Reply:
    return Reply(status, (("Content-Type", "text/css"), *headers), body)


def _file(target: str, body: bytes) -> tuple[KeptFile, bytes]:
    return KeptFile(target, hashlib.sha256(body).hexdigest(), "text/css"), body


def test_a_versioned_file_costs_the_line_once() -> None:
    """An immutable file is served from this machine from the second time on, line dead or not."""
    door = stand()
    door.server.answer = _reply(FOREVER)
    door.browser.ask("GET", STYLE)
    door.server.answer = LineDead("off")
    again = door.browser.ask("GET", STYLE)
    assert (again.status_code, again.data, len(door.server.sent)) == (200, b"page", 1)
    assert again.headers["Cache-Control"] == FOREVER[1]
    assert door.browser.ask("GET", STYLE + "2").status_code == 503


def test_a_compressed_file_is_kept_as_it_is_without() -> None:
    """What came compressed is there for a browser that takes no gzip too."""
    store = StaticStore()
    packed = _reply(FOREVER, ("Content-Encoding", "gzip"), body=gzip.compress(b"a{}"))
    store.keep(STYLE, packed)
    found = store.find(STYLE)
    assert found is not None
    assert (found.body, found.header("Content-Encoding")) == (b"a{}", None)
    for fault in (b"\x1f\x8b cut off", gzip.compress(b"a{}" * 99)[:-9]):
        store.keep(FONT, _reply(FOREVER, ("Content-Encoding", "gzip"), body=fault))
    store.keep(FONT, _reply(FOREVER, ("Content-Encoding", "br"), body=b"\x0b\x02"))
    assert store.find(FONT) is None


@pytest.mark.parametrize(
    ("target", "reply"),
    [
        ("/kiosk/page", _reply(FOREVER)),
        (STYLE, _reply(("Cache-Control", "no-cache"))),
        (STYLE, _reply(("Cache-Control", "private, immutable"))),
        (STYLE, _reply(FOREVER, ("Set-Cookie", "a=1"))),
        (STYLE, _reply(FOREVER, status=206)),
    ],
)
def test_nothing_else_is_kept(target: str, reply: Reply) -> None:
    """Pages, private answers, cookies and parts of files never enter the store."""
    assert not may_keep(target, reply)


def test_the_panel_s_measure_is_a_file_like_the_others() -> None:
    """The one style outside the tree is named with its measures and kept under them."""
    assert is_static("/kiosk/panel.css?mm=4.03")
    assert not is_static("/kiosk/panel.cssx")
    assert may_keep("/kiosk/panel.css?mm=4.03", _reply(FOREVER))


def test_the_store_is_bounded() -> None:
    """The file that was not asked for longest makes room."""
    store = StaticStore(largest_bytes=10)
    for name in ("a", "b"):
        store.put(*_file(f"/kiosk/static/{name}", f"1234{name}".encode()))
    assert store.find("/kiosk/static/a") is not None
    store.put(*_file("/kiosk/static/c", b"1234c"))
    assert store.find("/kiosk/static/b") is None
    assert store.find("/kiosk/static/a") is not None


def test_what_is_kept_survives_a_restart(tmp_path: Path) -> None:
    """Files, types and nothing else are there for the next life of the host."""
    StaticStore(tmp_path).put(*_file(STYLE, b"a{}"))
    found = StaticStore(tmp_path).find(STYLE)
    assert found is not None
    assert (found.body, found.header("Content-Type")) == (b"a{}", "text/css")
    assert StaticStore(tmp_path).find(FONT) is None


def test_a_file_damaged_on_disk_is_forgotten(tmp_path: Path) -> None:
    """Bytes that are not those of their digest are never served; the others stay."""
    store = StaticStore(tmp_path)
    store.put(*_file(STYLE, b"a{}"))
    store.put(*_file(FONT, b"font"))
    (tmp_path / hashlib.sha256(b"font").hexdigest()).write_bytes(b"f0nt")
    (tmp_path / "stray.new").write_bytes(b"half")
    later = StaticStore(tmp_path)
    assert later.find(FONT) is None
    assert later.find(STYLE) is not None
    assert {path.name for path in tmp_path.iterdir()} == {
        "index.json",
        hashlib.sha256(b"a{}").hexdigest(),
    }
    (tmp_path / "index.json").write_bytes(b"[{]")
    assert StaticStore(tmp_path).find(STYLE) is None


def test_a_full_disk_costs_the_next_restart_not_this_day(tmp_path: Path) -> None:
    """What cannot be written is served all the same."""
    store = StaticStore(tmp_path / "static")
    (tmp_path / "static").rmdir()
    store.put(*_file(STYLE, b"a{}"))
    assert store.find(STYLE) is not None


def test_a_new_version_keeps_the_bytes_that_did_not_change(tmp_path: Path) -> None:
    """Old addresses go, bytes that a new address names stay on disk once."""
    store = StaticStore(tmp_path)
    store.put(*_file(FONT, b"font"))
    store.put(*_file(STYLE, b"old"))
    store.put(*_file("/kiosk/panel.css?mm=4.03", b"panel"))
    digest = hashlib.sha256(b"font").hexdigest()
    assert store.body_of(digest) == b"font"
    fresh = FONT.replace("v1", "v2")
    store.put(*_file(fresh, b"font"))
    store.retain([fresh])
    assert [store.find(each) is None for each in (FONT, STYLE, fresh)] == [True, True, False]
    assert store.find("/kiosk/panel.css?mm=4.03") is not None
    assert len(list(tmp_path.iterdir())) == 3


def test_a_font_never_comes_through_the_line_of_a_visit() -> None:
    """A font that is not here is not fetched for a page; the stocker is told, the page goes on."""
    door = stand()
    door.server.answer = _reply(FOREVER)
    with door.visits.page("kiosk_visit=abc"):
        answer = door.browser.ask("GET", FONT)
    assert (answer.status_code, said(answer)["code"]) == (404, "not_here_yet")
    assert answer.headers["Cache-Control"] == "no-store"
    assert (door.missed, door.server.sent) == ([True], [])
    door.store.put(*_file(FONT, b"font"))
    assert door.browser.ask("GET", FONT).data == b"font"
