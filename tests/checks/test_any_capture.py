"""Whatever comes out of the box, the kinds about networks, tables, curves, files and figures give a verdict."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.checks.base import Check
from grader.checks.figure import FigureCheck
from grader.checks.literals import to_value
from grader.checks.saved_file import SavedFileCheck
from grader.checks.training import TrainingCheck
from grader.model.evidence import Capture
from grader.model.values import (
    Array,
    Axes,
    Bars,
    Figure,
    Layer,
    Line,
    Network,
    Operation,
    Output,
    Parameter,
    Picture,
    Points,
    Printed,
    Raised,
    Several,
    Value,
)
from grader.model.verdict import Status
from tests.checks.check_cases import CAPTURES, VALUES
from tests.checks.test_cost_table import CHECK as TABLE
from tests.checks.test_cost_table import HEADINGS, LABELS, RIGHT, ROWS, judge, printed
from tests.checks.test_cost_table import NETWORK as COSTS
from tests.checks.test_network import CHECK as NET
from tests.checks.test_network import REFERENCE

PROFILE = settings(max_examples=25, deadline=None, derandomize=True)

CURVE = to_value([3.0, 2.0, 1.0, 0.5])
REQUIRES = {
    "xscale": "log",
    "yscale": "log",
    "lines": 2,
    "xlabel": True,
    "legend": True,
    "histograms": 1,
    "points": 3,
    "pictures": 1,
}
KINDS: dict[str, tuple[Check, list[Value]]] = {
    "cost_table": (TABLE, [COSTS]),
    "network": (NET, [REFERENCE, REFERENCE]),
    "training": (
        TrainingCheck(id="t", points=1, of="c", behaviour="falls", length=4, below=1, expect="c", offset=(0, 1)),
        [CURVE],
    ),
    "diverging": (TrainingCheck(id="t", points=1, of="c", behaviour="diverges", partial=True, above=1), []),
    "saved_file": (SavedFileCheck(id="s", points=1, of="w", keys={"a": (2,)}), []),
    "saved_values": (
        SavedFileCheck(id="s", points=1, of="w", expect="w", values=True, names=False),
        [to_value({"a": CURVE.data})],
    ),
    "figure": (FigureCheck(id="f", points=1, requires=REQUIRES, drawn="c"), []),
}

SHAPES = st.lists(st.integers(0, 5), max_size=4).map(tuple)
SIDES = st.lists(SHAPES, max_size=2).map(tuple)
WORDS = st.sampled_from(
    ["", "conv1", "Conv2d", "MaxPool2d", "relu", "max_pool2d", "kernel_size=3", "(2, 2)", "stride=", "-1", "?", "same"]
)
DATA = st.sampled_from(
    [
        np.zeros(0),
        np.arange(4.0),
        np.array(["a"]),
        np.array([np.nan, np.inf]),
        np.ones((2, 2), complex),
        np.array([True]),
        np.array(3),
    ]
)
SETTINGS = st.dictionaries(
    st.sampled_from(["kernel_size", "stride", "padding", "bias"]), st.integers(-1, 3) | SHAPES | WORDS | st.none(), max_size=3
)
LAYERS = st.builds(
    Layer,
    name=WORDS,
    kind=WORDS,
    bases=st.lists(WORDS, max_size=2).map(tuple),
    settings=SETTINGS,
    parameters=st.lists(
        st.builds(
            Parameter,
            name=st.sampled_from(["weight", "bias"]),
            shape=SHAPES,
            dtype=WORDS,
            trainable=st.booleans(),
            count=st.just(9),
        ),
        max_size=2,
    ).map(tuple),
    input_shapes=SIDES,
    output_shapes=SIDES,
    macs=st.none() | st.integers(0, 9),
    calls=st.integers(0, 3),
)
OPERATIONS = st.builds(
    Operation, name=WORDS, arguments=st.lists(WORDS, max_size=3).map(tuple), input_shape=SHAPES, output_shape=SHAPES
)
NETWORKS = st.builds(
    Network,
    python=st.just("Net"),
    layers=st.lists(LAYERS, max_size=4).map(tuple),
    operations=st.lists(OPERATIONS, max_size=4).map(tuple),
    state=st.dictionaries(WORDS, DATA.map(lambda data: Array(data=data)), max_size=2) | st.just(REFERENCE.state),
    outputs=st.lists(VALUES, max_size=2).map(tuple),
    error=st.none() | st.just(Raised(kind="E", message="m")),
)
AXES = st.builds(
    Axes,
    lines=st.lists(st.builds(Line, x=DATA, y=DATA, style=st.sampled_from(["", "-"]), marker=st.just("o")), max_size=2).map(tuple),
    points=st.lists(st.builds(Points, x=DATA, y=DATA), max_size=1).map(tuple),
    bars=st.lists(st.builds(Bars, left=DATA, width=DATA, height=DATA, histogram=st.booleans()), max_size=2).map(tuple),
    pictures=st.lists(st.builds(Picture, shape=SHAPES, data=DATA), max_size=1).map(tuple),
    yscale=st.sampled_from(["log", "linear", "?"]),
)
FIGURES = st.lists(st.builds(Figure, axes=st.lists(AXES, max_size=2).map(tuple)), max_size=3).map(
    lambda f: Several(items=tuple(f))
)
LINES = st.text(alphabet="conv1fc2 \t|,()[]x.-:=#\nSizeMAC0359k", max_size=200).map(
    lambda text: Output(printed=(Printed(part="a", cell=0, text=text),))
)
ANYTHING = CAPTURES | (NETWORKS | FIGURES | LINES).map(Capture.of)


@pytest.mark.parametrize("kind", KINDS)
@PROFILE
@given(seen=ANYTHING, second=ANYTHING)
def test_any_capture_gets_a_verdict(kind: str, seen: Capture, second: Capture) -> None:
    check, right = KINDS[kind]
    verdict = check.judge([seen, second], [Capture.of(value) for value in right])
    assert verdict.credit is None or 0 <= verdict.credit <= 1
    assert verdict.model_dump_json()


@pytest.mark.parametrize("kind", KINDS)
@PROFILE
@given(expected=ANYTHING)
def test_any_expected_value_gets_a_verdict(kind: str, expected: Capture) -> None:
    """As when a rubric's mistake names something of the wrong type."""
    check, right = KINDS[kind]
    verdict = check.judge([Capture.of(value) for value in (right or [CURVE])], [expected])
    assert verdict.model_dump_json()


