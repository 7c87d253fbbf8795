"""The kind `figure`: requirements one by one, the choice among figures, and drawn data."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from grader.checks.figure import FigureCheck
from grader.checks.literals import to_value
from grader.model.evidence import Capture, CaptureStatus
from grader.model.probe import Figures, Look
from grader.model.rubric import Answer
from grader.model.values import Axes, Bars, Figure, Line, Opaque, Picture, Points, Several, Text, Value
from grader.model.verdict import Status, Verdict

X = np.arange(20.0)
MSE = 3 * 0.5**X


def line(y: Any = MSE, style: str = "-", marker: str = "", z: Any = None) -> Line:
    return Line(x=np.arange(float(len(y))), y=np.asarray(y), z=z, style=style, marker=marker)


def histogram(data: Any = X, bins: int = 5, density: bool = False) -> Bars:
    counts, edges = np.histogram(data, bins, density=density)
    return Bars(left=edges[:-1], width=np.diff(edges), height=counts.astype(float), histogram=True)


def scatter(n: int) -> Points:
    return Points(x=np.zeros(n), y=np.zeros(n), z=np.zeros(n))


def figure(*axes: Axes, **more: Any) -> Figure:
    return Figure(axes=axes, part="a.ipynb", cell=more.pop("cell", 3), **more)


FULL = Axes(
    title="Error", xlabel="epoch", ylabel="MSE", yscale="log", lines=(line(), line(MSE + 1)), legend=("a", "b"), projection="3d",
    points=(scatter(60), scatter(40)), pictures=(Picture(shape=(2, 2), data=np.zeros((2, 2))),), bars=(histogram(), histogram()),
)  # fmt: skip


def judge(value: Value, drawn: Any = None, **requires: Any) -> Verdict:
    check = FigureCheck(id="f", points=1, requires=requires, drawn="" if drawn is None else "mse")
    seen = [Capture.of(value)]
    if drawn is not None:
        seen.append(drawn if isinstance(drawn, Capture) else Capture.of(to_value(drawn)))
    return check.judge(seen, [])


REQUIREMENTS = [
    ({"yscale": "log"}, FULL, {"yscale": "linear"}),
    ({"yscale": "log"}, FULL.model_copy(update={"yscale": "symlog"}), {"yscale": "logit"}),
    ({"yscale": "linear"}, Axes(lines=(line(),)), {"yscale": "log"}),
    ({"xscale": "log"}, Axes(xscale="log"), {"xscale": "linear"}),
    ({"lines": 2}, FULL, {"lines": (line(),)}),
    ({"lines": 2}, FULL, {"lines": (line(), line(), line())}),
    ({"lines": {"at_least": 2}}, FULL, {"lines": (line(),)}),
    ({"xlabel": True}, FULL, {"xlabel": "  "}),
    ({"xlabel": "epoch|step"}, FULL, {"xlabel": "time"}),
    ({"ylabel": "mse"}, FULL, {"ylabel": "accuracy"}),
    ({"title": True}, FULL, {"title": ""}),
    ({"legend": True}, FULL, {"legend": ()}),
    ({"histograms": 2}, FULL, {"bars": (histogram(), histogram().model_copy(update={"histogram": False}))}),
    ({"projection": "3d"}, FULL, {"projection": ""}),
    ({"points": 100}, FULL, {"points": (scatter(99),)}),
    ({"pictures": 1}, FULL, {"pictures": ()}),
]


@pytest.mark.parametrize(("requires", "right", "change"), REQUIREMENTS)
def test_each_requirement_is_met_or_named(requires: dict[str, Any], right: Axes, change: dict[str, Any]) -> None:
    assert judge(figure(right), **requires).status is Status.PASSED
    verdict = judge(figure(right.model_copy(update=change)), **requires)
    assert (verdict.status, verdict.reason.code) == (Status.FAILED, "figure")
    (part,) = verdict.parts
    assert (part.code, part.facts["requirement"]) == ("figure_requirement", next(iter(requires)))


def test_each_requirement_earns_an_equal_share() -> None:
    verdict = judge(figure(FULL), yscale="log", lines=3, xlabel=True, legend=True)
    assert (verdict.status, verdict.credit) == (Status.PARTIAL, Fraction(3, 4))
    assert verdict.parts[0].facts == {"requirement": "lines", "seen": 2, "expected": 3}


def test_more_lines_than_at_least_are_fine() -> None:
    assert judge(figure(FULL), lines={"at_least": 1}).status is Status.PASSED


def test_lines_may_be_spread_over_the_axes_of_a_figure() -> None:
    assert judge(figure(Axes(lines=(line(),)), Axes(lines=(line(),))), lines=2).status is Status.PASSED


def test_markers_without_a_stroke_are_points_where_points_are_asked() -> None:
    marks = line(np.zeros(100), style="", marker="o")
    axes = Axes(lines=(marks, line(), line()))
    assert judge(figure(axes), points=100, lines=2).status is Status.PASSED
    assert judge(figure(Axes(lines=(marks,))), lines=1).status is Status.PASSED
    assert judge(figure(Axes(lines=(marks, line()))), points=100, lines={"at_least": 2}).credit == Fraction(1, 2)


def test_a_title_above_all_axes_counts() -> None:
    assert judge(figure(Axes(lines=(line(),)), title="All rates"), title="rates").status is Status.PASSED


def test_histograms_may_stand_in_one_figure_each_or_in_one_together() -> None:
    one = Axes(bars=(histogram(),))
    assert judge(Several(items=(figure(one), figure(one), figure(one))), histograms=3).status is Status.PASSED
    assert judge(figure(one, one, one), histograms=3).status is Status.PASSED
    assert judge(figure(Axes(bars=(histogram(),) * 3)), histograms=3).status is Status.PASSED
    assert judge(Several(items=(figure(one), figure(one))), histograms=3).status is Status.FAILED


def test_the_best_matching_figure_is_judged_and_named() -> None:
    several = Several(items=(figure(Axes(lines=(line(),)), cell=1), figure(FULL, cell=7), figure(Axes(), cell=9)))
    verdict = judge(several, yscale="log", xlabel=True)
    assert (verdict.status, verdict.place.cell) == (Status.PASSED, 7)
    assert verdict.notes[0].code == "figure_used"
    assert verdict.notes[0].facts == {"figures": 3, "cell": 7, "variable": ""}


def test_requirements_of_two_figures_do_not_add_up() -> None:
    several = Several(items=(figure(Axes(yscale="log", lines=(line(),))), figure(Axes(xlabel="epoch", lines=(line(),)))))
    assert judge(several, yscale="log", xlabel=True).credit == Fraction(1, 2)


def test_a_figure_that_may_be_right_keeps_another_from_being_failed() -> None:
    plain = Axes(lines=(line(),))
    claimed, sure = plain.model_copy(update={"ylabel": "log MSE"}), plain.model_copy(update={"yscale": "log"})
    assert judge(Several(items=(figure(plain), figure(claimed))), yscale="log").status is Status.UNDECIDED
    assert judge(Several(items=(figure(claimed), figure(sure))), yscale="log").status is Status.PASSED


DRAWN = {
    "as it is": (Axes(lines=(line(),)), MSE.tolist(), True),
    "a list of arrays of one entry": (Axes(lines=(line(),)), MSE.reshape(-1, 1), True),
    "in single precision": (Axes(lines=(line(MSE.astype(np.float32)),)), MSE, True),
    "as points": (Axes(points=(Points(x=X, y=MSE),)), MSE, True),
    "in space": (Axes(lines=(line(np.zeros(20), z=MSE),)), MSE, True),
    "several curves by rate": (Axes(lines=(line(MSE + 1), line())), {"0.1": MSE.tolist(), "0.5": (MSE + 1).tolist()}, True),
    "columns of a matrix": (Axes(lines=(line(), line(MSE + 1))), np.stack([MSE, MSE + 1], axis=1), True),
    "one curve of two": (Axes(lines=(line(),)), np.stack([MSE, MSE + 1]), False),
    "with an infinity": (Axes(lines=(line([1.0, np.inf]),)), [1.0, float("inf")], True),
    "a histogram": (Axes(bars=(histogram(MSE),)), MSE, True),
    "a density": (Axes(bars=(histogram(MSE, density=True),)), MSE, True),
    "a histogram of other data": (Axes(bars=(histogram(X),)), MSE, False),
    "other data": (Axes(lines=(line(MSE * 1.01),)), MSE, False),
    "shorter data": (Axes(lines=(line(MSE[:-1]),)), MSE, False),
}


@pytest.mark.parametrize(("axes", "variable", "right"), DRAWN.values(), ids=DRAWN.keys())
def test_drawn_data_must_be_the_students_own(axes: Axes, variable: Any, right: bool) -> None:
    verdict = judge(figure(axes), drawn=variable)
    assert verdict.status is (Status.PASSED if right else Status.FAILED)
    assert right or verdict.parts[0].facts["requirement"] == "drawn"


@pytest.mark.parametrize("function", [np.log10, np.log])
def test_the_logarithm_of_the_data_on_a_linear_axis_is_a_logarithmic_axis(function: Any) -> None:
    verdict = judge(figure(Axes(lines=(line(function(MSE)),))), drawn=MSE, yscale="log")
    assert verdict.status is Status.PASSED
    assert [note.code for note in verdict.notes] == ["log_of_data"]


def test_data_itself_on_a_linear_axis_is_not() -> None:
    verdict = judge(figure(Axes(lines=(line(),), ylabel="log10(MSE)")), drawn=MSE, yscale="log")
    assert verdict.credit == Fraction(1, 2)


def test_a_label_that_claims_a_logarithm_goes_to_a_human_where_no_data_can_prove_it() -> None:
    verdict = judge(figure(Axes(lines=(line(),), ylabel="log10(MSE)")), yscale="log")
    assert (verdict.status, verdict.reason.code) == (Status.UNDECIDED, "figure_unclear")


@pytest.mark.parametrize("missing", [Capture(status=CaptureStatus.MISSING), Capture.of(Text(text="?"))])
def test_drawn_data_without_its_variable_cannot_be_told(missing: Capture) -> None:
    verdict = judge(figure(FULL), drawn=missing, yscale="log")
    assert (verdict.status, verdict.reason.facts) == (Status.UNDECIDED, {"requirements": ["drawn"]})


NONE = [
    (Capture(status=CaptureStatus.MISSING), Status.FAILED, "missing"),
    (Capture(status=CaptureStatus.BOX_FAILED), Status.UNDECIDED, "box_failed"),
    (Capture(status=CaptureStatus.TIMED_OUT), Status.FAILED, "timed_out"),
    (Capture.of(Several(items=())), Status.FAILED, "no_figure"),
    (Capture.of(Figure(axes=())), Status.FAILED, "no_figure"),
    (Capture.of(Opaque(python="AxesImage")), Status.FAILED, "no_figure"),
]


@pytest.mark.parametrize(("capture", "status", "code"), NONE)
def test_no_figure_fails_with_its_reason(capture: Capture, status: Status, code: str) -> None:
    verdict = FigureCheck(id="f", points=1, requires={"legend": True}).judge([capture], [])
    assert (verdict.status, verdict.reason.code) == (status, code)


def test_data_that_is_no_numbers_matches_nothing_and_breaks_nothing() -> None:
    odd = Line(x=np.array(["a"]), y=np.array(["b"]))
    assert judge(figure(Axes(lines=(odd,))), drawn=[1.0, 2.0]).status is Status.FAILED


def test_the_figure_is_probed_by_name_then_heading_and_the_variable_after_it() -> None:
    answer = Answer(heading="Lab 1 (b)", figures={"fig": ("fig_mse",)}, variables={"mse": ("mse",)})
    check = FigureCheck(id="f", points=1, of="fig", drawn="mse")
    assert check.probes(answer) == (Figures(names=("fig_mse",), headings=("Lab 1 (b)",)), Look(names=("mse",)))
    assert check.places() == ("fig", "mse")


@pytest.mark.parametrize(
    "fields", [{}, {"requires": {"xlabel": "("}}, {"requires": {"lines": 0}}, {"requires": {"xlabel": "x" * 201}}]
)
def test_rubrics_that_ask_nothing_or_nonsense_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"requirement|regular|greater|characters"):
        FigureCheck(id="f", points=1, **fields)
