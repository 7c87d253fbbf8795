"""Where a figure or a printed line belongs: under its heading, under its name, and to nothing else."""

from __future__ import annotations

import pytest

from grader.model.evidence import Capture, CaptureStatus
from grader.model.probe import Figures
from grader.model.values import Figure, Several
from grader.sandbox.inside.headings import is_under
from grader.sandbox.merge import is_settled, merged
from tests.sandbox.inside.playing import Play

PLT = "import matplotlib.pyplot as plt\nimport numpy as np\n"


@pytest.mark.parametrize("letter", ["(b)", "b)", "Part b", "(b) LMS", "**b.**"])
def test_a_letter_belongs_to_the_number_above_it(letter: str) -> None:
    assert is_under(["Labs", "Lab 1: regression", letter], ["Lab 1 (b)"])


@pytest.mark.parametrize("path", [["Lab 2", "(b)"], ["Lab 1", "(c)"], ["Lab 1", "a b"], ["(b)"], ["Lab 1", "By hand"]])
def test_other_letters_and_words_do_not(path: list[str]) -> None:
    assert not is_under(path, ["Lab 1 (b)"])


def figures_of(play: Play, *cells: object, **probe: object) -> Capture:
    capture: Capture = play(*cells, probes=[{"probe": "figures", **probe}]).capture
    return capture


def test_a_figure_under_another_heading_is_not_taken_when_the_section_is_there(play: Play) -> None:
    cells = [("x = 1", ("Lab 1 (b)",)), (PLT + "plt.plot([1, 2])", ("Lab 1 (d)",))]
    assert figures_of(play, *cells, headings=["Lab 1 (b)"]).status is CaptureStatus.MISSING
    assert figures_of(play, *cells, headings=["Lab 1 (c)"]).status is CaptureStatus.CAPTURED


def test_a_figure_with_a_name_of_its_own_is_not_taken_for_another_name(play: Play) -> None:
    code = PLT + "fig_weights = plt.figure()\nplt.hist([1, 2])"
    assert figures_of(play, code, names=["fig_gradients"]).status is CaptureStatus.MISSING
    plain = figures_of(play, code.replace("fig_weights", "fig2"), names=["fig_gradients"])
    assert (plain.status, plain.looked_for) == (CaptureStatus.CAPTURED, ("fig_gradients",))


def test_a_figure_under_its_name_in_a_later_part_comes_before_a_guess() -> None:
    guess, sure = (Capture.of(Several(items=(Figure(axes=(), title=title),))) for title in ("guess", "sure"))
    guess = guess.model_copy(update={"looked_for": ("fig",)})
    assert not is_settled([guess])
    assert merged(Figures(names=("fig",)), [guess, sure]) == sure
    both = merged(Figures(names=("fig",)), [guess, guess])
    assert isinstance(both.value, Several)
    assert len(both.value.items) == 2
