"""The reader of codes that others wrote: unchanged, and asked for by nothing but the scan pages."""

import hashlib

from tests.support.source_tree import ROOT, product_files

FOLDER = ROOT / "kiosk_server/web/static/vendor/zxing-wasm"
DIGESTS = {
    "es/share.js": "08868fb770b0a4e4b9eb3d717015cd5fbf3ceb06492d4cb2d2dd2739db11890f",
    "es/reader/index.js": "d90c69a827aff3b7c8c8ca310efebe91671ef076f7a0ec83722bfc542814f484",
    "reader/zxing_reader.wasm": "e8af31edb56d0522f4de74495839385ef019ba8bc90d38e5ecb2f18795d86fb2",
}


def test_the_reader_is_what_its_maker_published() -> None:
    """The three files have the digests of zxing-wasm 3.1.4; its licences lie beside them."""
    found = {
        name: hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() for name in sorted(DIGESTS)
    }
    assert found == DIGESTS
    names = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file()}
    assert names == {*DIGESTS, "LICENSE.txt", "LICENSE-zxing-cpp.txt", "README.txt"}


def test_one_script_loads_it() -> None:
    """Only the camera's module names it, and tells it where its other half lies."""
    naming = {
        name: path.read_text("utf-8")
        for name, path in product_files(".mjs")
        if "zxing" in path.read_text("utf-8")
    }
    assert list(naming) == ["kiosk_server/web/static/scripts/scan-camera.mjs"]
    assert "locateFile" in next(iter(naming.values()))
