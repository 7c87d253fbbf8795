"""Figures: when they are recorded, and what is said of them."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from grader.model.values import Figure, Several
from grader.sandbox.inside import plots
from tests.sandbox.inside.playing import Play, look

PLT = "import matplotlib.pyplot as plt, numpy as np\n"


def figures(**probe: Any) -> dict[str, Any]:
    return {"probe": "figures", **probe}


def drawn(play: Play, *cells: Any, **probe: Any) -> tuple[Figure, ...]:
    value = play(*cells, probes=[figures(**probe)]).value
    assert isinstance(value, Several)
    assert all(isinstance(item, Figure) for item in value.items)
    return value.items  # type: ignore[return-value]


def test_lines_labels_titles_and_scales_are_told(play: Play) -> None:
    code = "fig, ax = plt.subplots()\nax.semilogy([1, 2, 3], [9, 3, 1], 'r--o', label='mse')\n"
    code += "ax.plot([1, 3], [2, 2], label='bound')\nax.set(title='Error', xlabel='epoch', ylabel='MSE')\n"
    code += "ax.legend()\nax.axhline(1)\nfig.suptitle('All')\nax.text(1, 1, 'here')"
    (figure,) = drawn(play, PLT + code)
    (axes,) = figure.axes
    assert (figure.title, figure.variable, figure.cell) == ("All", "fig", 0)
    assert (axes.title, axes.xlabel, axes.ylabel) == ("Error", "epoch", "MSE")
    assert (axes.xscale, axes.yscale) == ("linear", "log")
    assert (axes.legend, axes.texts) == (("mse", "bound"), ("here",))
    first, second = axes.lines
    assert (first.x.tolist(), first.y.tolist()) == ([1, 2, 3], [9, 3, 1])
    assert (first.label, first.style, first.marker) == ("mse", "--", "o")
    assert (second.label, second.style, second.marker) == ("bound", "-", "")


ENDS = ["plt.show()", "plt.close()", "plt.close('all')", "plt.close(plt.gcf())", "", "1 / 0", "plt.gcf()"]


@pytest.mark.parametrize("end", ENDS)
def test_a_figure_is_recorded_once_however_its_cell_ends(play: Play, end: str) -> None:
    shown = drawn(play, PLT + "plt.plot([1, 2])\n" + end, "x = 1")
    assert [figure.cell for figure in shown] == [0]
    assert shown[0].axes[0].lines[0].y.tolist() == [1, 2]


def test_figures_come_in_order_with_cell_and_headings(play: Play) -> None:
    first = (PLT + "plt.plot([1])\nplt.show()\nplt.plot([2])", ("Lab", "Problem 1"))
    second = ("plt.plot([3])", ("Lab", "Problem 2"))
    assert [figure.axes[0].lines[0].y.tolist() for figure in drawn(play, first, second)] == [[1], [2], [3]]
    (figure,) = drawn(play, first, second, headings=["Q2"])
    assert (figure.cell, figure.headings) == (1, ("Lab", "Problem 2"))
    assert len(drawn(play, first, second, headings=["Problem 9"])) == 3


def test_a_variable_names_its_figure_even_when_it_holds_axes(play: Play) -> None:
    code = PLT + "f, axs = plt.subplots(1, 2)\naxs[1].plot([5])\nplt.show()\nplt.plot([1])"
    (figure,) = drawn(play, code, names=["axs"])
    assert figure.axes[1].lines[0].y.tolist() == [5]
    (again,) = drawn(play, code, names=["F"])
    assert again.variable == "f"


def test_a_figure_cleared_after_it_was_shown_stays_as_shown(play: Play) -> None:
    code = PLT + "f = plt.figure()\nplt.plot([7])\nplt.show()\nf.clf()"
    (figure,) = drawn(play, code, names=["f"])
    assert figure.axes[0].lines[0].y.tolist() == [7]


def test_histograms_are_told_from_bars(play: Play) -> None:
    code = "f, a = plt.subplots(2, 2)\nx = [1, 2, 2, 3]\na[0, 0].hist(x, bins=[0, 2, 4], label='h')\n"
    code += "a[0, 1].bar(['a', 'b', 'c'], [1, 2, 3], label='b')\n"
    code += "a[1, 0].hist(x, bins=[0, 2, 4], histtype='step')\na[1, 1].barh([0, 1], [3, 4])"
    (figure,) = drawn(play, PLT + code)
    hist, bars, step, flat = (axes.bars[0] for axes in figure.axes)
    assert (hist.histogram, hist.label, hist.left.tolist(), hist.height.tolist()) == (True, "h", [0, 2], [1, 3])
    assert (bars.histogram, bars.label, bars.height.tolist()) == (False, "b", [1, 2, 3])
    assert (step.histogram, step.left.tolist(), step.width.tolist(), step.height.tolist()) == (True, [0, 2], [2, 2], [1, 3])
    assert flat.height.tolist() == [3, 4]


def test_scatters_lines_and_surfaces_in_space(play: Play) -> None:
    code = "ax = plt.figure().add_subplot(projection='3d')\nax.scatter([1, 2], [3, 4], [5, 6], label='p')\n"
    code += "ax.plot([1, 2], [3, 4], [5, 7])\nx, y = np.meshgrid([0, 1], [0, 1])\nax.plot_surface(x, y, x + y)\n"
    code += "ax.plot_wireframe(x, y, x)\nax.set_zlabel('z')\nplt.show()"
    (figure,) = drawn(play, PLT + code)
    (axes,) = figure.axes
    assert (axes.projection, axes.zlabel, axes.surfaces) == ("3d", "z", 2)
    assert axes.points[0].z is not None
    assert axes.lines[0].z is not None
    assert (axes.points[0].z.tolist(), axes.lines[0].z.tolist()) == ([5, 6], [5, 7])


def test_pictures_are_reduced_and_colour_bars_left_out(play: Play) -> None:
    (figure,) = drawn(play, PLT + "plt.imshow(np.arange(600 * 40).reshape(600, 40))\nplt.colorbar()")
    (axes,) = figure.axes
    assert axes.pictures[0].shape == (600, 40)
    assert axes.pictures[0].data.shape == (200, 40)
    assert axes.pictures[0].data[1, 0] == 120


def test_dates_masks_and_long_lines_become_numbers(play: Play) -> None:
    code = "import datetime\nplt.plot([datetime.date(1970, 1, 2)], [1])\nplt.plot(np.ma.masked_equal([1, 2], 2))\n"
    code += "plt.plot(np.arange(250_000))"
    (figure,) = drawn(play, PLT + code)
    dates, masked, long = figure.axes[0].lines
    assert dates.x.tolist() == [1.0]
    assert np.isnan(masked.y[1])
    assert len(long.y) <= 100_000


def test_the_picture_comes_when_asked(play: Play) -> None:
    for end in ("plt.show()", "plt.close()"):
        (figure,) = drawn(play, PLT + "plt.plot([1, 2])\n" + end, want_png=True)
        assert figure.png is not None
        assert figure.png.tobytes().startswith(b"\x89PNG")
    assert drawn(play, PLT + "plt.plot([1])")[0].png is None


def test_shown_figures_stand_among_the_cells_outputs_where_they_were_shown(play: Play) -> None:
    cell = play(PLT + "print('a')\nplt.plot([1])\nplt.show()\nprint('b')\nplt.plot([2])").cells[0]
    kinds = [each["output_type"] for each in json.loads(cell.outputs)]
    assert kinds == ["stream", "display_data", "stream", "execute_result", "display_data"]
    assert "image/png" in json.loads(cell.outputs)[1]["data"]


BACKENDS = ["matplotlib.use('TkAgg')", "plt.switch_backend('QtAgg')", "plt.show(block=True)", "plt.ion()"]


@pytest.mark.parametrize("backend", BACKENDS)
def test_other_backends_are_accepted_and_drawn_inline(play: Play, backend: str) -> None:
    (figure,) = drawn(play, f"import matplotlib\n{PLT}{backend}\nplt.plot([4])\nplt.pause(0.001)\nplt.show()")
    assert figure.axes[0].lines[0].y.tolist() == [4]


def test_a_module_records_its_figures_too(play: Play) -> None:
    value = play(PLT + "plt.plot([1, 2])\nplt.show()", kind="module", probes=[figures()]).value
    assert (value.items[0].cell, value.items[0].part) == (None, "work.py")


def test_nothing_drawn_is_missing(play: Play) -> None:
    capture = play("x = 1", probes=[figures(names=["fig"], headings=["3.2"])]).capture
    assert (capture.status, capture.looked_for) == ("missing", ("fig", "3.2"))


def test_a_variable_that_holds_a_figure_can_be_looked_at(play: Play) -> None:
    value = play(PLT + "fig, ax = plt.subplots()\nax.plot([3])", probes=[look("ax")]).value
    assert value.axes[0].lines[0].y.tolist() == [3]


def test_figures_beyond_the_limit_are_told_without_their_data(play: Play) -> None:
    code = PLT + "for n in (10, 10_000, 10):\n    plt.plot(range(n))\n    plt.show()"
    value = play(code, probes=[figures()], capture=10_000).value
    assert [len(figure.axes) for figure in value.items] == [1, 0, 1]


def test_a_figure_that_cannot_be_drawn_is_shown_as_an_error_of_no_cell(play: Play) -> None:
    cell = play(PLT + "plt.title('$\\\\unknown$')\nplt.plot([1])").cells[0]
    assert cell.status == "ok"
    assert "error" in [each["output_type"] for each in json.loads(cell.outputs)]


def test_many_figures_are_bounded(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plots, "MOST_FIGURES", 5)
    shown = drawn(play, PLT + "for n in range(9):\n    plt.figure()\n    plt.plot([n])\n    plt.close()")
    assert len(shown) == 5
