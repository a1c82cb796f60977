"""
Cuts the house fonts out of the distribution's Noto CJK and UKIJ families (规范汉字、维吾尔文）.

The results are committed, so nobody needs to run this to build or test the product. It is run
again when the upstream fonts change, when the screens use characters that the browser's cut
lacks, or when someone wants to check that the committed files are what they claim to be:

    python -m kiosk_server.fonts.make --from /usr/share/fonts --into .

Sources: Debian packages fonts-noto-cjk (sans and serif) and fonts-ukij-uyghur. From the
collections the Simplified Chinese face is taken; the first face would be Japanese.
"""

import argparse
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

SIMPLIFIED_CHINESE_FACE = 2
"""Index of the SC face inside every Noto CJK collection."""

# Kerning and composition are all that papers and screens ask for. `locl` is left out on purpose:
# the SC face is already the right form, and `locl` would pull in Japanese and Korean shapes.
LAYOUT_FEATURES = ["ccmp", "kern", "mark", "mkmk"]

_TEXT_SUFFIXES = {".ftl", ".html", ".json", ".py", ".toml", ".typ"}

CodePoints = frozenset[int]


def _span(first: int, last: int) -> CodePoints:
    return frozenset(range(first, last + 1))


WESTERN = _span(0x20, 0x7E) | _span(0xA0, 0x17F) | _span(0x400, 0x4FF) | _span(0x2000, 0x206F)
SIGNS = _span(0x2100, 0x214F) | _span(0x2190, 0x21FF) | _span(0x2200, 0x22FF)
SIGNS |= _span(0x2460, 0x24FF) | _span(0x2500, 0x27BF)
CJK_PUNCTUATION = _span(0x3000, 0x303F) | _span(0xFE30, 0xFE4F) | _span(0xFF01, 0xFFEF)
URO = _span(0x4E00, 0x9FFF)
EXTENSION_A = _span(0x3400, 0x4DBF)
EXTENSION_B_AND_BEYOND = _span(0x20000, 0x323AF)


