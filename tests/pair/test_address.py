"""HOST:PORT as people type it."""

import pytest

from roomful.terminal.pair.address import BadAddress, parse_address


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (None, "127.0.0.1:5001"),
        ("localhost", "localhost:5001"),
        (":6000", "127.0.0.1:6000"),
        ("0.0.0.0:0", "0.0.0.0:0"),
        ("tcp://10.0.0.7:5001", "10.0.0.7:5001"),
        ("[::1]", "[::1]:5001"),
        ("[::1]:6000", "[::1]:6000"),
    ],
)
def test_what_is_left_out_is_filled_in(typed: str | None, meant: str) -> None:
    assert str(parse_address(typed)) == meant


@pytest.mark.parametrize("typed", ["::1", "host:port", "host:70000", "host:-1", "host:٣"])
def test_what_is_no_address_is_said_to_be_none(typed: str) -> None:
    with pytest.raises(BadAddress, match=r"HOST:PORT"):
        parse_address(typed)
