"""What is said before a password is typed."""

import pytest

from roomful.terminal.trusting import read_on_the_way


@pytest.mark.parametrize(
    ("address", "read"),
    [
        ("127.0.0.1:5002", False),
        ("localhost", False),
        ("[::1]:5002", False),
        ("tls://chat.example.org", False),
        ("tcp://chat.example.org", True),
        ("192.168.1.5:5002", True),
        ("[fe80::1%eth0]:5002", True),
    ],
)
def test_whether_others_could_read_it(address: str, read: bool) -> None:
    assert read_on_the_way(address) is read
