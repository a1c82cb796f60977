"""Connections are kept while young, dropped before the server closes them, never shared."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from http import HTTPStatus

import pytest
import requests

from devices.agent.clock import ServerClock
from devices.agent.connections import SENDING_SECONDS, TRUSTED_SECONDS, KeptConnections
from devices.agent.line import ServerLine
from devices.host.ports import LineDead, Reply
from tests.support.counter_server import Counter, counter_server
from tests.support.thin_line import LostAt, ThinLine, thin_line


@pytest.fixture
def counter() -> Iterator[Counter]:
    with counter_server() as found:
        yield found


@pytest.fixture
def line(counter: Counter) -> Iterator[ThinLine]:
    with thin_line(counter.port) as found:
        yield found


def test_an_order_travels_on_the_connection_of_the_page_before_it(line: ThinLine) -> None:
    """GET and POST one after the other open one connection."""
    server = ServerLine(line.origin, None, ServerClock())
    for method, body in (("GET", b""), ("POST", b"a=1"), ("GET", b"")):
        assert isinstance(server.send(method, "/kiosk/x", headers={}, body=body), Reply)
    server.close()
    assert line.carried.connections == 1


def test_a_connection_that_rested_long_is_not_trusted(counter: Counter) -> None:
    """After a few quiet seconds a fresh connection is opened, and the old one closed."""
    time = 100.0
    kept = KeptConnections(now=lambda: time)
    with kept.borrow() as first:
        pass
    with kept.borrow() as second:
        pass
    time += TRUSTED_SECONDS + 1
    with kept.borrow() as third:
        pass
    kept.close()
    assert first is second
    assert third is not first


def test_two_at_once_have_a_connection_each(line: ThinLine) -> None:
    """A connection that is lent is nobody else's until it comes back whole."""
    kept = KeptConnections()
    with ExitStack() as stack:
        both = [stack.enter_context(kept.borrow()) for _ in range(2)]
        assert both[0] is not both[1]
    with pytest.raises(requests.ConnectionError), kept.borrow() as broken:
        raise requests.ConnectionError
    with kept.borrow() as after:
        assert after is not broken
    kept.close()


def test_a_question_is_asked_again_where_its_connection_died(line: ThinLine) -> None:
    """A GET whose kept connection is gone is repeated on a fresh one; the page sees no fault."""
    server = ServerLine(line.origin, None, ServerClock())
    server.send("GET", "/kiosk/x", headers={})
    line.cut = True
    assert isinstance(server.send("GET", "/kiosk/x", headers={}), LineDead)
    line.mend()
    assert isinstance(server.send("GET", "/kiosk/x", headers={}), Reply)
    server.close()


@pytest.mark.parametrize("at", LostAt)
def test_an_order_is_never_sent_twice_by_the_line(
    counter: Counter, line: ThinLine, at: LostAt
) -> None:
    """Whether or not it arrived, a POST whose answer is missing is told as a dead line, once."""
    server = ServerLine(line.origin, None, ServerClock())
    server.send("GET", "/kiosk/x", headers={})
    line.lose(b"POST /kiosk/order", at=at)
    outcome = server.send("POST", "/kiosk/order", headers={}, body=b"a=1")
    assert isinstance(outcome, LineDead)
    arrived = [asked for asked in counter.asked if asked.method == "POST"]
    assert len(arrived) == (1 if at is LostAt.ANSWER else 0)
    server.close()


def test_a_large_body_has_the_time_that_a_thin_line_needs(counter: Counter) -> None:
    """What is on its way lies in a small buffer, and sending has minutes, not seconds."""
    kept = KeptConnections()
    address = f"{counter.origin}/api/terminal/v1/enrolments"
    with kept.borrow() as session:
        adapter = session.get_adapter(address)
        assert isinstance(adapter, requests.adapters.HTTPAdapter)
        pool = adapter.poolmanager.connection_from_url(address)
        connection = pool.ConnectionCls("127.0.0.1", counter.port, **pool.conn_kw)
        connection.request("POST", "/api/terminal/v1/enrolments", body=b'{"code": "none"}')
        assert connection.sock.gettimeout() == SENDING_SECONDS
        buffer = connection.sock.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
        assert buffer <= 64 * 1024
        assert connection.getresponse().status < HTTPStatus.INTERNAL_SERVER_ERROR
        connection.close()
    kept.close()
