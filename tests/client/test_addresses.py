"""Addresses as people type them."""

import pytest

from roomful.client import BadAddress, Client, parse_address


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("127.0.0.1:5002", "127.0.0.1:5002"),
        ("tcp://127.0.0.1:6000", "127.0.0.1:6000"),
        ("TCP://chat.example.org:6000/", "chat.example.org:6000"),
        ("chat.example.org", "chat.example.org:5002"),
        ("[::1]:6000", "[::1]:6000"),
        ("tcp://[fe80::1%eth0]", "[fe80::1%eth0]:5002"),
        ("tls://chat.example.org", "tls://chat.example.org:5004"),
        ("TLS://[::1]:6000/", "tls://[::1]:6000"),
        ("ws://127.0.0.1:6000/ws", "ws://127.0.0.1:6000"),
        ("ws://[::1]", "ws://[::1]:5003"),
        ("WSS://chat.example.org/", "wss://chat.example.org:443"),
    ],
)
def test_an_address_is_read(text: str, meant: str) -> None:
    assert str(parse_address(text)) == meant


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("irc://127.0.0.1", "tcp://127.0.0.1:5002"),
        ("http://127.0.0.1:5003/", "ws://127.0.0.1:5003"),
        ("https://chat.example.org", "wss://chat.example.org"),
        ("ws://127.0.0.1/elsewhere", "names no host"),
        ("tls://", "names no host"),
        ("::1", "[::1]:5002"),
        ("[::1", "in brackets"),
        ("[::1]5002", "in brackets"),
        ("5002", "Did you mean 127.0.0.1:5002?"),
        ("here:port", "port from 1 to 65535"),
        ("here:0", "port from 1 to 65535"),
        ("here:70000", "port from 1 to 65535"),
        ("", "names no host"),
        ("tcp://", "names no host"),
        ("a b:5002", "names no host"),
        ("alice@here:5002", "names no host"),
    ],
)
def test_what_is_none_is_refused_with_what_would_be_right(text: str, hint: str) -> None:
    with pytest.raises(BadAddress) as refused:
        parse_address(text)
    assert hint in str(refused.value)


def test_an_address_as_it_is_shown_is_the_same_address() -> None:
    for text in ("127.0.0.1:6000", "tls://127.0.0.1:6000", "tls://[::1]:5004", "ws://[::1]:5003", "wss://a:1"):
        assert str(parse_address(text)) == text


def test_a_pin_needs_a_certificate() -> None:
    pin = "sha256:" + 64 * "0"
    with pytest.raises(BadAddress, match="tls://127"):
        Client("127.0.0.1:5002", nick="alice", pin=pin)
    with pytest.raises(ValueError, match="64 hexadecimal"):
        Client("tls://127.0.0.1", nick="alice", pin="sha256:beef")


def test_a_client_refuses_a_bad_address_at_once() -> None:
    with pytest.raises(BadAddress):
        Client("http://127.0.0.1:5003", nick="alice")
