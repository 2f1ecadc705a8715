"""Silences that follow each other: what a store reads as one, so that a history is not full of the same sentence. Pure."""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from roomful.domain.verdicts import Verdict

Otherwise = Callable[[int, int, Verdict], bool]


def joined(found: Sequence[tuple[int, Verdict]], limit: int, otherwise: Otherwise) -> tuple[list[Verdict], int]:
    """Verdicts, of which those of one bot by one rule are one, if it decided nothing else in between; and what is left.

    Args:
        found: each with its place in the order in which they were recorded; by their last lines, the newest first.
        limit: so many of them are taken at most, so that no line has only a part of them. (One with more than that has.)
        otherwise: whether this bot has decided something else, there, between these two places.
    """
    rest = found[limit][1].last if len(found) > limit else 0
    whole = [row for row in found[:limit] if row[1].last > rest]
    return _joined(whole or found[:limit], otherwise), rest if whole else max(0, rest - 1)


def _joined(found: Sequence[tuple[int, Verdict]], otherwise: Otherwise) -> list[Verdict]:
    kept: list[Verdict] = []
    ends: dict[str, tuple[int, int]] = {}  # by bot: where in `kept` its newest stands, and when its oldest was recorded
    for place, one in found:
        at, until = ends.get(one.bot, (-1, 0))
        if at >= 0 and _same(one, kept[at]) and not otherwise(place, until, one):
            kept[at] = replace(kept[at], first=min(one.first, kept[at].first))
        else:
            at = len(kept)
            kept.append(one)
        ends[one.bot] = (at, place)
    return kept


def _same(one: Verdict, other: Verdict) -> bool:
    """What used tokens stands for itself: its cost is told in its words."""
    paid = one.tokens_in or one.tokens_out or other.tokens_in or other.tokens_out
    return (one.verdict, one.rule) == (other.verdict, other.rule) and not paid
