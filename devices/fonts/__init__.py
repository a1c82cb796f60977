"""
The typefaces that the terminal itself draws with (slips; its own pages).
"""

from pathlib import Path

FOLDER = Path(__file__).parent

# Chinese and Latin first; the last one is made for Arabic script.
HOUSE_FONTS = (FOLDER / "HouseSansSC-Regular.otf", FOLDER / "UKIJEkran.ttf")

# The rare planes are an extra that a terminal's installation adds (package fonts-hanazono).
RARE_FONTS = (
    Path("/usr/share/fonts/truetype/hanazono/HanaMinA.ttf"),
    Path("/usr/share/fonts/truetype/hanazono/HanaMinB.ttf"),
)
