"""Records every figure that is shown, closed or left open at the end of a cell, and shows figures as Jupyter does inline."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from . import artists, figures
from .libraries import load, loaded

Json = dict[str, Any]
MOST_FIGURES = 200
MOST_PICTURES = 60
"""Pictures rendered for one cell; later figures are recorded without one."""


@dataclass
class Drawn:
    """One figure as it stood; the figure itself is kept for its picture and to recognise it in a variable."""

    figure: Any
    described: Json
    cell: int | None
    png: bytes = b""


@dataclass
class FigureLog:
    """The figures of one part, in the order they were drawn."""

    drawn: list[Drawn] = field(default_factory=list)
    cell: int | None = None
    pictures_left: int = MOST_PICTURES
    show: Callable[[Any], object] | None = None
    """How a figure is put among a cell's outputs; None where there are none (modules)."""

    def begin(self, cell: int | None) -> None:
        self.cell = cell
        self.pictures_left = MOST_PICTURES

    def record(self, figure: Any, png: bytes = b"") -> None:
        """Remember the figure as it stands; a later state within the same cell replaces an earlier one, unless it is blank."""
        described = _described(figure)
        earlier = next((each for each in self.drawn if each.figure is figure and each.cell == self.cell), None)
        if earlier is None and len(self.drawn) < MOST_FIGURES:
            self.drawn.append(Drawn(figure, described, self.cell, png))
        elif earlier is not None and not (figures.is_blank(described) and not figures.is_blank(earlier.described)):
            earlier.described, earlier.png = described, png or earlier.png

    def picture(self, figure: Any) -> bytes | None:
        """The picture of a figure that is being displayed, which is also recorded."""
        self.record(figure)
        if self.pictures_left <= 0:
            return None
        self.pictures_left -= 1
        data = figures.png(figure)
        if data:
            self.record(figure, data)
        return data or None

    def show_open(self) -> None:
        """`plt.show()`: every open figure is recorded, displayed and closed."""
        if loaded("matplotlib.pyplot") is None:
            return
        gcf = _open_figures()
        for manager in gcf.get_all_fig_managers():
            self.record(manager.canvas.figure)
            if self.show is not None:
                self.show(manager.canvas.figure)
        gcf.destroy_all()


_logs = [FigureLog()]
"""The one log that is written."""


def begin_log() -> FigureLog:
    """A fresh log, from now on the one that is written; matplotlib is watched from here on where it is installed."""
    _logs[0] = FigureLog()
    if load("matplotlib.pyplot") is not None:
        _watch()
    return _logs[0]


def _open_figures() -> Any:
    return load("matplotlib._pylab_helpers").Gcf


@functools.cache
def _watch() -> None:
    """Have pyplot tell the log what it shows and closes; other backends than ours are not switched to."""
    pyplot, gcf = load("matplotlib.pyplot"), _open_figures()
    pyplot.switch_backend("agg")
    pyplot.show = _show
    pyplot.switch_backend = _keep_backend
    load("matplotlib").use = _keep_backend
    gcf.destroy = classmethod(_noting_close(gcf.destroy.__func__))
    gcf.destroy_all = classmethod(_noting_close(gcf.destroy_all.__func__))
    load("matplotlib.axes").Axes.hist = _marking_histograms(load("matplotlib.axes").Axes.hist)


def _show(*args: object, **kwargs: object) -> None:
    """Display all open figures, as Jupyter's inline backend does."""
    _logs[0].show_open()


def _keep_backend(*args: object, **kwargs: object) -> None:
    """Figures are drawn inline here, whichever backend is asked for."""


def _noting_close(close: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(close)
    def noting(cls: Any, *args: Any) -> None:
        log = _logs[0]
        managers = cls.get_all_fig_managers()
        closing = [each for each in managers if not args or args[0] in (each, each.num)]
        for manager in closing:
            if not any(each.figure is manager.canvas.figure and each.cell == log.cell and each.png for each in log.drawn):
                log.record(manager.canvas.figure)
        close(cls, *args)

    return noting


def _described(figure: Any) -> Json:
    try:
        return figures.describe(figure)
    except Exception:  # a figure that cannot be described is still shown and closed, without any fault of the student's
        return figures.nothing()


def _marking_histograms(hist: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(hist)
    def marking(axes: Any, *args: Any, **kwargs: Any) -> Any:
        before = len(axes.containers)
        result = hist(axes, *args, **kwargs)
        for container in axes.containers[before:]:
            setattr(container, artists.HISTOGRAM_MARK, True)
        return result

    return marking
