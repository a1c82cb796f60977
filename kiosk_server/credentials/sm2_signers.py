"""
SM2 with SM3 (GB/T 32918.2, GB/T 32905), by the optional extra `requirements-gm.txt`.

Imported only where SM2 is asked for: ask `signers.can_use` first. A signature is r‖s, 64 bytes, and
another one each time, since the library draws its own k: SM2 signs what is written once, never a
list that several servers publish alike. The key lies in this process; a certified cipher machine
is another `Signer`.
"""

from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from gmssl_pyx import GmsslInnerError, sm2_key_generate, sm2_sign, sm2_verify
from joserfc.util import urlsafe_b64encode

from kiosk_server.credentials.signers import Algorithm, PublicKey, named_key

USER_ID = b"1234567812345678"
"""Whose signature it is, where nobody has agreed on anything else (GB/T 35276)."""
_HALF = 32


class Sm2Signer:
    """Signs with SM2 and SM3 in this process."""

    algorithm = Algorithm.SM2

    def __init__(self, secret: bytes, public: PublicKey) -> None:
        self.secret = secret
        self.public = public
        self.kid = public.kid

    def sign(self, data: bytes) -> bytes:
        """Return r‖s over *data*."""
        made: bytes = sm2_sign(self.secret, _point(self.public), data, signer_id=USER_ID)
        return b"".join(half.to_bytes(_HALF) for half in decode_dss_signature(made))


def new_sm2_signer() -> Sm2Signer:
    """Return a signer with a new key."""
    point, secret = sm2_key_generate()
    x, y = (urlsafe_b64encode(half).decode() for half in (point[:_HALF], point[_HALF:]))
    jwk = {"kty": "EC", "crv": "SM2", "x": x, "y": y}
    return Sm2Signer(secret, named_key(Algorithm.SM2, jwk))


def sm2_verifies(key: PublicKey, signature: bytes, data: bytes) -> bool:
    """Whether *signature*, r‖s, was made over *data* with *key*; False for a key off the curve."""
    halves = (int.from_bytes(signature[:_HALF]), int.from_bytes(signature[_HALF:]))
    try:
        made = sm2_verify(_point(key), data, encode_dss_signature(*halves), signer_id=USER_ID)
    except GmsslInnerError:
        return False
    return made is True


def _point(key: PublicKey) -> bytes:
    return key.x + (key.y or b"")
