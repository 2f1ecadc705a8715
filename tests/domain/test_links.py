"""Which links of a message are shown."""

import time

import pytest

from roomful.domain.links import links


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see https://a.example/x, and (http://b.example/y_(z)).", ["https://a.example/x", "http://b.example/y_(z)"]),
        (
            "[words](https://a.example/x?q=1#part) <https://b.example>",
            ["https://a.example/x?q=1#part", "https://b.example"],
        ),
        ("**https://a.example** and HTTPS://B.example/", ["https://a.example", "HTTPS://B.example/"]),
        ("https://a.example https://a.example https://b.example", ["https://a.example", "https://b.example"]),
        (
            "https://1.example https://2.example https://3.example https://4.example",
            [f"https://{n}.example" for n in (1, 2, 3)],
        ),
        ("`https://a.example` and ``https://b.example ` c`` https://d.example", ["https://d.example"]),
        ("a ` stays open\n\nhttps://a.example ` there", ["https://a.example"]),
        ("```\nhttps://a.example\n```\nhttps://b.example", ["https://b.example"]),
        ("~~~~\nhttps://a.example\n~~~\nhttps://b.example", []),
        ("    https://a.example\n\thttps://b.example", []),
        ("ftp://a.example javascript:alert(1) www.a.example a@b.example http:// file:///etc/passwd", []),
        ("https://a.example/" + "x" * 2_000, []),
    ],
)
def test_links_stand_outside_code(text: str, found: list[str]) -> None:
    assert list(links(text)) == found


@pytest.mark.parametrize("part", ["`a ", "http://a ", ")", "http://a/)", "\n\n", "``` ", "`" * 7 + " "])
def test_finding_them_takes_no_longer_in_texts_made_for_it(part: str) -> None:
    began = time.perf_counter()
    links("http://" + part * (16_000 // len(part)))
    assert time.perf_counter() - began < 1
