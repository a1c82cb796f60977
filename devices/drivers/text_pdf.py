"""
Text to a PDF (文字版 PDF): A4 pages whose words can be selected, made without a server.

Chinese and Latin, from left to right; what no typeface of this terminal writes stands as 〓. Of a
typeface only the characters that were used are embedded.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

from devices.drivers.typefaces import Face, GlyphMissing, Typefaces
from devices.protocols.pdf_file import LONG_PT, SHORT_PT, file_of, stream

PT_PER_MM = 72 / 25.4
_MISSING = "〓"
_PER_EM = 1000
_UNUSED_TABLES = ["GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "FFTM", "EBDT", "EBLC"]
"""Of shaping and of vertical lines; nothing here is shaped."""


@dataclass(frozen=True, slots=True)
class Words:
    """One line of words; its left end and its base line in millimetres from the upper left."""

    text: str
    x_mm: float
    y_mm: float
    points: float = 9.0


@dataclass(frozen=True, slots=True)
class Line:
    """A thin line across; *grey* is 0 for black to 1 for white."""

    x_mm: float
    y_mm: float
    until_mm: float
    grey: float = 0.6


Mark = Words | Line


def width_mm(text: str, points: float) -> float:
    """Return how wide *text* would stand."""
    return sum(_sign(each).advance for each in text) * points / _PER_EM / PT_PER_MM


def text_pdf(pages: Sequence[Sequence[Mark]], *, title: str) -> bytes:
    """Return a PDF of *pages*, one after another; raises OSError where a font cannot be read."""
    said = "".join(mark.text for page in pages for mark in page if isinstance(mark, Words))
    fonts = [_Font.of(path, used) for path, used in _used(said).items()]
    names = {font.path: f"F{at}" for at, font in enumerate(fonts)}
    first_page, pages_at = 4 + 5 * len(fonts), 2
    kids = " ".join(f"{first_page + 2 * at} 0 R" for at in range(len(pages)))
    objects = [
        f"<< /Type /Catalog /Pages {pages_at} 0 R /Lang (zh-CN)"
        " /ViewerPreferences << /DisplayDocTitle true >> /Metadata 3 0 R >>".encode(),
        f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>".encode(),
        _titled(title),
    ]
    for at, font in enumerate(fonts):
        objects += font.objects(4 + 5 * at)
    listed = " ".join(f"/F{at} {4 + 5 * at} 0 R" for at in range(len(fonts)))
    codes = {font.path: font.codes for font in fonts}
    for at, page in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent {pages_at} 0 R /MediaBox [0 0 {SHORT_PT} {LONG_PT}]"
            f" /Resources << /Font << {listed} >> >>"
            f" /Contents {first_page + 2 * at + 1} 0 R >>".encode()
        )
        drawn = "\n".join(_drawn(mark, names, codes) for mark in page)
        objects.append(stream("", drawn.encode()))
    return bytes(file_of(objects))


@dataclass(frozen=True, slots=True)
class _Sign:
    """What stands for a character, and how wide, in thousandths of the em."""

    text: str
    face: Face
    advance: int


@dataclass(frozen=True)
class _Font:
    """One typeface cut down to what is used. `codes` are the CIDs of the characters."""

    path: Path
    program: bytes = field(repr=False)
    postscript_outlines: bool
    codes: dict[str, int]
    widths: dict[str, int]
    box: tuple[int, int, int, int]
    ascent: int
    descent: int

    @classmethod
    def of(cls, path: Path, used: Iterable[str]) -> "_Font":
        options = subset.Options(layout_features=[], notdef_outline=True, name_IDs=[])
        options.drop_tables += _UNUSED_TABLES
        cutter = subset.Subsetter(options)
        characters = sorted(set(used))
        cutter.populate(text="".join(characters))
        written = io.BytesIO()
        with TTFont(path, lazy=True, fontNumber=0) as whole:
            cutter.subset(whole)
            whole.save(written)
        with TTFont(io.BytesIO(written.getvalue())) as cut:
            glyphs, scale = cut.getBestCmap(), _PER_EM / cut["head"].unitsPerEm
            head, lines = cut["head"], cut["hhea"]
            outlines = "CFF " in cut
            program = cut.reader["CFF "] if outlines else written.getvalue()
            named = {each: glyphs[ord(each)] for each in characters}
            return cls(
                path,
                program,
                outlines,
                {each: _cid(cut, glyph) for each, glyph in named.items()},
                {each: round(cut["hmtx"][glyph][0] * scale) for each, glyph in named.items()},
                tuple(round(at * scale) for at in (head.xMin, head.yMin, head.xMax, head.yMax)),
                round(lines.ascent * scale),
                round(lines.descent * scale),
            )

    def objects(self, first: int) -> list[bytes]:
        """The five objects of a composite font (ISO 32000-1, 9.7), numbered from *first*."""
        name = f"KIOSKA+{self.path.stem}"
        kind, program = (
            ("CIDFontType0", "FontFile3") if self.postscript_outlines else
            ("CIDFontType2", "FontFile2")
        )  # fmt: skip
        mapped = "" if self.postscript_outlines else " /CIDToGIDMap /Identity"
        wide = " ".join(f"{self.codes[each]} [{w}]" for each, w in self.widths.items())
        entries = "/Subtype /CIDFontType0C " if self.postscript_outlines else (
            f"/Length1 {len(self.program)} "
        )  # fmt: skip
        return [
            f"<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H"
            f" /DescendantFonts [{first + 1} 0 R] /ToUnicode {first + 4} 0 R >>".encode(),
            f"<< /Type /Font /Subtype /{kind} /BaseFont /{name}{mapped} /DW 1000 /W [{wide}]"
            " /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
            f" /FontDescriptor {first + 2} 0 R >>".encode(),
            f"<< /Type /FontDescriptor /FontName /{name} /Flags 4 /ItalicAngle 0 /StemV 80"
            f" /FontBBox [{' '.join(map(str, self.box))}] /Ascent {self.ascent}"
            f" /Descent {self.descent} /CapHeight {self.ascent}"
            f" /{program} {first + 3} 0 R >>".encode(),
            stream(entries, self.program),
            stream("", _to_unicode(self.codes)),
        ]


def _cid(font: TTFont, glyph: str) -> int:
    keyed = "CFF " in font and hasattr(font["CFF "].cff.topDictIndex[0], "ROS")
    return int(glyph.removeprefix("cid")) if keyed else int(font.getGlyphID(glyph))


@lru_cache(maxsize=4096)
def _sign(character: str) -> _Sign:
    try:
        (run,) = Typefaces().runs(character, right_to_left=False)
    except GlyphMissing:
        return _sign(_MISSING)
    if run.right_to_left:
        # Letters that join each other would stand apart here: a sign for them misleads nobody.
        return _sign(_MISSING)
    # At one pixel for a thousandth of the em the length is that of the font itself.
    advance = run.face.at(_PER_EM).getlength(character, direction="ltr")
    return _Sign(character, run.face, round(advance))


def _used(said: str) -> dict[Path, set[str]]:
    used: dict[Path, set[str]] = {}
    for sign in map(_sign, set(said)):
        used.setdefault(sign.face.path, set()).add(sign.text)
    return dict(sorted(used.items()))


def _drawn(mark: Mark, names: dict[Path, str], codes: dict[Path, dict[str, int]]) -> str:
    x, y = mark.x_mm * PT_PER_MM, LONG_PT - mark.y_mm * PT_PER_MM
    if isinstance(mark, Line):
        return f"{mark.grey} G 0.5 w {x:.2f} {y:.2f} m {mark.until_mm * PT_PER_MM:.2f} {y:.2f} l S"
    signs = [_sign(each) for each in mark.text]
    shown = []
    for path, run in groupby(signs, lambda sign: sign.face.path):
        hexed = "".join(f"{codes[path][sign.text]:04X}" for sign in run)
        shown.append(f"/{names[path]} {mark.points} Tf <{hexed}> Tj")
    return f"BT {x:.2f} {y:.2f} Td {' '.join(shown)} ET"


def _to_unicode(codes: dict[str, int]) -> bytes:
    pairs = [f"<{code:04X}> <{each.encode('utf-16-be').hex()}>" for each, code in codes.items()]
    blocks = [
        f"{len(part)} beginbfchar\n" + "\n".join(part) + "\nendbfchar"
        for part in (pairs[at : at + 100] for at in range(0, len(pairs), 100))
    ]
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
        + "\n".join(blocks)
        + "\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode()


def _titled(title: str) -> bytes:
    packet = (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF'
        ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title><rdf:Alt>'
        f'<rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title></rdf:Description>'
        '</rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    )
    return stream("/Type /Metadata /Subtype /XML ", packet.encode())
