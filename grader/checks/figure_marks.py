"""What a figure must show, requirement by requirement, and what one pair of axes shows of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from grader.checks.figure_data import Match, is_marks_only
from grader.model.base import Frozen
from grader.model.values import Axes, Figure

LONGEST_LABEL = 500


class AtLeast(Frozen):
    """This many or more."""

    at_least: int = Field(ge=1)


def _compiles(pattern: bool | str) -> bool | str:
    if isinstance(pattern, str):
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"no regular expression: {error}") from error
    return pattern


Number = Annotated[int, Field(ge=1)] | AtLeast
Words = Annotated[bool | str, AfterValidator(_compiles)]


class Requirements(Frozen):
    """What the figure must show; what is not named is left open."""

    model_config = {**Frozen.model_config, "use_attribute_docstrings": True}

    xscale: Literal["linear", "log"] | None = None
    """Scale of the x axis."""
    yscale: Literal["linear", "log"] | None = None
    """Scale of the y axis; log10 of the data on a linear axis is accepted where `drawn` proves it."""
    lines: Number | None = None
    """Number of lines: exactly so many, or ``{at_least: n}``."""
    xlabel: Words = False
    """Label of the x axis: any, or one that a regular expression finds something in."""
    ylabel: Words = False
    """Label of the y axis, likewise."""
    title: Words = False
    """Title of the axes or of the figure, likewise."""
    legend: bool = False
    """A legend with entries."""
    histograms: Number | None = None
    """Number of histograms, at least, over all figures of the answer."""
    projection: Literal["3d"] | None = None
    """Axes in space."""
    points: Number | None = None
    """Number of points scattered, at least; lines of markers without a stroke count as points where this is asked."""
    pictures: Number | None = None
    """Number of pictures (`imshow`), at least, over all figures of the answer."""

    @model_validator(mode="after")
    def _patterns_are_short(self) -> Requirements:
        if any(isinstance(words, str) and len(words) > 200 for words in (self.xlabel, self.ylabel, self.title)):
            raise ValueError("a pattern has at most 200 characters")
        return self


@dataclass(frozen=True, slots=True)
class Outcome:
    """One requirement: fulfilled (None: cannot be told), what was seen, what was expected, and a note."""

    name: str
    holds: bool | None
    seen: Any = None
    expected: Any = None
    note: str = ""


def outcomes(requires: Requirements, figure: Figure, axes: Axes, figures: Sequence[Figure], drawn: Match) -> Iterator[Outcome]:
    """Every requirement, looked for in these axes; labels and legends may stand at other axes of the figure."""
    yield from _scales(requires, axes, drawn)
    if requires.lines is not None:
        yield _lines(requires.lines, figure, axes, points_count=requires.points is not None)
    yield from _words(requires, figure, axes)
    if requires.legend:
        yield Outcome("legend", any(each.legend for each in figure.axes), seen=len(axes.legend), expected="at least 1")
    if requires.projection is not None:
        yield Outcome("projection", axes.projection == requires.projection, axes.projection or "2d", requires.projection)
    if requires.points is not None:
        yield _enough("points", max(map(points_in, figure.axes), default=0), requires.points)
    everything = [each for shown in figures for each in shown.axes]
    if requires.histograms is not None:
        yield _enough("histograms", sum(bars.histogram for each in everything for bars in each.bars), requires.histograms)
    if requires.pictures is not None:
        yield _enough("pictures", sum(len(each.pictures) for each in everything), requires.pictures)


def points_in(axes: Axes) -> int:
    """Scattered points, and the markers of lines without a stroke."""
    marks = (line.x.size for line in axes.lines if is_marks_only(line))
    return int(sum(points.x.size for points in axes.points) + sum(marks))


def _enough(name: str, seen: int, wanted: int | AtLeast) -> Outcome:
    least = wanted.at_least if isinstance(wanted, AtLeast) else wanted
    return Outcome(name, seen >= least, seen, f"at least {least}")


def _lines(wanted: int | AtLeast, figure: Figure, axes: Axes, points_count: bool) -> Outcome:
    counts = [sum(not (points_count and is_marks_only(line)) for line in each.lines) for each in (axes, *figure.axes)]
    here, whole = counts[0], sum(counts[1:])
    if isinstance(wanted, AtLeast):
        return Outcome("lines", max(here, whole) >= wanted.at_least, here, f"at least {wanted.at_least}")
    return Outcome("lines", wanted in (here, whole), here, wanted)


def _scales(requires: Requirements, axes: Axes, drawn: Match) -> Iterator[Outcome]:
    if requires.xscale is not None:
        yield Outcome("xscale", _kind(axes.xscale) == requires.xscale, axes.xscale, requires.xscale)
    if requires.yscale is None:
        return
    kind = _kind(axes.yscale)
    if kind == requires.yscale or requires.yscale == "linear":
        yield Outcome("yscale", kind == requires.yscale, axes.yscale, requires.yscale)
    elif drawn in ("log10", "ln"):
        yield Outcome("yscale", True, axes.yscale, requires.yscale, note="log_of_data")
    else:
        # the label claims a logarithm of the data, which only the data could prove
        claimed = re.search(r"(?i)\b(?:log|ln|db)(?:10|_|\b)|decibel", axes.ylabel[:LONGEST_LABEL]) is not None and not drawn
        yield Outcome("yscale", None if claimed else False, axes.yscale, requires.yscale)


def _kind(scale: str) -> str:
    return "log" if scale in ("log", "symlog") else scale


def _words(requires: Requirements, figure: Figure, axes: Axes) -> Iterator[Outcome]:
    for name in ("xlabel", "ylabel", "title"):
        wanted = getattr(requires, name)
        if not wanted:
            continue
        texts = [getattr(each, name) for each in (axes, *figure.axes)] + ([figure.title] if name == "title" else [])
        pattern = wanted if isinstance(wanted, str) else r"\S"
        found = any(re.search(pattern, text[:LONGEST_LABEL], re.IGNORECASE) for text in texts)
        yield Outcome(name, found, texts[0][:LONGEST_LABEL], "any" if wanted is True else wanted)
