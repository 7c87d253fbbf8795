"""Kind `derivation`: the final formula, the steps, known mistakes, conventions, and what is not understood."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from pydantic import ValidationError

from grader.checks.derivation import DerivationCheck
from grader.model.evidence import Capture, CaptureStatus
from grader.model.probe import Look, Read
from grader.model.rubric import Answer
from grader.model.values import Opaque, Section, Text
from grader.model.verdict import Status, Verdict

TRUTH = r"-x_1 (t - x_3)^T W_2 \operatorname{diag}(x_2 \odot (1 - x_2))"
TURNED = r"-\left(W_2^T (t - x_3) \odot x_2 \odot (1 - x_2)\right) x_1^T"
INNER = r"-(t - x_3)^T W_2 \operatorname{diag}(x_2 \odot (1 - x_2))"
HEAD = r"\frac{\partial L}{\partial W_1}"


def check(**fields: Any) -> DerivationCheck:
    given = {
        "id": "dW1",
        "points": 1,
        "environment": "mlp_sigmoid",
        "layouts": ["numerator", "denominator"],
        "quantity": HEAD,
        "reference": TRUTH,
        "mistakes": [{"id": "minus", "formula": TRUTH[1:], "credit": "1/2", "says": "The sign is wrong."}],
    }
    return DerivationCheck.model_validate({**given, **fields})


def judged(text: str, **fields: Any) -> Verdict:
    value = Section(part="hw.md", heading="1", text=text)
    return check(**fields).judge((Capture.of(value),), ())


CASES = {
    "right": (f"So $${HEAD} = {TRUTH}$$", "passed", "formula_right"),
    "right in the other layout": (f"So $${HEAD} = {TURNED}$$", "passed", "formula_right"),
    "right as a gradient": (rf"$$\nabla_{{W_1}} L = {TURNED}$$", "passed", "formula_right"),
    "right by own names": (
        rf"With $\delta = (x_3 - t) $ and $a = W_2^T \delta \odot x_2 \odot (1 - x_2)$: $${HEAD} = a x_1^T$$",
        "passed",
        "formula_right",
    ),
    "right by numbered names": (
        rf"With $\delta_2 = x_3 - t$, $\delta_1 = W_2^T \delta_2 \odot x_2 \odot (1 - x_2)$: $${HEAD} = \delta_1 x_1^T$$",
        "passed",
        "formula_right",
    ),
    "the last statement counts": (f"$${HEAD} = x_1$$ Better: $${HEAD} = {TRUTH}$$", "passed", "formula_right"),
    "a later wrong one counts": (f"$${HEAD} = {TRUTH}$$ Better: $${HEAD} = x_1 (t - x_3)^T W_2$$", "failed", "formula_wrong"),
    "a known mistake": (f"$${HEAD} = {TRUTH[1:]}$$", "partial", "mistake"),
    "a known mistake in the other layout": (f"$${HEAD} = {TURNED[1:]}$$", "partial", "mistake"),
    "wrong": (f"$${HEAD} = -x_1 (t - x_3)^T W_2$$", "failed", "formula_wrong"),
    "wrong shape": (f"$${HEAD} = (t - x_3)^T$$", "failed", "formula_wrong"),
    "no value": (f"$${HEAD} = x_1 (t - x_3)$$", "failed", "formula_wrong"),
    "a tautology": (f"$${HEAD} = {HEAD}$$", "failed", "formula_symbols"),
    "a tautology by an own name": (f"Let $A = {HEAD}$. $${HEAD} = A$$", "failed", "formula_symbols"),
    "a tautology after the answer": (f"$${HEAD} = {TRUTH}$$ $${HEAD} = {HEAD}$$", "passed", "formula_right"),
    "not read": (rf"$${HEAD} = \foo x_1$$", "undecided", "formula_unread"),
    "an unknown name": (f"$${HEAD} = Q x_1$$", "undecided", "formula_open"),
    "wrong, but a part after it is not read": (rf"$${HEAD} = x_1 (t - x_3)^T W_2$$ $$\foo = 1$$", "undecided", "formula_unread"),
    "other quantities only": (r"$$\frac{\partial L}{\partial b_2} = -(t - x_3)^T$$", "undecided", "formula_absent"),
    "right, and then in another layout": (f"$${HEAD} = {TRUTH}$$ $${HEAD} = {TURNED}$$", "passed", "formula_right"),
    "right by a gradient that is given": (
        rf"$${HEAD} = x_1 \frac{{\partial L}}{{\partial z}}$$ with $\frac{{\partial L}}{{\partial z}} = {INNER}$",
        "passed",
        "formula_right",
    ),
    "right by a gradient on the way": (
        rf"$$d = \frac{{\partial L}}{{\partial z}} = {INNER}$$ $${HEAD} = x_1 d$$",
        "passed",
        "formula_right",
    ),
    "by a gradient that is not given": (rf"$${HEAD} = x_1 \frac{{\partial L}}{{\partial z}}$$", "failed", "formula_symbols"),
    "by a gradient that is given wrong": (
        rf"$${HEAD} = x_1 \frac{{\partial L}}{{\partial z}}$$ with $\frac{{\partial L}}{{\partial z}} = {INNER[1:]}$",
        "failed",
        "formula_symbols",
    ),
    "by gradients that are given by one another": (
        rf"$${HEAD} = x_1 \frac{{\partial L}}{{\partial z}}$$"
        r" with $\frac{\partial L}{\partial z} = \frac{\partial L}{\partial b_1}$"
        rf" and $\frac{{\partial L}}{{\partial b_1}} = \frac{{\partial L}}{{\partial z}}$",
        "failed",
        "formula_symbols",
    ),
    "right without marks": ("dL/dW1 = -(W2ᵀ (t − x3) ⊙ x2 ⊙ (1 − x2)) x1ᵀ", "passed", "formula_right"),
    "right in code": ("```python\nd = W2.T @ (x3 - t) * x2 * (1 - x2)\ndL_dW1 = d @ x1.T\n```", "passed", "formula_right"),
    "wrong in code": ("```python\nd = W2.T @ (t - x3) * x2 * (1 - x2)\ndL_dW1 = d @ x1.T\n```", "partial", "mistake"),
    "code after a marked answer": (f"$${HEAD} = {TRUTH}$$\n```\ndW1 = W1\n```", "passed", "formula_right"),
    "right with nothing else": ("(W_2.T @ (x_3 - t) * x_2 * (1 - x_2)) @ x_1.T", "passed", "formula_right"),
    "right under a name with a bar": (rf"$\bar W_1 = {TURNED}$", "passed", "formula_right"),
    "wrong under a name with a bar": (rf"$\bar W_1 = {TURNED[1:]}$", "undecided", "formula_absent"),
    "words only": ("I let autograd do it.", "failed", "no_formula"),
    "nothing": ("Your answer here", "failed", "empty"),
}


@pytest.mark.parametrize("case", CASES)
def test_the_final_formula_decides(case: str) -> None:
    text, status, code = CASES[case]
    verdict = judged(text)
    assert (verdict.status.value, verdict.reason.code) == (status, code)


def test_each_step_is_a_part_with_the_formula_as_it_was_read() -> None:
    verdict = judged(rf"$$\begin{{aligned}} {HEAD} &= x_1 \frac{{\partial L}}{{\partial b_1}} \\ &= {TRUTH} \end{{aligned}}$$")
    assert [part.facts["outcome"] for part in verdict.parts] == ["right", "right"]
    assert verdict.parts[0].facts["right"]["text"] == "x_1 · (∂L/∂b_1)"
    assert r"\frac{\partial L}{\partial b_{1}}" in verdict.parts[1].facts["left"]["latex"]


def test_a_wrong_step_has_its_counterexample_and_its_repair() -> None:
    (step,) = judged(f"$${HEAD} = {TRUTH[1:]}$$").parts
    assert step.facts["outcome"] == "wrong_here"
    assert step.facts["repair"]["code"] == "sign"
    example = step.facts["example"]
    assert example["seen"] != example["expected"]
    assert example["values"]["x_1"]


def test_weights_share_the_credit_between_the_formula_and_the_steps() -> None:
    text = rf"$$\frac{{\partial L}}{{\partial b_2}} = (t - x_3)^T$$ $${HEAD} = {TRUTH}$$"
    verdict = judged(text, weights={"final": "3/4", "steps": "1/4"})
    assert verdict.credit == Fraction(7, 8)
    assert verdict.reason.code == "derivation_steps"
    assert judged(text).credit == 1


def test_an_error_that_is_carried_on_is_counted_once() -> None:
    wrong = TRUTH[1:]
    text = rf"$$\begin{{aligned}} {HEAD} &= {wrong} \\ &= {wrong} \\ &= 1 \cdot {wrong} \end{{aligned}}$$"
    verdict = judged(text, weights={"final": 0, "steps": 1}, mistakes=[])
    assert [part.facts["outcome"] for part in verdict.parts] == ["wrong_here", "carried", "carried"]
    assert verdict.credit == Fraction(2, 3)


def test_a_wrong_text_in_the_other_layout_is_explained_in_that_layout() -> None:
    (step,) = judged(f"$${HEAD} = {TURNED[1:]}$$").parts
    assert [reason["code"] for reason in step.facts["reasons"]] == ["value"]


def test_a_known_mistake_shows_the_formula_as_it_was_read() -> None:
    (note,) = judged(f"$${HEAD} = {TRUTH[1:]}$$").notes
    assert note.code == "formula_read"
    assert note.facts["formula"]["text"].startswith("x_1 · (t - x_3)ᵀ · W_2")


def test_a_formula_without_steps_earns_nothing_for_the_steps() -> None:
    bare = Capture.of(Text(text=TRUTH))
    verdict = check(weights={"final": "3/4", "steps": "1/4"}).judge((bare,), ())
    assert verdict.credit == Fraction(3, 4)


def test_what_is_not_read_is_a_note_with_a_caret_where_the_answer_is_right() -> None:
    verdict = judged(rf"$$\foo = 1$$ $${HEAD} = {TRUTH}$$")
    assert verdict.status is Status.PASSED
    (note,) = [note for note in verdict.notes if note.code == "formula_unread"]
    assert note.facts["caret"].splitlines()[1].strip() == "^^^^"


def test_right_given_an_own_wrong_formula_is_follow_through() -> None:
    text = rf"$$\frac{{\partial L}}{{\partial x_2}} = 2 (t - x_3)^T W_2$$ $${HEAD} = 2 {TRUTH[1:]}$$"
    own = {"quantities": [r"\frac{\partial L}{\partial x_2}"], "credit": "3/4"}
    verdict = judged(text, own=own)
    assert (verdict.credit, verdict.reason.code) == (Fraction(3, 4), "formula_own")
    assert judged(text).credit == 0


def test_only_the_accepted_layouts_are_right() -> None:
    verdict = judged(f"$${HEAD} = {TURNED}$$", layouts=["numerator"])
    assert (verdict.status, verdict.reason.code) == (Status.FAILED, "formula_layout")


def test_a_right_formula_before_one_in_a_layout_that_is_not_asked_for_waits_for_a_person() -> None:
    verdict = judged(f"$${HEAD} = {TRUTH}$$ $${HEAD} = {TURNED}$$", layouts=["numerator"])
    assert (verdict.status, verdict.reason.code) == (Status.UNDECIDED, "formula_layout")


def test_a_formula_for_some_entries_only_is_no_whole_answer() -> None:
    asked = {"environment": "softmax_jacobian", "layouts": [], "mistakes": []}
    asked |= {"quantity": r"\frac{\partial p}{\partial z}", "reference": r"\operatorname{diag}(p) - p p^T"}
    on = r"$$\frac{\partial p_i}{\partial z_j} = p_i (1 - p_i) \quad \text{if } i = j$$"
    off = r"$$\frac{\partial p_i}{\partial z_j} = -p_i p_j \quad \text{if } i \neq j$$"
    assert judged(on, **asked).status is Status.UNDECIDED
    assert judged(on + off, **asked).status is Status.PASSED
    assert judged(on + off.replace("-p_i", "p_i"), **asked).status is Status.FAILED


def test_a_derivative_in_other_words_states_the_quantity_by_its_value() -> None:
    unit = {"leaves": {"z": []}, "defs": {"y": "sigma(z)"}, "functions": {"sigma": "sigmoid"}, "allowed_in_final": ["y", "z"]}
    asked = {"environment": unit, "layouts": [], "mistakes": [], "quantity": r"\frac{dy}{dz}", "reference": "y (1 - y)"}
    assert judged(r"$$\sigma'(z) = \sigma(z) (1 - \sigma(z))$$", **asked).status is Status.PASSED
    assert judged(r"$$\sigma'(z) = \sigma(z) (1 + \sigma(z))$$", **asked).status is Status.FAILED
    assert judged(r"$$\sigma'(z) = \sigma'(z)$$", **asked).status is Status.UNDECIDED


def test_a_string_in_numpy_style_is_read_as_well() -> None:
    text = "dW1 = -(W_2.T @ (t - x_3) * x_2 * (1 - x_2)) @ x_1.T"
    aliases = {"aliases": {"dW1": "grad W_1"}}
    assert check(conventions=aliases).judge((Capture.of(Text(text=text)),), ()).status is Status.PASSED


def test_a_value_that_is_no_text_is_of_the_wrong_type() -> None:
    assert check().judge((Capture.of(Opaque(python="Foo", why="no")),), ()).reason.code == "not_carried"


def test_a_missing_section_is_failed_and_a_broken_box_is_not() -> None:
    missing = Capture(status=CaptureStatus.MISSING, looked_for=("Problem 1",))
    broken = Capture(status=CaptureStatus.BOX_FAILED, detail="gone")
    assert check().judge((missing,), ()).reason.code == "missing"
    assert check().judge((broken,), ()).status is Status.UNDECIDED


def test_it_looks_at_the_string_and_under_the_heading() -> None:
    answer = Answer.model_validate({"heading": "Problem 1", "variables": {"f": "f_1"}})
    assert check(of="f").probes(answer) == (Look(names=("f_1",)), Read(headings=("Problem 1",)))
    assert check().probes(answer) == (Read(headings=("Problem 1",)),)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"environment": "mlp_sigmiod"}, "no environment 'mlp_sigmiod'"),
        ({"quantity": r"\foo"}, r"\\foo"),
        ({"conventions": {"layout": "upside"}, "layouts": []}, "denominator"),
        ({"weights": {"final": "1/2", "steps": "1/4"}}, "add up to 3/4"),
        ({"mistakes": [{"id": "a", "value": 3, "says": "x"}]}, "formula"),
        (
            {"mistakes": [{"id": "a", "formula": "t", "says": "x"}, {"id": "a", "formula": "b_2", "says": "x"}]},
            "an `id` of its own",
        ),
    ],
)
def test_a_faulty_check_says_what_is_wrong(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        check(**fields)


def test_an_environment_may_be_declared_in_place() -> None:
    environment = {"dims": {"n": 3}, "leaves": {"a": ["n", 1], "b": ["n", 1]}, "loss": "(a - b).T @ (a - b)"}
    fields: dict[str, Any] = {"environment": environment, "quantity": r"\nabla a", "reference": "2 (a - b)"}
    assert judged(r"$$\nabla a = 2 a - 2 b$$", **fields, mistakes=[], layouts=[]).status is Status.PASSED
    assert judged(r"$$\nabla a = a - b$$", **fields, mistakes=[], layouts=[]).status is Status.FAILED
