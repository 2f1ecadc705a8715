"""Latency as SVG: how many proxies answer how fast, on a logarithmic scale, by the protocol that reached the target."""

import math
from collections.abc import Iterable, Sequence
from html import escape

from msgspec import Struct

from .result import Result

WIDTH, LEFT, RIGHT, TOP, HEIGHT = 760, 44, 16, 64, 220  # px; of HEIGHT is the room for bars
STEPS = 8  # bars in a power of ten
LONGEST, SHORTEST = 60.0, 0.001  # s: what lies beyond is in the last bar, or the first

FAMILIES = {"HTTP": ("http", "https"), "SOCKS4": ("socks4", "socks4a"), "SOCKS5": ("socks5", "socks5h")}

_STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #24292f }
  .title { font-weight: 600; font-size: 14px } .quiet { fill: #57606a } line { stroke: #d0d7de }
  .mark { stroke: #cf222e; stroke-dasharray: 4 3 } .f0 { fill: #0969da } .f1 { fill: #bf8700 } .f2 { fill: #1a7f37 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .quiet { fill: #9198a1 } line { stroke: #3d444d } .mark { stroke: #ff7b72 }
    .f0 { fill: #58a6ff } .f1 { fill: #d29922 } .f2 { fill: #3fb950 }
  }
"""


class _Scale(Struct):
    """Bars from `first` on, counted from 1 ms in STEPS to a power of ten."""

    first: int
    bars: int
    most: int  # proxies in the highest

    def x(self, seconds: float) -> float:
        return LEFT + (_place(seconds) - self.first) * self.width

    @property
    def width(self) -> float:
        return (WIDTH - LEFT - RIGHT) / self.bars

    def height(self, count: float) -> float:
        return HEIGHT * count / self.most


def draw(results: Iterable[Result], title: str = "Latency of the proxies that work") -> str:
    """The chart, as a text. Of what does not work, only the number is told."""
    everything = list(results)
    timed = [(one.latency, _family(one.via)) for one in everything if one.working and one.latency is not None]
    latencies = sorted(latency for latency, _ in timed)
    told = f"{len(timed):,} of {len(everything):,} work"
    if latencies:
        told += f"; median {_said(_share(latencies, 0.5))}, 95 % within {_said(_share(latencies, 0.95))}"
    parts = [_text(10, 20, title, "title"), _text(10, 40, told, "quiet"), *_legend({family for _, family in timed})]
    parts += _bars(timed, latencies) if latencies else [_text(LEFT, TOP + HEIGHT / 2, "None works.", "quiet")]
    body = "\n".join(f"  {part}" for part in parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {TOP + HEIGHT + 40}" role="img" '
        f'aria-label="{escape(title)}: {escape(told)}">\n<style>{_STYLE}</style>\n{body}\n</svg>\n'
    )


def _bars(timed: Sequence[tuple[float, int]], latencies: Sequence[float]) -> list[str]:
    counts: dict[tuple[int, int], int] = {}
    for latency, family in timed:
        key = (math.floor(_place(latency)), family)
        counts[key] = counts.get(key, 0) + 1
    steps = [step for step, _ in counts]
    first, last = min(steps) - 1, max(steps) + 1
    heights = {step: sum(count for (at, _), count in counts.items() if at == step) for step in steps}
    scale = _Scale(first, last - first + 1, max(heights.values()))
    parts = _axes(scale)
    for step in sorted(heights):
        y = float(TOP + HEIGHT)
        for family in range(len(FAMILIES)):
            count = counts.get((step, family), 0)
            if count:
                y -= scale.height(count)
                parts.append(_bar(scale, step, y, count, family))
    for share, name in ((0.5, "median"), (0.95, "95 %")):
        x = scale.x(_share(latencies, share))
        parts.append(f'<line class="mark" x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{TOP + HEIGHT}"/>')
        parts.append(_text(x + 4, TOP - 4, name, "quiet"))
    return parts


def _bar(scale: _Scale, step: int, y: float, count: int, family: int) -> str:
    x = LEFT + (step - scale.first) * scale.width + 1
    span = f"{_said(_seconds(step))} to {_said(_seconds(step + 1))}"
    return (
        f'<rect class="f{family}" x="{x:.1f}" y="{y:.1f}" width="{scale.width - 2:.1f}" height="{scale.height(count):.1f}">'
        f"<title>{count:,} by {list(FAMILIES)[family]}, {span}</title></rect>"
    )


def _axes(scale: _Scale) -> list[str]:
    parts = []
    for count in sorted({0, scale.most // 2, scale.most}):
        y = TOP + HEIGHT - scale.height(count)
        parts.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}"/>')
        parts.append(_text(LEFT - 6, y + 4, f"{count:,}", "quiet", "end"))
    every = max(1, scale.bars // 9)
    for step in range(scale.first, scale.first + scale.bars + 1, every):
        x = LEFT + (step - scale.first) * scale.width
        parts.append(_text(x, TOP + HEIGHT + 18, _said(_seconds(step)), "quiet", "middle"))
    return parts


def _legend(families: set[int]) -> list[str]:
    parts = []
    for place, family in enumerate(sorted(families, reverse=True)):
        x = WIDTH - RIGHT - 74 * (place + 1)
        parts.append(f'<rect class="f{family}" x="{x}" y="11" width="11" height="11"/>')
        parts.append(_text(x + 16, 21, list(FAMILIES)[family]))
    return parts


def _family(via: str) -> int:
    return next((number for number, names in enumerate(FAMILIES.values()) if via in names), 0)


def _place(seconds: float) -> float:
    """Where on the scale: 0 is 1 ms."""
    return STEPS * math.log10(min(LONGEST, max(SHORTEST, seconds)) / SHORTEST)


def _seconds(step: float) -> float:
    return float(SHORTEST * 10 ** (step / STEPS))


def _share(ordered: Sequence[float], share: float) -> float:
    """The value below which this share lies (nearest rank)."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _said(seconds: float) -> str:
    return f"{seconds:.2g} s" if seconds >= 0.995 else f"{seconds * 1000:.{0 if seconds >= 0.00995 else 1}f} ms"


def _text(x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{named}>{escape(text)}</text>'
