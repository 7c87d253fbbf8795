"""Answers a `Figures` probe: from variables, from what was drawn under headings, else from all that was drawn."""

from __future__ import annotations

from typing import Any

from . import figures, names
from .captures import Capturer
from .headings import is_under
from .plots import Drawn
from .state import State

Json = dict[str, Any]
MOST_AXES_LOOKED_AT = 64


def figure_values(state: State, probe: Json, capturer: Capturer) -> list[Json]:
    """The `Figure` values of a probe; empty when nothing was drawn."""
    chosen = _named(state, probe.get("names", ())) or _under(state, probe.get("headings", ())) or list(state.drawn)
    shown = [each for each in chosen if not figures.is_blank(each.described)]
    return [_value(state, each, bool(probe.get("want_png")), capturer) for each in shown or chosen]


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
