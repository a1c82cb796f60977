"""Signatures of the terminal on every call to the server, after RFC 9421.

Covered: method, authority, path, query and content digest (of the empty body too). Nothing else
of a request is believed by the server, so nothing else needs to be covered.
"""

import secrets
from dataclasses import dataclass

from http_message_signatures import HTTPMessageSigner, algorithms
from http_message_signatures.resolvers import MappingKeyResolver

from devices.agent.clock import ServerClock
from devices.agent.identity import Identity

LABEL = "kiosk"
TAG = "kiosk-terminal"
COVERED = ("@method", "@authority", "@path", "@query", "content-digest")


@dataclass
class _Message:
    """The four things that the library wants to see of a request."""

    method: str
    url: str
    headers: dict[str, str]


class Signer:
    """Signs with the enrolled key and dates with the server's time; any thread may call."""

    def __init__(self, identity: Identity, clock: ServerClock) -> None:
        self._key_id = identity.key_id
        self._clock = clock
        self._signer = HTTPMessageSigner(
            signature_algorithm=algorithms.ED25519,
            key_resolver=MappingKeyResolver(
                public_keys={}, private_keys={identity.key_id: identity.private_key}
            ),
        )

    def headers(self, method: str, url: str, body: bytes) -> dict[str, str]:
        """Content-Digest, Signature-Input and Signature for one request, with a fresh nonce.

        *url* is the absolute URL exactly as it will be sent.
        """
        message = _Message(method, url, {})
        self._signer.sign(
            message,
            key_id=self._key_id,
            created=self._clock.now(),
            nonce=secrets.token_urlsafe(16),
            label=LABEL,
            tag=TAG,
            covered_component_ids=COVERED[:-1],
            body=body,
        )
        return message.headers
