"""Keys of made-up merchants and platforms, each made once for a test process."""

from functools import cache

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    """Return the RSA key called *name*."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def private_pem(name: str) -> bytes:
    """Return it as PEM (PKCS #8)."""
    return key(name).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def public_pem(name: str) -> bytes:
    """Return its public half as PEM."""
    form = PublicFormat.SubjectPublicKeyInfo
    return key(name).public_key().public_bytes(Encoding.PEM, form)
