"""Addresses to listen on: what is taken, what gives way, what strangers could read."""

import socket
from collections.abc import Iterator

import pytest

from roomful.starting import sockets
from roomful.starting.failures import StartError
from roomful.starting.sockets import Wanted


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_default_gives_way_and_a_wish_does_not(taken: int) -> None:
    bound = sockets.bind([Wanted("tcp", f"127.0.0.1:{taken}", movable=True)])
    assert taken < bound["tcp"][0].getsockname()[1] <= taken + sockets.NEXT_PORTS
    sockets.close(bound)
    with pytest.raises(StartError, match="cannot be listened on"):
        sockets.bind([Wanted("tcp", f"127.0.0.1:{taken}")])


def test_several_addresses_have_one_port() -> None:
    bound = sockets.bind([Wanted("tcp", "127.0.0.1:0", hosts=("127.0.0.1", "127.0.0.2", "127.0.0.3"))])
    names = [one.getsockname() for one in bound["tcp"]]
    sockets.close(bound)
    assert [host for host, _ in names] == ["127.0.0.1", "127.0.0.2", "127.0.0.3"]
    assert len({port for _, port in names}) == 1


def test_a_port_that_is_taken_at_one_address_is_left_alone_at_all(taken: int) -> None:
    hosts = ("127.0.0.2", "127.0.0.1")
    bound = sockets.bind([Wanted("tcp", f"127.0.0.1:{taken}", movable=True, hosts=hosts)])
    assert {one.getsockname()[1] > taken for one in bound["tcp"]} == {True}
    sockets.close(bound)


@pytest.mark.parametrize("name", ["tcp", "http"])
def test_plain_text_beyond_this_machine_is_refused_with_what_to_type(name: str) -> None:
    bound = sockets.bind([Wanted(name, "0.0.0.0:0")])
    with pytest.raises(StartError) as refused:
        sockets.refuse_plain_text(bound)
    sockets.close(bound)
    assert all(word in str(refused.value) for word in (f"--{name}", "--tls", "--lan", "--open"))


def test_encrypted_or_from_this_machine_is_fine() -> None:
    bound = sockets.bind([Wanted("tls", "0.0.0.0:0"), Wanted("tcp", "127.0.0.1:0"), Wanted("http", "127.0.0.9:0")])
    sockets.refuse_plain_text(bound)
    sockets.close(bound)


def test_nothing_stays_open_when_one_cannot_be_had(taken: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(StartError):
        sockets.bind([Wanted("tcp", f"127.0.0.1:{port}"), Wanted("tls", f"127.0.0.1:{taken}")])
    socket.create_server(("127.0.0.1", port)).close()
