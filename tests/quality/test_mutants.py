"""Mutants are single plausible slips: each differs from the source, and all are Python."""

from __future__ import annotations

import ast

import pytest
from pydantic import BaseModel

from grader.quality.mutants import Mutant, answering, judging_modules
from grader.quality.mutants import mutants as mutants_of

SOURCE = """
import numpy as np

def grad(W, x, y):
    e = W @ x - y
    mask = e > 0
    return -2.5 * (e * mask).mean() * x.T

def plot(ax):
    ax.set_yscale('log')
"""


def mutants(source: str, at_most: int, seed: int = 0) -> tuple[Mutant, ...]:
    return mutants_of({"solution.py": source}, at_most, seed)


def found(source: str = SOURCE, at_most: int = 100) -> dict[str, str]:
    return {m.what: m.source for m in mutants(source, at_most)}


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("`-` became `+`", "W @ x + y"),
        ("the factors of a matrix product are swapped", "x @ W - y"),
        ("`e > 0` is turned round", "e < 0"),
        ("a minus sign is gone", "+2.5"),
        ("2.5 became 5.0", "-5.0"),
        ("0 became 1", "e > 1"),
        ("`mean` became `sum`", ".sum()"),
        ("`x.T` is not transposed", "* x\n"),
        ("`ax.set_yscale('log')` is left out", "pass"),
    ],
)
def test_each_kind_of_slip_is_made(what: str, code: str) -> None:
    assert code in found()[what]


def test_every_mutant_is_python_and_differs_from_the_source_in_one_place() -> None:
    original = ast.unparse(ast.parse(SOURCE)).splitlines()
    for text in found().values():
        lines = ast.unparse(ast.parse(text)).splitlines()
        assert sum(a != b for a, b in zip(original, lines, strict=True)) == 1


def test_the_choice_is_the_same_for_the_same_seed_and_not_for_another() -> None:
    assert mutants(SOURCE, 4, seed=1) == mutants(SOURCE, 4, seed=1)
    assert mutants(SOURCE, 4, seed=1) != mutants(SOURCE, 4, seed=2)
    assert len(mutants(SOURCE, 4)) == 4


def test_mutants_of_several_modules_say_which_and_differ_in_it_alone() -> None:
    made = mutants_of({"solution.py": "x = a + 1\n", "helper.py": "y = b - 2\n"}, 100)
    assert {(m.file, m.source) for m in made} == {
        ("solution.py", "x = a - 1\n"),
        ("solution.py", "x = a + 2\n"),
        ("helper.py", "y = b + 2\n"),
        ("helper.py", "y = b - 3\n"),
    }
    assert len({m.number for m in made}) == 4


def test_answers_are_made_by_what_the_solution_imports_but_for_what_the_rubric_asks() -> None:
    sources = {
        "solution.py": "import numpy\nimport near, mistakes\nfrom package import inner\n",
        "near.py": "from far import f\n",
        "far.py": "import near\n",
        "package/inner.py": "",
        "mistakes.py": "import only_there\n",
        "only_there.py": "",
        "make_data.py": "import near\n",
    }
    assert answering(sources, "solution.py", {"mistakes"}) == ("solution.py", "near.py", "package/inner.py", "far.py")


def test_what_a_rubric_asks_is_told_from_its_dotted_names() -> None:
    class Some(BaseModel):
        expect: str = "mistakes.no_mask"
        using: tuple[str, ...] = ("follow.step", "plain")
        says: str = "Look at torch.relu. Then go on."
        value: float = 1.5

    assert judging_modules(Some()) == {"mistakes", "follow"}


def test_the_length_that_is_left_over_is_no_number_to_change() -> None:
    assert not any("1 became" in mutant.what for mutant in mutants("y = np.reshape(x.reshape(-1), (-1, n))\n", 10))
    assert any("1 became" in mutant.what for mutant in mutants("y = x.reshape(1, n)\n", 10))
