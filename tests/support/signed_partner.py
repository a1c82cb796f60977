"""What every partner on loopback by the house's contract does alike: believe with one key, sign."""

import json
from collections.abc import Mapping
from typing import Any

from kiosk_server.core import clock
from kiosk_server.gateways import region_signature as signature
from tests.support.loopback_server import Heard, Said

_ANOTHER_KEY = b"another-key"


def believe(key: bytes, heard: Heard) -> None:
    """Fail where a request is not signed with *key*, over just these bytes."""
    expected = signature.sign_request(
        key,
        method=heard.method,
        path=heard.target,
        timestamp=heard.headers.get(signature.TIMESTAMP.lower(), ""),
        nonce=heard.headers.get(signature.NONCE.lower(), ""),
        body=heard.body,
    )
    assert signature.holds(expected, heard.headers.get(signature.SIGNATURE.lower()))


def signed(
    key: bytes, heard: Heard, told: Mapping[str, Any], *, status: int = 200, forged: bool = False
) -> Said:
    """Answer *told*, signed as the answer to this question alone; *forged*: by somebody else."""
    stamp = heard.headers.get(signature.TIMESTAMP.lower(), "")
    body = json.dumps(told).encode()
    given = signature.sign_answer(
        _ANOTHER_KEY if forged else key,
        status=status,
        nonce=heard.headers.get(signature.NONCE.lower(), ""),
        timestamp=stamp,
        body=body,
    )
    return Said(status, body, {signature.TIMESTAMP: stamp, signature.SIGNATURE: given})


def notice_headers(key: bytes, path: str, body: bytes) -> dict[str, str]:
    """The headers of a call of ours at a door of the house, always with the same nonce."""
    stamp = str(int(clock.now().timestamp()))
    given = signature.sign_request(
        key, method="POST", path=path, timestamp=stamp, nonce="n", body=body
    )
    return {signature.TIMESTAMP: stamp, signature.NONCE: "n", signature.SIGNATURE: given}
