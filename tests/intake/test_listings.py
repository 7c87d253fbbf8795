"""Code found in the text of a report: listings as people paste them, and as a PDF leaves them."""

from __future__ import annotations

import ast
import time
from typing import Any

import pytest

from grader.intake.excerpts import cells_of, elsewhere_in
from grader.intake.listings import listings, runnable
from grader.model.rubric import ReportCode

CLASS = "class Twice:\n    def __call__(self, x):\n        return 2 * x\n"


def fenced(code: str, info: str = "") -> str:
    return f"```{info}\n{code}\n```\n"


def texts(section: str, whole: str = "", wanted: tuple[str, ...] = (), before: str = "") -> list[str]:
    return [source.text for source in cells_of(section, elsewhere_in(whole or section), wanted, ReportCode(before=before))]


@pytest.mark.parametrize(
    "listing",
    [
        "a = 1\nb = a + 1",
        "    a = 1\n    b = a + 1",
        "# two numbers\n    a = 1\n    b = a + 1",
        "[12]: a = 1\n      b = a + 1",
        "In [3]: a = 1\nb = a + 1",
        ">>> a = 1\n>>> b = a + 1\n>>> b\n2",
        "%matplotlib inline\na = 1\nb = a + 1",
        "a = 1\nb = a +\n  ↪1",
        "a = 1\nb = a \\\n + 1",
    ],
)
def test_a_listing_is_read_without_prompts_margins_and_broken_lines(listing: str) -> None:
    (code,) = runnable(listing)
    assigned = [ast.unparse(node) for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Assign)]
    assert assigned == ["a = 1", "b = a + 1"]


def test_of_a_listing_with_output_in_it_the_functions_and_classes_are_taken() -> None:
    (code,) = runnable(f"[4]: # a model\n{CLASS}Using the processor\n[5]: x = 3 apples")
    assert code == CLASS.rstrip()


def test_a_function_with_a_part_left_out_says_so_when_it_is_called() -> None:
    (code,) = runnable("class A:\n    ...\n    def f(self):\n        ...\n        return 1\n    def g(self):\n        return 2\n")
    assert code.count("raise NameError") == 1
    assert "return 1" not in code
    assert "return 2" in code


def test_what_is_no_code_is_none() -> None:
    assert runnable("Accuracy: 71.5 %, done in 3 s") == ()


def test_a_listing_that_a_page_cuts_in_two_is_one() -> None:
    head, _, body = CLASS.partition("\n")
    assert list(listings(fenced(head) + "\n \n" + fenced(body))) == [f"{head}\n{body}"]


def test_fences_in_other_languages_are_no_listings() -> None:
    text = fenced("a = 1", "python") + "and\n" + fenced("ls", "bash") + "and\n" + fenced("b = 2", "{.python .numberLines}")
    assert [code.strip() for code in listings(text)] == ["a = 1", "b = 2"]


def test_what_a_listing_takes_from_elsewhere_in_the_report_comes_before_it() -> None:
    section = fenced("y = Twice()(half(four))")
    whole = (
        section + "# Appendix\n" + fenced("import numpy as np\n" + CLASS) + fenced("def half(x):\n    return np.asarray(x) / 2\n")
    )
    assert texts(section, whole) == [
        "import numpy as np",
        ast.unparse(ast.parse(CLASS)),
        "def half(x):\n    return np.asarray(x) / 2",
        "y = Twice()(half(four))",
    ]


def test_the_usual_imports_are_taken_for_granted() -> None:
    assert texts(fenced("x = torch.ones(2)\ny = optim.SGD([x])"))[:2] == ["import torch.optim as optim", "import torch as torch"]


def test_what_is_defined_elsewhere_in_two_ways_is_taken_from_nowhere() -> None:
    section = fenced("y = f(1)")
    whole = section + fenced("def f(x):\n    return x") + "or\n" + fenced("def f(x):\n    return -x")
    assert texts(section, whole) == ["y = f(1)"]


