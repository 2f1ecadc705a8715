"""The recent window: the newest lines, whole, as many as fit."""

from collections.abc import Collection, Sequence

from .lines import ContextLine, cost

TOKENS = 4_000
COUNT = 50


def window(
    lines: Sequence[ContextLine], must: Collection[int] = (), max_tokens: int = TOKENS, count: int = COUNT
) -> list[ContextLine]:
    """The newest of a room's lines, oldest first.

    Args:
        lines: oldest first.
        must: numbers of lines that are answered: they are in it whatever else fits.
    """
    asked = [line for line in lines if line.seq in must]
    left, room = max_tokens - sum(map(cost, asked)), count - len(asked)
    kept = {line.seq for line in asked}
    for line in reversed(lines):
        if line.seq in kept:
            continue
        left, room = left - cost(line), room - 1
        if left < 0 or room < 0:
            break
        kept.add(line.seq)
    if not kept and lines:
        return [lines[-1]]  # longer than all that fits: half a line would say something else
    return [line for line in lines if line.seq in kept]
