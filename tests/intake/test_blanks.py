"""Blanks: how what is filled in is found in a text, and put into a program; nothing of it is run."""

from __future__ import annotations

import ast
import time

import pytest
from pydantic import ValidationError

from grader.checks import Rubric
from grader.intake.blanks import Filling, code_at_start, filled, fillings_in, with_blanks
from grader.model.rubric import Answer
from grader.model.submission import Cell, Part, Submission

MARKS = set("abcde")


def texts(text: str, is_code: bool = False) -> dict[str, str]:
    return {mark: filling.text for mark, filling in fillings_in(text, MARKS, is_code).items()}


@pytest.mark.parametrize(
    "text",
    [
        "(a) f(x) (b) model.train()",
        "- (a) `f(x)`, as it is said\n- (b): model.train() switches dropout on",
        "**(a)** f(x)\n\n**(b)** model.train()",
        "a) f(x)\nb) model.train()",
        "(a) = f(x)\n(b) -> model.train()",
        "(a) - f(x)\n(b) → model.train()",
        "(a) the loss: f(x)\n\nBlank (b): model.train()",
        "a. `f(x)`\nb. `model.train()`",
        "| blank | code |\n|---|---|\n| (a) | f(x) |\n| (b) | `model.train()` |",
        "```python\nf(x)  # (a)\n    model.train() #(b) the mode\n```",
        "~~~\nf(x) # a) \nmodel.train() # b)\n~~~",
        "The program:\n\n    f(x)  # (a)\n    model.train()  # (b)\n",
    ],
)
def test_a_blank_is_found_in_lists_tables_and_marked_lines(text: str) -> None:
    assert texts(text) == {"a": "f(x)", "b": "model.train()"}


def test_in_code_only_marked_lines_count() -> None:
    assert texts("(b) g(x)\ny = f( x )  # (a) as asked\n# (c)\n", is_code=True) == {"a": "y = f(x)"}


@pytest.mark.parametrize(
    "text",
    [
        "(a) the mean squared error",
        "(a)",
        "(a) ________",
        "```\nloss = ______ # (a)\n```",
        "(z) f(x)",
        "as (a) says, nothing",
        "see # (a)",
        "# (a)",
    ],
)
def test_words_open_blanks_and_other_marks_fill_nothing_in(text: str) -> None:
    assert texts(text) == {}


def test_a_blank_filled_in_twice_differently_is_left_out() -> None:
    assert texts("(a) f(x)\n\n```\nf( x ) # (a)\n```") == {"a": "f(x)"}
    assert texts("(a) f(x)\n\n```\ng(x) # (a)\n```\n(b) h(x)") == {"b": "h(x)"}


def test_code_between_backticks_that_is_no_python_is_kept_as_such() -> None:
    assert fillings_in("(a) `f(x`", MARKS) == {"a": Filling("a", "f(x", is_code=False)}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("optimizer.zero\\_grad().", "optimizer.zero_grad()"),
        ("f(x, -1), because it is so", "f(x, -1)"),
        ("f(x) is called first", "f(x)"),
        ("((a - b) ** 2).mean() + 0.1 * g(z)", "((a - b) ** 2).mean() + 0.1 * g(z)"),
        ("f(); g()", "f(); g()"),
        ("x = y.view(-1, 28 * 28)", "x = y.view(-1, 28 * 28)"),
        ("x.grad = None", "x.grad = None"),
        ("the gradients (all of them) are cleared", ""),
        ("gradients", ""),
        ("loss (MSE) of both", ""),
        ("pixels in (0, 1) are grey", ""),
    ],
)
def test_code_at_the_beginning_of_a_line_is_told_from_the_words_after_it(line: str, code: str) -> None:
    assert code_at_start(line.replace("\\_", "_")) == code


def test_a_long_text_costs_little_whatever_is_in_it() -> None:
    hostile = "\n".join(
        ["(a) " + "f( " * 300, "(a) " * 900, "(a) " + "((((" * 90, "x" * 900 + "# (a)", "(b) " + "a " * 400] * 100
    )
    began = time.process_time()
    assert texts(hostile) == {}
    assert time.process_time() - began < 2


PROGRAM = "def run(x):\n    y = __a__\n    for _ in range(2):\n        __b__\n    return y\n"


