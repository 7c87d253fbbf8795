"""The class's distribution as an inline SVG: geometry only, coloured by the page's style."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from markupsafe import Markup

from grader.reports.statistics import Bin

_WIDTH, _HEIGHT, _TOP, _LEFT, _FLOOR = 360, 190, 36, 20, 164


def histogram(bins: tuple[Bin, ...], mean: Fraction | None) -> Markup:
    """Columns with their counts above and the percentages below; `mean` is a share of the regular points, drawn as a line."""
    counts = ", ".join(f"{_percent(b.low)} to {_percent(b.high)} %: {b.count}" for b in bins)
    label = Markup("Number of submissions by share of the regular points. {}.").format(counts)
    parts = Markup("").join(_parts(bins, mean))
    return Markup('<svg class="histogram" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        _WIDTH, _HEIGHT, label, parts
    )


def _parts(bins: tuple[Bin, ...], mean: Fraction | None) -> Iterator[Markup]:
    step = (_WIDTH - 2 * _LEFT) / len(bins)
    most = max((b.count for b in bins), default=0) or 1
    for index, b in enumerate(bins):
        x, height = _LEFT + index * step, (_FLOOR - _TOP) * b.count / most
        if b.count:
            yield Markup('<rect class="columnbar" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
                x + 1.5, _FLOOR - height, step - 3, height
            )
            yield _text(x + step / 2, _FLOOR - height - 5, str(b.count), "value")
        if index % 2 == 0:
            yield _text(x, _FLOOR + 15, str(_percent(b.low)))
    yield _text(_WIDTH - _LEFT, _FLOOR + 15, "100 %")
    yield Markup('<path class="axis" d="M{} {}.5H{}"/>').format(_LEFT, _FLOOR, _WIDTH - _LEFT)
    if mean is not None:
        at = _LEFT + (_WIDTH - 2 * _LEFT) * float(min(max(mean, Fraction(0)), Fraction(1)))
        yield Markup('<path class="mean" d="M{:.1f} {}V{}"/>').format(at, 16, _FLOOR)
        yield _text(min(max(at, 20), _WIDTH - 20), 12, "mean")


def _text(x: float, y: float, words: str, kind: str = "") -> Markup:
    return Markup('<text class="{}" x="{:.1f}" y="{:.1f}">{}</text>').format(kind, x, y, words)


def _percent(share: Fraction) -> int:
    return int(share * 100)
