"""What a document must be before it is kept: pages that are pictures, and nothing that acts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_server.visits.capture_rules import LARGEST_BYTES, document_fault

HEAD = b"%PDF-1.7\n"
PAGE = b"3 0 obj\n<< /Type /Page /Parent 2 0 R >>\nendobj\n"
PICTURE = (
    b"4 0 obj\n<< /Type /XObject /Subtype /Image /Filter /DCTDecode /Length 40 >>\nstream\n"
    b"\xff\xd8 /JavaScript /Type /Page # \xff\xd9\nendstream\nendobj\n"
)
TAIL = b"trailer\n<< /Size 4 /Root 1 0 R >>\n%%EOF\n"
PLAIN = HEAD + PAGE + PICTURE + TAIL


def test_a_plain_document_is_taken() -> None:
    """Pages and pictures pass, whatever bytes a picture happens to hold."""
    assert document_fault(PLAIN, pages=1, most_pages=1) is None


@pytest.mark.parametrize(
    "acts",
    [
        b"/OpenAction 5 0 R",
        b"/AA << /O 5 0 R >>",
        b"/S /JavaScript /JS (app.alert(1))",
        b"/S /Launch",
        b"/S /URI /URI (https://example.invalid)",
        b"/Names << /EmbeddedFiles 9 0 R >>",
        b"/AcroForm 7 0 R",
        b"/Annots [8 0 R]",
        b"/Type /ObjStm",
        b"/Encrypt 6 0 R",
        b"/Open#41ction 5 0 R",
    ],
)
def test_what_acts_or_hides_is_refused(acts: bytes) -> None:
    """Scripts, links, attachments, forms and disguised names have no business in a scan."""
    document = HEAD + b"1 0 obj\n<< /Type /Catalog " + acts + b" >>\nendobj\n" + PAGE + TAIL

    assert document_fault(document, pages=1, most_pages=1) == "document_unreadable"


@pytest.mark.parametrize(
    ("document", "pages", "most", "code"),
    [
        (b"", 1, 1, "document_unreadable"),
        (b"\xff\xd8\xff\xe0 a picture", 1, 1, "document_unreadable"),
        (PLAIN.removesuffix(TAIL), 1, 1, "document_unreadable"),
        (PLAIN, 2, 2, "document_unreadable"),
        (HEAD + PAGE * 3 + TAIL, 3, 2, "too_many_pages"),
        (HEAD + PAGE + b"%" * 20_000 + TAIL, 1, 1, "document_unreadable"),
        (HEAD + bytes(LARGEST_BYTES), 1, 1, "document_too_large"),
    ],
)
def test_other_files_are_named_by_what_they_lack(
    document: bytes, pages: int, most: int, code: str
) -> None:
    """A picture, half a document, a wrong count, too many pages and too much of it."""
    assert document_fault(document, pages=pages, most_pages=most) == code


@given(st.binary(max_size=400))
def test_any_bytes_get_an_answer(data: bytes) -> None:
    """Whatever a terminal sends, there is a word for it, and seldom a yes."""
    assert document_fault(data, pages=1, most_pages=1) == "document_unreadable"
