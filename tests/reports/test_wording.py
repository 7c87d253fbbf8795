"""Reasons as sentences: every code has one, none fails on odd facts, none speaks of our classes."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.model.evidence import Place
from grader.model.rubric import Visibility
from grader.model.verdict import Reason, blocked, failed
from grader.reports import Audience, headline, result_json, sentence
from grader.reports.phrases import where, written
from grader.reports.view import view
from grader.reports.wording import WORDS
from tests.reports.builder import check, question, report

ROOT = Path(__file__).parent.parent.parent
REASONS = ROOT / "docs" / "reasons.md"
GRADER = ROOT / "grader"
OURS = re.compile(r"Verdict|Capture|Evidence|Mismatch|Opaque|CheckReport|Reason\(|Scalar|BOX_FAILED|_[a-z]+_|\bNone\b|\{|\}")


def documented() -> list[str]:
    """The codes that docs/reasons.md lists: the first code of every row or item."""
    text = REASONS.read_text(encoding="utf-8")
    return sorted(set(re.findall(r"^(?:\|\s*|[-*]\s+|#+\s+)`([a-z_]+)`", text, re.MULTILINE)))


def written_in_code() -> set[str]:
    """The codes that checks and the judging write as literals: `failed("shape", ...)`, `Reason(code="layout")`."""
    found: set[str] = set()
    for package in ("checks", "grading"):
        for file in sorted((GRADER / package).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    found |= set(codes_in(node))
    return found


def codes_in(call: ast.Call) -> list[str]:
    name = getattr(call.func, "id", "")
    if name == "Reason":
        given = [keyword.value for keyword in call.keywords if keyword.arg == "code"]
    else:
        at = {"failed": 0, "undecided": 0, "passed": 0, "blocked": 0, "graded": 1}.get(name)
        given = call.args[at : at + 1] if at is not None else []
    constants = [node.value for value in given for node in literals(value) if isinstance(node.value, str)]
    return [code for code in constants if code]


def literals(value: ast.expr) -> list[ast.Constant]:
    """The literals a code may be: itself, or the branches of ``a if ... else b``."""
    if isinstance(value, ast.IfExp):
        return [*literals(value.body), *literals(value.orelse)]
    return [value] if isinstance(value, ast.Constant) else []


def test_every_documented_code_has_a_sentence() -> None:
    assert len(documented()) > 40
    assert not [code for code in documented() if code not in WORDS]


def test_every_sentence_is_for_a_documented_code() -> None:
    assert not [code for code in WORDS if code not in documented()]


def test_every_code_that_checks_write_has_a_sentence() -> None:
    assert len(written_in_code()) > 40
    assert not sorted(written_in_code() - set(WORDS))


def test_no_sentence_is_left_over_for_a_code_that_nobody_writes() -> None:
    text = "".join(f.read_text(encoding="utf-8") for package in ("checks", "grading") for f in (GRADER / package).rglob("*.py"))
    assert not [code for code in WORDS if f'"{code}"' not in text]


@pytest.mark.parametrize("code", sorted(WORDS))
def test_a_sentence_without_facts_is_still_one(code: str) -> None:
    text = sentence(Reason(code=code))
    assert text.endswith(".") or code in ("mistake", "also_right")
    assert text[0].isupper() or text[0] == "`"
    assert not OURS.search(text)
    assert "  " not in text
    assert headline(Reason(code=code))


KEYS = [
    "seen",
    "expected",
    "expected_value",
    "index",
    "share",
    "worst",
    "line",
    "kind",
    "message",
    "type",
    "seen_type",
    "case",
    "cases",
    "inputs",
    "because",
    "layer",
    "setting",
    "names",
    "uses",
    "says",
    "looked_for",
    "nearest",
    "item",
    "slip",
    "row",
    "column",
    "aspects",
    "wrong_rows",
    "keys",
    "key",
    "options",
    "found",
    "read",
    "offset",
    "cause",
    "fault",
    "what",
    "detail",
    "excerpt",
    "check",
    "from",
    "requirement",
    "requirements",
    "figures",
    "cell",
    "variable",
    "realised",
    "weights",
    "arguments",
    "needed",
]
odd = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from([*sorted(WORDS), "no_such_code"]), st.dictionaries(st.sampled_from(KEYS), odd, max_size=8))
@settings(max_examples=150, derandomize=True, deadline=None, database=None)
def test_no_facts_make_a_sentence_fail_or_run_on(code: str, facts: dict[str, object]) -> None:
    text = sentence(Reason(code=code, facts=facts), "`x`")
    assert 0 < len(text) < 5000
    assert "\n" not in text


def test_an_unknown_code_says_so_and_shows_none_of_its_facts() -> None:
    text = sentence(Reason(code="brand_new", facts={"expected": 42}))
    assert "`brand_new`" in text
    assert "42" not in text
    assert headline(Reason(code="brand_new")) == "brand new"


@pytest.mark.parametrize(
    ("reason", "subject", "words"),
    [
        (
            Reason(code="shape", facts={"seen": [3, 2], "expected": [2, 3]}),
            "`dW1`",
            "`dW1` has shape `(3, 2)`, where shape `(2, 3)` is expected.",
        ),
        (
            Reason(code="shape", facts={"seen": [], "expected": [2]}),
            "`L`",
            "`L` has no axes (a single number), where shape `(2,)`",
        ),
        (Reason(code="shape", facts={"seen": [3, 2]}), "`dW1`", "`dW1` has shape `(3, 2)`. Check"),
        (
            Reason(code="values", facts={"seen": -13.0, "expected_value": 13.0, "share": 0.4, "index": [0, 1], "worst": 30.0}),
            "`dW1`",
            "`dW1` has `-13` at index `[0, 1]`, where `13` is expected. 40 % of the entries differ, by up to about `30`.",
        ),
        (Reason(code="values", facts={"seen": 2.0, "expected_value": 0}), "`L`", "`L` is `2`, where `0` is expected."),
        (
            Reason(code="values", facts={"seen": True, "expected_value": False}),
            "`a`",
            "`a` is `True`, where `False` is expected.",
        ),
        (
            Reason(
                code="raised",
                facts={
                    "kind": "KeyError",
                    "message": "'w'",
                    "line": {"file": "a.ipynb", "line": 2, "function": "f", "code": "p['w']", "cell": 4},
                },
            ),
            "`f`",
            "Your code raised `KeyError: 'w'` at line 2 of cell 5, in `f`: `p['w']`. Start with that line.",
        ),
        (
            Reason(
                code="wrong_result",
                facts={
                    "because": "values",
                    "seen": 1.0,
                    "expected_value": 2.0,
                    "case": 2,
                    "cases": 5,
                    "wrong": 3,
                    "inputs": {"0": [1, 2]},
                },
            ),
            "`f`",
            "3 of 5 cases wrong. In case 2 of 5, called with `[1, 2]`, the result is `1`, where `2` is expected.",
        ),
        (
            Reason(code="missing", facts={"looked_for": ["dW1", "dw1"], "nearest": ["DW_1"]}),
            "your answer",
            "Looked for `dW1` or `dw1`, found nothing of that name; nearest: `DW_1`.",
        ),
        (
            Reason(code="missing", facts={"looked_for": ["dW1"], "why": "hw.ipynb is in r"}),
            "your answer",
            "Looked for `dW1`, found nothing (hw.ipynb is in r).",
        ),
        (
            Reason(code="layer_setting", facts={"layer": "conv2", "setting": "padding", "seen": 1, "expected": 2}),
            "`net`",
            "`conv2`: padding is `1`, where `2` is expected.",
        ),
        (
            Reason(
                code="environment",
                facts={"cause": "no_library", "what": "cv2", "kind": "ModuleNotFoundError", "message": "no cv2"},
            ),
            "`x`",
            "Your code could not run because `cv2` is not installed where your work is graded (`ModuleNotFoundError: no cv2`).",
        ),
        (
            Reason(code="environment", facts={"cause": "removed_alias", "what": "numpy.float"}),
            "`x`",
            "Your code could not run because `numpy.float` was removed from newer versions where your work is graded.",
        ),
        (
            Reason(code="figure_requirement", facts={"requirement": "histograms", "seen": 0, "expected": "at least 5"}),
            "`fig`",
            "The number of histograms is `0`, where at least 5 is expected.",
        ),
        (
            Reason(code="wrong_type", facts={"seen_type": "NoneType", "expected_type": "number"}),
            "`L`",
            "`L` is of type `NoneType` (expected: number).",
        ),
        (
            Reason(code="words_missing", facts={"found": ["it is slow"], "expected": ["it diverges."]}),
            "`x`",
            "Your answer does not say all that was looked for: it diverges. It does say: it is slow.",
        ),
        (Reason(code="needs", facts={"check": "3.2/loss"}), "`x`", "Not looked at, because it builds on “3.2/loss”"),
        (Reason(code="mistake", facts={"says": "The mask is missing."}), "`x`", "A known mistake: The mask is missing."),
        (
            Reason(
                code="forbidden",
                facts={"names": ["numpy.linalg"], "uses": [{"pattern": "p", "part": "a.py", "line": 3}], "says": ""},
            ),
            "`x`",
            "Your code uses `numpy.linalg` (line 3 of a.py), which this task does not allow.",
        ),
        (
            Reason(code="wrong_rows", facts={"part": "outputs", "wrong_rows": [[0, 1]]}),
            "`y`",
            "the rows for the inputs `(0, 1)` do not",
        ),
    ],
)
def test_a_reason_reads_so(reason: Reason, subject: str, words: str) -> None:
    assert words in sentence(reason, subject)


def test_a_share_is_never_rounded_to_nothing_or_to_all() -> None:
    def text(share: float) -> str:
        return sentence(Reason(code="values", facts={"seen": 1.0, "index": [0], "share": share}))

    assert "Less than 1 % of" in text(0.001)
    assert "More than 99 % of" in text(0.999)
    assert "100 % of" in text(1.0)


def test_places_count_cells_from_one() -> None:
    assert where(Place(part="a.ipynb", cell=0, heading="Problem 1", name="w")) == "cell 1 of a.ipynb, under “Problem 1”, as `w`"
    assert where(Place()) == ""


def test_long_values_are_cut() -> None:
    assert written(list(range(100))).endswith(", …]")
    assert len(sentence(Reason(code="raised", facts={"kind": "E", "message": "x" * 10_000}))) < 500
    assert written(10**5000) == "a huge number"


def test_a_check_that_another_one_builds_on_is_called_by_its_title_unless_it_is_hidden() -> None:
    def text(visibility: Visibility) -> str:
        first = check("secret_id", "array", 1, failed("shape"), title="The loss", visibility=visibility)
        second = check("b", "array", 1, blocked("needs", check="1/secret_id"))
        whole = report("s", [question("1", "One", 2, [first, second])])
        assert ("secret_id" in result_json(whole)) is (visibility is Visibility.VISIBLE)
        return view(whole, Audience.STUDENT).questions[0].checks[1].sentence

    assert "it builds on “1 The loss”" in text(Visibility.VISIBLE)
    assert "it builds on “1, a check that is not shown”" in text(Visibility.HIDDEN)