def test_a_class_that_is_looked_for_may_stand_anywhere_and_without_a_fence() -> None:
    assert texts("See the appendix.", f"# Appendix\n\nThe code:\n\n{CLASS}\nand its output.", ("Twice",)) == [
        ast.unparse(ast.parse(CLASS))
    ]


def test_a_class_that_a_page_cuts_off_without_indentation_is_not_taken() -> None:
    cut = fenced(CLASS.replace("return", "x = x + 1\n        return").rpartition("        return")[0]) + fenced("return 2 * x\n")
    assert texts("See below.", cut, ("Twice",)) == []
    whole = fenced(CLASS) + fenced("def other(x):\n    return x\n")
    assert len(texts("See below.", whole, ("Twice",))) == 1


def test_methods_are_not_taken_by_themselves() -> None:
    assert texts("x", fenced("class A:\nbroken:\n    def forward(self, x):\n        return x"), ("forward",)) == []


def test_what_the_assignment_hands_out_comes_first_and_counts_before_an_excerpt_of_it() -> None:
    section = fenced("y = Base()")
    whole = section + fenced("class Base:\n    ...\n")
    sources = cells_of(section, elsewhere_in(whole), (), ReportCode(before="class Base:\n    size = 1\n"))
    assert [(source.text, source.is_shown) for source in sources] == [
        ("class Base:\n    size = 1\n", False),
        ("y = Base()", True),
    ]


def test_a_class_comes_after_the_one_that_it_is_built_on() -> None:
    section = fenced("x = A()\ny = B()")
    whole = section + "# Appendix\n" + fenced("class A(B):\n    pass\n") + "and\n" + fenced("class B:\n    pass\n")
    assert texts(section, whole) == ["class B:\n    pass", "class A(B):\n    pass", "x = A()\ny = B()"]


HOSTILE = {
    "spaces": f"```\n{' ' * 200_000}\n```",
    "heads without bodies": "def f():\n" * 20_000,
    "fences": "```\n" * 50_000,
    "tiny listings": "```\nx\n" * 30_000,
    "brackets": f"```\n{'(' * 100_000}\n```",
    "signs": f"```\nx = {'-' * 100_000}1\n```",
    "a chain of names": f"```\nx = {'a.' * 60_000}b\n```",
    "a chain of functions": "".join(f"def f{n}():\n  return f{n + 1}()\n" for n in range(6_000)),
    "prompts": "[ ]: " * 40_000,
    "imports": "import a\n" * 20_000,
    "broken lines": "a ␣ \n" * 40_000,
    "lines that go on": "```\nx\n" + "↪ a\n" * 50_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_whatever_a_report_holds_takes_little_time(text: str) -> None:
    begin = time.process_time()
    assert len(texts(text, text, ("f", "f0"))) <= 1_000
    assert time.process_time() - begin < 5


def test_a_section_without_code_has_no_cells_whatever_is_handed_out() -> None:
    assert texts("No code.", "No code.", ("Twice",), "import torch") == []


METHODS = """```
def __init__(self, size):
    self.size = size
```
and
```
def doubled(self):
    return self.size +
        self.size
```
"""


def test_methods_without_their_class_are_put_into_the_one_that_the_rubric_names() -> None:
    (source,) = cells_of(METHODS, elsewhere_in(METHODS), (), ReportCode(methods_of="Box(object)"))
    space: dict[str, Any] = {}
    exec(source.text, space)
    assert space["Box"](3).doubled() == 6


def test_a_class_that_is_shown_keeps_its_own_methods() -> None:
    text = f"```\nclass Box:\n    pass\n```\n{METHODS}"
    shown = [source.text for source in cells_of(text, elsewhere_in(text), (), ReportCode(methods_of="Box"))]
    assert shown == [source.text for source in cells_of(text, elsewhere_in(text), (), ReportCode())]