def gb2312(first_row: int, last_row: int) -> CodePoints:
    """Ideographs of GB/T 2312 in the given rows (区): 16 to 55 is level 1, 56 to 87 level 2."""
    found: set[int] = set()
    for row in range(first_row, last_row + 1):
        for cell in range(1, 95):
            try:
                found.add(ord(bytes((0xA0 + row, 0xA0 + cell)).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    return frozenset(found)


def characters_of(folders: Iterable[Path]) -> CodePoints:
    """Every character that the product's own words, templates and seeds under `folders` use."""
    return frozenset(
        ord(character)
        for folder in folders
        for file in sorted(folder.rglob("*"))
        if file.suffix in _TEXT_SUFFIXES
        for character in file.read_text(encoding="utf-8")
    )


@dataclass(frozen=True)
class Cut:
    """One font file to be made: where it comes from, what it keeps and what it is called."""

    target: str
    source: str
    keeps: Callable[[CodePoints], CodePoints]
    family: str | None = None

    @property
    def flavour(self) -> str | None:
        """Container of the target: woff2 for a browser, None for plain OpenType."""
        return "woff2" if self.target.endswith(".woff2") else None


def _names(_: CodePoints) -> CodePoints:
    return WESTERN | SIGNS | CJK_PUNCTUATION | URO | EXTENSION_A | EXTENSION_B_AND_BEYOND


def _print(_: CodePoints) -> CodePoints:
    return WESTERN | SIGNS | CJK_PUNCTUATION | gb2312(16, 87)


def _screen(used: CodePoints) -> CodePoints:
    signs = SIGNS - _span(0x2500, 0x257F)
    return WESTERN | signs | CJK_PUNCTUATION | gb2312(16, 87) | (used & (URO | EXTENSION_A))


def _slip(_: CodePoints) -> CodePoints:
    return WESTERN | _span(0x2190, 0x2193) | CJK_PUNCTUATION | gb2312(16, 87)


CUTS: tuple[Cut, ...] = (
    Cut("kiosk_server/fonts/NotoSansSC-Regular.otf", "NotoSansCJK-Regular.ttc", _names),
    Cut("kiosk_server/fonts/NotoSerifSC-Regular.otf", "NotoSerifCJK-Regular.ttc", _names),
    Cut("kiosk_server/fonts/NotoSansSC-Bold.otf", "NotoSansCJK-Bold.ttc", _print),
    Cut("kiosk_server/fonts/NotoSerifSC-Bold.otf", "NotoSerifCJK-Bold.ttc", _print),
    # A name of its own: a terminal may have the whole Noto family installed beside it.
    Cut("devices/fonts/HouseSansSC-Regular.otf", "NotoSansCJK-Regular.ttc", _slip, "House Sans SC"),
    Cut("kiosk_ui/static/fonts/NotoSansSC-Regular.woff2", "NotoSansCJK-Regular.ttc", _screen),
    Cut("kiosk_ui/static/fonts/NotoSansSC-Bold.woff2", "NotoSansCJK-Bold.ttc", _screen),
)

COPIES: tuple[tuple[str, str], ...] = (
    ("kiosk_server/fonts/UKIJEkran.ttf", "UKIJEkran.ttf"),
    ("kiosk_server/fonts/UKIJTuzTom.ttf", "UKIJTuzBold.ttf"),
    ("devices/fonts/UKIJEkran.ttf", "UKIJEkran.ttf"),
)

REPACKED: tuple[tuple[str, str], ...] = (
    ("kiosk_ui/static/fonts/UKIJEkran.woff2", "UKIJEkran.ttf"),
    ("kiosk_ui/static/fonts/UKIJTuzTom.woff2", "UKIJTuzBold.ttf"),
)


def make(cut: Cut, *, source: Path, into: Path, used: CodePoints) -> Path:
    """Write the one file that `cut` describes and return its path."""
    options = subset.Options(
        layout_features=LAYOUT_FEATURES,
        name_IDs=[0, 1, 2, 3, 4, 5, 6, 7, 13, 14],
        name_languages=[0x409],
        notdef_outline=True,
        hinting=False,
        font_number=SIMPLIFIED_CHINESE_FACE,
        # Without this the file would differ on every run, and a diff would say nothing.
        recalc_timestamp=False,
    )
    options.flavor = cut.flavour
    font = subset.load_font(str(source), options, dontLoadGlyphNames=True)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=cut.keeps(used))
    cutter.subset(font)
    _rename(font, cut.family)
    target = into / cut.target
    target.parent.mkdir(parents=True, exist_ok=True)
    subset.save_font(font, str(target), options)
    font.close()
    return target


def _rename(font: TTFont, family: str | None) -> None:
    """Give the cut its own names: it no longer is the whole family it was taken from."""
    names = font["name"]
    style = names.getDebugName(2) or "Regular"
    family = family or (names.getDebugName(1) or "").replace(" CJK ", " ")
    plain = family.replace(" ", "")
    full = family if style == "Regular" else f"{family} {style}"
    for name_id, words in (
        (1, family),
        (3, f"{plain}-{style}"),
        (4, full),
        (6, f"{plain}-{style}"),
    ):
        names.setName(words, name_id, 3, 1, 0x409)
    if "CFF " in font:
        cff = font["CFF "].cff
        cff.fontNames = [f"{plain}-{style}"]
        top = cff.topDictIndex[0]
        top.FullName, top.FamilyName = full, family


def repack(source: Path, target: Path) -> None:
    """Write `source` as woff2 with every glyph and table it has."""
    font = TTFont(source, recalcTimestamp=False)
    font.flavor = "woff2"
    target.parent.mkdir(parents=True, exist_ok=True)
    font.save(target)


def find(folder: Path, name: str) -> Path:
    """The file called `name` anywhere under `folder`; FileNotFoundError names the package."""
    for file in sorted(folder.rglob(name)):
        return file
    raise FileNotFoundError(
        f"{name} is not under {folder}: apt-get install -y fonts-noto-cjk fonts-ukij-uyghur"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Make every font, or those whose target contains a word of `--only`; print their sizes."""
    parser = argparse.ArgumentParser(prog="python -m kiosk_server.fonts.make", description=__doc__)
    parser.add_argument("--from", dest="source", type=Path, default=Path("/usr/share/fonts"))
    parser.add_argument("--into", type=Path, default=Path("."))
    parser.add_argument("--only", default="", help="make only targets that contain this word")
    chosen = parser.parse_args(arguments)
    used = characters_of([chosen.into / "kiosk_ui", chosen.into / "kiosk_server"])
    made = [
        make(cut, source=find(chosen.source, cut.source), into=chosen.into, used=used)
        for cut in CUTS
        if chosen.only in cut.target
    ]
    for target, name in COPIES + REPACKED:
        if chosen.only not in target:
            continue
        if (target, name) in COPIES:
            shutil.copyfile(find(chosen.source, name), chosen.into / target)
        else:
            repack(find(chosen.source, name), chosen.into / target)
        made.append(chosen.into / target)
    for file in made:
        sys.stdout.write(f"{file.stat().st_size / 1e6:6.2f} MB  {file}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
