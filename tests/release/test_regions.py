"""Marked solutions are taken out, whichever tool's marks they bear; half a mark is an error, never a leak."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.release.regions import BODY_PROMPT, CODE_PROMPT, TEXT_PROMPT, RegionFault, strip_regions


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ("a = 1\n### BEGIN SOLUTION\nb = 2\n### END SOLUTION\nc = 3", f"a = 1\n{CODE_PROMPT}\nc = 3"),
        ("def f():\n    # BEGIN SOLUTION\n    return 2\n    # END SOLUTION", f"def f():\n    {BODY_PROMPT}"),
        ("# BEGIN SOLUTION NO PROMPT\nb = 2\n# END SOLUTION\nc = 3", "c = 3"),
        ("x = 5  # SOLUTION", "x = ..."),
        ("    x, y = 5, 6 # SOLUTION", "    x, y = ..."),
        ("w[0] += g  # SOLUTION", "w[0] += ..."),
        ("print(5 == x)  # SOLUTION", "..."),
        ("plot(x, color='r')  # SOLUTION", "..."),
        ("x = 5  # SOLUTION NO PROMPT\ny = 6", "y = 6"),
        ("### BEGIN HIDDEN TESTS\nassert x == 5\n### END HIDDEN TESTS\nassert x", "assert x"),
        ('# BEGIN SOLUTION NO PROMPT\nx = 5\n# END SOLUTION\n""" # BEGIN PROMPT\nx = ...\n"""; # END PROMPT', "x = ..."),
        ("x = 5  # the solution", "x = 5  # the solution"),
        ("s = '# BEGIN SOLUTION'", "s = '# BEGIN SOLUTION'"),
    ],
)
def test_a_marked_solution_becomes_its_prompt(source: str, left: str) -> None:
    assert strip_regions(source).source == left


def test_in_prose_a_solution_becomes_a_place_for_words() -> None:
    source = "## Problem 1\n<!-- BEGIN SOLUTION -->\nFalse, because.\n<!-- END SOLUTION -->"
    assert strip_regions(source, prose=True).source == f"## Problem 1\n{TEXT_PROMPT}"


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("a\n### BEGIN SOLUTION\nb", 2),
        ("### END SOLUTION", 1),
        ("### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION", 2),
        ("### BEGIN SOLUTION\n### END HIDDEN TESTS", 1),
        ('""" # BEGIN PROMPT\nx = ...', 1),
    ],
)
def test_half_a_mark_is_an_error_at_its_line(source: str, line: int) -> None:
    with pytest.raises(RegionFault) as caught:
        strip_regions(source)
    assert caught.value.line == line


words = st.lists(st.sampled_from(["x = 1", "    y", "# note", "", "### other"]), max_size=5).map("\n".join)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(words, st.integers(0, 10**9), words)
def test_nothing_inside_a_region_is_left_and_all_outside_is(before: str, secret: int, after: str) -> None:
    marked = f"{before}\n### BEGIN SOLUTION\nsecret_{secret} = {secret}\n### END SOLUTION\n{after}"
    left = strip_regions(marked).source
    assert "secret_" not in left
    assert left.replace(CODE_PROMPT, "").split() == f"{before}\n{after}".split()
