"""
Code 128 (ISO/IEC 15417) as it stands on labels: way-bills in bars that any courier's reader takes.

Digits go two to a sign (set C) where four or more stand together, everything else in set B.
"""

import re

_ALL_WIDTHS = (
    "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231"
    "113222123122123221223211221132221231213212223112312131311222321122321221312212322112322211"
    "212123212321232121111323131123131321112313132113132311211313231113231311112133112331132131"
    "113123113321133121313121211331231131213113213311213131311123311321331121312113312311332111"
    "314111221411431111111224111422121124121421141122141221112214112412122114122411142112142211"
    "241211221114413111241112134111111242121142121241114212124112124211411212421112421211212141"
    "214121412121111143111341131141114113114311411113411311113141114131311141411131211412211214"
    "211232"
)
"""Widths of the three bars and three gaps of every value, one after the other."""
_WIDTHS = tuple(_ALL_WIDTHS[at : at + 6] for at in range(0, len(_ALL_WIDTHS), 6))
_STOP = "2331112"
_TO_C, _TO_B = 99, 100
_START_B, _START_C = 104, 105
_MODULUS = 103
_QUIET = 10
"""Modules of white on either side."""
_RUNS = re.compile(r"(?:[0-9]{2}){2,}|[0-9]|[^0-9]+")


def code_values(text: str) -> list[int]:
    """Return the values of *text* with start and check; `ValueError` for what is not printable."""
    if not text or not all(" " <= letter <= "~" for letter in text):
        raise ValueError("Code 128 takes printable ASCII here")
    values: list[int] = []
    in_c = False
    for run in _RUNS.findall(text):
        pairs = len(run) >= 4 and run.isdigit()
        if not values:
            values.append(_START_C if pairs else _START_B)
        elif pairs is not in_c:
            values.append(_TO_C if pairs else _TO_B)
        in_c = pairs
        values += (
            [int(run[at : at + 2]) for at in range(0, len(run), 2)]
            if pairs
            else [ord(letter) - 32 for letter in run]
        )
    check = values[0] + sum(place * value for place, value in enumerate(values[1:], start=1))
    return [*values, check % _MODULUS]


def bars_svg(text: str) -> str:
    """Return *text* as an SVG of bars, one unit a module and fifty high, with its quiet zones."""
    at, path = _QUIET, []
    for widths in [*(_WIDTHS[value] for value in code_values(text)), _STOP]:
        for place, width in enumerate(widths):
            if place % 2 == 0:
                path.append(f"M{at} 0h{width}v50h-{width}z")
            at += int(width)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {at + _QUIET} 50" '
        f'preserveAspectRatio="none"><path d="{"".join(path)}" fill="#000000"/></svg>'
    )
