"""What is said of a text: its words, without the marks by which they are set."""

import re

_FENCE = re.compile(r"^ {0,3}(```|~~~).*?(?:^ {0,3}\1[^\n]*$|\Z)", re.MULTILINE | re.DOTALL)
_IMAGE_OR_LINK = re.compile(r"!?\[([^\]]*)\]\([^)\s]*(?:\s[^)]*)?\)")
_ADDRESS = re.compile(r"https?://([^\s/<>()]+)[^\s<>()]*")
_AT_BEGIN = re.compile(r"^\s{0,3}(?:#{1,6}\s+|>\s?|[-*+]\s+|\|)", re.MULTILINE)
_RULE = re.compile(r"^\s*(?:[-*_]\s*){3,}$|^[\s|:-]+\|[\s|:-]*$", re.MULTILINE)
_AROUND = re.compile(r"(\*\*|__|~~|`+|(?<![\w*])\*(?=\S)|(?<=\S)\*(?![\w*])|(?<!\w)_(?=\S)|(?<=\S)_(?!\w))")
_SPACE = re.compile(r"[ \t]+")


def plain(text: str) -> str:
    """A text in Markdown as it is read out: code is left out, and of an address only its host is said."""
    text = _FENCE.sub("\n", text)
    text = _RULE.sub("", text)
    text = _IMAGE_OR_LINK.sub(r"\1", text)
    text = _ADDRESS.sub(r"\1", text)
    text = _AT_BEGIN.sub("", text)
    text = _AROUND.sub("", text).replace("|", ", ")
    lines = (_SPACE.sub(" ", line).strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line)
