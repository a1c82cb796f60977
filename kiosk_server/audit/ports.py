"""Where signed heads of the chain go: anywhere but the database whose truth they vouch for."""

from typing import Protocol

from kiosk_server.audit.heads import Head


class HeadSink(Protocol):
    """A place outside the database that keeps what it was given."""

    def keep(self, head: Head) -> None:
        """Keep *head* durably, or raise `OSError`; the sealer offers a later one again."""
