"""
The secret in a ticket's address: made from its id by a keyed digest, so that it can be told again.

A check-in that is sent again, and the message that one is called, say the same address; stored is
its digest alone, and no token can be made or counted through from outside.
"""

import base64

from sqlalchemy.orm import Session

from kiosk_server.core.database import keyring_of
from kiosk_server.core.identifiers import digest

_BYTES = 16


def token_of(session: Session, ticket_id: str) -> str:
    """Return the secret of a ticket: 128 bits as 22 characters that a URL takes as they are."""
    made = keyring_of(session).mac(ticket_id.encode(), purpose="queue-ticket")[:_BYTES]
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def digest_of(token: str) -> str:
    """Return what is stored of a token, and what it is found by."""
    return digest(token)
