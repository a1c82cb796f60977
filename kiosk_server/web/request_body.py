"""
How the body of a request is taken: in memory alone.

A framework writes a larger upload to the disk while it reads. Somebody's proof, offered to be
compared, would then lie there in clear, if only for a moment and under no name.
"""

from io import BytesIO
from typing import IO

from flask import Request


class BodyInMemory(Request):
    """A request whose uploads touch no disk; `MAX_CONTENT_LENGTH` bounds what memory they take."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return BytesIO()
