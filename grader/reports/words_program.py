"""Words for programs: how they ended, and what they printed."""

from __future__ import annotations

from grader.reports.phrases import Facts, line_of
from grader.reports.text import quoted
from grader.reports.words import Words
from grader.reports.words_common import exception

_LONGEST = 160


def text(facts: Facts, key: str) -> str:
    """What a program printed, or should have, as code; "" where it is nothing or not for this reader."""
    return quoted(facts.facts[key], _LONGEST) if isinstance(facts.facts.get(key), str) and key in facts else ""


def right(facts: Facts) -> str:
    """What is expected, where this reader may know it."""
    return text(facts, "told") or text(facts, "expected_value")


def ended(facts: Facts) -> str:
    if "kind" in facts:
        return f"Your program raised {exception(facts)}{line_of(facts.inner('line'))}."
    said = f"; it said {text(facts, 'said')}" if "said" in facts else ""
    if "signal" in facts:
        return f"Your program was ended by {facts.text('signal')}{said}."
    must = f", where {facts.code('expected')} is expected" if facts.count("expected") is not None else ""
    return f"Your program ended with exit code {facts.code('seen', 'another')}{must}{said}."


def flood(facts: Facts) -> str:
    return "Your program was stopped because it wrote too much."


def differs(facts: Facts) -> str:
    """The first line, or the first word or number, that is another one."""
    what = "word" if facts.text("manner") == "tokens" else "line"
    number, seen, wanted = facts.text("line", "1"), text(facts, "seen"), right(facts)
    place = f"line {number} of your program's output" if what == "line" else f"your program's output, in line {number},"
    if not seen:
        tail = f" {wanted} is expected there" if wanted else f" another {what} is expected there"
        return f"Your program printed nothing in {place}:{tail}." if what == "line" else f"Something is missing in {place}{tail}."
    if not wanted:
        unwanted = ("told" in facts.facts or "expected_value" in facts.facts) and not wanted
        tail = ", and there should be nothing" if unwanted else ", which is not what is expected"
        return f"{place[0].upper()}{place[1:]} has {seen}{tail}."
    return f"{place[0].upper()}{place[1:]} has {seen}, where {wanted} is expected."


def lacks(facts: Facts) -> str:
    pattern = facts.text("manner") == "regex"
    wanted = right(facts)
    what = f"{'what matches ' if pattern else ''}{wanted}" if wanted else "what is expected"
    printed = text(facts, "excerpt")
    return f"Your program's output does not hold {what}." + (f" It printed {printed}." if printed else " It printed nothing.")


PROGRAMS: dict[str, Words] = {
    "program_exit": Words("the program did not end well", ended, "Run it with the same arguments and input."),
    "output_flood": Words("the program wrote too much", flood, "Look for a loop that never ends."),
    "output_differs": Words("another output", differs),
    "output_lacks": Words("not in the output", lacks),
}
