"""
Pages made small for a terminal's thin line: gzip (RFC 1952), for terminals and static texts alone.

Length tells something of what was compressed (BREACH), so it is not done for browsers that come by
themselves, and each compressed page is as long as chance wants: docs/decisions/0011.
"""

import secrets
import struct
import zlib

from flask import Flask, Response, g, request

SMALLEST_BYTES = 512
"""Beneath this the head of the answer outweighs what could be gained."""
PADDING_BYTES = 64
TEXTS = frozenset(
    {
        "application/javascript",
        "application/json",
        "application/problem+json",
        "image/svg+xml",
        "text/css",
        "text/html",
        "text/javascript",
        "text/plain",
    }
)
_MAGIC_AND_METHOD = b"\x1f\x8b\x08"
_WITH_COMMENT = 0x10
_NO_TIME_NO_EFFORT_ANY_SYSTEM = b"\0\0\0\0\0\xff"
_LEVEL = 6


def register_compression(app: Flask) -> None:
    """Compress what *app* answers to whoever may get it so."""

    @app.after_request
    def make_small(response: Response) -> Response:
        if _may_be_small(response):
            response.direct_passthrough = False
            page = response.get_data()
            if len(page) >= SMALLEST_BYTES:
                response.set_data(compressed(page))
                response.headers["Content-Encoding"] = "gzip"
                response.headers.pop("Accept-Ranges", None)
                # Another representation of the same: a strong validator would be a lie.
                if (etag := response.get_etag()[0]) is not None:
                    response.set_etag(etag, weak=True)
            response.vary.add("Accept-Encoding")
        return response


def compressed(page: bytes) -> bytes:
    """Return *page* as a gzip member whose header carries a comment of random length."""
    deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = deflate.compress(page) + deflate.flush()
    padding = secrets.token_hex(PADDING_BYTES // 2)[: secrets.randbelow(PADDING_BYTES + 1)]
    head = _MAGIC_AND_METHOD + bytes([_WITH_COMMENT]) + _NO_TIME_NO_EFFORT_ANY_SYSTEM
    tail = struct.pack("<II", zlib.crc32(page), len(page) & 0xFFFFFFFF)
    return head + padding.encode() + b"\0" + body + tail


def _may_be_small(response: Response) -> bool:
    return (
        request.method == "GET"
        and response.status_code == 200
        and response.mimetype in TEXTS
        and "Content-Encoding" not in response.headers
        and request.accept_encodings["gzip"] > 0
        and ("terminal" in g or bool(response.cache_control.immutable))
    )
