"""The committed fonts: complete, licensed, small enough, and not Japanese."""

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from kiosk_server.fonts import HERE
from kiosk_server.fonts.make import CUTS, URO, Cut, characters_of, find, gb2312

ROOT = HERE.parent.parent
FOLDERS = (HERE, ROOT / "devices/fonts", ROOT / "kiosk_ui/static/fonts")


def code_points(file: Path) -> set[int]:
    """What one font file can draw."""
    with TTFont(file, lazy=True) as font:
        return set(font.getBestCmap())


@pytest.mark.parametrize("cut", CUTS, ids=lambda cut: cut.target)
def test_every_cut_has_the_common_characters(cut: Cut) -> None:
    """Each cut draws all 6,763 ideographs of GB/T 2312 and the name dot."""
    assert (gb2312(16, 87) | {0xB7}) - code_points(ROOT / cut.target) == set()


def test_gb2312_is_counted_right() -> None:
    """Level 1 has 3,755 ideographs, both levels 6,763."""
    assert len(gb2312(16, 55)) == 3755
    assert len(gb2312(16, 87)) == 6763


@pytest.mark.parametrize("file", ["UKIJEkran.ttf", "UKIJTuzTom.ttf"])
def test_arabic_script_has_every_letter_of_uyghur_and_kyrgyz(file: str) -> None:
    """Both weights draw the whole alphabets of Uyghur and of Kyrgyz in Arabic script."""
    uyghur = "ئاەبپتجچخدرزژسشغفقكگڭلمنھوۇۆۈۋېىي"
    kyrgyz = "اپبتجچحدرزسشعقكڭگلمنوۅۇۉۋىيە"
    assert {ord(letter) for letter in uyghur + kyrgyz} - code_points(HERE / file) == set()


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_fonts_come_with_their_licences(folder: Path) -> None:
    """Beside the fonts of every folder stand the licences they are given under."""
    for name in ("LICENCE-Noto.txt", "LICENCE-UKIJ.txt"):
        assert "OTHER DEALINGS IN THE FONT SOFTWARE" in (folder / name).read_text("utf-8")


def test_the_screens_own_words_are_in_the_browsers_fonts() -> None:
    """Every ideograph that pages, messages and first data use can be drawn by both weights."""
    used = characters_of([ROOT / "kiosk_ui", ROOT / "kiosk_server"]) & URO
    for weight in ("Regular", "Bold"):
        file = ROOT / f"kiosk_ui/static/fonts/NotoSansSC-{weight}.woff2"
        missing = {chr(code) for code in used - code_points(file)}
        assert missing == set(), "run: python -m kiosk_server.fonts.make --only woff2"


def test_a_missing_source_names_its_package(tmp_path: Path) -> None:
    """Who cuts fonts without the sources is told which package brings them."""
    with pytest.raises(FileNotFoundError, match="fonts-noto-cjk"):
        find(tmp_path, "NotoSansCJK-Regular.ttc")


def test_fonts_stay_within_their_share_of_the_tree() -> None:
    """All committed fonts together take at most 30 MB, each browser font at most 1.6 MB."""
    files = [
        file
        for folder in FOLDERS
        for file in folder.iterdir()
        if file.suffix not in {".py", ".txt"}
    ]
    fonts = [file for file in files if file.is_file()]
    assert sum(file.stat().st_size for file in fonts) <= 30_000_000
    assert all(file.stat().st_size <= 1_600_000 for file in fonts if file.suffix == ".woff2")


def test_cuts_bear_their_own_names() -> None:
    """A cut is not presented under the name of the whole family it was taken from."""
    for cut in CUTS:
        with TTFont(ROOT / cut.target, lazy=True) as font:
            assert "CJK" not in font["name"].getDebugName(1)
