"""
How many pages a PDF has, counted as tolerantly as a printer that must print it does.
"""

import re
import zlib

_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
_STREAM = re.compile(rb"stream\r?\n")


def count_pages(document: bytes) -> int:
    """Return the number of page objects, compressed ones included, at least 1."""
    found = len(_PAGE.findall(document))
    for start in _STREAM.finditer(document):
        try:
            inflated = zlib.decompressobj().decompress(document[start.end() :], 1 << 22)
        except zlib.error:
            continue
        found += len(_PAGE.findall(inflated))
    return max(1, found)
