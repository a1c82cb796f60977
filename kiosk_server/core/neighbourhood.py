"""
Where a request came from, coarsely and for one day: to count tries, never to know people (P39).

A neighbourhood is a /24 of IPv4 or a /56 of IPv6, what one hall or household has. Its name changes
every day and cannot be turned back into an address.
"""

import ipaddress

from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.core.database import keyring_of

_PREFIX_OF_VERSION = {4: 24, 6: 56}


def neighbourhood(session: Session, address: str | None) -> str:
    """Return the name under which *address* is counted today: 32 hexadecimal characters."""
    try:
        parsed = ipaddress.ip_address(address or "")
        network = str(ipaddress.ip_network((parsed, _PREFIX_OF_VERSION[parsed.version]), False))
    except ValueError:
        network = "unknown"
    today = clock.beijing_today().isoformat()
    return keyring_of(session).blind_index(f"{today} {network}", purpose="public.neighbourhood")
