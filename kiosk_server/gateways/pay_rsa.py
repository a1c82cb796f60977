"""RSA with SHA-256 (PKCS #1 v1.5), as WeChat Pay and Alipay sign: text in, base64 out."""

import base64
import binascii

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key


def private_key(pem: bytes) -> RSAPrivateKey:
    """Return the RSA key in *pem*; raises `ValueError` for anything else."""
    key = load_pem_private_key(pem, None)
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("must be an RSA key")  # noqa: TRY004 - a file, not a type
    return key


def public_key(pem: bytes) -> RSAPublicKey:
    """Return the public RSA key in *pem*; raises `ValueError` for anything else."""
    key = load_pem_public_key(pem)
    if not isinstance(key, RSAPublicKey):
        raise ValueError("must be an RSA key")  # noqa: TRY004 - a file, not a type
    return key


def sign(key: RSAPrivateKey, message: bytes) -> str:
    """Return the signature of *message*, in base64."""
    return base64.b64encode(key.sign(message, PKCS1v15(), hashes.SHA256())).decode()


def holds(key: RSAPublicKey, message: bytes, signature: str) -> bool:
    """Return whether *signature* (base64) is the key's, over exactly *message*."""
    try:
        key.verify(base64.b64decode(signature, validate=True), message, PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True
