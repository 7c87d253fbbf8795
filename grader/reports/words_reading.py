"""Words for what was read in a report: what and where, what is not certain, and what a person read in its place."""

from __future__ import annotations

from grader.reports.phrases import Facts
from grader.reports.text import listed
from grader.reports.words import Words


def read_from_text(facts: Facts) -> str:
    return f"Read in your report: {facts.code('read', 'a value')}{source(facts)}."


def source(facts: Facts) -> str:
    return f", from {facts.words('excerpt')}" if "excerpt" in facts else ""


def blanks(facts: Facts) -> str:
    return f"Run with your {facts.code('filled', 'blanks')}, from {facts.words('part')}."


def unclear_reading(facts: Facts) -> str:
    about = f" about {facts.codes('labels', 'or')}" if facts.codes("labels", "or") else ""
    read = facts.facts.get("read")
    found = [Facts({"text": each}).words("text") for each in read[:5]] if isinstance(read, list | tuple) else []
    return f"What your report says{about} could not be read with certainty; found: {listed(found) if found else 'nothing'}."


def code_of_report(facts: Facts) -> str:
    under = f" under {facts.words('heading')}" if "heading" in facts else ""
    return f"The code{under} in your report was run, with what it needs from elsewhere in the report."


def written_digits(facts: Facts) -> str:
    return "It is right to the digits that you wrote."


def no_section(facts: Facts) -> str:
    return f"No section of this question was found, but the text may answer it: “{facts.text('excerpt')}”"


def in_report(facts: Facts) -> str:
    return "You handed in a report, and this cannot be looked at in its text."


def reading_corrected(facts: Facts) -> str:
    says = f": {facts.text('says').rstrip('.')}" if "says" in facts else ""
    return f"Read by a person as {facts.code('read', 'something else')} ({facts.text('author', 'a grader')}{says})."


def unclear_correction(facts: Facts) -> str:
    message = f" ({facts.text('message').rstrip('.')})" if "message" in facts else ""
    return f"A person corrected what was read, to {facts.code('read', 'something')}, which could not be read itself{message}."


READING: dict[str, Words] = {
    "read_from_text": Words("read in the report", read_from_text),
    "blanks": Words("blanks filled in", blanks),
    "unclear_reading": Words("not read with certainty", unclear_reading, "A person reads it."),
    "code_of_report": Words("code of the report was run", code_of_report),
    "written_digits": Words("right to the written digits", written_digits),
    "no_section": Words("no section of its own", no_section, "A person reads it."),
    "in_report": Words("only in a report", in_report, "A person looks at it."),
    "reading_corrected": Words("a person's reading", reading_corrected),
    "unclear_correction": Words("a correction that cannot be read", unclear_correction, "Your instructor mends it."),
}
