"""The kind `source`."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from grader.checks.names import imports_of, parse, pattern_fault, uses
from grader.checks.source import SourceCheck
from grader.model.evidence import Capture
from grader.model.probe import SourceText
from grader.model.rubric import Answer
from grader.model.values import Source
from tests.checks.check_cases import CAPTURES, WITHOUT_VALUE, capture, summary

PROFILE = settings(max_examples=60, deadline=None, derandomize=True)
RIGHT = ("passed", "right", "1")
FORBIDDEN = ("failed", "forbidden", "0")
UNUSED = ("failed", "not_used", "0")
LSTSQ = {"must": ["numpy.linalg.lstsq"]}
NO_LSTSQ = {"must_not": ["numpy.linalg.lstsq"]}


def check(**fields: Any) -> SourceCheck:
    return SourceCheck.model_validate({"id": "s", "points": 1, **fields})


def source(**texts: str) -> Capture:
    return Capture.of(Source(texts=texts))


@pytest.mark.parametrize(
    ("fields", "text", "verdict"),
    [
        (LSTSQ, "import numpy as np\nnp.linalg.lstsq(A, b)", RIGHT),
        (LSTSQ, "import numpy\nw = numpy.linalg.lstsq(A, b)[0]", RIGHT),
        (LSTSQ, "from numpy.linalg import lstsq as solve\nsolve(A, b)", RIGHT),
        (LSTSQ, "from numpy import linalg as la\nla.lstsq(A, b)", RIGHT),
        (LSTSQ, "from numpy.linalg import *\nlstsq(A, b)", RIGHT),
        (LSTSQ, "import numpy.linalg as la\nf = la.lstsq", RIGHT),
        (LSTSQ, "np.linalg.lstsq(A, b)", RIGHT),
        (LSTSQ, "from scipy.linalg import lstsq\nlstsq(A, b)", UNUSED),
        (LSTSQ, "# np.linalg.lstsq\nx = 'np.linalg.lstsq'", UNUSED),
        (LSTSQ, "import numpy as np\nnp.linalg.lstsq = 3", UNUSED),
        (NO_LSTSQ, "from numpy.linalg import lstsq\nlstsq(A, b)", FORBIDDEN),
        (NO_LSTSQ, "import numpy as np\nnp.linalg.inv(A) @ b", RIGHT),
        ({"must_not": ["numpy.linalg"]}, "import numpy as np\nnp.linalg.inv(A)", FORBIDDEN),
        ({"must_not": ["torch"]}, "import torchvision\ntorchvision.ops()", RIGHT),
        ({"must_not": [".backward"]}, "loss.backward()", FORBIDDEN),
        ({"must_not": [".backward"]}, "def backward(): pass\nbackward()", RIGHT),
        ({"must_not": ["for", "while"]}, "for i in x: pass", FORBIDDEN),
        ({"must_not": ["for", "while"]}, "y = [i for i in x]", RIGHT),
        ({"must_not": ["comprehension"]}, "y = [i for i in x]", FORBIDDEN),
        ({"must": ["_ @ _"]}, "y = W1 @ x + b", RIGHT),
        ({"must": ["_ @ _"]}, "y = W1 * x", UNUSED),
        ({"must": ["numpy.dot(...)"]}, "import numpy as np\nnp.dot(a, b)", RIGHT),
        ({"must": ["np.dot(_, _)"]}, "from numpy import dot\ndot(a, b)", RIGHT),
        ({"must": ["np.dot(_, _)"]}, "import numpy as np\nnp.dot(a)", UNUSED),
        ({"must": ["_.T"]}, "y = W.T", RIGHT),
        ({"must": ["print"]}, "print(1)", RIGHT),
        ({"must": ["CONV", "FC"]}, "class Net:\n  def __init__(self): self.c = CONV(1)\n", UNUSED),
        ({"must": ["for"]}, "    def f(self):\n        for i in x: pass\n", RIGHT),
        (LSTSQ, "def f(:", ("undecided", "syntax", "")),
        (LSTSQ, "\0", ("undecided", "syntax", "")),
        (LSTSQ, "x = '\\d'\nimport numpy as np\nnp.linalg.lstsq(x)", RIGHT),
        (LSTSQ, "", UNUSED),
    ],
)
def test_cases(fields: dict[str, Any], text: str, verdict: tuple[str, str, str]) -> None:
    assert summary(check(**fields).judge([source(hw=text)], ())) == verdict


def test_imports_are_taken_from_the_whole_submission_when_one_function_is_looked_at() -> None:
    one = check(of="fit", must=["numpy.linalg.lstsq"])
    function = source(fit="def fit(A, b):\n    return linear.lstsq(A, b)")
    whole = source(cell0="import numpy.linalg as linear", cell1="broken (")
    assert one.judge([function, whole], ()).credit == 1
    assert one.judge([function, WITHOUT_VALUE[0][0]], ()).credit == 0
    answer = Answer(functions={"fit": ("fit",)})
    assert one.probes(answer) == (SourceText(names=("fit",)), SourceText())


def test_a_forbidden_name_is_proof_even_where_another_cell_is_no_python() -> None:
    verdict = check(**NO_LSTSQ, says="Use the normal equations.").judge(
        [source(a="def f(:", b="import numpy as np\n\nnp.linalg.lstsq(A, b)")], ()
    )
    assert summary(verdict) == FORBIDDEN
    assert verdict.reason.facts == {
        "names": ["numpy.linalg.lstsq"],
        "uses": [{"pattern": "numpy.linalg.lstsq", "part": "b", "line": 3}],
        "says": "Use the normal equations.",
    }


@pytest.mark.parametrize(("seen", "status", "code"), WITHOUT_VALUE)
def test_without_a_value_the_verdict_says_whose_fault_it_is(seen: Capture, status: str, code: str) -> None:
    verdict = check(**LSTSQ).judge([seen], ())
    assert (verdict.status, verdict.reason.code) == (status, code)


def test_a_mistake_is_what_was_used_instead() -> None:
    one = check(**LSTSQ, mistakes=[{"value": ["numpy.linalg.inv"], "says": "The inverse is not needed."}])
    seen = source(hw="import numpy as np\nnp.linalg.inv(A) @ b")
    assert one.judge([seen], one.literal(one.mistakes[0].value)).credit == 1
    assert one.judge([seen], one.literal("numpy.linalg.pinv")).credit == 0
    assert summary(one.judge([seen], one.literal([1, 2]))) == ("undecided", "no_oracle", "")


def test_source_that_is_too_long_is_not_parsed() -> None:
    assert parse("hw", "x = 1\n" * 200_000).tree is None


@pytest.mark.parametrize("fields", [{}, {"must": ["a +"]}, {"must": [""]}, {"must_not": ["import x"]}])
def test_faulty_patterns_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        check(**fields)


@PROFILE
@given(CAPTURES)
def test_any_capture_gets_a_verdict(seen: Capture) -> None:
    verdict = check(**LSTSQ).judge([seen, seen], ())
    assert verdict.credit is None or 0 <= verdict.credit <= 1
    assert check(**LSTSQ).judge([seen], [capture("numpy")]).reason.code


@PROFILE
@given(st.text(max_size=40))
def test_any_text_is_a_pattern_or_has_a_fault(text: str) -> None:
    if text and not pattern_fault(text):
        assert check(must=[text]).judge([source(hw="a @ b\nfor i in f(x): pass")], ()).credit in (0, 1)


def test_a_pattern_names_the_students_own_class_wherever_it_is_imported_from() -> None:
    parsed = parse("net.py", "from layers import CONV\nCONV(3, 16)\n")
    assert parsed.tree is not None
    assert [use.line for use in uses("CONV", parsed, imports_of([parsed.tree]))] == [2]
