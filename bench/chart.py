"""A bar chart as SVG, drawn in a few lines: logarithmic, one group of bars for each workload."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, LEFT, RIGHT = 760, 170, 70  # the whole; the names' column; room for the last value
TOP, BAR, GAP, GROUP = 48, 15, 4, 30  # px: title; a bar; below a bar; above a group

STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #24292f }
  .title { font-weight: 600; font-size: 14px } .group { font-weight: 600 } .quiet { fill: #57606a }
  .bar { fill: #8c959f } .ours { fill: #0969da } line { stroke: #d0d7de }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .quiet { fill: #9198a1 } .bar { fill: #6e7681 } .ours { fill: #58a6ff } line { stroke: #3d444d }
  }
"""


@dataclass(frozen=True)
class Bar:
    """One bar."""

    name: str
    value: float
    ours: bool = False


@dataclass(frozen=True)
class Group:
    """Bars that are compared with each other."""

    title: str
    bars: Sequence[Bar]


def draw(title: str, groups: Sequence[Group]) -> str:
    """The chart. Values must be above 0."""
    values = [bar.value for group in groups for bar in group.bars]
    scale = Scale(min(values), max(values))
    parts = [_text(10, 20, title, "title"), *_numbers(scale)]
    y = TOP
    for group in groups:
        parts.append(_text(10, y + 20, group.title, "group"))
        y += GROUP
        parts += _lines(scale, y - GAP, y + len(group.bars) * (BAR + GAP))
        for bar in group.bars:
            parts += _bar(bar, y, scale)
            y += BAR + GAP
    height = y + 12
    body = "\n".join(f"  {part}" for part in parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{escape(title)}">\n<style>{STYLE}</style>\n{body}\n</svg>\n'
    )


class Scale:
    """Whole powers of ten around the values, on the chart's width."""

    def __init__(self, low: float, high: float) -> None:
        self.first = math.floor(math.log10(low) - 0.05)  # a bar at the very edge would have no length
        self.last = math.ceil(math.log10(high))
        self.powers = [10.0**power for power in range(self.first, self.last + 1)]

    def x(self, value: float) -> float:
        """Where a value lies, px."""
        share = (math.log10(value) - self.first) / (self.last - self.first)
        return LEFT + share * (WIDTH - LEFT - RIGHT)


def _numbers(scale: Scale) -> list[str]:
    return [_text(scale.x(power), TOP - 2, f"{power:g}", "quiet", anchor="middle") for power in scale.powers]


def _lines(scale: Scale, top: int, bottom: int) -> list[str]:
    return [
        f'<line x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{bottom}"/>'
        for x in (scale.x(power) for power in scale.powers)
    ]


def _bar(bar: Bar, y: int, scale: Scale) -> list[str]:
    end = scale.x(bar.value)
    kind = "bar ours" if bar.ours else "bar"
    return [
        _text(LEFT - 8, y + 12, bar.name, anchor="end"),
        f'<rect class="{kind}" x="{LEFT}" y="{y}" width="{end - LEFT:.1f}" height="{BAR}" rx="2"/>',
        _text(end + 6, y + 12, f"{bar.value:.2g}" if bar.value < 10 else f"{bar.value:.0f}"),
    ]


def _text(x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y}" text-anchor="{anchor}"{named}>{escape(text)}</text>'
