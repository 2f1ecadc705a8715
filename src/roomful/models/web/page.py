"""Tokens in a page: a nonce, a post's id, whatever the site wants back with a message."""

import re
from collections.abc import Mapping

from roomful.errors import ExtraMissing, ProviderIncomplete, WebTokenMissing


def tokens_of(html: str, selectors: Mapping[str, str], page: str) -> dict[str, str]:
    """The tokens by name.

    Args:
        html: the page.
        selectors: `SELECTOR@ATTRIBUTE` (CSS; without `@` the element's text), or `/PATTERN/` with one group.
        page: its address, for the error.

    Raises:
        WebTokenMissing: one is not there.
        ProviderIncomplete: a selector is none.
    """
    found = {}
    for name, selector in selectors.items():
        value = _by_pattern(html, selector) if _is_pattern(selector) else _by_selector(html, selector)
        if not value:
            raise WebTokenMissing(
                f"{page} holds no {name} at {selector}: see in the page where it is now, and set tokens to that."
            )
        found[name] = value
    return found


def _is_pattern(selector: str) -> bool:
    return len(selector) > 2 and selector[0] == selector[-1] == "/"


def _by_pattern(html: str, selector: str) -> str:
    try:
        pattern = re.compile(selector[1:-1])
    except re.error as why:
        raise ProviderIncomplete(f"The token's pattern {selector} is none: {why}.") from None
    if not pattern.groups:
        raise ProviderIncomplete(f"The token's pattern {selector} needs a group: put what is wanted in brackets.")
    match = pattern.search(html)
    return (match[1] or "") if match else ""


def _by_selector(html: str, selector: str) -> str:
    try:
        from selectolax.lexbor import LexborHTMLParser, SelectolaxError
    except ImportError:
        raise ExtraMissing("What reads pages is not installed: pip install 'roomful[ai]'.") from None

    css, at, attribute = selector.rpartition("@")
    try:
        node = LexborHTMLParser(html).css_first(css if at else selector)
    except (SelectolaxError, ValueError):
        raise ProviderIncomplete(f"{selector} is no CSS selector: say, for example, input#nonce@value.") from None
    if node is None:
        return ""
    return (node.attributes.get(attribute) or "") if at else node.text(strip=True)
