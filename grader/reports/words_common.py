"""Words for what every kind may say: no value, a broken box, a type, a shape, values, a human's turn."""

from __future__ import annotations

from grader.reports.phrases import Facts, line_of
from grader.reports.text import counted, quoted
from grader.reports.words import Words


def inside(facts: Facts) -> str:
    """`` in item 2``: which of several results it is about."""
    items = facts.facts.get("item")
    if not isinstance(items, list | tuple) or not items:
        return ""
    steps = "".join(f"[{item!r}]" if isinstance(item, str) else f"[{item}]" for item in items)
    return f" in its item {Facts({'steps': steps}).code('steps')}"


def expected(facts: Facts, key: str = "expected_value") -> str:
    """``, where `2.5` is expected``; "" when that is not for this reader."""
    return f", where {facts.code(key)} is expected" if key in facts else ""


def required(facts: Facts) -> str:
    """``, where at least 5 is expected``: a requirement in words."""
    return f", where {facts.text('expected')} is expected" if "expected" in facts else ""


def at_index(facts: Facts) -> str:
    """`` at index `[0, 2]` ``; "" for a single number."""
    return f" at index {facts.code('index')}" if "index" in facts else ""


def missing(facts: Facts) -> str:
    looked = f"Looked for {facts.codes('looked_for', 'or')}, found" if "looked_for" in facts else "Found"
    why = f" ({facts.text('why')})" if "why" in facts else ""
    near = f" of that name; nearest: {facts.codes('nearest')}" if "nearest" in facts else ""
    return f"{looked} nothing{near}{why}."


def exception(facts: Facts) -> str:
    """`` `ValueError: what it says` ``."""
    words = ": ".join(word for word in (facts.text("kind"), facts.text("message")) if word)
    return quoted(words, 300) if words else "an exception"


def raised(facts: Facts) -> str:
    return f"Your code raised {exception(facts)}{line_of(facts.inner('line'))}."


def detail(facts: Facts) -> str:
    return f" ({facts.text('detail').rstrip('.')})" if "detail" in facts else ""


def timed_out(facts: Facts) -> str:
    return f"It was stopped at its time limit{detail(facts)}."


def not_carried(facts: Facts) -> str:
    why = f" ({facts.text('why')})" if "why" in facts else ""
    return f"{facts.Subject} is of type {facts.code('type', 'another type')}, which cannot be read{why}{inside(facts)}."


def wrong_type(facts: Facts) -> str:
    wanted = f" (expected: {facts.text('expected_type')})" if "expected_type" in facts else ""
    return f"{facts.Subject} is of type {facts.code('seen_type', 'another type')}{inside(facts)}{wanted}."


def shape(facts: Facts) -> str:
    wanted = f", where {facts.shape('expected')} is expected" if facts.facts.get("expected") is not None else ""
    return f"{facts.Subject} has {facts.shape('seen')}{inside(facts)}{wanted}."


def dtype(facts: Facts) -> str:
    return f"{facts.Subject} has dtype {facts.code('seen', 'another one')}{inside(facts)}{expected(facts, 'expected')}."


def not_finite(facts: Facts) -> str:
    share = facts.percent("share")
    much = f"; {share} of its entries are not finite" if share and "index" in facts else ""
    return f"{facts.Subject} holds {facts.code('seen', 'NaN or infinity')}{at_index(facts)}{inside(facts)}{much}."


def values(facts: Facts) -> str:
    seen = facts.code("seen", "another value")
    if "index" not in facts:
        return f"{facts.Subject} is {seen}{inside(facts)}{expected(facts)}."
    return f"{facts.Subject} has {seen}{at_index(facts)}{inside(facts)}{expected(facts)}.{how_much(facts)}"


def how_much(facts: Facts) -> str:
    """`` 40 % of the entries differ, by up to about `0.3`.``; "" where it is not known."""
    share = facts.percent("share")
    worst = f", by up to about {facts.code('worst')}" if "worst" in facts else ""
    return f" {share[0].upper()}{share[1:]} of the entries differ{worst}." if share else ""


def length(facts: Facts) -> str:
    return f"{facts.Subject} has {facts.code('seen', 'another number of')} items{inside(facts)}{expected(facts, 'expected')}."


def missing_key(facts: Facts) -> str:
    has = f"; it has {facts.codes('keys')}" if "keys" in facts else ""
    return f"{facts.Subject} has no {facts.code('key', 'such key')}{inside(facts)}{has}."


def cut(facts: Facts) -> str:
    return f"{facts.Subject} ({facts.code('seen_type', 'value')}) is too long to be read whole."


LACKING = {
    "no_library": "{} is not installed",
    "no_program": "the program {} is not installed",
    "removed_alias": "{} was removed from newer versions",
    "no_gpu": "there is no GPU",
    "no_network": "there is no network",
}


