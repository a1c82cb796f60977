"""
The rule of every one-time code that goes to a phone (短信验证码), at a terminal and on a phone.

Six digits, good for five minutes and five tries, kept only as a digest under the server's key and
bound to the row that asked for it: a code never answers another question.
"""

import hmac
from datetime import timedelta

from kiosk_server.core.cryptography import Keyring

CODE_DIGITS = 6
CODE_LIFE = timedelta(minutes=5)
MOST_WRONG_CODES = 5


def code_mac(keyring: Keyring, row: str, code: str, *, purpose: str) -> str:
    """Return what is stored of *code*, asked for by *row*: 64 hexadecimal characters."""
    return keyring.mac(f"{row}:{code}".encode(), purpose=purpose).hex()


def is_code(keyring: Keyring, row: str, typed: str, mac: str, *, purpose: str) -> bool:
    """Return whether *typed* is the code behind *mac*, in the same time for every answer."""
    return hmac.compare_digest(mac, code_mac(keyring, row, typed.strip(), purpose=purpose))
