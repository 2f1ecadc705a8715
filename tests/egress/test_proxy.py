"""Proxies by their addresses: every usual spelling is read, nothing is shown that should not be, and the docs tell it all."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import json

from roomful.egress import PROTOCOLS, REASONS, Proxy, Result, parse

HOSTS = st.sampled_from(["203.0.113.7", "proxy.example", "2001:db8::7", "xn--nxasmq6b.example", "localhost"])
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), max_size=12)
PROXIES = st.builds(Proxy, HOSTS, st.integers(1, 65_535), st.sampled_from(["", "http", *PROTOCOLS[2:]]), WORDS, WORDS)


@pytest.mark.parametrize(
    ("text", "proxy"),
    [
        ("203.0.113.7:8080", Proxy("203.0.113.7", 8080)),
        ("  203.0.113.7\t8080\n", Proxy("203.0.113.7", 8080)),
        ("Proxy.Example.:3128", Proxy("proxy.example", 3128)),
        ("HTTP://203.0.113.7:80/", Proxy("203.0.113.7", 80, "http")),
        ("socks5h://ada:p%40ss@[2001:DB8::7]:1080", Proxy("2001:db8::7", 1080, "socks5h", "ada", "p@ss")),
        ("socks://203.0.113.7:1080", Proxy("203.0.113.7", 1080, "socks5")),
        ("ada:b:c@d@203.0.113.7:80", Proxy("203.0.113.7", 80, "", "ada", "b:c@d")),
        ("203.0.113.7:80:ada:b:c", Proxy("203.0.113.7", 80, "", "ada", "b:c")),
        ("ada:secret:203.0.113.7:80", Proxy("203.0.113.7", 80, "", "ada", "secret")),
        ("[2001:db8::7]:80:ada:secret", Proxy("2001:db8::7", 80, "", "ada", "secret")),
        ("socks4://203.0.113.7:80:ada:secret", Proxy("203.0.113.7", 80, "socks4", "ada", "secret")),
    ],
)
def test_every_usual_spelling_is_read(text: str, proxy: Proxy) -> None:
    assert parse(text) == proxy


NO_PROXIES = """203.0.113.7 203.0.113.7:0 203.0.113.7:65536 203.0.113:80 2001:db8::7:80 ftp://h:1 ada:secret@203.0.113.7
    ada:secret@:80 300.1.1.1:80 -x.example:80 h:8０ <b>:80 host:secret"""


@pytest.mark.parametrize("text", ["", "a b:80", *NO_PROXIES.split()])
def test_what_is_none_is_refused_without_its_password(text: str) -> None:
    with pytest.raises(ValueError, match=r"\.$") as why:
        parse(text)
    assert "secret" not in str(why.value)


@given(PROXIES)
def test_an_address_is_read_as_it_was_written(proxy: Proxy) -> None:
    assert parse(proxy.url).address == proxy.address
    assert (parse(proxy.url).user, parse(proxy.url).password) == (proxy.user, proxy.password)


def test_a_password_is_not_shown() -> None:
    proxy = Proxy("proxy.example", 80, "http", "ada", "secret")
    shown = [
        repr(proxy),
        str(proxy),
        f"{proxy}",
        proxy.address,
        proxy.key,
        repr(Result(proxy)),
        str(proxy.__rich_repr__()),
    ]
    assert not [text for text in shown if "secret" in text]
    assert proxy.url == "http://ada:secret@proxy.example:80"
    assert proxy.url_by("https") == "http://ada:secret@proxy.example:80"  # to programs, https:// is something else
    assert proxy.url_by("socks5h") == "socks5h://ada:secret@proxy.example:80"


def test_the_reason_that_says_most_is_told() -> None:
    proxy = Proxy("proxy.example", 80)
    assert Result(proxy, failures={"http": "closed", "https": "tls_intercepted"}).failure == "tls_intercepted"
    assert Result(proxy, failures={"socks5": "silent", "https": "auth_required"}).failure == "auth_required"
    assert Result(proxy, working=True, failures={"http": "closed"}).failure == ""
    assert json.decode(json.encode(Result(proxy)), type=Result) == Result(proxy)


def test_the_manual_has_every_reason() -> None:
    page = (Path(__file__).parents[2] / "docs/proxies.md").read_text(encoding="utf-8")
    assert not [code for code, text in REASONS.items() if f"| `{code}` | {text} |" not in page]
