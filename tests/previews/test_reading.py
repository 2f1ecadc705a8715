"""What a page says of itself, whatever it is made of."""

import time

import pytest

from roomful.previews.reading import Said, said

SIZE = 512 * 1024


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("<title>A &lt;b&gt; &amp;amp; C</title>", Said("A <b> &amp; C")),
        ("<TITLE lang=en>\n A \u202e\x07 title </TITLE >", Said("A title")),
        ("<!-- <title>no</title> --><title>yes</title>", Said("yes")),
        ("<script>'<title>no</title>'</script><svg><title>no</title></svg><title>yes</title>", Said("yes")),
        ("<title>A</title></head><meta property=og:title content=B>", Said("A")),
        ("<title>A</title><body><meta property=og:title content=B>", Said("A")),
        ("<meta content='x > y' name='description'><title>A</title>", Said("A", "", "x > y")),
        ("<meta property=og:title content=''><title>A</title>", Said("A")),
        ("<meta name=twitter:title content=B><meta property=og:title content=A><title>C</title>", Said("A")),
        ("<meta property=og:title><meta content=A><title>", Said()),
        ("<meta property=og:title content=A><meta property=og:title content=B>", Said("A")),
        ("<meta data-property=og:title content=A><metadata property=og:title content=B>", Said()),
        ('<meta property="og:title" content="A"><meta property="og:title" content="x', Said("A")),
    ],
)
def test_what_a_page_says(page: str, found: Said) -> None:
    assert said(page) == found


@pytest.mark.parametrize(
    "part",
    ["<", "<!--", "<!", "<a ", "<meta ", '<meta a="', "<meta a='a=\"", "<meta content=x ", "<title>", "<svg>", "<div>"],
)
def test_pages_made_for_it_take_no_longer(part: str) -> None:
    began = time.perf_counter()
    said(part * (SIZE // len(part)))
    assert time.perf_counter() - began < 2
