"""Words for written answers and for source code."""

from __future__ import annotations

from grader.reports.phrases import Facts
from grader.reports.text import listed
from grader.reports.words import Words


def words_found(facts: Facts) -> str:
    return f"Your answer says what was looked for: {facts.phrases('found') or 'all of it'}."


def words_missing(facts: Facts) -> str:
    found = f" It does say: {facts.phrases('found')}." if facts.phrases("found") else ""
    absent = f": {facts.phrases('expected')}" if facts.phrases("expected") else ""
    return f"Your answer does not say all that was looked for{absent}.{found}"


def words_wrong(facts: Facts) -> str:
    return f"Your answer says what may be wrong: {facts.phrases('wrong') or 'see the task'}."


def open_to_human(facts: Facts) -> str:
    return "A person may read this answer again."


def not_used(facts: Facts) -> str:
    return f"Your code does not use {facts.codes('names') or 'what was asked for'}.{reason(facts)}"


def forbidden(facts: Facts) -> str:
    places = [f"line {use.text('line')} of {use.text('part')}" for use in facts.items("uses") if "line" in use][:5]
    at = f" ({listed(places)})" if places else ""
    return f"Your code uses {facts.codes('names') or 'what may not be used'}{at}, which this task does not allow.{reason(facts)}"


def reason(facts: Facts) -> str:
    return f" {facts.text('says').rstrip('.')}." if "says" in facts else ""


def syntax(facts: Facts) -> str:
    at = f" at line {facts.text('line')} of {facts.text('part')}" if "line" in facts else ""
    message = f" ({facts.code('message')})" if "message" in facts else ""
    return f"Your code could not be read as Python{at}{message}."


WRITING: dict[str, Words] = {
    "words_found": Words("says what was looked for", words_found),
    "words_missing": Words("does not say all", words_missing, "Read the question again for what it asks you to explain."),
    "words_wrong": Words("says what may be wrong", words_wrong, "Read that sentence again."),
    "open_to_human": Words("open to a person", open_to_human),
    "not_used": Words("something asked for is not used", not_used, "Use it where the task asks for it."),
    "forbidden": Words("something not allowed is used", forbidden, "Write those lines without it."),
    "syntax": Words("no readable Python", syntax, "A person looks at it."),
}
