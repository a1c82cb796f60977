"""Taking off the compression that an answer travelled under (RFC 9110 §8.4)."""

import zlib

from devices.host.ports import Reply

_GZIP = zlib.MAX_WBITS | 16


def unpacked(reply: Reply, *, largest_bytes: int) -> bytes | None:
    """The body of *reply* as it was before gzip; None for another coding, for what is damaged or
    cut off, and for more than *largest_bytes*."""
    match (reply.header("Content-Encoding") or "identity").lower():
        case "identity":
            return reply.body if len(reply.body) <= largest_bytes else None
        case "gzip":
            unpacking = zlib.decompressobj(_GZIP)
            try:
                body = unpacking.decompress(reply.body, largest_bytes)
            except zlib.error:
                return None
            return body if unpacking.eof else None
        case _:
            return None
