"""Words for figures and saved files."""

from __future__ import annotations

from grader.reports.phrases import Facts
from grader.reports.words import Words
from grader.reports.words_common import COMMON, expected, required

REQUIREMENTS = {
    "xscale": "scale of the x axis",
    "yscale": "scale of the y axis",
    "lines": "number of lines",
    "xlabel": "label of the x axis",
    "ylabel": "label of the y axis",
    "title": "title",
    "legend": "number of entries of the legend",
    "histograms": "number of histograms",
    "projection": "projection",
    "points": "number of points",
    "pictures": "number of pictures",
    "drawn": "data drawn",
}


def figure(facts: Facts) -> str:
    return f"{facts.text('right', 'Some')} of {facts.text('requirements', 'all')} requirements of the figure are met."


def figure_requirement(facts: Facts) -> str:
    name = facts.text("requirement")
    if name == "drawn":
        return f"No line shows the values of {facts.code('expected', 'your own variable')}."
    what = REQUIREMENTS.get(name, "requirement")
    if facts.facts.get("expected") == "any":
        return f"The {what} is missing."
    return f"The {what} is {facts.code('seen', 'missing')}{required(facts)}."


def figure_unclear(facts: Facts) -> str:
    names = facts.facts.get("requirements")
    known = [REQUIREMENTS[name] for name in names if name in REQUIREMENTS] if isinstance(names, list | tuple) else []
    return f"It cannot be told from the figure whether all is as asked{': ' + ', '.join(known) if known else ''}."


def no_figure(facts: Facts) -> str:
    seen = f"; {facts.subject} is of type {facts.code('seen_type')}" if "seen_type" in facts else ""
    return f"No figure was found{seen}."


def figure_used(facts: Facts) -> str:
    cell = facts.count("cell")
    where = f" of cell {cell + 1}" if cell is not None else ""
    name = f", {facts.code('variable')}" if "variable" in facts else ""
    return f"Of {facts.text('figures', 'several')} figures, the one{where}{name} fits best and was looked at."


def log_of_data(facts: Facts) -> str:
    return "A logarithm of the data on a linear axis was accepted in place of a logarithmic axis."


def not_loadable(facts: Facts) -> str:
    kind = f" ({facts.code('kind')}: {facts.text('message', 'no message')})" if "kind" in facts else ""
    return f"The saved file could not be loaded{kind}."


def file_small(facts: Facts) -> str:
    return f"The saved file has {facts.code('seen', 'too few')} bytes{expected(facts, 'expected')} at least."


def file_entries(facts: Facts) -> str:
    return f"{facts.text('right', 'Some')} of {facts.text('entries', 'all')} entries of the saved file are right."


def file_extra(facts: Facts) -> str:
    return f"The saved file also holds {facts.codes('keys') or 'other entries'}."


def entry_missing(facts: Facts) -> str:
    return f"The saved file has no entry {facts.code('key', 'of that name')}."


def entry_shape(facts: Facts) -> str:
    return COMMON["shape"].says(Facts(facts.facts, entry(facts)))


def entry_values(facts: Facts) -> str:
    return COMMON["values"].says(Facts(facts.facts, entry(facts)))


def entry(facts: Facts) -> str:
    """``entry `fc1.weight` ``: what a finding within a file is about."""
    return f"entry {facts.code('key', 'of the file')}"


FIGURES: dict[str, Words] = {
    "figure": Words("the figure lacks something", figure, "The findings below say what."),
    "figure_requirement": Words("a requirement of the figure", figure_requirement),
    "figure_unclear": Words("a figure that cannot be judged", figure_unclear, "A person looks at it."),
    "no_figure": Words("no figure", no_figure, "Draw it under the heading of the question, and check that its cell runs."),
    "figure_used": Words("which figure was looked at", figure_used),
    "log_of_data": Words("logarithm of the data", log_of_data),
    "not_loadable": Words(
        "a file that cannot be loaded", not_loadable, "Save plain arrays or a state dict: nothing that must be run to be loaded."
    ),
    "file_small": Words("a file that is too small", file_small, "Check what you save."),
    "file_entries": Words("entries of the saved file", file_entries, "The findings below say which are not."),
    "file_extra": Words("further entries", file_extra),
    "entry_missing": Words("an entry is missing", entry_missing),
    "entry_shape": Words("an entry's shape", entry_shape),
    "entry_values": Words("an entry's values", entry_values),
}
