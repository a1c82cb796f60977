"""
The fonts that papers are set in, committed with their licences (OFL-1.1).

A paper uses these files and no other font of the machine it is made on, so the same data give
the same sheet everywhere. Rare planes (扩展 B and beyond, practically whole in HanaMinA and
HanaMinB) are too large to commit: a server's install adds them, and `KIOSK_FONTS` says where.
"""

from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent

RARE_PLANES: tuple[Path, ...] = (Path("/usr/share/fonts/truetype/hanazono"),)
"""Where the package fonts-hanazono puts its files."""

_SUFFIXES = {".otf", ".ttf"}


def paper_directories(extra: Sequence[Path] = RARE_PLANES) -> tuple[Path, ...]:
    """Directories whose fonts a paper may use: the committed ones, then those of `extra`.

    Directories that do not exist are left out, so that one setting serves machines with and
    without the extra fonts; `printing.characters` then says what cannot be set.
    """
    return tuple(dict.fromkeys(folder for folder in (HERE, *extra) if folder.is_dir()))


def paper_files(extra: Sequence[Path] = RARE_PLANES) -> tuple[Path, ...]:
    """Every font file of `paper_directories(extra)`, in a stable order."""
    return tuple(
        file
        for folder in paper_directories(extra)
        for file in sorted(folder.iterdir())
        if file.suffix in _SUFFIXES
    )
