"""Words for functions that are called, options that are chosen, and truth tables."""

from __future__ import annotations

from grader.reports.phrases import Facts, line_of, written
from grader.reports.text import counted, one_line, quoted
from grader.reports.words import Words
from grader.reports.words_common import COMMON, exception, expected


def inputs(facts: Facts) -> str:
    """``, called with `[1, 2]`, `rate=0.1` ``; "" where they are too large to be shown."""
    given = facts.inner("inputs").facts
    if not given:
        return ""
    words = [written(value) if name.isdigit() else f"{name}={written(value)}" for name, value in list(given.items())[:6]]
    return f", called with {', '.join(quoted(word) for word in words)}"


def case(facts: Facts) -> str:
    """``In case 2 of 5, called with `3`: what is wrong there``."""
    number, of = facts.count("case"), facts.count("cases")
    kind = "edge case" if facts.facts.get("is_edge") else "case"
    which = f"In {kind} {number}{f' of {of}' if of else ''}" if number else "In one case"
    return f"{which}{inputs(facts)}, {finding(facts)}"


def finding(facts: Facts) -> str:
    """What is wrong with the result, as the end of a sentence."""
    words = COMMON.get(facts.text("because"))
    if facts.text("because") == "raised":
        return f"it raises {exception(facts)}{line_of(facts.inner('line'))}."
    if facts.text("because") == "did_not_raise":
        return f"it returns {facts.code('returned', 'a value')}, where an exception is the right outcome."
    return (
        words.says(Facts(facts.facts, "the result")).replace("The result", "the result", 1) if words else "the result is wrong."
    )


def wrong_result(facts: Facts) -> str:
    wrong, cases = facts.count("wrong"), facts.count("cases")
    share = f"{wrong} of {counted(cases, 'case')} wrong. " if wrong and cases else ""
    return f"{share}{case(facts)}"


def edge_cases(facts: Facts) -> str:
    return f"Right in all ordinary cases, but not at the edge. {case(facts)}"


def layout_switched(facts: Facts) -> str:
    return f"The layout changes from case to case: none of the accepted layouts fits all of them. {case(facts)}"


def mutated(facts: Facts) -> str:
    return f"Your function changes its arguments in place ({facts.codes('arguments') or 'some of them'})."


def wrong_choice(facts: Facts) -> str:
    return f"You chose {facts.codes('seen') or 'nothing'}{expected_options(facts)}."


def some_options(facts: Facts) -> str:
    return f"You chose {facts.codes('seen') or 'nothing'}, which is right in part{expected_options(facts)}."


def expected_options(facts: Facts) -> str:
    return f", where {facts.codes('expected_value')} is expected" if "expected_value" in facts else ""


def ambiguous(facts: Facts) -> str:
    return f"Your answer names more than one of {facts.codes('options', 'or') or 'the options'}{excerpt(facts)}."


def not_read(facts: Facts) -> str:
    return (
        f"Your answer does not say clearly which of {facts.codes('options', 'or') or 'the options'} you choose{excerpt(facts)}."
    )


def excerpt(facts: Facts) -> str:
    return f" (it begins {facts.words('excerpt')})" if "excerpt" in facts else ""


def input_rows(facts: Facts, key: str) -> str:
    """`` for the inputs (0, 1) and (1, 1)``."""
    value = facts.facts.get(key)
    if not isinstance(value, list | tuple) or not value:
        return ""
    shown = [f"`{one_line(written(tuple(row) if isinstance(row, list) else row))}`" for row in value[:8]]
    more = f" and {len(value) - 8} more" if len(value) > 8 else ""
    return f" for the inputs {', '.join(shown)}{more}"


def wrong_function(facts: Facts) -> str:
    weights = f"With the weights {facts.code('weights')} the" if "weights" in facts else "The"
    realised = f"; this unit computes {facts.code('realised')}" if "realised" in facts else ""
    wanted = f", where {facts.code('function')} is asked for" if "function" in facts else ""
    zero = f" The sum is exactly 0{input_rows(facts, 'zero_rows')}." if "zero_rows" in facts else ""
    return f"{weights} output is wrong{input_rows(facts, 'wrong_rows')}{realised}{wanted}.{zero}"


PARTS = {"features": "column of sums", "outputs": "column of outputs"}


def wrong_rows(facts: Facts) -> str:
    column = PARTS.get(facts.text("part"), "table")
    rows = f"the rows{input_rows(facts, 'wrong_rows')}" if "wrong_rows" in facts else "some rows"
    return f"In the {column}, {rows} do not follow from the weights{expected(facts)}."


def weight_count(facts: Facts) -> str:
    bias = {"first": " (the bias first)", "last": " (the bias last)"}.get(facts.text("bias"), "")
    needed = f"{facts.code('needed', 'another number')}{bias}"
    return f"There are {facts.code('seen', 'another number of')} weights, where {needed} are needed."


def relation(facts: Facts) -> str:
    says = facts.text("says").rstrip(".") if "says" in facts else ""
    return f"{says}; your values are not so." if says else "Your own values do not fit together as they must."


def margin(facts: Facts) -> str:
    return f"The sum nearest to 0 is {facts.code('margin', 'near 0')} away from it."


VALUES: dict[str, Words] = {
    "wrong_result": Words("wrong result", wrong_result, "Call it on that case yourself and follow it step by step."),
    "call_raised": Words("the function raises an exception", wrong_result, "Start with that line."),
    "did_not_raise": Words("no exception", lambda facts: f"{facts.Subject} raises no exception.", "Refuse such arguments."),
    "edge_cases": Words("wrong at the edge", edge_cases, "Think about the smallest and the most extreme inputs."),
    "layout_switched": Words("the layout changes", layout_switched, "Settle on one layout."),
    "not_comparable": Words("cannot be compared", lambda _: "This result cannot be compared.", "Your instructor looks at it."),
    "mutated": Words("arguments changed in place", mutated),
    "wrong_choice": Words("wrong choice", wrong_choice, "Look for a case that speaks against it."),
    "some_options": Words("some options right", some_options, "Go through the options one by one."),
    "ambiguous": Words("more than one option named", ambiguous, "A person reads it."),
    "not_read": Words("no clear choice", not_read, "A person reads it."),
    "wrong_function": Words("another logic function", wrong_function, "Work out the sign of the sum for those inputs."),
    "wrong_rows": Words("wrong rows in the table", wrong_rows, "Work out the weighted sum for those inputs."),
    "weight_count": Words("wrong number of weights", weight_count, "Count one weight for each input, and the bias."),
    "relation": Words("own values do not fit together", relation, "Print these values and compare them."),
    "margin": Words("margin", margin),
}
