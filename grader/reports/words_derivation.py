"""Words for formulas and derivations: the final formula, and every step of the way to it."""

from __future__ import annotations

from grader.reports.causes import clause, example, repair
from grader.reports.phrases import Facts
from grader.reports.text import counted
from grader.reports.words import Words

OUTCOMES = {
    "right": "right",
    "right_other_layout": "right in the other layout",
    "notation_abused": "right, but the notation is abused",
    "wrong_here": "wrong here",
    "carried": "carried on from an earlier error",
    "slip_not_carried": "right again: the slip before is not carried on",
    "definition": "definition",
    "not_checkable": "not checkable",
}
"""The verdict on a step in words."""


def read_formula(facts: Facts) -> str:
    """`` , read as `…`, ``: the formula as it was read."""
    text = facts.inner("formula").code("text")
    return f", read as {text}," if text else ""


def quantity(facts: Facts) -> str:
    """The name of what is asked."""
    return facts.code("quantity", "what is asked")


def joined(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)


def formula_right(facts: Facts) -> str:
    points = facts.count("points")
    how = "proved" if facts.text("how") == "proved" else f"holds at {counted(points, 'random point')}" if points else ""
    return f"Right: your formula{read_formula(facts)} is equal to the true one{f' ({how})' if how else ''}."


def formula_wrong(facts: Facts) -> str:
    cause = facts.inner("cause")
    why = f": {clause(cause)}" if "code" in cause else ""
    return joined(f"Your formula for {quantity(facts)}{read_formula(facts)} is not right{why}.", repair(facts), example(facts))


def formula_open(facts: Facts) -> str:
    cause = facts.inner("cause")
    why = f": {clause(cause)}" if "code" in cause else ""
    return f"It cannot be decided whether your formula for {quantity(facts)}{read_formula(facts)} is right{why}."


def formula_unread(facts: Facts) -> str:
    count = facts.count("count")
    more = f" ({count} places in all)" if count and count > 1 else ""
    where = f" in line {facts.text('line')}" if "line" in facts else ""
    says = f": {facts.text('says').replace('`', chr(39))}" if "says" in facts else ""
    return f"Part of what you wrote could not be read as a formula{where}{says}{more}."


def formula_absent(facts: Facts) -> str:
    return f"No formula of yours was recognised as the one for {quantity(facts)}."


def no_formula(facts: Facts) -> str:
    return f"No formula for {quantity(facts)} is written here."


def formula_layout(facts: Facts) -> str:
    layout = facts.text("layout", "another")
    return f"Your formula{read_formula(facts)} holds only in {layout} layout, which this task does not accept."


def formula_symbols(facts: Facts) -> str:
    symbols = facts.codes("symbols") or "what is to be worked out"
    return f"Your formula{read_formula(facts)} is no final answer: it still holds {symbols}."


def formula_own(facts: Facts) -> str:
    return f"Right, given your own formula for {facts.code('earlier', 'an earlier quantity')}, which is not right."


def derivation_steps(facts: Facts) -> str:
    steps, wrong = facts.count("steps") or 0, facts.count("wrong") or 0
    if not steps:
        return "No step leads to your formula."
    return f"An error enters in {wrong} of {counted(steps, 'step')} of your derivation."


def formula_read(facts: Facts) -> str:
    text = facts.inner("formula").code("text")
    return f"Your formula for {quantity(facts)} was read as {text}." if text else "Your formula was read."


def read_as(facts: Facts) -> str:
    words = clause(facts.inner("cause")) if "code" in facts.inner("cause") else "another way of writing was accepted"
    return f"{words[:1].upper()}{words[1:]}."


def step(facts: Facts) -> str:
    """``Step 2 (line 5): `a = b` is wrong here: the shapes differ ...``."""
    number, line = facts.count("number"), facts.count("source_line")
    which = f"Step {number}" if number else "A step"
    at = f" (line {line})" if line else ""
    left, right = facts.inner("left").text("text"), facts.inner("right").text("text") or facts.text("written")
    shown = Facts({"formula": f"{left} = {right}"}).code("formula") if right else ""
    outcome = OUTCOMES.get(facts.text("outcome"), "not checkable")
    return joined(f"{which}{at}: {shown}{' ' if shown else ''}{outcome}{why(facts)}.", repair(facts), example(facts))


def why(facts: Facts) -> str:
    """``: the shapes differ …``; the reasons of a step as clauses."""
    clauses = [clause(reason) for reason in facts.items("reasons")]
    return f": {'; '.join(clauses)}" if clauses else ""


BY_PERSON = "It costs nothing; a person looks at it."

DERIVATIONS: dict[str, Words] = {
    "formula_right": Words("right formula", formula_right),
    "formula_wrong": Words("wrong formula", formula_wrong, "Put small numbers into both and follow them step by step."),
    "formula_open": Words("formula not decided", formula_open, BY_PERSON),
    "formula_unread": Words("formula not understood", formula_unread, BY_PERSON),
    "formula_absent": Words("formula not found", formula_absent, BY_PERSON),
    "no_formula": Words("no formula written", no_formula, "Write it as LaTeX or in NumPy style."),
    "formula_layout": Words("another layout", formula_layout, "Transpose it to the layout that is asked for."),
    "formula_symbols": Words("not worked out", formula_symbols, "Go on until only given symbols are left."),
    "formula_own": Words("right given an earlier formula", formula_own, "Mend that one first; then this one changes too."),
    "derivation_steps": Words("errors in the steps", derivation_steps, "Look at the first step that is marked as wrong."),
    "steps_open": Words("steps not decided", lambda _: "No step could be decided.", BY_PERSON),
    "too_much_work": Words("too much work", lambda _: "Deciding your formulas takes too much work.", BY_PERSON),
    "formula_read": Words("the formula as it was read", formula_read),
    "read_as": Words("how it was read", read_as),
    "step": Words("step", step),
}
