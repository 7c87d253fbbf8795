"""Answers a `Figures` probe: from variables, from what was drawn under headings, else from all that may be meant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from . import figures, names
from .captures import Capturer, TooLarge
from .headings import is_under
from .plots import Drawn
from .state import State

Json = dict[str, Any]
MOST_AXES_LOOKED_AT = 64
_PLAIN_NAME = re.compile(r"_?(?:f|g|fig|figs|figure|figures|plot)?_?\d*", re.IGNORECASE)
"""Names that do not say what a figure shows."""


@dataclass(frozen=True)
class Found:
    """The `Figure` values of a probe; `is_guess` when they stand neither under a name nor a heading that was asked for."""

    items: list[Json]
    is_guess: bool


def find_figures(state: State, probe: Json, capturer: Capturer) -> Found:
    """The figures a probe asks for; none when nothing was drawn that may be meant."""
    wanted, headings = probe.get("names", ()), probe.get("headings", ())
    asked = _named(state, wanted) or _under(state, headings)
    chosen = asked or ([] if _has_heading(state, headings) else _unclaimed(state, bool(wanted)))
    shown = [each for each in chosen if not figures.is_blank(each.described)]
    items = _as_many_as_fit(state, shown or chosen, bool(probe.get("want_png")), capturer)
    return Found(items, is_guess=not asked and bool(wanted or headings))


def _as_many_as_fit(state: State, chosen: list[Drawn], want_png: bool, capturer: Capturer) -> list[Json]:
    """The values of the figures; once the probe's bytes are used up, the rest are told without their data."""
    items = []
    for drawn in chosen:
        try:
            items.append(_value(state, drawn, want_png, capturer))
        except TooLarge:
            items.append(_value(state, Drawn(drawn.figure, figures.nothing(), drawn.cell), False, capturer))
    return items


def _has_heading(state: State, wanted: Any) -> bool:
    """The part has the section, so that a figure drawn elsewhere belongs elsewhere."""
    return bool(wanted) and any(is_under(cell.get("headings", ()), wanted) for cell in state.cells)


def _unclaimed(state: State, by_name: bool) -> list[Drawn]:
    """All figures; where a name was asked for, those that bear another name of their own are left out."""
    return [each for each in state.drawn if not by_name or _PLAIN_NAME.fullmatch(_variable_of(state, each.figure))]


def _named(state: State, wanted: Any) -> list[Drawn]:
    """The figure (or the figure of the axes) a variable holds, as it is now; as it was drawn, when it is blank now."""
    for name in wanted:
        found = names.find((name,), state.namespace, state.hidden)
        figure = _figure_of(found.value) if found is not None else None
        if figure is None or found is None:
            continue
        earlier = next((each for each in state.drawn if each.figure is figure), None)
        described = figures.describe(figure)
        if earlier is not None and figures.is_blank(described):
            return [earlier]
        cell = earlier.cell if earlier is not None else state.assigned.get(found.name)
        return [Drawn(figure, described, cell, earlier.png if earlier is not None else b"")]
    return []


def _figure_of(thing: Any) -> Any:
    """The figure that a variable stands for: a figure, axes, or what `subplots` and `hist` return; None for anything else."""
    if figures.is_figure(thing):
        return thing
    if figures.is_axes(thing):
        return thing.get_figure()
    if type(thing) in (list, tuple) or type(thing).__name__ == "ndarray":
        flat = thing.ravel()[:MOST_AXES_LOOKED_AT].tolist() if hasattr(thing, "ravel") else thing[:MOST_AXES_LOOKED_AT]
        return next((figure for each in flat if (figure := _figure_of(each)) is not None), None)
    return None


def _under(state: State, wanted: Any) -> list[Drawn]:
    return [each for each in state.drawn if is_under(state.headings_of(each.cell), wanted)] if wanted else []


def _value(state: State, drawn: Drawn, want_png: bool, capturer: Capturer) -> Json:
    data = (drawn.png or figures.png(drawn.figure)) if want_png else b""
    described = {
        **drawn.described,
        "part": state.part,
        "cell": drawn.cell,
        "headings": list(state.headings_of(drawn.cell)),
        "variable": _variable_of(state, drawn.figure),
        "png": figures.png_array(data) if data else None,
    }
    return dict(capturer.with_blobs(described))


def _variable_of(state: State, figure: Any) -> str:
    return next((name for name in names.visible(state.namespace, state.hidden) if state.namespace[name] is figure), "")
