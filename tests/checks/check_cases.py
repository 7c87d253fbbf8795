"""What the tables of cases share: captures from literals, captures without a value, and any value at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from grader.checks.literals import to_value
from grader.model.evidence import Capture, CaptureStatus, Place
from grader.model.values import (
    Array,
    Axes,
    Calls,
    Content,
    Figure,
    Frame,
    Network,
    Opaque,
    Outcome,
    Output,
    Pair,
    Printed,
    Raised,
    Record,
    Scalar,
    Section,
    Several,
    Source,
    Table,
    Text,
    Value,
)
from grader.model.values import Sequence as SequenceValue
from grader.model.verdict import Verdict

VALUE_TYPES = get_args(get_args(Value)[0])
ERROR = Raised(kind="ValueError", message="bad shape", frames=(Frame(file="hw.py", line=7, code="f(x)"),))
MISSING = Capture(status=CaptureStatus.MISSING, looked_for=("w",), nearest=("W",))
RAISED = Capture(status=CaptureStatus.RAISED, error=ERROR)
NO_LIBRARY = Capture(status=CaptureStatus.RAISED, error=Raised(kind="ImportError", message="no", missing_module="sklearn"))
TIMED_OUT = Capture(status=CaptureStatus.TIMED_OUT, detail="10 s")
BOX_FAILED = Capture(status=CaptureStatus.BOX_FAILED, detail="no space")

WITHOUT_VALUE = [
    (MISSING, "failed", "missing"),
    (RAISED, "failed", "raised"),
    (NO_LIBRARY, "undecided", "environment"),
    (TIMED_OUT, "failed", "timed_out"),
    (BOX_FAILED, "undecided", "box_failed"),
]
"""Captures that hold nothing, with status and reason code of every kind's verdict."""


def capture(thing: Any) -> Capture:
    """A capture of a literal, of a value, or the capture itself."""
    if isinstance(thing, Capture):
        return thing
    return Capture.of(thing if isinstance(thing, VALUE_TYPES) else to_value(thing))


def section(text: str, tables: Sequence[Table] = ()) -> Capture:
    """What was written under a heading."""
    value = Section(part="hw.ipynb", heading="Problem 1", text=text, tables=tuple(tables))
    return Capture.of(value).model_copy(update={"place": Place(part="hw.ipynb", heading="Problem 1")})


def summary(verdict: Verdict) -> tuple[str, str, str]:
    """Status, reason code and credit as a table of cases writes them."""
    return verdict.status.value, verdict.reason.code, "" if verdict.credit is None else str(verdict.credit)


_floats = st.floats(width=64) | st.integers(-(10**20), 10**20) | st.sampled_from([0, 1, -1, 0.5, 10**400])
_texts = st.text(max_size=30) | st.sampled_from(
    ["True", "false.", "1/0", "1e999", "(B)", "-", "0.5", "def f(:", "import numpy as np"]
)
_arrays = npst.arrays(
    dtype=st.sampled_from([np.float64, np.float32, np.float16, np.int64, np.uint8, np.bool_, np.complex128, np.dtype("U3")]),
    shape=npst.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
)
_array_values = st.builds(
    lambda a, lib: Array(data=a, dtype=str(a.dtype), library=lib), _arrays, st.sampled_from(["numpy", "torch"])
)
_tables = st.lists(st.lists(_texts, min_size=2, max_size=2).map(tuple), max_size=3).map(
    lambda rows: Table(columns=("a", "b"), rows=tuple(rows))
)
_leaves = st.one_of(
    st.builds(Scalar, value=st.none() | st.booleans() | _floats, imaginary=st.sampled_from([0.0, 1.0, float("nan")])),
    st.builds(lambda text, more: Text(text=text, length=len(text) + more), _texts, st.sampled_from([0, 0, 5])),
    _array_values,
    _tables,
    st.just(Network(python="Net", layers=())),
    st.builds(lambda n: Figure(axes=(Axes(),) * n), st.integers(0, 2)),
    st.builds(lambda text: Source(texts={"hw.py": text}), _texts),
    st.builds(lambda text: Output(printed=(Printed(part="hw.py", cell=None, text=text),)), _texts),
    st.builds(lambda text: Section(part="hw.md", heading="1", text=text), _texts),
    st.just(Content(name="w.pt", size=2, data=np.zeros(2, dtype=np.uint8))),
    st.builds(Opaque, python=_texts, why=_texts),
)


def _containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    items = st.lists(inner, max_size=4).map(tuple)
    outcomes = st.lists(st.builds(Outcome, value=inner) | st.just(Outcome(error=ERROR)), max_size=4).map(tuple)
    return st.one_of(
        st.builds(
            lambda python, items, more: SequenceValue(python=python, items=items, length=len(items) + more),
            st.sampled_from(["list", "tuple", "set"]),
            items,
            st.sampled_from([0, 0, 3]),
        ),
        st.lists(st.builds(Pair, key=inner, value=inner), max_size=3).map(
            lambda pairs: Record(python="dict", entries=tuple(pairs), length=len(pairs))
        ),
        st.builds(Calls, outcomes=outcomes),
        st.builds(Several, items=items),
    )


VALUES: st.SearchStrategy[Any] = st.recursive(_leaves, _containers, max_leaves=8)
"""Any value that can come out of the box."""

CAPTURES = VALUES.map(Capture.of) | st.sampled_from([MISSING, RAISED, NO_LIBRARY, TIMED_OUT, BOX_FAILED])
"""Any capture."""
