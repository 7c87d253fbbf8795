"""The kind `program`: how outputs are compared, how a program may end, and what is nobody's fault."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from grader.checks.program import ProgramCheck
from grader.model.evidence import Capture, CaptureStatus
from grader.model.probe import Program
from grader.model.rubric import Answer
from grader.model.values import Raised, Ran, Text
from grader.model.verdict import Status, Verdict

BASE: dict[str, Any] = {"id": "p", "points": 1, "run": "python {file}", "of": "program"}


def check(**fields: Any) -> ProgramCheck:
    return ProgramCheck(**{**BASE, **fields})


def ran(stdout: str = "", exit_code: int = 0, stderr: str = "", cut: bool = False) -> Capture:
    return Capture.of(Ran(exit_code=exit_code, stdout=stdout, stderr=stderr, cut=cut))


def judge(capture: Capture, *expected: Capture, **fields: Any) -> Verdict:
    return check(**fields).judge([capture], expected)


SAME = [
    ("exact", "7\n", "7"),
    ("exact", "a\r\nb\r\n", "a\nb\n"),
    ("exact", "  a b\n\n", "a b"),
    ("included", "The sum is 7.\n", "sum is 7"),
    ("included", "anything", ""),
    ("regex", "loss 0.25\n", r"loss 0\.\d+$"),
    ("regex", "first\nlast\n", r"(?m)^last$"),
    ("tokens", "loss:   0.33333 ,  step 2\n", "loss: 0.33334, step 2"),
    ("tokens", "1e-3", "0.001"),
    ("tokens", "5.0", "5"),
    ("tokens", "[1, 2]", "[ 1 ,2 ]"),
]


@pytest.mark.parametrize(("compare", "seen", "expected"), SAME)
def test_outputs_that_are_the_same(compare: str, seen: str, expected: str) -> None:
    assert judge(ran(seen), compare=compare, output=expected).status is Status.PASSED


OTHER = [
    ("exact", "7 \n8", "7\n8", "output_differs", {"line": 1, "seen": "7 ", "expected_value": "7"}),
    ("exact", "a\nb", "a\nb\nc", "output_differs", {"line": 3, "seen": "", "expected_value": "c"}),
    ("exact", "", "7", "output_differs", {"line": 1, "seen": "", "expected_value": "7"}),
    ("exact", "7\nDebug", "7", "output_differs", {"line": 2, "seen": "Debug", "expected_value": ""}),
    ("included", "The sum is 8.", "is 7", "output_lacks", {"excerpt": "The sum is 8.", "manner": "included"}),
    ("regex", "loss x", r"loss \d", "output_lacks", {"excerpt": "loss x", "expected_value": r"loss \d"}),
    ("tokens", "loss 0.34\nend", "loss 0.33\nend", "output_differs", {"line": 1, "seen": "0.34", "expected_value": "0.33"}),
    ("tokens", "a\nb", "a\nb\n3", "output_differs", {"line": 2, "seen": "", "expected_value": "3"}),
    ("tokens", "10001", "10000", "output_differs", {"seen": "10001", "expected_value": "10000"}),
    ("tokens", "nan", "0.5", "output_differs", {"seen": "nan"}),
    ("tokens", "1e999", "0.5", "output_differs", {"seen": "1e999"}),
]


@pytest.mark.parametrize(("compare", "seen", "expected", "code", "facts"), OTHER)
def test_the_first_difference_is_told(compare: str, seen: str, expected: str, code: str, facts: dict[str, Any]) -> None:
    verdict = judge(ran(seen), compare=compare, output=expected)
    assert (verdict.status, verdict.reason.code) == (Status.FAILED, code)
    assert verdict.reason.facts == {**verdict.reason.facts, **facts}


def test_an_expected_output_that_is_no_secret_is_told_under_another_key() -> None:
    facts = judge(ran("8"), output="7", shown=True).reason.facts
    assert facts["told"] == "7"
    assert "expected_value" not in facts


def test_tolerances_are_those_of_the_check() -> None:
    assert judge(ran("0.34"), compare="tokens", output="0.33", rtol=0.05).status is Status.PASSED
    assert judge(ran("0.34"), compare="tokens", output="0.33", rtol=0, atol=0.02).status is Status.PASSED


TRACEBACK = """\
Traceback (most recent call last):
  File "main.py", line 5, in <module>
    f()
  File "main.py", line 4, in f
    return json.loads("")
           ^^^^^^^^^^^^^^
  File "/usr/lib/python3.11/json/__init__.py", line 346, in loads
    return _default_decoder.decode(s)
