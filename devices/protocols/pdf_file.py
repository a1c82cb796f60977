"""Objects to a PDF file (ISO 32000-1): the header, each object with its place, the table of them.

No date, no name and no maker is added, so that the same objects always give the same bytes.
"""

from collections.abc import Sequence

SHORT_PT, LONG_PT = 595.276, 841.890
"""The sides of A4 in points."""


def file_of(objects: Sequence[bytes]) -> bytearray:
    """Return the file whose object 1 is the catalogue, in memory that its holder can wipe."""
    document = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(document))
        document += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    table = len(document)
    document += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    document += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    document += (
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n".encode()
    )
    return document


def stream(entries: str, content: bytes | bytearray) -> bytes:
    """Return a stream object; *entries* stand in its dictionary before the length."""
    head = f"<< {entries}/Length {len(content)} >>\nstream\n".encode()
    return head + content + b"\nendstream"
