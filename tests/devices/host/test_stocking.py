"""Fetching ahead: guides and files come while nobody is here, in parts, and stay if whole."""

import gzip
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from devices.agent.published import GUIDES, STATIC_FILES, PublishedThings
from devices.agent.stocking import PART_BYTES, Stocker
from devices.host.guide_book import BundleFault, read_bundle
from devices.host.guide_shelf import FILE, GuideShelf
from devices.host.ports import LineDead, Reply
from devices.host.static_store import StaticStore
from devices.host.visit_watch import VisitWatch
from tests.support.wire_samples import exchange

STYLE = "/kiosk/static/v1/styles/kiosk.css"
FONT = "/kiosk/static/v1/fonts/UKIJEkran.woff2"
BUNDLE = json.dumps(exchange("guides").answered(200)[0].body, ensure_ascii=False).encode()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@dataclass
class Shop:
    """A `ServerDoor` that publishes files and guides as the server does."""

    files: dict[str, bytes] = field(
        default_factory=lambda: {STYLE: b"a{}" * 400, FONT: bytes(range(256)) * 400}
    )
    guides: bytes = BUNDLE
    asked: list[str] = field(default_factory=list)
    spoilt: set[str] = field(default_factory=set)
    dead: bool = False
    when_asked: Callable[[str], None] = lambda _asked: None

    def send(
        self, method: str, target: str, *, headers: Mapping[str, str], body: bytes = b""
    ) -> Reply | LineDead:
        self.asked.append(f"{target} {headers.get('Range', '')}".strip())
        self.when_asked(self.asked[-1])
        if self.dead:
            return LineDead("off")
        if target in self.files:
            return self._file(target, headers)
        content = self.guides if target == GUIDES else self._list()
        etag = f'"{_digest(content)}"'
        if headers.get("If-None-Match") == etag:
            return Reply(304, (("ETag", etag),), b"")
        return self._packed(target, content, ("ETag", f"W/{etag}"))

    def _list(self) -> bytes:
        kinds = {"css": "text/css", "woff2": "font/woff2"}
        files = [
            {
                "target": target,
                "digest": _digest(content),
                "bytes": len(content),
                "media_type": kinds[target.rpartition(".")[2]],
            }
            for target, content in self.files.items()
        ]
        return json.dumps({"version": 1, "files": files}).encode()

    def _file(self, target: str, headers: Mapping[str, str]) -> Reply:
        content = self.files[target]
        if "Range" not in headers:
            return self._packed(target, content)
        first, last = map(int, headers["Range"].removeprefix("bytes=").split("-"))
        part = content[first : last + 1]
        return Reply(206, (), part[::-1] if target in self.spoilt else part)

    def _packed(self, target: str, content: bytes, *headers: tuple[str, str]) -> Reply:
        packed = gzip.compress(content)
        body = packed[:-4] if target in self.spoilt else packed
        return Reply(200, (("Content-Encoding", "gzip"), *headers), body)


@dataclass
class Stocked:
    """A stocker over a shop, with shelf, store and visits that a test may look at."""

    folder: Path
    shop: Shop = field(default_factory=Shop)
    shipped: Path | None = None

    def __post_init__(self) -> None:
        self.visits = VisitWatch()
        self.shelf = GuideShelf(self.folder)
        self.store = StaticStore(self.folder / "static")
        self.stocker = Stocker(
            PublishedThings(self.shop), self.shelf, self.store, self.visits, shipped=self.shipped
        )


@pytest.fixture
def room(tmp_path: Path) -> Stocked:
    return Stocked(tmp_path)