def environment(facts: Facts) -> str:
    lacking = LACKING.get(facts.text("cause"), "something is missing").format(facts.code("what", "a library"))
    error = f" ({exception(facts)})" if "kind" in facts else ""
    return f"Your code could not run because {lacking} where your work is graded{error}."


def box_failed(facts: Facts) -> str:
    return f"The grader could not look at this{detail(facts)}."


def no_oracle(facts: Facts) -> str:
    message = f" ({facts.text('message')})" if "message" in facts else ""
    return f"The reference solution has no value to compare with{message}."


def our_fault(facts: Facts) -> str:
    return "The grader failed while it judged this."


def needs(facts: Facts) -> str:
    earlier = facts.words("check") if "check" in facts else "an earlier check"
    return f"Not looked at, because it builds on {earlier}, which is not right yet."


def not_observed(facts: Facts) -> str:
    return "This was not looked at when your work was run."


def reference_not_asked(facts: Facts) -> str:
    return "The reference solution has not been asked for its value yet."


def nowhere(facts: Facts) -> str:
    return "The rubric does not say where this answer stands."


def mistake(facts: Facts) -> str:
    return f"A known mistake: {facts.text('says', 'it is not described')}"


def also_right(facts: Facts) -> str:
    return f"Accepted: {facts.text('says', 'another convention')}"


def follow_through(facts: Facts) -> str:
    earlier = f"“{facts.phrases('from')}”" if facts.phrases("from") else "an earlier step"
    return f"Right, given your own answer to {earlier}, which is not right."


def empty(facts: Facts) -> str:
    place = f"under “{facts.text('heading')}”" if "heading" in facts else f"in {facts.code('name', 'the place for it')}"
    return f"Nothing of your own is written {place}."


def manual(facts: Facts) -> str:
    excerpt = f" It begins: {facts.words('excerpt')}" if "excerpt" in facts else ""
    return f"A person reads this answer.{excerpt}"


def right(facts: Facts) -> str:
    cases = facts.count("cases")
    return f"Right in all {counted(cases, 'case')} that were tried." if cases and cases > 1 else "Right."


def layout(facts: Facts) -> str:
    return f"Accepted in {LAYOUTS.get(facts.text('layout'), facts.text('layout', 'another') + ' layout')}."


LAYOUTS = {
    "denominator": "denominator layout (the gradient has the shape of the variable)",
    "numerator": "numerator layout (the gradient has the transposed shape of the variable)",
    "vec": "vectorised form (the columns of the matrix under one another)",
    "flat": "flat form (axes of length 1 do not count)",
}

NO_FAULT = "It is no fault of yours and costs nothing; your instructor looks at it."
BY_HAND = "Work it out by hand and follow it back through your steps."

COMMON: dict[str, Words] = {
    "right": Words("right", right),
    "missing": Words("answer not found", missing, "Check the name or heading against the task, and that its cell runs."),
    "raised": Words("the code raises an exception", raised, "Start with that line."),
    "timed_out": Words("stopped at the time limit", timed_out, "Look for a loop that never ends, or for needless work."),
    "box_failed": Words("the box failed", box_failed, NO_FAULT),
    "no_oracle": Words("the reference has no value", no_oracle, NO_FAULT),
    "environment": Words("something is missing in the environment", environment, "It is not counted as wrong: a person decides."),
    "our_fault": Words("the grader failed", our_fault, NO_FAULT),
    "not_observed": Words("not looked at when it was run", not_observed, "Your instructor runs it again; nothing is lost."),
    "reference_not_asked": Words("the reference was not asked", reference_not_asked, NO_FAULT),
    "nowhere": Words("the rubric names no place", nowhere, NO_FAULT),
    "mistake": Words("a known mistake", mistake),
    "also_right": Words("another convention", also_right),
    "follow_through": Words(
        "right given an earlier wrong value", follow_through, "Mend that one first; then this one changes too."
    ),
    "empty": Words("nothing written", empty, "Write your answer there, in your own words."),
    "not_carried": Words("a type that cannot be read", not_carried, "Hand in a number, list, array or tensor."),
    "cut": Words("too long to be read whole", cut, "A person looks at it."),
    "wrong_type": Words("wrong type", wrong_type, "Check what you assign or return."),
    "shape": Words("wrong shape", shape, "Check the axes: print `.shape` after each step."),
    "dtype": Words("wrong dtype", dtype, "Check where it is created or converted."),
    "not_finite": Words(
        "NaN or infinity", not_finite, "Look for a division by zero, the logarithm of zero, or a step that is too large."
    ),
    "values": Words("wrong values", values, BY_HAND),
    "length": Words("wrong number of items", length, "Count what you put into it."),
    "missing_key": Words("a key is missing", missing_key, "Check the keys."),
    "needs": Words("builds on something not right", needs, "Mend that first."),
    "manual": Words("a person reads it", manual),
    "layout": Words("layout", layout),
}