SEPARATORS = st.sampled_from(["  ", "\t", " | ", "     ", " "])
NAMES = st.sampled_from(["{}", "Layer {}", "{}:", "net.{}", "* {}"])
SHAPE_FORMS = st.sampled_from(["{}", "torch.Size([{}])", "[{}]", "({})"])


@st.composite
def tables(draw: Any) -> tuple[list[list[str]], str]:
    """The right rows with cells in one of their forms, and what stands between cells."""
    name, form = draw(NAMES), draw(SHAPE_FORMS)
    thousands = draw(st.booleans())
    rows = []
    for label, cells in zip(LABELS, RIGHT, strict=True):
        shapes = [form.format(", ".join(map(str, cell))) if form != "{}" else str(cell) for cell in cells[:3]]
        rows.append([name.format(label), *shapes, *(f"{n:,}" if thousands else str(n) for n in cells[3:])])
    return rows, draw(SEPARATORS)


@PROFILE
@given(table=tables(), with_headings=st.booleans(), rule=st.booleans())
def test_a_right_table_passes_between_any_separators(table: Any, with_headings: bool, rule: bool) -> None:
    rows, separator = table
    lines = [separator.join(row) for row in rows]
    if with_headings and separator != " ":
        lines = [separator.join(HEADINGS), *(["-" * 60] if rule else []), *lines]
    assert judge(printed("\n".join(lines))).status is Status.PASSED


@PROFILE
@given(table=tables(), row=st.integers(0, 4), column=st.integers(4, 5), change=st.integers(1, 99))
def test_a_changed_count_never_passes(table: Any, row: int, column: int, change: int) -> None:
    rows, separator = table
    rows[row][column] = str(RIGHT[row][column - 1] + change)
    verdict = judge(printed("\n".join(separator.join(cells) for cells in rows)))
    assert verdict.status is Status.PARTIAL
    assert [(part.facts["row"], part.code) for part in verdict.parts] == [(LABELS[row], "cell_wrong")]


def test_the_tables_these_tests_vary_are_those_of_the_kind() -> None:
    assert judge(printed("\n".join("  ".join(row) for row in ROWS))).status is Status.PASSED
