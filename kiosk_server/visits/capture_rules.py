"""
What a captured document (采集材料) must be before it is kept: pages that are pictures, and nothing
that acts.

The terminal makes these files itself, so that all that stands outside their pictures is short and
known; whoever opens one later must not depend on the terminal having been honest.
"""

import re
from datetime import timedelta

MEDIA_TYPE = "application/pdf"
LARGEST_BYTES = 4 * 1024 * 1024
MOST_PAGES = 8
NONCE_LIFE = timedelta(minutes=15)
"""Several pages are laid down, looked at and sent over a thin line within it."""
UNCLAIMED_LIFE = timedelta(minutes=30)
"""A document that no case has taken by then is forgotten, at the end of the visit sooner."""

_STREAM = re.compile(rb"stream\r?\n.*?\nendstream", re.DOTALL)
_PAGE = re.compile(rb"/Type\s*/Page\b(?!s)")
_LONGEST_STRUCTURE = 16 * 1024
# Names of what acts, hides or reaches out; none of them has business in a scanned page.
_UNWANTED = re.compile(
    rb"/(JavaScript|JS|OpenAction|AA|Launch|URI|SubmitForm|ImportData|GoToR|GoToE|RichMedia"
    rb"|EmbeddedFiles?|Filespec|AcroForm|XFA|Annots|ObjStm|Encrypt|Metadata)\b"
)


def document_fault(pdf: bytes, *, pages: int, most_pages: int) -> str | None:
    """Return the code of what keeps a document from being taken, or None."""
    if len(pdf) > LARGEST_BYTES:
        return "document_too_large"
    if not pdf.startswith(b"%PDF-1.") or not pdf.rstrip().endswith(b"%%EOF"):
        return "document_unreadable"
    structure = _STREAM.sub(b"", pdf)
    # A name may be written with #-escapes, of which the terminal has no need.
    if len(structure) > _LONGEST_STRUCTURE or b"#" in structure or _UNWANTED.search(structure):
        return "document_unreadable"
    found = len(_PAGE.findall(structure))
    if found != pages:
        return "document_unreadable"
    return "too_many_pages" if found > most_pages else None
