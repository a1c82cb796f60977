"""
Who speaks for WeChat Pay (微信支付 v3): signatures both ways, platform keys by serial, AEAD.

    request   METHOD\\nURL\\nTIMESTAMP\\nNONCE\\nBODY\\n     signed by the merchant's key
    answer    TIMESTAMP\\nNONCE\\nBODY\\n                  signed by the key of `Wechatpay-Serial`

The platform's public keys are given (`PUB_KEY_ID_…`), or its certificates are fetched at
`/v3/certificates`: they come sealed with the APIv3 key, and one of them signs that very answer.
"""

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kiosk_server.core import clock
from kiosk_server.core.identifiers import new_mark
from kiosk_server.gateways import pay_rsa

ALGORITHM = "AEAD_AES_256_GCM"
SCHEME = "WECHATPAY2-SHA256-RSA2048"
TIMESTAMP, NONCE = "wechatpay-timestamp", "wechatpay-nonce"
SERIAL, SIGNATURE = "wechatpay-serial", "wechatpay-signature"
MOST_SKEW = timedelta(minutes=5)
FETCHED_AT_MOST_EVERY = timedelta(minutes=1)

log = structlog.get_logger()


class CannotOpen(Exception):
    """A sealed resource does not open with our key."""


def authorization(
    key: RSAPrivateKey, *, merchant: str, serial: str, method: str, target: str, body: bytes
) -> str:
    """Return the `Authorization` of one request; *target* is its path with the query."""
    stamp, nonce = str(int(clock.now().timestamp())), new_mark()
    message = "\n".join((method, target, stamp, nonce, "")).encode() + body + b"\n"
    signature = pay_rsa.sign(key, message)
    return (
        f'{SCHEME} mchid="{merchant}",nonce_str="{nonce}",signature="{signature}",'
        f'timestamp="{stamp}",serial_no="{serial}"'
    )


def open_resource(key: bytes, resource: Mapping[str, Any]) -> bytes:
    """Return what a sealed resource holds; the tag is its last 16 bytes. Raises `CannotOpen`."""
    if resource.get("algorithm") != ALGORITHM:
        raise CannotOpen
    try:
        return AESGCM(key).decrypt(
            str(resource["nonce"]).encode(),
            base64.b64decode(str(resource["ciphertext"]), validate=True),
            str(resource.get("associated_data") or "").encode(),
        )
    except (InvalidTag, KeyError, ValueError, binascii.Error):
        raise CannotOpen from None


class PlatformKeys:
    """The platform's keys by serial; *fetch* brings certificates that we do not know yet."""

    def __init__(
        self,
        known: Mapping[str, RSAPublicKey],
        api_key: bytes,
        fetch: Callable[[], tuple[Mapping[str, str], bytes] | None],
    ) -> None:
        self._given = dict(known)
        self._fetched: dict[str, RSAPublicKey] = {}
        self._api_key = api_key
        self._fetch = fetch
        self._asked_at: datetime | None = None

    def fault_of(self, headers: Mapping[str, str], body: bytes) -> str | None:
        """Return what is wrong with a signed message, in one word; None where it is good."""
        stamp, serial = headers.get(TIMESTAMP, ""), headers.get(SERIAL, "")
        if not stamp.isdecimal() or not serial or SIGNATURE not in headers:
            return "unsigned"
        if abs(clock.now().timestamp() - int(stamp)) > MOST_SKEW.total_seconds():
            return "stale"
        key = self._key(serial)
        if key is None:
            return "serial"
        return None if _holds(key, headers, body) else "signature"

    def _key(self, serial: str) -> RSAPublicKey | None:
        found = self._given.get(serial) or self._fetched.get(serial)
        now = clock.now()
        rested = self._asked_at is None or now - self._asked_at >= FETCHED_AT_MOST_EVERY
        # Anybody can send a notice with a made-up serial: it may not make us ask each time.
        if found is None and rested and not serial.startswith("PUB_KEY_ID_"):
            self._asked_at = now
            self._renew()
            found = self._fetched.get(serial)
        return found

    def _renew(self) -> None:
        answer = self._fetch()
        if answer is None:
            return
        headers, body = answer
        keys = _certificates(self._api_key, body)
        signer = keys.get(headers.get(SERIAL, ""))
        if signer is None or not _holds(signer, headers, body):
            log.warning("wechat_pay_certificates_unbelieved")
            return
        self._fetched = keys


def _holds(key: RSAPublicKey, headers: Mapping[str, str], body: bytes) -> bool:
    head = f"{headers.get(TIMESTAMP, '')}\n{headers.get(NONCE, '')}\n".encode()
    return pay_rsa.holds(key, head + body + b"\n", headers.get(SIGNATURE, ""))


def _certificates(api_key: bytes, body: bytes) -> dict[str, RSAPublicKey]:
    found: dict[str, RSAPublicKey] = {}
    now = clock.now()
    try:
        for each in json.loads(body)["data"]:
            sealed = open_resource(api_key, each["encrypt_certificate"])
            certificate = x509.load_pem_x509_certificate(sealed)
            key = certificate.public_key()
            serial = f"{certificate.serial_number:X}"
            if certificate.not_valid_after_utc > now and isinstance(key, RSAPublicKey):
                found[serial] = key
    except (CannotOpen, KeyError, TypeError, ValueError):
        log.warning("wechat_pay_certificates_unreadable")
        return {}
    return found
