"""A matplotlib figure as plain data: `describe` gives the `Figure` value with numpy arrays still in place of blobs."""

from __future__ import annotations

import io
from typing import Any

from . import artists
from .libraries import is_instance_of, load, loaded

MOST_AXES = 64
LONGEST_TEXT = 1000
PIXELS = 1600
"""A picture's longer side, at most."""
DPI = 80.0

Json = dict[str, Any]


def is_figure(thing: object) -> bool:
    return is_instance_of(thing, "matplotlib.figure", "Figure")


def is_axes(thing: object) -> bool:
    return is_instance_of(thing, "matplotlib.axes", "Axes")


def describe(figure: Any, only: Any = None) -> Json:
    """The `Figure` of a figure, or of one of its axes alone; colour bars are left out."""
    axes = [only] if only is not None else [each for each in figure.axes if each.get_label() != "<colorbar>"]
    told = [_axes(each) for each in axes[:MOST_AXES]]
    return {**nothing(), "axes": told, "title": text_of(getattr(figure, "_suptitle", None))}


def nothing() -> Json:
    """The `Figure` of which nothing is known."""
    return {
        "type": "figure",
        "axes": [],
        "title": "",
        "part": "",
        "cell": None,
        "headings": [],
        "variable": "",
        "png": None,
    }


def is_blank(described: Json) -> bool:
    """Nothing is drawn in it."""
    drawn = ("lines", "points", "bars", "pictures", "surfaces", "texts", "title")
    return not any(axes[kind] for axes in described["axes"] for kind in drawn)


def text_of(artist: Any) -> str:
    """The text of a text artist, bounded; empty for none."""
    text = artist.get_text() if artist is not None else ""
    return text[:LONGEST_TEXT] if isinstance(text, str) else ""


def png(figure: Any) -> bytes:
    """The figure's picture, of bounded size; empty for a figure without axes or artists."""
    if not figure.axes and not figure.lines and not figure.texts:
        return b""
    longest = max(float(side) for side in figure.get_size_inches())
    stream = io.BytesIO()
    agg = load("matplotlib.backends.backend_agg").FigureCanvasAgg
    before = figure.canvas
    try:
        agg(figure).print_figure(
            stream, format="png", dpi=min(DPI, PIXELS / max(longest, 0.1)), bbox_inches="tight", facecolor=figure.get_facecolor()
        )
    finally:
        figure.set_canvas(before)
    return stream.getvalue()


def png_array(data: bytes) -> Any:
    """The bytes of a picture as an array of uint8, shape (n,)."""
    numpy = loaded("numpy")
    return numpy.frombuffer(data, dtype=numpy.uint8)


def _axes(axes: Any) -> Json:
    legend = axes.get_legend()
    return {
        "title": _title(axes),
        "xlabel": axes.get_xlabel()[:LONGEST_TEXT],
        "ylabel": axes.get_ylabel()[:LONGEST_TEXT],
        "zlabel": axes.get_zlabel()[:LONGEST_TEXT] if hasattr(axes, "get_zlabel") else "",
        "xscale": axes.get_xscale(),
        "yscale": axes.get_yscale(),
        "projection": "" if axes.name == "rectilinear" else str(axes.name),
        "legend": [text_of(text) for text in legend.get_texts()] if legend is not None else [],
        "lines": artists.lines(axes),
        "points": artists.points(axes),
        "bars": artists.bars(axes),
        "surfaces": artists.surfaces(axes),
        "pictures": artists.pictures(axes),
        "texts": [text_of(text) for text in axes.texts[: artists.MOST]],
    }


def _title(axes: Any) -> str:
    titles = (axes.get_title(loc) for loc in ("center", "left", "right"))
    return next((title[:LONGEST_TEXT] for title in titles if title), "")
