"""The guard that keeps every test on this machine."""

import socket

import pytest

from tests.support import network


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1"])
def test_a_foreign_address_is_refused(address: str) -> None:
    """A connection to another machine is refused before a packet leaves."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as there, pytest.raises(network.ForeignAddress):
        there.connect((address, 80))
    assert network.refused == [address]
    network.refused.clear()


def test_a_foreign_name_is_not_even_asked_for() -> None:
    """A name outside this machine is refused before a name server hears of it."""
    with pytest.raises(network.ForeignAddress):
        socket.create_connection(("peer.example", 80))
    network.refused.clear()


def test_this_machine_is_open() -> None:
    """Loopback connections pass."""
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as there,
    ):
        assert there.getpeername() == server.getsockname()
    assert network.refused == []