@pytest.mark.parametrize(
    ("a", "b", "wanted"),
    [
        ("x + 1", "f(x)", "def run(x):\n    y = (x + 1)\n    for _ in range(2):\n        f(x)\n    return y\n"),
        (
            "y = x + 1",
            "f(x)\ng(x)",
            "def run(x):\n    y = x + 1\n    for _ in range(2):\n        f(x)\n        g(x)\n    return y\n",
        ),
        ("x", "", "def run(x):\n    y = (x)\n    for _ in range(2):\n        pass\n    return y\n"),
    ],
)
def test_an_expression_or_a_whole_statement_takes_its_place(a: str, b: str, wanted: str) -> None:
    fillings = {mark: Filling(mark, text) for mark, text in (("a", a), ("b", b)) if text}
    assert filled(PROGRAM, fillings) == wanted


def test_a_program_whose_value_is_missing_is_not_made() -> None:
    assert filled(PROGRAM, {"b": Filling("b", "f(x)")}) is None
    assert filled(PROGRAM, {}) is None
    assert filled("import torch\n", {}) == "import torch\n"


def test_what_is_no_python_raises_where_it_would_run_and_nowhere_else() -> None:
    made = filled(PROGRAM, {"a": Filling("a", "x"), "b": Filling("b", "f(x'''\nreturn 1", is_code=False)})
    assert made is not None
    (function,) = ast.parse(made).body
    assert isinstance(function, ast.FunctionDef)
    (loop,) = [each for each in function.body if isinstance(each, ast.For)]
    assert isinstance(loop.body[0], ast.Raise)


RUBRIC = Rubric.model_validate(
    {
        "assignment": "one",
        "title": "One",
        "points": 1,
        "questions": [
            {
                "id": "1 (a)",
                "title": "Blanks",
                "points": 1,
                "answer": {"heading": "Problem 1", "functions": {"run": "run"}, "blanks": ["import math\n", PROGRAM]},
                "checks": [{"id": "run", "kind": "call", "of": "run", "points": 1, "edge": [[1.0]]}],
            }
        ],
    }
)


def submission(*parts: Part) -> Submission:
    return Submission(id="s", root="", digest="d", parts=parts)


def document(text: str) -> Part:
    return Part(path="report.md", kind="document", cells=(Cell(index=0, kind="markdown", source=text),))


def test_a_report_gets_a_part_of_the_programs_with_its_blanks() -> None:
    given = submission(document("# Problem 1\n\n(a) x + f(1) (b) g(x)\n\n# Problem 2\n\n(a) h(x)"))
    found = with_blanks(given, RUBRIC)
    own, made = found.parts
    assert own == given.parts[0]
    assert (made.path, made.kind, made.made_of) == ("blanks-1-a-", "notebook", "report.md")
    assert [cell.kind for cell in made.cells] == ["markdown", "code", "markdown", "code"]
    assert "y = (x + f(1))" in made.cells[3].source
    assert made.cells[2].source == "(a) `x + f(1)`  \n(b) `g(x)`"
    assert found.digest != given.digest


def test_code_cells_under_the_heading_and_modules_count_too() -> None:
    cells = (
        Cell(index=0, kind="code", source="z = other(z)  # (a)"),
        Cell(index=1, kind="markdown", source="# Problem 1"),
        Cell(index=2, kind="code", source="y = f(x)  # (a)\ng(x)  # (b)"),
    )
    for part in (
        Part(path="one.ipynb", kind="notebook", cells=cells),
        Part(path="one.py", kind="module", cells=(cells[2],)),
    ):
        made = with_blanks(submission(part), RUBRIC).parts[-1]
        assert made.made_of == part.path
        assert made.cells[2].source == "(a) `y = f(x)`  \n(b) `g(x)`"


def test_a_list_without_markdown_keeps_its_letters_and_what_comes_after_it() -> None:
    text = "Problem 1\n\n(a) f(x) is said\n(b) g(x)\n\nB. These are only words.\n\nProblem 2\n\n(a) h(x)\n"
    part = Part(path="report.txt", kind="document", cells=(Cell(index=0, kind="markdown", source=text),))
    made = with_blanks(submission(part), RUBRIC).parts[-1]
    assert made.cells[2].source == "(a) `f(x)`  \n(b) `g(x)`"


def test_a_submission_without_fillings_stays_as_it_is() -> None:
    for part in (document("# Problem 1\n\n(a) ______"), document("# Problem 2\n\n(a) f(x)"), document("")):
        assert with_blanks(submission(part), RUBRIC) == submission(part)


@pytest.mark.parametrize(
    ("program", "fault"),
    [("def f(:\n", "no Python: line 1"), ("f(__a__, __b__)\n", "one blank at most"), ("f()\n", "no program has a place")],
)
def test_a_rubrics_programs_must_be_python_with_places(program: str, fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        Answer(blanks=(program,))