def test_a_cold_terminal_fills_itself(room: Stocked) -> None:
    """Guides first, then every listed file, large ones in parts; a second look costs two asks."""
    assert room.stocker.stock()
    assert room.shelf.book is not None
    for target, content in room.shop.files.items():
        found = room.store.find(target)
        assert found is not None
        assert found.body == content
    parts = [each for each in room.shop.asked if each.startswith(FONT)]
    assert len(parts) == -(-len(room.shop.files[FONT]) // PART_BYTES) > 1
    room.shop.asked.clear()
    assert room.stocker.stock()
    assert room.shop.asked == [GUIDES, STATIC_FILES]


def test_a_visit_has_the_line_to_itself(room: Stocked) -> None:
    """Somebody comes between two parts: the rest waits, and goes on where it stopped."""

    def come(asked: str) -> None:
        if asked.startswith(f"{FONT} bytes=0-"):
            with room.visits.page("kiosk_visit=abc"):
                pass

    room.shop.when_asked = come
    assert not room.stocker.stock()
    asked = len(room.shop.asked)
    assert not room.stocker.stock()
    assert [each for each in room.shop.asked[asked:] if each.startswith("/kiosk")] == []
    room.visits.end()
    assert room.stocker.stock()
    firsts = [each for each in room.shop.asked if each.startswith(f"{FONT} bytes=0-")]
    assert len(firsts) == 1
    assert room.store.find(FONT) is not None


@pytest.mark.parametrize("what", [GUIDES, STATIC_FILES, STYLE, FONT])
def test_what_was_damaged_on_the_way_is_fetched_anew(room: Stocked, what: str) -> None:
    """Nothing damaged is kept; the next look brings it."""
    room.shop.spoilt.add(what)
    assert not room.stocker.stock()
    assert room.store.find(FONT) is None
    room.shop.spoilt.clear()
    assert room.stocker.stock()
    assert room.shelf.digest == _digest(BUNDLE)
    assert room.store.find(FONT) is not None


def test_a_dead_line_leaves_what_is_there(room: Stocked) -> None:
    """Without the server nothing is lost, and nothing pretends to be fresh."""
    assert room.stocker.stock()
    room.shop.dead = True
    assert not room.stocker.stock()
    assert room.shelf.book is not None
    assert room.store.find(STYLE) is not None


def test_a_new_version_fetches_what_changed(room: Stocked) -> None:
    """After a new version of the server only changed bytes come over the line, old ones go."""
    assert room.stocker.stock()
    font = room.shop.files[FONT]
    room.shop.files = {FONT.replace("v1", "v2"): font, STYLE.replace("v1", "v2"): b"b{}"}
    room.shop.asked.clear()
    assert room.stocker.stock()
    assert [each for each in room.shop.asked if "fonts" in each] == []
    assert room.store.find(FONT) is None
    assert room.store.find(FONT.replace("v1", "v2")) is not None


def test_files_of_the_package_cost_the_line_nothing(tmp_path: Path) -> None:
    """What was shipped with the terminal is found by its bytes, whatever it is called there."""
    shipped = tmp_path / "package" / "fonts"
    shipped.mkdir(parents=True)
    (shipped / "any-name").write_bytes(Shop().files[FONT])
    room = Stocked(tmp_path / "state", shipped=tmp_path / "package")
    assert room.stocker.stock()
    assert [each for each in room.shop.asked if each.startswith(FONT)] == []
    assert room.store.find(FONT) is not None


def test_guides_survive_a_restart_whole_or_not_at_all(tmp_path: Path) -> None:
    """One changed byte on disk, and the guides are dropped and fetched anew."""
    shelf = GuideShelf(tmp_path)
    assert shelf.book is None
    assert shelf.put(BUNDLE)
    again = GuideShelf(tmp_path)
    assert (again.book, again.digest) == (shelf.book, _digest(BUNDLE))
    path = tmp_path / FILE
    path.write_bytes(path.read_bytes().replace(b"0908-0000001", b"0908-0000002"))
    damaged = GuideShelf(tmp_path)
    assert (damaged.book, damaged.digest) == (None, None)
    assert Stocked(tmp_path).stocker.stock()
    assert GuideShelf(tmp_path).book == shelf.book


@pytest.mark.parametrize("content", [b"", b"[]", b'{"version": 2}', b'{"version":1,"guides":[]}'])
def test_a_bundle_that_cannot_be_read_changes_nothing(tmp_path: Path, content: bytes) -> None:
    """The old guides stay when the new ones are none."""
    shelf = GuideShelf(tmp_path)
    assert shelf.put(BUNDLE)
    assert not shelf.put(content)
    assert shelf.digest == _digest(BUNDLE)
    with pytest.raises(BundleFault):
        read_bundle(content)


def test_bundles_are_read_as_sampled() -> None:
    """Every field of the sample is understood, and what a later server adds is passed over."""
    first, later = (sample.body for sample in exchange("guides").answered(200))
    book = read_bundle(json.dumps(first).encode())
    guide, site = book.guides[0], book.sites[0]
    assert (guide.code, guide.window_site, list(guide.facts)) == (
        "SAMPLE-RS-01",
        "atushi-centre",
        ["bring", "limit"],
    )
    assert (site.phone, site.machines, site.hours[0].opens) == ("0908-0000001", 2, "10:00")
    assert book.guide("SAMPLE-RS-01") is guide
    assert book.site("nowhere") is None
    assert read_bundle(json.dumps(later).encode()).guides == ()


@pytest.mark.parametrize(
    ("part", "name", "value"),
    [
        ("guides", "code", "../../etc"),
        ("guides", "code", ".."),
        ("guides", "names", {"en": "no Chinese"}),
        ("guides", "handled_here", 1),
        ("sites", "hours", [{"days": [8], "opens": "10:00", "closes": "11:00"}]),
        ("sites", "hours", [{"days": [1], "opens": "<b>", "closes": "11:00"}]),
        ("sites", "machines", True),
    ],
)
def test_a_field_that_is_not_as_agreed_spoils_the_bundle(
    part: str, name: str, value: object
) -> None:
    """Codes that could be paths, texts without Chinese, impossible days: the whole is refused."""
    bundle = json.loads(BUNDLE)
    bundle[part][0][name] = value
    with pytest.raises(BundleFault):
        read_bundle(json.dumps(bundle).encode())
