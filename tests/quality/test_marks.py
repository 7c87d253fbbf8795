"""Places of a reference that are left as they are: where a mark holds, and that it gives a reason."""

from __future__ import annotations

import pytest

from grader.quality.marks import unmutated
from grader.quality.mutants import mutants

SOURCE = """import torch

SIZE = 64  # unmutated: any data will do
RATE = (
    0.1,
    0.2,  # unmutated: not asked for
)


# unmutated: read by a person
def made(x):
    y = x + 1
    return y * 2


class Net:  # unmutated: built elsewhere
    depth = 3


def kept(x):
    return x - 5
"""


def test_a_mark_holds_for_its_statement_its_line_or_the_statement_below() -> None:
    assert [(place.first, place.last, place.reason) for place in unmutated("m.py", SOURCE)] == [
        (3, 3, "any data will do"),
        (6, 6, "not asked for"),
        (11, 13, "read by a person"),
        (16, 17, "built elsewhere"),
    ]


def test_a_mark_in_the_first_line_holds_for_the_module() -> None:
    assert mutants({"m.py": "# unmutated: an oracle\nx = a + 1\n"}, 10) == ()


def test_mutants_are_made_of_what_is_not_marked() -> None:
    assert {mutant.line for mutant in mutants({"m.py": SOURCE}, 100)} == {5, 21}


@pytest.mark.parametrize(
    "source", ["x = 1  # unmutated:\n", "x = 1\n\n# unmutated: nothing is below\n"], ids=["reason", "statement"]
)
def test_a_mark_without_a_reason_or_a_statement_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match=r"m\.py:\d: "):
        unmutated("m.py", source)
