"""Mutants are single plausible slips: each differs from the source, and all are Python."""

from __future__ import annotations

import ast

import pytest

from grader.quality.mutants import mutants

SOURCE = """
import numpy as np

def grad(W, x, y):
    e = W @ x - y
    mask = e > 0
    return -2.5 * (e * mask).mean() * x.T

def plot(ax):
    ax.set_yscale('log')
"""


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
