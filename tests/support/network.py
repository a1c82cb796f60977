"""
The network guard: a test talks to this machine alone.

An interpreter-wide audit hook sees every connection that Python code opens, also those of
libraries, and refuses what leaves the machine. A test that swallows the refusal still fails.
"""

import ipaddress
import sys

_NAMES_OF_THIS_MACHINE = frozenset({"", "localhost", "ip6-localhost"})

refused: list[str] = []
"""The foreign addresses that were tried since the list was last emptied."""


class ForeignAddress(OSError):
    """A test tried to reach an address outside this machine."""


def is_local(host: object) -> bool:
    """Return whether *host* (a name or an address) is this machine."""
    if host is None:
        return True
    name = host.decode() if isinstance(host, bytes) else str(host)
    if name in _NAMES_OF_THIS_MACHINE:
        return True
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event == "socket.getaddrinfo":
        # Asking for any address of this machine to listen on names no peer.
        host = None if arguments[0] in ("0.0.0.0", "::") else arguments[0]
    else:
        return
    if not is_local(host):
        refused.append(str(host))
        raise ForeignAddress(f"a test may not reach {host!r}")


def install() -> None:
    """Watch every connection of this process from now on; there is no way back."""
    sys.addaudithook(_watch)
