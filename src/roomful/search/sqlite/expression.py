"""From a query to FTS5's language. Only terms (letters, digits and what is beyond ASCII) and numbers of ours come into it."""

from collections.abc import Iterable, Sequence

from ..text import Phrase


def phrase(wanted: Phrase) -> str:
    """A phrase in quotes, of terms that hold none."""
    return f'"{" ".join(wanted.terms)}"' + (" *" if wanted.prefix else "")


def facts(names: Iterable[str]) -> str:
    """Any of these facts."""
    return "{facts} : (" + " OR ".join(f'"{name}"' for name in names) + ")"


def expression(
    words: Sequence[Phrase], without: Sequence[Phrase], having: Sequence[str], lacking: Sequence[str]
) -> str:
    """All of the words and of `having`, none of the others. `having` and `lacking` are made by `facts`; something is wanted."""
    wanted = [*having]
    if words:
        wanted.insert(0, "{text} : (" + " AND ".join(map(phrase, words)) + ")")
    unwanted = [*lacking]
    if without:
        unwanted.append("{text} : (" + " OR ".join(map(phrase, without)) + ")")
    found = "(" + " AND ".join(wanted) + ")"
    return f"{found} NOT ({' OR '.join(unwanted)})" if unwanted else found