json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)
"""


def test_the_exception_of_a_program_is_told_with_its_own_last_line() -> None:
    facts = judge(ran("7", 1, TRACEBACK), output="7").reason.facts
    assert facts["kind"] == "json.decoder.JSONDecodeError"
    assert facts["line"] == {"file": "main.py", "line": 4, "function": "f", "code": 'return json.loads("")'}


@pytest.mark.parametrize(
    ("capture", "fields", "code"),
    [
        (ran("7", 2, "usage: add A B\n"), {"output": "7"}, "program_exit"),
        (ran("7", -11), {"output": "7"}, "program_exit"),
        (ran("7", 0), {"output": "7", "exit_code": 2}, "program_exit"),
        (ran("xx", -9, cut=True), {"exit_code": None, "output": "xx"}, "output_flood"),
        (Capture(status=CaptureStatus.MISSING, looked_for=("a.py",)), {}, "missing"),
        (Capture(status=CaptureStatus.TIMED_OUT, detail="10 s"), {}, "timed_out"),
        (Capture(status=CaptureStatus.RAISED, error=Raised(kind="OSError", message="full")), {}, "raised"),
        (Capture.of(Text(text="7")), {"output": "7"}, "wrong_type"),
    ],
)
def test_a_program_fails_by_how_it_ends(capture: Capture, fields: dict[str, Any], code: str) -> None:
    verdict = judge(capture, **fields)
    assert (verdict.status, verdict.reason.code) == (Status.FAILED, code)


@pytest.mark.parametrize("code", [0, 3, -11])
def test_any_exit_code_will_do_where_none_is_asked_for(code: int) -> None:
    assert judge(ran("7", code), output="7", exit_code=None).status is Status.PASSED


@pytest.mark.parametrize("code", [2, -11])
def test_another_exit_code_may_be_the_right_one(code: int) -> None:
    assert judge(ran("", code), exit_code=code).status is Status.PASSED


MISSING_LIBRARY = "Traceback (most recent call last):\n  File \"a.py\", line 1\nModuleNotFoundError: No module named 'cv2'\n"


@pytest.mark.parametrize(
    ("stderr", "exit_code", "run", "what"),
    [
        (MISSING_LIBRARY, 1, "python {file}", "cv2"),
        ("nosuch: not found", 127, "nosuch x", "nosuch"),
        ("sh: 1: gfortran: not found\n", 127, ["sh", "-c", "gfortran a.f"], "gfortran"),
        ("bash: line 1: gfortran: command not found\n", 127, ["bash", "-c", "gfortran a.f"], "gfortran"),
    ],
)
def test_what_was_not_installed_is_nobodys_fault(stderr: str, exit_code: int, run: Any, what: str) -> None:
    verdict = judge(ran("", exit_code, stderr), run=run)
    assert verdict.status is Status.UNDECIDED
    assert verdict.reason.facts["what"] == what


def test_a_program_of_the_submission_that_was_not_built_is_its_own_fault() -> None:
    assert judge(ran("", 127, "sh: 1: ./hello: not found\n"), run=["sh", "-c", "./hello"]).status is Status.FAILED


def test_what_the_references_program_prints_is_expected() -> None:
    given = {"compare": "tokens", "expect": "train.py", "rtol": 0.01}
    assert judge(ran("loss 0.300"), ran("loss 0.301"), **given).status is Status.PASSED
    assert judge(ran("loss 0.3"), ran("loss 0.4"), **given).reason.facts["expected_value"] == "0.4"


def test_a_reference_whose_program_fails_decides_nothing() -> None:
    for right in (ran("7", 1), Capture(status=CaptureStatus.MISSING), Capture.of(Text(text="7"))):
        assert judge(ran("7"), right, expect="a.py").status is Status.UNDECIDED


def test_a_mistakes_literal_is_an_output() -> None:
    made = check(compare="regex", output=r"\d+")
    (mistake,) = made.literal("None")
    assert made.judge([ran("result: None")], [mistake]).status is Status.PASSED
    assert made.judge([ran("result: nil")], [mistake]).status is Status.FAILED


def test_the_reference_is_asked_the_same_with_its_own_program() -> None:
    made = check(run="python {file} 3", expect="solution.py", input="x", time="3 s")
    answer = Answer(files={"program": ("main.py", "*.py")})
    common: dict[str, Any] = {"command": ("python", "{file}", "3"), "input": "x", "seconds": 3.0}
    assert made.probes(answer) == (Program(names=("main.py", "*.py"), **common),)
    assert made.expected_probes(answer, ()) == (Program(names=("solution.py",), **common),)
    assert check().expected_probes(answer, ()) == ()


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"run": "python a.py | head"}, "needs a shell"),
        ({"run": "X=1 python a.py"}, "needs a shell"),
        ({"run": "python 'a.py"}, "No closing quotation"),
        ({"run": []}, "at least 1"),
        ({"of": ""}, "no `of` says"),
        ({"output": "7", "expect": "a.py"}, "either `output` or `expect`"),
        ({"exit_code": None}, "nothing is expected"),
        ({"compare": "regex"}, "needs the pattern"),
        ({"compare": "regex", "output": "("}, "no regular expression"),
    ],
)
def test_a_faulty_check_is_refused(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        check(**fields)
