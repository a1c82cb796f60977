"""
The typefaces that the terminal itself draws with (slips; its own pages).
"""

from pathlib import Path

FOLDER = Path(__file__).parent

# Chinese and Latin first; the last one is made for Arabic script.
HOUSE_FONTS = (FOLDER / "HouseSansSC-Regular.otf", FOLDER / "UKIJEkran.ttf")

# What names seldom hold is an extra that a terminal's installation adds: the rare planes (package
# fonts-hanazono), and the phrases that Arabic script writes as one character (fonts-noto-core).
RARE_FONTS = (
    Path("/usr/share/fonts/truetype/noto/NotoNaskhArabic-Regular.ttf"),
    Path("/usr/share/fonts/truetype/hanazono/HanaMinA.ttf"),
    Path("/usr/share/fonts/truetype/hanazono/HanaMinB.ttf"),
)
